"""Events of Saleor followed: whatever staff edit there, the store is as Saleor is once the event was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from storefront.catalog.models import (
    Category,
    Channel,
    Menu,
    MenuItem,
    Page,
    PageType,
    Product,
    ProductMedia,
    Stock,
    Term,
    VariantPrice,
    Warehouse,
)
from storefront.catalog.queries.channels import find_channel
from storefront.catalog.queries.products import shown_products
from storefront.catalog.queries.search import search_query
from storefront.catalog.records import Origin
from storefront.catalog.writer.remote.tombstones import load_tombstones, record_tombstones
from storefront.catalog.writer.vocabulary import write_taxonomy
from storefront.pictures import work
from storefront.saleor.models import Change
from storefront.saleor.read.answers import Reader
from storefront.saleor.schema import documents
from tests.builders import TAXONOMY, a_guide, a_product, a_variant, find_page, shop_product
from tests.saleor import dashboard
from tests.saleor.importing import FakeImporter
from tests.saleor.staff import Staff, an_event
from tests.saleor.world import paragraph

BALL = a_product(description="For a stiff neck.", variants=(a_variant(stock={"default-warehouse": 5}),))
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
FEET, NECK = a_guide(), a_guide(slug="neck", title="Stiff neck")
ABROAD = {
    "name": "Abroad",
    "slug": "abroad",
    "currencyCode": "EUR",
    "defaultCountry": "DE",
    "isActive": True,
}


@pytest.fixture
def ball(importer: FakeImporter) -> None:
    importer.records(BALL, guides=(FEET, NECK))


def is_shown(channel: str = "default-channel") -> bool:
    place = find_channel(channel)
    assert place is not None
    return shown_products(place).filter(reference="R-1").exists()


def found_by(words: str) -> set[str]:
    """The names of products that a search finds."""
    query = search_query(words)
    assert query is not None
    return set(Product.objects.filter(search=query).values_list("name", flat=True))


# --- products -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ball")
def test_a_name_arrives_and_is_found(staff: Staff) -> None:
    staff.edit(name="Walnut ball")

    assert staff.arrive() == 1

    assert shop_product().fields.own["name"] == "Walnut ball"
    assert found_by("walnut") == {"Walnut ball"}
    assert not Change.objects.exists()


@pytest.mark.usefixtures("ball")
def test_a_price_and_a_stock_arrive(staff: Staff) -> None:
    staff.price("24.50")
    staff.stock(0)

    staff.arrive()

    assert VariantPrice.objects.get().amount == Decimal("24.50")
    assert Stock.objects.get().quantity == 0


@pytest.mark.usefixtures("ball")
def test_an_area_that_was_set_in_the_dashboard_is_a_pin(staff: Staff) -> None:
    staff.set_areas("calves", "neck")

    staff.arrive()

    areas = shop_product().tags.target_areas
    assert {tag.slug: tag.origin for tag in areas} == {"calves": Origin.PINNED, "neck": Origin.PINNED}


@pytest.mark.usefixtures("ball")
def test_a_guide_that_was_set_in_the_dashboard_is_a_pin(staff: Staff) -> None:
    staff.set_guide("calm-feet")

    staff.arrive()

    links = {link.guide: (link.role.value, link.origin) for link in shop_product().links}
    assert links["calm-feet"] == ("primary", Origin.PINNED)


def test_a_related_guide_that_is_made_the_primary_one_is_linked_once(importer: FakeImporter, staff: Staff) -> None:
    importer.records(BALL.model_copy(update={"guide": "neck", "related_guides": ["calm-feet"]}), guides=(FEET, NECK))
    staff.set_guide("calm-feet")

    staff.arrive()

    assert [(link.guide, link.role.value) for link in shop_product().links] == [("calm-feet", "primary")]


@pytest.mark.usefixtures("ball")
def test_a_product_is_hidden_where_it_is_unpublished(staff: Staff, client: Client) -> None:
    staff.do(dashboard.CHANNEL_CREATE, input=ABROAD)
    staff.publish(channel="abroad", isPublished=True, visibleInListings=True)
    staff.price("20.00", channel="abroad")
    staff.arrive()
    assert (is_shown(), is_shown("abroad")) == (True, True)

    staff.publish(isPublished=False)
    staff.arrive()
    assert (is_shown(), is_shown("abroad")) == (False, True)

    staff.publish(channel="abroad", isPublished=False)
    staff.arrive()
    assert (is_shown(), is_shown("abroad")) == (False, False)
    assert client.get(f"/products/{Product.objects.get().slug}/").status_code == 404


@pytest.mark.usefixtures("ball")
def test_a_product_that_is_published_later_is_not_shown_yet(staff: Staff) -> None:
    staff.publish(isPublished=False)
    staff.publish(isPublished=True, publishedAt="2140-01-01T00:00:00+00:00")

    staff.arrive()

    assert not is_shown()


@pytest.mark.usefixtures("ball")
def test_a_deleted_product_goes(staff: Staff) -> None:
    staff.delete()

    staff.arrive()

    assert not Product.objects.exists()


def test_a_product_that_was_made_by_hand_arrives(staff: Staff) -> None:
    staff.make_product("Wooden roller")

    staff.arrive()

    assert Product.objects.get().name == "Wooden roller"


@pytest.mark.usefixtures("ball")
def test_a_picture_arrives_is_mirrored_and_goes(staff: Staff, tmp_path: Path) -> None:
    digest = staff.add_picture(tmp_path)

    staff.arrive()
    while work.do_next():
        pass

    row = ProductMedia.objects.get()
    assert (row.alt, row.content.digest) == ("by hand", digest)

    staff.do(documents.MEDIA_DELETE, id=row.remote_id)
    staff.arrive()
    assert not ProductMedia.objects.exists()


@pytest.mark.usefixtures("ball")
def test_a_variant_that_was_added_and_one_that_was_taken_away_arrive(staff: Staff) -> None:
    product = staff.importer.product().id
    new = {"sku": "R-2", "attributes": []}
    staff.do(documents.VARIANT_BULK_CREATE, product=product, variants=[new], errorPolicy="REJECT_FAILED_ROWS")
    staff.arrive()
    assert set(shop_product().fields.variants) == {"R-1", "R-2"}

    staff.do(documents.VARIANT_BULK_DELETE, ids=[staff.variant("R-2").id])
    staff.arrive()
    assert set(shop_product().fields.variants) == {"R-1"}


# --- what products are sorted by ----------------------------------------------------------------------------


def test_a_category_is_renamed_and_deleted(staff: Staff) -> None:
    staff.importer.records(a_product(category="Own things"))
    id = Category.objects.get(name="Own things").public_id

    staff.do(dashboard.CATEGORY_UPDATE, id=id, input={"name": "Fine things"})
    staff.arrive()
    assert shop_product().fields.own["category"] == "Fine things"

    # Saleor unpublishes what lay in it, and tells of no product.
    staff.do(dashboard.CATEGORY_DELETE, id=id)
    staff.arrive()
    assert not Category.objects.filter(public_id=id).exists()
    assert not is_shown()


def test_a_value_of_an_option_is_renamed(staff: Staff) -> None:
    staff.importer.records(a_product(variants=(a_variant(options={"Size": "Big"}),)))
    look_at_values(staff)

    staff.rename_value("Big", "Huge")
    staff.arrive()

    assert shop_product().fields.variants["R-1"]["option: Size"] == "Huge"


def look_at_values(staff: Staff) -> None:
    """What attributes have is known once it was looked at."""
    staff.rename_value("target-areas:calves", "Calf muscles")
    staff.arrive()


@pytest.mark.usefixtures("ball")
def test_a_value_of_an_own_dropdown_is_renamed_and_deleted(staff: Staff) -> None:
    give_an_own_attribute(staff)
    assert shop_product().fields.own["attribute: grip"] == "Soft"

    staff.rename_value("Soft", "Very soft")
    staff.arrive()
    assert shop_product().fields.own["attribute: grip"] == "Very soft"

    staff.do(dashboard.VALUE_DELETE, id=staff.value("Very soft"))
    staff.arrive()
    assert "attribute: grip" not in shop_product().fields.own


def give_an_own_attribute(staff: Staff) -> None:
    made = {
        "name": "Grip",
        "slug": "grip",
        "type": "PRODUCT_TYPE",
        "inputType": "DROPDOWN",
        "values": [{"name": "Soft"}],
    }
    id = staff.do(documents.ATTRIBUTE_CREATE, input=made)["attribute"]["id"]
    kind = staff.shop.product_types.first(slug="massage-tool")
    assert kind is not None
    operations = [{"id": id, "type": "PRODUCT"}]
    staff.do(documents.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=kind.id, operations=operations)
    staff.edit(attributes=[{"id": id, "dropdown": {"id": staff.value("Soft")}}])
    staff.arrive()
    look_at_values(staff)


@pytest.mark.usefixtures("ball")
def test_an_area_that_is_renamed_is_called_so_on_pages_and_in_search(staff: Staff, client: Client) -> None:
    product = Product.objects.get()

    staff.rename_value("target-areas:neck", "Nape")
    staff.arrive()

    assert Term.objects.get(vocabulary="area", slug="neck").name == "Nape"
    assert "Nape" in client.get(f"/products/{product.slug}/").content.decode()
    assert found_by("nape") == {"Cork Ball"}
    assert shop_product().tags.target_areas[0].slug == "neck"

    # The next start reads the taxonomy's files again.
    write_taxonomy(TAXONOMY)
    assert Term.objects.get(vocabulary="area", slug="neck").name == "Nape"


# --- pages, menus, places -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("ball")
def test_a_guide_is_edited_unpublished_and_deleted(staff: Staff, client: Client) -> None:
    staff.set_guide("calm-feet")
    page = staff.page("calm-feet")
    staff.do(documents.PAGE_UPDATE, id=page, input={"title": "Calmer feet", "content": paragraph("Softly.")})
    staff.arrive()
    assert Page.objects.get(public_id=page).body == "Softly."
    shown = client.get(f"/products/{Product.objects.get().slug}/").content.decode()
    assert "Calmer feet" in shown

    staff.do(documents.PAGE_UPDATE, id=page, input={"isPublished": False})
    staff.arrive()
    assert "Calmer feet" not in client.get(f"/products/{Product.objects.get().slug}/").content.decode()
    assert client.get("/guides/calm-feet/").status_code == 404

    staff.do(documents.PAGE_DELETE, id=page)
    staff.arrive()
    assert not Page.objects.filter(public_id=page).exists()
    assert "calm-feet" not in {link.guide for link in shop_product().links}


def test_a_guide_is_known_before_the_product_that_refers_to_it(staff: Staff) -> None:
    """Its own event is lost; the product's comes."""
    staff.importer.records(BALL)
    kind = staff.shop.page_types.first(slug="guide")
    assert kind is not None
    made = {"title": "New", "slug": "new", "pageType": kind.id, "isPublished": True}
    staff.do(documents.PAGE_CREATE, input=made)
    staff.told.clear()
    staff.set_guide("new")

    staff.arrive()

    assert [link.guide for link in shop_product().links if link.role.value == "primary"] == ["new"]


def test_a_page_type_arrives_and_takes_its_pages_with_it(staff: Staff) -> None:
    kind = staff.do(documents.PAGE_TYPE_CREATE, input={"name": "Plain", "slug": "plain"})["pageType"]["id"]
    made = {"title": "About", "slug": "about", "pageType": kind, "isPublished": True}
    staff.do(documents.PAGE_CREATE, input=made)
    staff.arrive()
    row = staff.shop.page_types.first(slug="plain")
    assert row is not None

    row.name = "Leaflet"
    staff.told.append(an_event("PageTypeUpdated", kind))
    staff.arrive()
    assert PageType.objects.get(slug="plain").name == "Leaflet"

    staff.do(dashboard.PAGE_TYPE_DELETE, id=kind)
    staff.told.append(an_event("PageTypeDeleted", kind))
    staff.arrive()
    assert find_page("about") is None
    assert not PageType.objects.filter(slug="plain").exists()


def test_a_plain_page_and_a_menu_arrive(staff: Staff) -> None:
    kind = staff.do(documents.PAGE_TYPE_CREATE, input={"name": "Plain", "slug": "plain"})["pageType"]["id"]
    made = {"title": "About", "slug": "about", "pageType": kind, "isPublished": True}
    page = staff.do(documents.PAGE_CREATE, input=made)["page"]["id"]
    menu = staff.do(dashboard.MENU_CREATE, input={"name": "Footer", "slug": "footer"})["menu"]["id"]
    staff.do(dashboard.ITEM_CREATE, input={"name": "About us", "menu": menu, "page": page})
    staff.arrive()
    assert find_page("about") is not None
    assert MenuItem.objects.get().page_id == page

    staff.do(documents.PAGE_UPDATE, id=page, input={"isPublished": False})
    staff.do(dashboard.MENU_UPDATE, id=menu, input={"name": "Bottom"})
    staff.arrive()
    assert find_page("about") is None
    assert Menu.objects.get().name == "Bottom"


@pytest.mark.usefixtures("ball")
def test_a_channel_and_a_warehouse_arrive(staff: Staff) -> None:
    staff.do(dashboard.CHANNEL_CREATE, input=ABROAD)
    staff.do(dashboard.WAREHOUSE_CREATE, input={"name": "Cellar", "slug": "cellar", "address": ADDRESS})
    staff.arrive()
    assert set(Channel.objects.values_list("slug", "currency")) >= {("abroad", "EUR")}
    assert Warehouse.objects.filter(slug="cellar").exists()

    staff.do(dashboard.CHANNEL_UPDATE, id=staff.channel("abroad"), input={"isActive": False})
    cellar = staff.shop.warehouses.first(slug="cellar")
    assert cellar is not None
    staff.do(dashboard.WAREHOUSE_UPDATE, id=cellar.id, input={"name": "Deep cellar"})
    staff.arrive()
    assert not Channel.objects.get(slug="abroad").is_active
    assert Warehouse.objects.get(slug="cellar").name == "Deep cellar"


def test_a_product_in_a_channel_of_which_no_event_came_arrives_all_the_same(staff: Staff) -> None:
    staff.importer.records(BALL)
    staff.do(dashboard.CHANNEL_CREATE, input=ABROAD)
    staff.do(dashboard.WAREHOUSE_CREATE, input={"name": "Cellar", "slug": "cellar", "address": ADDRESS})
    staff.told.clear()
    staff.publish(channel="abroad", isPublished=True, visibleInListings=True)
    staff.price("20.00", channel="abroad")
    staff.stock(7, warehouse="cellar")

    staff.arrive()

    assert is_shown("abroad")
    assert Stock.objects.get(warehouse__slug="cellar").quantity == 7


ADDRESS = {"streetAddress1": "Street 1", "city": "Town", "country": "US", "postalCode": "10001", "countryArea": "NY"}


# --- what the store cannot hold -----------------------------------------------------------------------------


@pytest.mark.usefixtures("ball")
def test_a_text_that_is_too_long_keeps_nothing_else_from_arriving(staff: Staff) -> None:
    brand = [{"id": staff.attribute("brand"), "plainText": "B" * 300}]
    staff.edit(name="Walnut ball", attributes=brand)
    staff.stock(-3)

    staff.arrive()

    found = shop_product().fields
    assert (found.own["name"], found.own["brand"]) == ("Walnut ball", "B" * 250)
    assert Stock.objects.get().quantity == 0


@pytest.mark.usefixtures("ball")
def test_a_product_that_cannot_be_read_is_no_longer_shown_once_it_is_unpublished(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("It is odd.")

    monkeypatch.setattr(Reader, "product", broken)
    staff.edit(name="Walnut ball")
    staff.arrive()
    assert is_shown()

    staff.publish(isPublished=False)
    staff.arrive()

    assert not is_shown()


def test_of_two_moments_at_which_something_was_gone_the_later_counts(importer: FakeImporter) -> None:
    record_tombstones(["id"], NOON)
    record_tombstones(["id", "other"], NOON - timedelta(hours=1))

    assert load_tombstones(["id", "other"]) == {"id": NOON, "other": NOON - timedelta(hours=1)}


@pytest.mark.usefixtures("ball")
def test_a_product_that_is_left_out_of_lists_has_its_page(staff: Staff, client: Client) -> None:
    slug = Product.objects.get().slug
    staff.publish(visibleInListings=False)

    staff.arrive()

    assert not is_shown()
    assert client.get(f"/products/{slug}/").status_code == 200
    assert slug not in client.get("/tools/").content.decode()

    staff.publish(visibleInListings=True)
    staff.arrive()
    assert is_shown()
