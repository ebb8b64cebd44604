"""The law of following Saleor: whatever is edited there, and whichever events come when, after one sweep the store is
the one that a sync from scratch makes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from storefront.catalog.models import Picture, ProductMedia
from storefront.pictures import work
from storefront.saleor.client.mutations import MutationRejected
from storefront.saleor.follow import sweeps
from storefront.saleor.follow.events import note_event, parse_event
from storefront.saleor.schema import documents
from tests.builders import a_guide, a_picture_file, a_product, a_products_file, a_row, a_variant
from tests.saleor import dashboard
from tests.saleor.comparing import differing, empty_store, whole_store
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.importing import FakeImporter
from tests.saleor.staff import SLUGS, Staff
from tests.saleor.world import paragraph

GUIDES = (a_guide(), a_guide(slug="neck", title="Stiff neck", body="Roll the neck."))
PRODUCTS = (
    a_product(
        category="Own things",
        description="For a stiff neck.",
        variants=(a_variant(options={"Size": "Big"}, stock={"default-warehouse": 5}),),
    ),
    a_product(
        name="Cane", description="For the upper back.", variants=(a_variant(sku="R-2", options={"Size": "Big"}),)
    ),
    a_product(name="Roller", variants=(a_variant(sku="R-3"),), target_areas=("calves",)),
)
WORDS = ("Walnut", "Neck roller", "Calf cane", "Ball & more")
TEXTS = ("For a stiff neck.", "For tired calves and feet.", "Nothing to say.")
AREAS = ("neck", "calves", "feet", "upper-back")


# Edits: each does something to a product, or to another thing, and is refused where that is gone --------------------

Edit = Callable[[Staff, SaleorRow, int], object]


def update(staff: Staff, row: SaleorRow, **given: Any) -> None:
    staff.do(documents.PRODUCT_UPDATE, id=row.id, input=given)


def sku_of(staff: Staff, row: SaleorRow) -> str:
    found = staff.shop.variants.first(product=row.pk)
    assert found is not None
    return str(found.sku)


def set_areas(staff: Staff, row: SaleorRow, number: int) -> None:
    values = [{"id": staff.value(f"target-areas:{slug}")} for slug in AREAS[: number % 3]]
    update(staff, row, attributes=[{"id": staff.attribute("target-areas"), "multiselect": values}])


def set_guide(staff: Staff, row: SaleorRow, number: int) -> None:
    pages = sorted(page.id for page in staff.shop.pages)
    update(staff, row, attributes=[{"id": staff.attribute("guide"), "reference": pages[number % len(pages)]}])


def add_variant(staff: Staff, row: SaleorRow, number: int) -> None:
    channels = [{"channelId": staff.channel(), "price": "3.00"}]
    new = {"sku": f"{row.pk}-{number}", "attributes": [], "channelListings": channels}
    staff.do(documents.VARIANT_BULK_CREATE, product=row.id, variants=[new], errorPolicy="REJECT_FAILED_ROWS")


def rename_sku(staff: Staff, row: SaleorRow, number: int) -> None:
    variant = staff.shop.variants.first(product=row.pk)
    assert variant is not None
    staff.do(dashboard.VARIANT_UPDATE, id=variant.id, input={"sku": f"S-{number}"})


def swap_slugs(staff: Staff, row: SaleorRow, _: int) -> None:
    other = next(one for one in staff.shop.products if one.pk != row.pk)
    mine, theirs = row.slug, other.slug
    update(staff, row, slug=f"between-{row.pk}")
    update(staff, other, slug=mine)
    update(staff, row, slug=theirs)


def edit_page(staff: Staff, _: SaleorRow, number: int) -> None:
    pages = sorted(staff.shop.pages, key=lambda page: page.pk)
    page = pages[number % len(pages)]
    given: list[dict[str, Any]] = [
        {"title": f"Page {number}"},
        {"isPublished": number % 2 == 0},
        {"slug": f"page-{number}"},
        {"content": paragraph(f"Say {number}.")},
    ]
    staff.do(documents.PAGE_UPDATE, id=page.id, input=given[number % len(given)])


def delete_page(staff: Staff, _: SaleorRow, number: int) -> None:
    if number % 3 == 0:
        staff.do(documents.PAGE_DELETE, id=staff.page("neck"))


def edit_category(staff: Staff, row: SaleorRow, number: int) -> None:
    id = staff.shop.categories.first(pk=row.category)
    if id is not None and number % 3 == 0:
        staff.do(dashboard.CATEGORY_DELETE, id=id.id)
    elif id is not None:
        staff.do(dashboard.CATEGORY_UPDATE, id=id.id, input={"name": f"Things {number}"})


def make_channel(staff: Staff, row: SaleorRow, number: int) -> None:
    slug = f"channel-{number % 2}"
    if staff.shop.channels.first(slug=slug) is None:
        given = {"name": slug, "slug": slug, "currencyCode": "EUR", "defaultCountry": "DE", "isActive": True}
        staff.do(dashboard.CHANNEL_CREATE, input=given)
    given = {"channelId": staff.channel(slug), "isPublished": number % 3 > 0}
    staff.do(documents.PRODUCT_LISTING_UPDATE, id=row.id, input={"updateChannels": [given]})
    staff.price(f"{number + 1}.00", sku_of(staff, row), slug)


def make_collection(staff: Staff, row: SaleorRow, number: int) -> None:
    found = staff.shop.collections.first(slug="fine")
    if found is None:
        staff.do(documents.COLLECTION_CREATE, input={"name": "Fine", "slug": "fine", "products": [row.id]})
    else:
        mutation = documents.COLLECTION_ADD if number % 2 else documents.COLLECTION_REMOVE
        staff.do(mutation, collectionId=found.id, products=[row.id])


def rename_option(staff: Staff, _: SaleorRow, number: int) -> None:
    key = staff.shop.attributes.first(slug="option-size")
    assert key is not None
    value = next(iter(staff.shop.values.where(attribute=key.pk)))
    staff.do(documents.VALUE_UPDATE, id=value.id, input={"name": f"Size {number}"})


def edit_pictures(staff: Staff, row: SaleorRow, number: int) -> None:
    media = list(staff.shop.media.where(product=row.pk))
    if media and number % 2:
        staff.do(documents.MEDIA_DELETE, id=media[0].id)
    elif media:
        staff.do(documents.MEDIA_UPDATE, id=media[0].id, input={"alt": f"Picture {number}"})
    else:
        address = f"https://example.org/{row.pk}-{number}.png"
        staff.do(documents.MEDIA_CREATE, input={"product": row.id, "mediaUrl": address, "alt": "New"})


def give_own_value(staff: Staff, row: SaleorRow, number: int) -> None:
    """To an attribute of the shop's own, whose values are renamed and deleted, too."""
    grip = staff.shop.attributes.first(slug="grip")
    if grip is None:
        made = {"name": "Grip", "slug": "grip", "type": "PRODUCT_TYPE", "inputType": "DROPDOWN"}
        named = [{"name": name} for name in ("Soft", "Hard", "Odd")]
        id = staff.do(documents.ATTRIBUTE_CREATE, input=made | {"values": named})["attribute"]["id"]
        kind = staff.shop.product_types[row.product_type]
        operations = [{"id": id, "type": "PRODUCT"}]
        staff.do(documents.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=kind.id, operations=operations)
        grip = staff.shop.node(id, "Attribute")
    assert grip is not None
    values = list(staff.shop.values.where(attribute=grip.pk))
    value = values[number % len(values)]
    if number < 4:
        update(staff, row, attributes=[{"id": grip.id, "dropdown": {"id": value.id}}])
    elif number < 7:
        staff.do(documents.VALUE_UPDATE, id=value.id, input={"name": f"Grip {number}"})
    elif len(values) > 1:
        staff.do(dashboard.VALUE_DELETE, id=value.id)


def edit_menu(staff: Staff, _: SaleorRow, number: int) -> None:
    menu = staff.shop.menus.first(slug="footer")
    if menu is None:
        staff.do(dashboard.MENU_CREATE, input={"name": "Footer", "slug": "footer"})
        return
    staff.do(dashboard.ITEM_CREATE, input={"name": f"Line {number}", "menu": menu.id, "url": "https://example.org/"})


EDITS: dict[str, Edit] = {
    "name": lambda staff, row, number: update(staff, row, name=WORDS[number % len(WORDS)]),
    "text": lambda staff, row, number: update(staff, row, description=paragraph(TEXTS[number % len(TEXTS)])),
    "slug": swap_slugs,
    "price": lambda staff, row, number: staff.price(f"{number + 1}.50", sku_of(staff, row)),
    "stock": lambda staff, row, number: staff.stock(number, sku_of(staff, row)),
    "publication": lambda staff, row, number: staff.do(
        documents.PRODUCT_LISTING_UPDATE,
        id=row.id,
        input={"updateChannels": [{"channelId": staff.channel(), "isPublished": number % 2 == 0}]},
    ),
    "channel": make_channel,
    "delete": lambda staff, row, number: number % 3 or staff.do(dashboard.PRODUCT_DELETE, id=row.id),
    "made by hand": lambda staff, _, number: staff.make_product(
        WORDS[number % len(WORDS)], sku=f"H-{number}", description=TEXTS[number % len(TEXTS)]
    ),
    "variant": add_variant,
    "sku": rename_sku,
    "reference": lambda staff, row, number: update(staff, row, externalReference=f"X-{number}" if number else None),
    "picture": edit_pictures,
    "own value": give_own_value,
    "menu": edit_menu,
    "areas": set_areas,
    "guide": set_guide,
    "page": edit_page,
    "page deleted": delete_page,
    "category": edit_category,
    "collection": make_collection,
    "option": rename_option,
    "area": lambda staff, _, number: staff.rename_value(f"target-areas:{AREAS[number % 2]}", f"Area {number}"),
}


# The law ------------------------------------------------------------------------------------------------------------

# Nothing is made smaller: an example takes too long for that. More than CI tries: LAW_EXAMPLES=50.
SEVERAL = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "3")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


@pytest.fixture
def filled(importer: FakeImporter) -> FakeImporter:
    importer.records(*PRODUCTS, guides=GUIDES)
    importer.empty = importer.fake.shop.dump()
    return importer


@pytest.mark.parametrize("sweep", [sweeps.sweep_changed, sweeps.sweep_all], ids=["cheap", "full"])
@SEVERAL
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(list(EDITS)), st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=14
    ),
    seed=st.integers(0, 10_000),
)
def test_events_in_any_order_and_one_sweep_make_the_store_that_a_sync_from_scratch_makes(
    filled: FakeImporter, sweep: Callable[..., sweeps.SweepResult], edits: list[tuple[str, int, int]], seed: int
) -> None:
    filled.fake.shop.restore(filled.empty)
    empty_store()
    sweeps.sweep_all(filled.saleor, SLUGS)
    staff, chance = Staff(filled), random.Random(seed)
    waiting: list[dict[str, Any]] = []
    for name, place, number in edits:
        rows = sorted(staff.shop.products, key=lambda row: row.pk)
        if len(rows) < 2:
            break
        # What it was about may be gone.
        with suppress(MutationRejected, AssertionError):
            EDITS[name](staff, rows[place % len(rows)], number)
        waiting += [event for event in staff.told if chance.random() > 0.1] * chance.choice((1, 1, 2))
        staff.told.clear()
        chance.shuffle(waiting)
        while waiting and chance.random() < 0.4:
            note_event(parse_event(waiting.pop()))
        if chance.random() < 0.4:
            staff.follow()
    for event in waiting:
        note_event(parse_event(event))

    sweep(filled.saleor, SLUGS)

    found = whole_store()
    assert sweeps.check_all(filled.saleor, SLUGS).is_same
    empty_store()
    sweeps.sweep_all(filled.saleor, SLUGS)
    assert differing(found, whole_store()) == {}


# From scratch -------------------------------------------------------------------------------------------------------


def test_a_store_that_was_dropped_is_the_same_again_with_its_pictures(importer: FakeImporter, tmp_path: Path) -> None:
    """With origins, evidence, reasons, what the source said, and the pictures' content, which Saleor serves."""
    a_picture_file(tmp_path)
    path = a_products_file(
        tmp_path,
        a_row(image="Ours | ball.png", description="For a stiff neck."),
        a_row(sku="R-2", name="Cane", target_areas="calves"),
    )
    importer.records(guides=GUIDES)
    importer.files(path)
    staff = Staff(importer)
    staff.set_areas("feet", reference="R-2")
    staff.add_picture(tmp_path, reference="R-2")
    sweeps.sweep_all(importer.saleor, SLUGS)
    fetch_pictures()
    found, digests = whole_store(), pictures()
    assert len(digests) == 2

    empty_store()
    sweeps.sweep_all(importer.saleor, SLUGS)
    fetch_pictures()

    assert pictures() == digests
    assert differing(found, whole_store()) == {}


def fetch_pictures() -> None:
    while work.do_next():
        pass


def pictures() -> dict[str, str]:
    assert not ProductMedia.objects.exclude(state=ProductMedia.State.STORED.value).exists()
    assert Picture.objects.count() == ProductMedia.objects.count()
    return dict(ProductMedia.objects.values_list("location", "picture__digest"))
