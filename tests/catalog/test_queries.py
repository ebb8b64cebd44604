"""What the shop shows, in what order, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.catalog.keyset import Page as RowPage
from storefront.catalog.keyset import Window
from storefront.catalog.models import CatalogVersion, Category, Channel, Page, PageType, Product, Vocabulary
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.queries.areas import areas_above, find_area, load_areas
from storefront.catalog.queries.availability import Availability
from storefront.catalog.queries.categories import category_tree
from storefront.catalog.queries.channels import active_channels, find_channel, only_channel
from storefront.catalog.queries.guides import all_guides, find_guide, guides_for_area
from storefront.catalog.queries.pages import list_pages
from storefront.catalog.queries.product_conditions import (
    available,
    in_areas,
    in_categories,
    priced_between,
    tagged_with,
    with_guides,
)
from storefront.catalog.queries.products import (
    ProductQuery,
    ProductSort,
    count_products_by_area,
    find_product,
    list_products,
    products_for_area,
    products_for_groups_above,
    products_for_page,
)
from storefront.catalog.queries.terms import tool_types_in_use
from storefront.catalog.queries.version import catalog_version
from storefront.catalog.records import DEFAULT_CHANNEL, LinkRole, Status
from tests.builders import (
    a_guide,
    a_link,
    a_price,
    a_product,
    a_variant,
    find_page,
    open_shop,
    publish,
    sell,
    sell_named,
    tags,
)

pytestmark = pytest.mark.django_db

ALL: Window = {"first": 100}


@pytest.fixture
def channel() -> Channel:
    return open_shop()


def names(page: RowPage[Product]) -> list[str]:
    return [product.name for product in page.rows]


def listed(channel: Channel, **arguments: Any) -> list[str]:
    return names(list_products(channel, ProductQuery(**arguments)).page(ALL))


def for_area(channel: Channel, slug: str) -> list[str]:
    found = find_area(slug)
    assert found is not None
    return names(products_for_area(found, channel).page(ALL))


def also_for(channel: Channel, slug: str) -> list[str]:
    found = find_area(slug)
    assert found is not None
    return names(products_for_groups_above(found, channel).page(ALL))


def counts(channel: Channel) -> dict[str, int]:
    """The areas that have products."""
    slugs = {area.pk: area.slug for area in load_areas()}
    return {slugs[key]: count for key, count in count_products_by_area(channel).items() if count}


# --- what is shown ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_product_that_is_not_active_is_shown_nowhere(channel: Channel, status: Status) -> None:
    sell_named("Hidden", "neck", status=status)

    assert listed(channel) == []
    assert find_product(channel, "hidden") is None
    assert for_area(channel, "neck") == []
    assert counts(channel) == {}
    assert tool_types_in_use(channel) == []


def test_a_product_without_a_price_in_the_channel_is_not_shown_in_it(channel: Channel) -> None:
    other = Channel.objects.create(public_id=new_public_id("Channel"), slug="eu", name="EU", currency="EUR")
    sell(a_product(name="Sold in the EU", variants=(a_variant(prices={"eu": a_price("9")}),)), "neck")

    assert listed(channel) == []
    assert counts(channel) == {}
    assert listed(other) == ["Sold in the EU"]
    assert counts(other) == {"full-body": 1, "neck": 1}


def test_a_sold_out_product_is_shown(channel: Channel) -> None:
    sell_named("Sold out", units=0)

    assert listed(channel) == ["Sold out"]
    assert listed(channel, condition=available()) == []
    assert listed(channel, condition=available(False)) == ["Sold out"]


def test_a_product_shows_only_variants_that_are_sold_in_the_channel(channel: Channel) -> None:
    sell(a_product(reference="ball", variants=(a_variant(sku="A"), a_variant(sku="B", prices={}))))

    product = find_product(channel, "cork-ball")

    assert product is not None
    assert [variant.sku for variant in product.shown_variants] == ["A"]


def test_units_of_a_variant_that_is_not_sold_in_the_channel_do_not_count(channel: Channel) -> None:
    sold_out = a_variant(sku="A", stock={"default-warehouse": 0})
    unpriced = a_variant(sku="B", prices={}, stock={"default-warehouse": 10})
    sell(a_product(reference="ball", variants=(sold_out, unpriced)))

    product = find_product(channel, "cork-ball")

    assert product is not None
    assert product.units == 0
    assert listed(channel, condition=available()) == []


def test_prices_and_units_of_a_product_are_those_of_its_variants(channel: Channel) -> None:
    cheap = a_variant(sku="A", prices={DEFAULT_CHANNEL: a_price("5")}, stock={"default-warehouse": 2})
    dear = a_variant(sku="B", prices={DEFAULT_CHANNEL: a_price("7.5", compare_at="9")}, stock={"default-warehouse": 1})
    sell(a_product(reference="ball", variants=(cheap, dear)))

    product = find_product(channel, "cork-ball")

    assert product is not None
    assert (product.price_start, product.price_stop, product.compare_at_stop, product.units) == (
        Decimal(5),
        Decimal("7.5"),
        Decimal(9),
        3,
    )


@pytest.mark.parametrize(
    ("units", "is_available", "is_low"),
    [(0, False, False), (1, True, True), (5, True, True), (6, True, False)],
)
def test_stock_is_out_low_or_in(units: int, is_available: bool, is_low: bool) -> None:
    found = Availability(units)

    assert (found.is_available, found.is_low) == (is_available, is_low)


def test_an_inactive_channel_is_not_found() -> None:
    open_shop()
    Channel.objects.create(public_id="x", slug="old", name="Old", currency="EUR", is_active=False)

    assert find_channel("old") is None
    assert [found.slug for found in active_channels()] == [DEFAULT_CHANNEL]


def test_of_several_channels_none_is_the_only_one(channel: Channel) -> None:
    assert only_channel() == channel

    Channel.objects.create(public_id="x", slug="eu", name="EU", currency="EUR")

    assert only_channel() is None


# --- areas --------------------------------------------------------------------------------------------------


def test_products_of_an_area_come_the_nearest_first_then_by_name(channel: Channel) -> None:
    sell_named("Z back", "back")
    sell_named("B lower", "lower-back")
    sell_named("A upper", "upper-back")
    sell_named("Neck only", "neck")

    assert for_area(channel, "back") == ["Z back", "A upper", "B lower"]


def test_a_product_with_a_group_and_its_part_stands_once_at_its_nearest_place(channel: Channel) -> None:
    sell_named("B both", "back", "lower-back")
    sell_named("A lower", "lower-back")

    assert for_area(channel, "back") == ["B both", "A lower"]
    assert for_area(channel, "lower-back") == ["A lower", "B both"]
    assert counts(channel)["back"] == 2


def test_products_for_the_group_above_are_a_second_list_with_full_body_last(channel: Channel) -> None:
    sell_named("A whole body", "full-body")
    sell_named("B whole back", "back")
    sell_named("C lower back", "lower-back")
    sell_named("D upper back", "upper-back")
    sell_named("E lower and whole", "lower-back", "full-body")

    assert for_area(channel, "lower-back") == ["C lower back", "E lower and whole"]
    assert also_for(channel, "lower-back") == ["B whole back", "A whole body"]
    assert also_for(channel, "full-body") == []


def test_the_second_list_is_outside_the_counts(channel: Channel) -> None:
    sell_named("Whole back", "back")
    sell_named("Whole body", "full-body")

    assert counts(channel) == {"full-body": 2, "back": 1}


def test_counts_are_those_of_the_lists(channel: Channel) -> None:
    sell_named("A", "lower-back", "upper-back")
    sell_named("B", "neck")
    sell_named("C", "arms")
    sell_named("D", "hands", "neck")
    sell_named("E", "full-body")

    found = count_products_by_area(channel)

    assert {area.slug: found[area.pk] for area in load_areas()} == {
        area.slug: len(for_area(channel, area.slug)) for area in load_areas()
    }
    assert counts(channel) == {
        "full-body": 5,
        "neck": 2,
        "arms": 2,
        "hands": 1,
        "back": 1,
        "upper-back": 1,
        "lower-back": 1,
    }


def test_the_groups_above_an_area_end_with_full_body(channel: Channel) -> None:
    area = find_area("lower-back")

    assert area is not None
    assert [found.slug for found in areas_above(area)] == ["back", "full-body"]


def test_an_unknown_area_is_none(channel: Channel) -> None:
    assert find_area("tail") is None
    assert find_area("massage-ball") is None


def test_tool_types_in_use_are_those_of_shown_products_in_the_taxonomys_order(channel: Channel) -> None:
    for name, slug in (("Gun", "massage-gun"), ("Ball", "massage-ball"), ("Ball 2", "massage-ball")):
        sell_named(name, tags=tags(tool_type=slug))
    sell_named("Hidden", tags=tags(tool_type="scraper"), status=Status.DRAFT)

    assert [term.slug for term in tool_types_in_use(channel)] == ["massage-ball", "massage-gun"]


# --- filters ------------------------------------------------------------------------------------------------


def test_a_filter_by_area_takes_what_lies_inside_it(channel: Channel) -> None:
    sell_named("Arms", "arms")
    sell_named("Hands", "hands")
    sell_named("Neck", "neck")

    assert listed(channel, condition=in_areas(["arms"])) == ["Arms", "Hands"]
    assert listed(channel, condition=in_areas(["hands", "neck"])) == ["Hands", "Neck"]
    assert listed(channel, condition=in_areas([])) == []


def test_filters_by_tool_type_condition_and_guide(channel: Channel) -> None:
    publish()
    sell_named("A", tags=tags(tool_type="t-bar"))
    sell_named("B", tags=tags(conditions=["sciatica"]))
    sell_named("C", links=[a_link(role=LinkRole.RELATED)])

    assert listed(channel, condition=tagged_with(Vocabulary.TOOL_TYPE, ["t-bar"])) == ["A"]
    assert listed(channel, condition=tagged_with(Vocabulary.CONDITION, ["sciatica"])) == ["B"]
    assert listed(channel, condition=with_guides(["calm-feet"])) == ["C"]


def test_a_filter_by_category_takes_what_lies_inside_it(channel: Channel) -> None:
    outer = Category.objects.create(public_id="outer", slug="tools", name="Tools")
    Category.objects.create(public_id="inner", slug="balls", name="Balls", parent=outer)
    sell_named("Ball", category="Balls")
    sell_named("Tool", category="Tools")
    sell_named("Other", category="Other")

    assert listed(channel, condition=in_categories(["outer"], category_tree())) == ["Ball", "Tool"]
    assert listed(channel, condition=in_categories(["inner"], category_tree())) == ["Ball"]


def test_a_price_range_has_its_ends_and_looks_at_each_variant(channel: Channel) -> None:
    far_apart = (
        a_variant(sku="1", prices={DEFAULT_CHANNEL: a_price("5")}),
        a_variant(sku="2", prices={DEFAULT_CHANNEL: a_price("50")}),
    )
    sell(a_product(name="A far apart", variants=far_apart))
    sell_named("B ten", price="10")
    sell_named("C twenty", price="20")

    assert listed(channel, condition=priced_between(Decimal(10), Decimal(20), channel)) == ["B ten", "C twenty"]
    assert listed(channel, condition=priced_between(None, Decimal(5), channel)) == ["A far apart"]
    assert listed(channel, condition=priced_between(Decimal("20.01"), None, channel)) == ["A far apart"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (ProductSort.NAME, ["A", "B", "C"]),
        (ProductSort.SLUG, ["A", "B", "C"]),
        (ProductSort.PRICE, ["C", "A", "B"]),
        (ProductSort.CREATED, ["B", "A", "C"]),
    ],
)
def test_a_list_is_sorted_both_ways(channel: Channel, sort: ProductSort, expected: list[str]) -> None:
    for name, price in (("B", "30"), ("A", "20"), ("C", "10")):
        sell_named(name, price=price)

    assert listed(channel, sort=sort) == expected
    assert listed(channel, sort=sort, is_descending=True) == expected[::-1]


# --- guides and pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_hidden_guide_is_shown_nowhere(channel: Channel, status: Status) -> None:
    publish(a_guide(status=status), "feet")
    sell_named("Ball", "feet", links=[a_link()])
    area = find_area("feet")
    assert area is not None

    product = find_product(channel, "ball")

    assert product is not None
    assert product.shown_links == []
    assert find_guide("calm-feet") is None
    assert find_page("calm-feet") is None
    assert all_guides() == []
    assert guides_for_area(area).page(ALL).rows == []
    assert list_pages().page(ALL).rows == []
    assert listed(channel, condition=with_guides(["calm-feet"])) == []


def test_guides_of_an_area_come_the_nearest_first(channel: Channel) -> None:
    publish(a_guide(slug="a", title="A lower"), "lower-back")
    publish(a_guide(slug="z", title="Z back"), "back", "upper-back")
    publish(a_guide(slug="n", title="Neck"), "neck")
    area = find_area("back")
    assert area is not None

    assert [guide.title for guide in guides_for_area(area).page(ALL).rows] == ["Z back", "A lower"]


def test_a_plain_page_is_a_page_but_no_guide(channel: Channel) -> None:
    plain = PageType.objects.get(slug="page")
    Page.objects.create(public_id="p", slug="about", title="About", page_type=plain)

    assert find_guide("about") is None
    assert all_guides() == []
    found = find_page("about")
    assert found is not None
    assert found.title == "About"


def test_products_of_a_guide_come_with_those_it_is_primary_for_first(channel: Channel) -> None:
    page = publish()
    publish(a_guide(slug="other"))
    sell_named("A related", links=[a_link("other"), a_link(role=LinkRole.RELATED)])
    sell_named("B primary", links=[a_link()])
    sell_named("C other", links=[a_link("other")])
    sell_named("D hidden", links=[a_link()], status=Status.DRAFT)

    assert names(products_for_page(page, channel).page(ALL)) == ["B primary", "A related"]


def test_a_products_guides_come_with_the_primary_first(channel: Channel) -> None:
    for slug in ("one", "two"):
        publish(a_guide(slug=slug))
    sell_named("Ball", links=[a_link("two"), a_link("one", LinkRole.RELATED)])

    product = find_product(channel, "ball")

    assert product is not None
    assert [(link.page.slug, link.role) for link in product.shown_links] == [("two", "primary"), ("one", "related")]


def test_the_version_is_the_counters_number(channel: Channel) -> None:
    CatalogVersion.objects.update(number=41)

    sell_named("Ball")

    assert catalog_version() == 42


# --- cost ---------------------------------------------------------------------------------------------------


def sell_many(start: int, count: int) -> None:
    publish()
    publish(a_guide(slug="other"))
    for n in range(start, start + count):
        stock = {"default-warehouse": n}
        variants = tuple(a_variant(sku=f"{n}-{m}", options={"Size": str(m)}, stock=stock) for m in range(2))
        sell(
            a_product(name=f"Ball {n}", reference=f"P-{n}", variants=variants, category=f"Balls {n}"),
            tags=tags("lower-back", "full-body", tool_type="massage-ball"),
            links=[a_link(), a_link("other", LinkRole.RELATED)],
        )


def read_all(page: RowPage[Product]) -> int:
    """Touch all that a reader of a list may ask of its rows."""
    for product in page.rows:
        _ = product.category and product.category.name
        _ = [tag.term.parent and tag.term.parent.name for tag in product.shown_tags]
        _ = [[tag.term.name for tag in link.page.shown_tags] for link in product.shown_links]
        _ = [link.page.page_type.slug for link in product.shown_links]
        for variant in product.shown_variants:
            _ = [price.amount for price in variant.shown_prices], [stock.quantity for stock in variant.shown_stocks]
            _ = [option.value.attribute.name for option in variant.shown_options]
    return len(page.rows)


def lists() -> dict[str, Callable[[Channel], RowPage[Product]]]:
    def area(slug: str) -> Any:
        return find_area(slug)

    def guide() -> Any:
        return find_guide("calm-feet")

    return {
        "all": lambda channel: list_products(channel).page(ALL),
        "search": lambda channel: list_products(channel, ProductQuery(search="ball", sort=ProductSort.RANK)).page(ALL),
        "area": lambda channel: products_for_area(area("back"), channel).page(ALL),
        "above": lambda channel: products_for_groups_above(area("hands"), channel).page(ALL),
        "guide": lambda channel: products_for_page(guide(), channel).page(ALL),
    }


@pytest.mark.parametrize("kind", list(lists()))
def test_a_list_costs_the_same_however_many_products_it_has(channel: Channel, kind: str) -> None:
    sell_many(0, 1)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert read_all(lists()[kind](channel)) == 1

    sell_many(1, 4)
    with CaptureQueriesContext(connection) as five:
        assert read_all(lists()[kind](channel)) == 5

    assert len(five) == len(one)


def test_counting_areas_costs_two_queries(channel: Channel, django_assert_num_queries: Any) -> None:
    sell_many(0, 3)

    with django_assert_num_queries(2):
        count_products_by_area(channel)
