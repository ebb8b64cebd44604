"""Categories, collections, menus, plain pages and attributes read into the store: on the fake and on a real Saleor."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Q

from storefront.catalog.models import (
    Attribute,
    CatalogVersion,
    Category,
    Collection,
    CollectionListing,
    CollectionProduct,
    KindRead,
    Menu,
    MenuItem,
    Page,
    PageType,
    Product,
)
from storefront.catalog.queries.channels import only_channel
from storefront.catalog.queries.guides import all_guides
from storefront.catalog.queries.menus import list_menus
from storefront.catalog.queries.pages import shown_pages
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror import structure
from storefront.saleor.models import Change, Kind
from storefront.saleor.schema import documents
from storefront.saleor.schema.model import Slugs
from tests.builders import a_guide, a_product, a_variant, find_page, open_shop
from tests.saleor import dashboard
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.importing import FakeImporter
from tests.saleor.world import World, paragraph

SLUGS = Slugs({})

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def refresh(saleor: Saleor) -> None:
    structure.refresh_categories(saleor, SLUGS)
    structure.refresh_collections(saleor, SLUGS)
    structure.refresh_pages(saleor, SLUGS)
    structure.refresh_menus(saleor, SLUGS)
    structure.refresh_attributes(saleor, SLUGS)


def marked_products() -> set[str]:
    return set(Change.objects.filter(kind=Kind.PRODUCT).values_list("saleor_id", flat=True))


def everything() -> dict[str, Any]:
    """What the store has of all these kinds, without its own keys."""
    return {
        "categories": sorted(
            Category.objects.values_list("public_id", "slug", "name", "level", "description", "parent__public_id")
        ),
        "types": sorted(PageType.objects.values_list("public_id", "slug", "name")),
        "pages": sorted(
            Page.objects.values_list("public_id", "slug", "title", "body", "status", "page_type__slug"), key=str
        ),
        "dates": sorted(Page.objects.values_list("public_id", "published_at"), key=str),
        "collections": sorted(Collection.objects.values_list("public_id", "slug", "name", "description")),
        "listings": sorted(CollectionListing.objects.values_list("collection__public_id", "channel", "is_published")),
        "members": sorted(CollectionProduct.objects.values_list("collection__public_id", "position", "product")),
        "menus": sorted(Menu.objects.values_list("public_id", "slug", "name")),
        "items": sorted(
            MenuItem.objects.values_list(
                *("public_id", "menu__slug", "parent__public_id", "position", "level", "name", "url"),
                *("category", "collection", "page"),
            ),
            key=str,
        ),
        "attributes": sorted(Attribute.objects.values_list("kind", "public_id", "key", "said", "slug", "name")),
    }


def drop() -> None:
    for model in (
        MenuItem,
        Menu,
        CollectionProduct,
        CollectionListing,
        Collection,
        Page,
        Category,
        Attribute,
        KindRead,
    ):
        model._default_manager.all().delete()
    PageType.objects.exclude(slug="guide").delete()


@pytest.fixture
def filled(world: World) -> Iterator[dict[str, str]]:
    """A shop with one thing of each kind and more; gives their ids."""
    outer = world.make(documents.CATEGORY_CREATE, "category", input=world.named("outer"))
    ids = {
        "product": world.a_product(),
        "outer": outer,
        "inner": world.make(
            documents.CATEGORY_CREATE,
            "category",
            parent=outer,
            input=world.named("inner") | {"description": paragraph("<b>Bold</b>")},
        ),
        "page": world.a_page(isPublished=True, content=paragraph("Hello")),
        "later": world.a_page(isPublished=True, publishedAt="2040-01-01T00:00:00+00:00"),
        "hidden": world.a_page(),
    }
    ids["collection"] = world.make(
        documents.COLLECTION_CREATE,
        "collection",
        input=world.named("set") | {"products": [ids["product"]], "description": paragraph("A set")},
    )
    ids["menu"] = world.make(dashboard.MENU_CREATE, "menu", input=world.named("menu"))
    for name, target in (("outer", "category"), ("page", "page"), ("hidden", "page"), ("collection", "collection")):
        given = {"name": name, "menu": ids["menu"], target: ids[name]}
        ids[f"item {name}"] = world.make(dashboard.ITEM_CREATE, "menuItem", input=given)
    below = {"name": "below", "menu": ids["menu"], "parent": ids["item outer"], "url": "https://example.org/"}
    world.make(dashboard.ITEM_CREATE, "menuItem", input=below)
    return ids


def test_the_store_has_what_saleor_has(world: World, filled: dict[str, str]) -> None:
    refresh(world.saleor)

    inner = Category.objects.select_related("parent").get(public_id=filled["inner"])
    assert (inner.name, inner.level, inner.description) == ("Inner", 1, "**Bold**")
    assert inner.parent is not None
    assert inner.parent.public_id == filled["outer"]
    assert Page.objects.get(public_id=filled["page"]).body == "Hello"
    assert Page.objects.get(public_id=filled["page"]).page_type.public_id == world.page_type
    shown = set(shown_pages().values_list("public_id", flat=True))
    assert shown & {filled["page"], filled["later"], filled["hidden"]} == {filled["page"]}
    members = CollectionProduct.objects.filter(collection__public_id=filled["collection"])
    assert list(members.values_list("product_id", flat=True)) == [filled["product"]]
    items = MenuItem.objects.filter(menu__public_id=filled["menu"]).order_by("level", "position")
    assert [item.name for item in items] == ["outer", "page", "hidden", "collection", "below"]
    names = dict(Attribute.objects.values_list("slug", "name"))
    assert names[world.references["brand"]] == "Brand"


def test_dropping_the_store_and_reading_again_gives_the_same(world: World, filled: dict[str, str]) -> None:
    refresh(world.saleor)
    before, counted = everything(), CatalogVersion.objects.get().number

    refresh(world.saleor)
    assert (everything(), CatalogVersion.objects.get().number) == (before, counted)

    drop()
    refresh(world.saleor)
    assert everything() == before


def test_changes_in_the_dashboard_arrive(world: World, filled: dict[str, str]) -> None:
    refresh(world.saleor)

    world.do(dashboard.CATEGORY_UPDATE, id=filled["inner"], input={"name": "Renamed"})
    world.do(documents.PAGE_UPDATE, id=filled["page"], input={"isPublished": False})
    world.do(documents.COLLECTION_REMOVE, collectionId=filled["collection"], products=[filled["product"]])
    listed = [{"channelId": world.channel["id"], "isPublished": True}]
    world.do(dashboard.COLLECTION_LISTING, id=filled["collection"], input={"addChannels": listed})
    moves = [{"itemId": filled["item collection"], "sortOrder": -3}]
    world.do(dashboard.ITEM_MOVE, menu=filled["menu"], moves=moves)
    refresh(world.saleor)

    assert Category.objects.get(public_id=filled["inner"]).name == "Renamed"
    assert not shown_pages().filter(public_id=filled["page"]).exists()
    assert not CollectionProduct.objects.filter(collection__public_id=filled["collection"]).exists()
    listing = CollectionListing.objects.get(collection__public_id=filled["collection"])
    assert (listing.is_published, listing.channel_id) == (True, world.channel["id"])
    items = MenuItem.objects.filter(menu__public_id=filled["menu"], level=0).order_by("position")
    assert [item.name for item in items] == ["collection", "outer", "page", "hidden"]


def test_what_is_deleted_in_saleor_goes(world: World, filled: dict[str, str]) -> None:
    refresh(world.saleor)

    world.do(dashboard.CATEGORY_DELETE, id=filled["outer"])
    world.do(documents.PAGE_DELETE, id=filled["page"])
    world.do(dashboard.COLLECTION_DELETE, id=filled["collection"])
    refresh(world.saleor)

    for model, names in ((Category, ("outer", "inner")), (Page, ("page",)), (Collection, ("collection",))):
        gone = [filled[name] for name in names]
        assert not model._default_manager.filter(public_id__in=gone).exists()
    items = MenuItem.objects.filter(menu__public_id=filled["menu"])
    assert [item.name for item in items] == ["hidden"]


def test_a_menu_shows_what_may_be_shown(world: World, filled: dict[str, str]) -> None:
    refresh(world.saleor)

    [menu] = list_menus(only_channel(), Q(public_id=filled["menu"]))

    assert [item.name for item in menu.items] == ["outer", "page"]
    assert [item.name for item in menu.items[0].children] == ["below"]


# The fake alone -------------------------------------------------------------------------------------------------------


def test_a_large_collection_is_read_page_by_page(fake: FakeSaleor, fake_world: World) -> None:
    kind = fake.shop.product_types.first(slug="default-type")
    assert kind is not None
    rows = [
        fake.shop.products.add(SaleorRow(name=f"P {number}", slug=f"p-{number}", product_type=kind.pk))
        for number in range(230)
    ]
    fake_world.make(documents.COLLECTION_CREATE, "collection", input=fake_world.named("all"))
    found = next(iter(fake.shop.collections))
    found.products = [row.pk for row in reversed(rows)]
    before = len(fake.seen)

    structure.refresh_collections(fake_world.saleor, SLUGS)

    members = CollectionProduct.objects.order_by("position").values_list("product_id", flat=True)
    assert list(members) == [row.id for row in reversed(rows)]
    assert len(fake.seen) - before == 4


def test_what_the_app_may_not_read_stays_and_is_said(
    fake: FakeSaleor, fake_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    fake_world.make(documents.COLLECTION_CREATE, "collection", input=fake_world.named("set"))
    structure.refresh_collections(fake_world.saleor, SLUGS)
    fake.add_app("poor", ())

    with Saleor(fake.url, "poor", patience_s=5) as poor, caplog.at_level(logging.WARNING):
        structure.refresh_collections(poor, SLUGS)
        # Those need none.
        structure.refresh_menus(poor, SLUGS)

    assert Collection.objects.count() == 1
    assert "Saleor's collections are not synchronised" in caplog.text


def test_the_products_of_a_deleted_category_are_told(importer: FakeImporter) -> None:
    importer.records(a_product(category="Own things"))
    row = Product.objects.get()
    structure.refresh_categories(importer.saleor, SLUGS)
    category = Category.objects.get(name="Own things")
    assert row.category_id == category.pk

    importer.fake.shop.categories.remove([importer.fake.shop.node(category.public_id, "Category")])

    assert structure.refresh_categories(importer.saleor, SLUGS)
    assert marked_products() == {row.public_id}
    Change.objects.all().delete()
    assert not structure.refresh_categories(importer.saleor, SLUGS)
    assert marked_products() == set()


def test_a_category_that_was_chosen_by_tool_type_shows_its_products_though_records_say_none(
    importer: FakeImporter,
) -> None:
    importer.records(a_product(tool_type="massage-ball"))

    row = Product.objects.select_related("category").get()
    assert row.category is not None
    assert (row.category.slug, row.category_is_default) == ("massage-ball", True)
    assert importer.plan(a_product(tool_type="massage-ball")).to_apply() == []


def test_of_two_categories_of_one_name_a_product_lies_in_its_own(importer: FakeImporter) -> None:
    importer.records(a_product(category="Twin"))
    shop = importer.fake.shop
    first = shop.categories.first(name="Twin")
    assert first is not None
    twin = shop.categories.add(type(first)(name="Twin", slug="twin-2", parent=first.pk))
    importer.product().category = twin.pk

    importer.records(a_product(category="Twin", name="Other"))

    assert importer.product().category == twin.pk
    found = Product.objects.select_related("category").get().category
    assert found is not None
    assert found.public_id == twin.id


def test_a_guide_that_is_published_later_is_not_shown_yet(importer: FakeImporter) -> None:
    importer.records(a_product(), guides=(a_guide(),))
    assert [page.slug for page in all_guides()] == ["calm-feet"]
    importer.fake.shop.pages.first(slug="calm-feet").published_at = "2040-01-01T00:00:00+00:00"  # type: ignore[union-attr]

    importer.plan(a_product())

    assert all_guides() == []
    assert find_page("calm-feet") is None


def test_attributes_get_their_names_and_an_import_changes_nothing_then(importer: FakeImporter) -> None:
    wanted = a_product(variants=(a_variant(options={"Size": "Big"}),))
    importer.records(wanted)

    structure.refresh_attributes(importer.saleor, SLUGS)

    assert list(Attribute.objects.values_list("slug", "said", "name")) == [("option-size", "Size", "Size")]
    assert importer.plan(wanted).to_apply() == []
