"""Categories, pages, collections, menus and attributes taken over from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from storefront.catalog.models import (
    Attribute,
    CatalogVersion,
    Category,
    Collection,
    CollectionProduct,
    Menu,
    MenuItem,
    Page,
    PageType,
    Product,
)
from storefront.catalog.public_ids import encode_public_id
from storefront.catalog.records import Named
from storefront.catalog.snapshots import load_shop_products
from storefront.catalog.writer.categories import category_ids
from storefront.catalog.writer.remote.attributes import RemoteAttribute, project_attributes
from storefront.catalog.writer.remote.categories import project_categories
from storefront.catalog.writer.remote.collections import project_collections
from storefront.catalog.writer.remote.menus import project_menus
from storefront.catalog.writer.remote.pages import project_pages
from tests.builders import a_product, a_variant, open_shop, publish, sell, sell_named
from tests.catalog.structure import (
    PLAIN,
    a_category,
    a_collection,
    a_menu,
    a_page,
    an_item,
    before,
    now,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def version() -> int:
    return CatalogVersion.objects.get().number


def tree() -> dict[str, tuple[str, str | None, int]]:
    rows = Category.objects.select_related("parent")
    return {row.slug: (row.name, row.parent.slug if row.parent else None, row.level) for row in rows}


# Categories -----------------------------------------------------------------------------------------------------------


def test_categories_become_a_tree_with_saleors_ids() -> None:
    outer = a_category("outer", description="**Bold**")
    inner = a_category("inner", parent=outer.id, level=1)

    project_categories([inner, outer], now())

    assert tree() == {"outer": ("Outer", None, 0), "inner": ("Inner", "outer", 1)}
    assert dict(Category.objects.values_list("slug", "public_id")) == {"outer": outer.id, "inner": inner.id}
    assert Category.objects.get(slug="outer").description == "**Bold**"


def test_a_category_is_renamed_and_moved_and_slugs_change_places() -> None:
    one, two = a_category("one"), a_category("two")
    project_categories([one, two], now())

    moved = a_category("one", id=two.id, name="New", parent=one.id, level=1)
    project_categories([a_category("two", id=one.id), moved], now())

    assert tree() == {"two": ("Two", None, 0), "one": ("New", "two", 1)}
    assert Category.objects.get(slug="one").public_id == two.id


def test_two_categories_may_have_one_name_and_a_file_means_the_outer_one() -> None:
    outer = a_category("zebra")
    twin = a_category("alike", name="Balls", parent=outer.id, level=1)
    project_categories([outer, twin, a_category("balls-2", name="Balls"), a_category("balls-1", name="Balls")], now())

    assert category_ids(["Balls"]) == {"Balls": Category.objects.get(slug="balls-1").pk}


def test_products_of_a_category_that_is_gone_are_told_and_lie_in_none() -> None:
    outer, other = a_category("outer"), a_category("other")
    inner = a_category("inner", parent=outer.id, level=1)
    project_categories([outer, inner, other], now())
    inside, safe = sell_named("Inside"), sell_named("Safe")
    Product.objects.filter(pk=inside.pk).update(category=Category.objects.get(slug="inner"))
    Product.objects.filter(pk=safe.pk).update(category=Category.objects.get(slug="other"))

    _, lost = project_categories([other], now())

    assert lost == {inside.public_id}
    assert tree() == {"other": ("Other", None, 0)}
    assert Product.objects.get(pk=inside.pk).category is None
    assert Product.objects.get(pk=inside.pk).updated_at > inside.updated_at
    assert Product.objects.get(pk=safe.pk).updated_at == safe.updated_at


def test_a_category_that_leaves_one_that_goes_stays() -> None:
    outer = a_category("outer")
    project_categories([outer, a_category("inner", parent=outer.id, level=1)], now())

    project_categories([a_category("inner")], now())

    assert tree() == {"inner": ("Inner", None, 0)}


def test_products_of_a_renamed_category_are_found_by_its_new_name() -> None:
    project_categories([a_category("balls")], now())
    row = sell_named("Cork")
    Product.objects.filter(pk=row.pk).update(category=Category.objects.get())

    _, lost = project_categories([a_category("balls", name="Spheres")], now())

    assert lost == set()
    assert Product.objects.filter(search="sphere").count() == 1
    [found] = load_shop_products("main", ["R-1"], [row.variants.get().sku])
    assert found.fields.own["category"] == "Spheres"


# Pages ----------------------------------------------------------------------------------------------------------------


def test_plain_pages_come_with_their_types_and_guides_stay() -> None:
    guide = publish()
    types = [PLAIN, Named(id="R1VJREU=", slug="article", name="Article")]

    project_pages(types, [a_page("about", body="# Us")], now(), guides="R1VJREU=")

    assert dict(PageType.objects.values_list("slug", "name")) == {"guide": "Article", "plain": "Plain"}
    assert PageType.objects.get(slug="guide").public_id == "R1VJREU="
    assert {page.slug: page.body for page in Page.objects.all()} == {guide.slug: guide.body, "about": "# Us"}
    assert Page.objects.get(pk=guide.pk).updated_at == guide.updated_at


def test_pages_are_renamed_and_change_their_slugs_also_with_a_guide_and_go() -> None:
    guide = publish()
    one, two, three = a_page("one"), a_page("two"), a_page("three")
    project_pages([PLAIN], [one, two, three], now())

    wanted = [a_page("two", id=one.id), a_page("one", id=two.id, title="New"), a_page(guide.slug, id=three.id)]
    project_pages([PLAIN], wanted, now())
    assert {page.slug: page.public_id for page in Page.objects.exclude(pk=guide.pk)} == {
        "two": one.id,
        "one": two.id,
        guide.slug: three.id,
    }
    assert Page.objects.get(public_id=two.id).title == "New"
    assert Page.objects.get(pk=guide.pk).read_at is None

    project_pages([], [], now())
    assert list(Page.objects.all()) == [guide]
    assert list(PageType.objects.values_list("slug", flat=True)) == ["guide"]


def test_the_words_of_a_page_are_found() -> None:
    project_pages([PLAIN], [a_page("about", body="Shipping is free.")], now())

    assert Page.objects.filter(search="shipping").count() == 1


# Collections ----------------------------------------------------------------------------------------------------------


def members() -> list[tuple[str, str]]:
    rows = CollectionProduct.objects.order_by("collection__slug", "position")
    return list(rows.values_list("collection__slug", "product_id"))


def test_a_collection_has_its_products_in_their_order_also_those_that_come_later() -> None:
    row = sell_named("Ball")

    project_collections([a_collection("set", "later", row.public_id)], now())
    project_collections([a_collection("set", row.public_id, "later"), a_collection("other")], now())

    assert members() == [("set", row.public_id), ("set", "later")]
    project_collections([a_collection("other")], now())
    assert (members(), Collection.objects.get().slug) == ([], "other")


# Menus ----------------------------------------------------------------------------------------------------------------


def lines() -> list[tuple[str, str, int, str | None]]:
    rows = MenuItem.objects.select_related("parent", "menu").order_by("menu__slug", "level", "position")
    return [(row.menu.slug, row.name, row.level, row.parent.name if row.parent else None) for row in rows]


def test_a_menus_items_move_from_one_menu_to_another() -> None:
    outer = an_item("outer", url="/a")
    inner = an_item("inner", url="/b", parent=outer.id, level=1)
    project_menus([a_menu("navbar", outer, inner), a_menu("footer")], now())
    assert lines() == [("navbar", "outer", 0, None), ("navbar", "inner", 1, "outer")]

    project_menus(
        [a_menu("navbar", inner.model_copy(update={"parent": None, "level": 0})), a_menu("footer", outer)], now()
    )
    assert lines() == [("footer", "outer", 0, None), ("navbar", "inner", 0, None)]

    project_menus([a_menu("footer")], now())
    assert (lines(), Menu.objects.get().slug) == ([], "footer")


# Attributes -----------------------------------------------------------------------------------------------------------


def an_attribute(slug: str, **changes: Any) -> RemoteAttribute:
    given = {"id": encode_public_id("Attribute", slug), "slug": slug, "name": slug.title(), "known_as": slug}
    return RemoteAttribute.model_validate(given | {"kind": Attribute.Kind.PRODUCT} | changes)


def an_option(slug: str, name: str, **changes: Any) -> RemoteAttribute:
    return an_attribute(slug, name=name, known_as=name, kind=Attribute.Kind.VARIANT, **changes)


def own_and_options(reference: str = "R-1") -> tuple[dict[str, Any], dict[str, Any]]:
    [found] = load_shop_products("main", [reference], [])
    variant = next(iter(found.fields.variants.values()))
    return (
        {name: value for name, value in found.fields.own.items() if name.startswith("attribute")},
        {name: value for name, value in variant.items() if name.startswith("option")},
    )


def test_attributes_get_their_own_names_and_records_say_the_same() -> None:
    sell(a_product(attributes={"handle-colour": "Red"}, variants=(a_variant(options={"Size": "Big"}),)))
    said = own_and_options()
    assert said == ({"attribute: handle-colour": "Red"}, {"option: Size": "Big"})

    project_attributes([an_attribute("handle-colour", name="Handle"), an_option("option-size", "Size")], now())

    rows = Attribute.objects.order_by("kind").values_list("kind", "slug", "name", "public_id")
    assert list(rows) == [
        ("product", "handle-colour", "Handle", encode_public_id("Attribute", "handle-colour")),
        ("variant", "option-size", "Size", encode_public_id("Attribute", "option-size")),
    ]
    assert own_and_options() == said


def test_options_change_their_names_with_one_another() -> None:
    options = {"Size": "Big", "Grip": "Firm"}
    row = sell(a_product(variants=(a_variant(options=options),)))
    one, two = an_option("one", "Size"), an_option("two", "Grip")
    project_attributes([one, two], now())

    project_attributes([an_option("one", "Grip"), an_option("two", "Size")], now())

    assert own_and_options()[1] == {"option: Grip": "Big", "option: Size": "Firm"}
    assert Product.objects.get(pk=row.pk).updated_at > row.updated_at


def test_a_renamed_option_is_one_with_what_products_were_read_with_meanwhile() -> None:
    sell(a_product(variants=(a_variant(options={"Size": "Big"}),)))
    project_attributes([an_option("one", "Size")], now())
    sell(a_product(reference="R-2", name="Other", variants=(a_variant(sku="R-2", options={"Sizes": "Big"}),)))

    project_attributes([an_option("one", "Sizes")], now())

    assert Attribute.objects.filter(kind="variant").count() == 1
    assert own_and_options("R-1")[1] == own_and_options("R-2")[1] == {"option: Sizes": "Big"}


def test_an_attribute_that_is_gone_goes_unless_a_product_was_read_with_it_since() -> None:
    row = sell(a_product(attributes={"old": "x"}))
    started = now()
    Product.objects.filter(pk=row.pk).update(read_at=now())
    project_attributes([], started)
    assert own_and_options()[0] == {"attribute: old": "x"}

    project_attributes([], now())
    assert own_and_options()[0] == {}


# All of them ----------------------------------------------------------------------------------------------------------

Project = Callable[[datetime], Any]


def kinds(name: str) -> list[Project]:
    """What makes something of a kind, and what takes it away."""
    item = an_item("x", url="https://example.org/")
    return {
        "categories": [lambda at: project_categories([a_category("a")], at), lambda at: project_categories([], at)],
        "pages": [lambda at: project_pages([PLAIN], [a_page("a")], at), lambda at: project_pages([], [], at)],
        "collections": [
            lambda at: project_collections([a_collection("a", "p", "q")], at),
            lambda at: project_collections([], at),
        ],
        "menus": [lambda at: project_menus([a_menu("a", item)], at), lambda at: project_menus([], at)],
        "attributes": [lambda at: project_attributes([an_attribute("a")], at), lambda at: project_attributes([], at)],
    }[name]


NAMES = ("categories", "pages", "collections", "menus", "attributes")
MODELS = {"categories": Category, "collections": Collection, "menus": Menu, "attributes": Attribute}


def rows_of(name: str) -> list[Any]:
    if name == "pages":
        return list(Page.objects.values_list("public_id", flat=True))
    return list(MODELS[name]._default_manager.values_list("public_id", flat=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_second_read_changes_nothing_and_counts_no_version(name: str) -> None:
    make, _ = kinds(name)
    make(now())
    counted, rows = version(), rows_of(name)

    make(now())

    assert len(rows) == 1
    assert (version(), rows_of(name)) == (counted, rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_read_that_began_before_the_one_that_the_store_has_is_not_taken(name: str) -> None:
    make, clear = kinds(name)
    make(now())
    counted = version()

    clear(before())
    assert (len(rows_of(name)), version()) == (1, counted)

    clear(now())
    assert (len(rows_of(name)), version()) == (0, counted + 1)
