"""The read model says what the rows say that it is derived of, whatever was written, and by whom."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.catalog.facets import band_of
from storefront.catalog.models import (
    AreaOffer,
    CatalogVersion,
    Channel,
    FacetCount,
    Product,
    ProductListing,
    Stock,
    Term,
    Unlisted,
    VariantOption,
    VariantPrice,
    Vocabulary,
    Warehouse,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.queries.areas import areas_above, find_area, load_areas
from storefront.catalog.queries.counts import listed_counts
from storefront.catalog.queries.facets import Filters, count_facets
from storefront.catalog.queries.products import (
    ProductQuery,
    ProductSort,
    first_for_groups_above,
    list_products,
    products_for_area,
    products_for_groups_above,
    shown_products,
)
from storefront.catalog.queries.safety import fetched_tags
from storefront.catalog.queries.version import catalog_version
from storefront.catalog.records import DEFAULT_CHANNEL, Status
from storefront.catalog.safety import kept_off_areas
from storefront.catalog.taxonomy import load_taxonomy
from storefront.catalog.taxonomy.loader import CONTRAINDICATIONS, PACKAGED
from storefront.catalog.writer import delete_products, listings, rebuild, rebuild_if_outdated, write_products
from storefront.catalog.writer.manual_edits import products_edited, set_product_status, set_stock
from storefront.catalog.writer.remote.products import forget_products, hide_product
from storefront.catalog.writer.remote.shop import project_named
from storefront.catalog.writer.stock import change_stock, lock_stock
from storefront.catalog.writer.vocabulary import rename_values
from tests.builders import a_price, a_product, a_variant, a_write, open_shop, sell_named, tags
from tests.effort import tries

pytestmark = pytest.mark.django_db

OTHER = "eu"
COMPARED = ("neck", "back", "lower-back", "full-body")
AREAS = ("neck", "back", "lower-back", "arms", "hands", "full-body")
FILTERS = ("area:back", "area:neck", "tool_type:massage-gun", "brand:Quill", "stock:in", "price:0", "option:size=S")
DEFAULT = "default-warehouse"
ALL: Any = {"first": 100}


@pytest.fixture
def channel() -> Channel:
    Channel.objects.get_or_create(
        slug=OTHER, defaults={"name": "EU", "currency": "EUR", "public_id": new_public_id("Channel")}
    )
    return open_shop()


# --- what must be there, asked of the rows that products are written in --------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """A product as a channel lists it. `offers`: area → steps; `own`: the areas it is tagged with and offered for."""

    key: int
    name: str
    prices: tuple[Decimal, Decimal]
    units: int
    facets: frozenset[str]
    offers: dict[str, int]
    own: frozenset[str]
    keeps_off: frozenset[str]


def expected(channel: Channel) -> Iterator[Expected]:
    areas = load_areas()
    by_slug = {area.slug: area for area in areas}
    taxonomy = load_taxonomy(django_settings.TAXONOMY_FOLDER)
    for row in Product.objects.filter(status=Status.ACTIVE.value).prefetch_related("tags__term"):
        prices = list(VariantPrice.objects.filter(variant__product=row, channel=channel))
        if not prices or Unlisted.objects.filter(product=row, channel=channel).exists():
            continue
        words = [(tag.vocabulary, tag.term.slug) for tag in row.tags.all()]
        keeps_off = kept_off_areas(fetched_tags(row.tags.all()), taxonomy)
        own = {slug for vocabulary, slug in words if vocabulary == Vocabulary.AREA.value} - keeps_off
        offers: dict[str, int] = {}
        for slug in own:
            for steps, area in enumerate([by_slug[slug], *areas_above(by_slug[slug], areas)]):
                offers[area.slug] = min(steps, offers.get(area.slug, 9))
        units = 0
        for price in prices:
            stock = sum(Stock.objects.filter(variant=price.variant_id).values_list("quantity", flat=True))
            units += stock if price.available is None else price.available
        low = min(price.amount for price in prices)
        options = VariantOption.objects.filter(variant__in=[price.variant_id for price in prices])
        facets = {
            *(f"area:{slug}" for slug in offers),
            *(f"{vocabulary}:{slug}" for vocabulary, slug in words if vocabulary in ("tool_type", "condition")),
            *(f"option:{option.value.attribute.key}={option.value.name}" for option in options),
            *([f"brand:{row.brand}"] if row.brand else []),
            *([f"material:{row.material}"] if row.material else []),
            *([] if row.fsa_hsa_eligible is None else [f"fsa:{'yes' if row.fsa_hsa_eligible else 'no'}"]),
            "stock:in" if units > 0 else "stock:out",
            f"price:{band_of(low)}",
        }
        high = max(price.amount for price in prices)
        yield Expected(
            row.pk, row.name, (low, high), units, frozenset(facets), offers, frozenset(own), frozenset(keeps_off)
        )


def compare(channel: Channel, chosen: frozenset[str]) -> None:
    wanted = list(expected(channel))
    shown = {row.pk: row for row in list_products(channel).page(ALL).rows}
    assert {key: (row.price_start, row.price_stop, row.units) for key, row in shown.items()} == {
        each.key: (*each.prices, each.units) for each in wanted
    }
    numbers = Counter(facet for each in wanted for facet in each.facets)
    counts = listed_counts(channel)
    assert counts.pop("all", 0) == len(wanted)
    assert counts == dict(numbers)

    areas = load_areas()
    for area in (area for area in areas if area.slug in COMPARED):
        nearest = [row.pk for row in products_for_area(area, channel).page(ALL).rows]
        offered = [each for each in wanted if area.slug in each.offers]
        assert nearest == [each.key for each in sorted(offered, key=lambda e: (e.offers[area.slug], e.name, e.key))]
        steps = {group.slug: place for place, group in enumerate(areas_above(area, areas))}
        also = [
            (min(steps[slug] for slug in each.own if slug in steps), each.name, each.key)
            for each in wanted
            if area.slug not in each.offers and area.slug not in each.keeps_off and each.own & set(steps)
        ]
        keys = [key for _, _, key in sorted(also)]
        assert [row.pk for row in products_for_groups_above(area, channel).page(ALL).rows] == keys
        assert first_for_groups_above(area, channel, 3, areas) == keys[:3]

    compare_facets(channel, wanted, chosen)


def compare_facets(channel: Channel, wanted: list[Expected], chosen: frozenset[str]) -> None:
    filters = Filters(chosen)
    found = count_facets(shown_products(channel), filters)

    def fits(each: Expected, besides: str = "") -> bool:
        return all(each.facets & set(values) for name, values in filters.groups.items() if name != besides)

    assert found.total == sum(fits(each) for each in wanted)
    condition = ProductQuery(filters.condition(), sort=ProductSort.NAME)
    narrowed = [row.pk for row in list_products(channel, condition).page(ALL).rows]
    assert narrowed == [each.key for each in sorted(wanted, key=lambda e: (e.name, e.key)) if fits(each)]
    for name in ("area", "brand", "tool_type", "price", "stock", "option:size"):
        prefix = f"{name}=" if name.startswith("option:") else f"{name}:"
        numbers = Counter(
            facet.removeprefix(prefix)
            for each in wanted
            if fits(each, besides=name)
            for facet in each.facets
            if facet.startswith(prefix)
        )
        assert dict(found.by_facet.get(name, {})) == dict(numbers)


# --- random writes ------------------------------------------------------------------------------------------

REFERENCES = ("a", "b", "c", "d")
writes = st.fixed_dictionaries(
    {
        "reference": st.sampled_from(REFERENCES),
        "name": st.sampled_from(("Ape", "Bee", "Cat")),
        "brand": st.sampled_from(("", "Quill", "Roost")),
        "areas": st.lists(st.sampled_from(AREAS), max_size=3, unique=True),
        "tool_type": st.sampled_from((None, "massage-gun", "massage-ball")),
        "price": st.sampled_from(("5", "24.99", "25", "300", None)),
        "price_eu": st.sampled_from(("9", None)),
        "units": st.integers(0, 2),
        "size": st.sampled_from(("", "S", "M")),
        "status": st.sampled_from((Status.ACTIVE, Status.ACTIVE, Status.DRAFT)),
    }
)
acts = st.one_of(
    writes,
    st.tuples(
        st.sampled_from(("archive", "show", "hide", "delete", "forget", "stock", "unlist", "rename", "warehouse")),
        st.sampled_from(REFERENCES),
    ),
)


def write(said: dict[str, Any]) -> None:
    prices = {DEFAULT_CHANNEL: said["price"], OTHER: said["price_eu"]}
    variant = a_variant(
        sku=said["reference"],
        prices={slug: a_price(amount) for slug, amount in prices.items() if amount is not None},
        stock={DEFAULT: said["units"]},
        options={"Size": said["size"]} if said["size"] else {},
    )
    record = a_product(
        reference=said["reference"], name=said["name"], brand=said["brand"], status=said["status"], variants=(variant,)
    )
    write_products([a_write(record, tags=tags(*said["areas"], tool_type=said["tool_type"]))])


def act(what: str, reference: str) -> None:
    row = Product.objects.filter(reference=reference).first()
    if row is None:
        return
    if what in ("archive", "show"):
        set_product_status([row.pk], Status.ARCHIVED if what == "archive" else Status.ACTIVE)
    elif what == "hide":
        hide_product(row.public_id)
    elif what == "delete":
        delete_products([row.public_id])
    elif what == "forget":
        forget_products([row.public_id], timezone.now())
    elif what == "stock":
        for stock in Stock.objects.filter(variant__product=row).select_related("variant"):
            set_stock(stock, 7)
    elif what == "unlist":
        Unlisted.objects.get_or_create(product=row, channel=Channel.objects.get(slug=OTHER))
        products_edited([row.pk])
    elif what == "rename":
        for value in VariantOption.objects.filter(variant__product=row).select_related("value__attribute"):
            rename_values([(value.value.attribute.public_id, value.value.name, "L")])
    elif what == "warehouse":
        project_named(Warehouse, [], deletes=True)
        open_shop()


@given(st.lists(acts, min_size=1, max_size=8), st.frozensets(st.sampled_from(FILTERS), max_size=4))
@settings(max_examples=tries(24), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_read_model_says_what_the_rows_say(channel: Channel, done: list[Any], chosen: frozenset[str]) -> None:
    with transaction.atomic():
        for each in done:
            if isinstance(each, dict):
                write(each)
            else:
                act(*each)

        for place in Channel.objects.all():
            compare(place, chosen)
        transaction.set_rollback(True)


# --- areas on which a tool must not be used ------------------------------------------------------------------


def test_a_tool_is_not_offered_for_an_area_it_keeps_off(channel: Channel) -> None:
    sell_named("Gun", tags=tags("neck", "back", tool_type="massage-gun"))
    sell_named("Only for the neck", tags=tags("neck", tool_type="massage-gun"))
    sell_named("Gun for all", tags=tags("full-body", tool_type="massage-gun"))
    neck, whole = find_area("neck"), find_area("full-body")
    assert neck is not None
    assert whole is not None

    assert [row.name for row in products_for_area(neck, channel).page(ALL).rows] == []
    assert [row.name for row in products_for_groups_above(neck, channel).page(ALL).rows] == []
    assert [row.name for row in products_for_area(whole, channel).page(ALL).rows] == ["Gun for all", "Gun"]


# --- counts, rebuilding, and what it costs --------------------------------------------------------------------


def test_counts_are_added_up_now_and_then(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "UNADDED", 5)

    for number in range(9):
        sell_named(f"Ball {number}", "neck")

    assert listed_counts(channel)["area:neck"] == 9
    assert FacetCount.objects.filter(is_sum=False).count() <= 5 + len(listed_counts(channel))


def test_a_write_that_changes_no_facet_changes_no_count(channel: Channel) -> None:
    product = sell_named("Ball", "neck", units=5)
    before = FacetCount.objects.count()

    set_stock(Stock.objects.select_related("variant").get(variant__product=product), 4)

    assert FacetCount.objects.count() == before
    assert ProductListing.objects.get(product=product).units == 4


def test_what_is_sold_out_is_counted_so(channel: Channel) -> None:
    product = sell_named("Ball", units=1)
    (stock,) = lock_stock([product.variants.get().pk])
    stock.quantity = 0

    change_stock([stock])

    assert listed_counts(channel) == {"all": 1, "price:0": 1, "stock:out": 1}


def test_rebuilding_makes_good_what_was_lost(channel: Channel) -> None:
    sell_named("Ball", "neck")
    good = listed_counts(channel)
    ProductListing.objects.all().delete()
    AreaOffer.objects.all().delete()
    FacetCount.objects.create(channel=channel, facet="area:neck", number=5)
    ProductListing.objects.create(
        product_id=10**6, channel=channel, price_start=1, price_stop=1, units=1, facets=["area:neck"], keeps_off=[]
    )

    call_command("reindex", verbosity=0)

    assert listed_counts(channel) == good
    compare(channel, frozenset())


def without_keep_off_rules(folder: Path) -> Path:
    """Return a copy of the packaged taxonomy in which tools may be used everywhere."""
    copy = folder / "taxonomy"
    shutil.copytree(PACKAGED, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = copy / CONTRAINDICATIONS
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["rules"] = [rule for rule in data["rules"] if rule["severity"] != "keep-off"]
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    return copy


def test_changed_rules_of_safety_hold_in_lists_from_the_next_start_on(
    channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell_named("Gun", tags=tags("neck", "back", tool_type="massage-gun"))
    call_command("load_taxonomy", verbosity=0)
    assert "area:neck" not in listed_counts(channel)
    version = catalog_version()

    monkeypatch.setattr(django_settings, "TAXONOMY_FOLDER", without_keep_off_rules(tmp_path))
    call_command("load_taxonomy", verbosity=0)

    assert listed_counts(channel)["area:neck"] == 1
    assert catalog_version() > version
    assert rebuild_if_outdated(load_taxonomy(django_settings.TAXONOMY_FOLDER)) == 0


def test_a_read_model_of_an_earlier_version_is_derived_at_a_start(channel: Channel) -> None:
    sell_named("Ball", "neck")
    good = listed_counts(channel)
    ProductListing.objects.all().delete()
    FacetCount.objects.all().delete()
    CatalogVersion.objects.update(taxonomy="")

    call_command("load_taxonomy", verbosity=0)

    assert listed_counts(channel) == good


def test_rebuilding_reports_its_progress(channel: Channel) -> None:
    sell_named("Ball")
    told: list[tuple[int, int]] = []

    rebuild(lambda done, total: told.append((done, total)))

    assert told == [(1, 1)]


def test_an_area_that_moves_takes_its_products_along(channel: Channel) -> None:
    product = sell_named("Ball", "neck")
    Term.objects.filter(vocabulary="area", slug="neck").update(parent=Term.objects.get(slug="back", vocabulary="area"))
    listings.refresh_listings([product.pk])
    assert listed_counts(channel)["area:back"] == 1

    open_shop()

    assert "area:back" not in listed_counts(channel)


@pytest.mark.parametrize("count", [1, 40])
def test_a_batch_is_derived_by_the_same_few_statements(
    channel: Channel, count: int, django_assert_max_num_queries: Any
) -> None:
    keys = [sell_named(f"Ball {number}", "neck").pk for number in range(count)]

    with django_assert_max_num_queries(10):
        listings.refresh_listings(keys)


def test_a_far_page_of_an_area_begins_in_the_index(channel: Channel) -> None:
    """One comparison of rows, which the index in list order answers, in place of ORs over its keys."""
    sell_named("Ball", "neck")
    area = find_area("neck")
    assert area is not None
    listing = products_for_area(area, channel)
    cursor = listing.page(ALL).end_cursor

    with connection.execute_wrapper(lambda execute, sql, *more: (statements.append(sql), execute(sql, *more))[1]):
        statements: list[str] = []
        listing.page({"first": 24, "after": cursor})

    assert " OR " not in statements[0]
    assert ") > (" in statements[0]
