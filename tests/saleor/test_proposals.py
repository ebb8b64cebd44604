"""Products that were made in Saleor's dashboard: what is proposed for them, who may change it, and what Saleor gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalog_import import tasks
from catalog_import.runs import enqueue
from storefront.catalog.models import Product
from storefront.catalog.records import Origin
from storefront.catalog.snapshots import ShopProduct
from storefront.saleor.follow import sweeps
from storefront.saleor.models import Change, Kind
from storefront.saleor.schema import documents
from storefront.saleor.schema.state import read_state
from tests.builders import a_guide, a_product, a_products_file, a_row
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.importing import FakeImporter, attribute, mutations, store_products
from tests.saleor.staff import SLUGS, Staff
from tests.saleor.world import paragraph
from tests.staff.people import signed_in

GUIDE = a_guide(slug="neck", title="Stiff neck", summary="Massage balls for a stiff neck.", body="Roll the neck.")
TEXT = "A massage ball for a stiff neck. Roll the neck slowly."


@pytest.fixture(autouse=True)
def _guide(importer: FakeImporter) -> None:
    importer.records(guides=(GUIDE,))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """The products that shall have their proposals written; the shop wants it."""
    settings.SALEOR_WRITE_PROPOSALS = True
    found: list[str] = []
    monkeypatch.setattr(enqueue, "send", lambda _task, id: found.append(str(id)))
    return found


def write(asked: list[str]) -> None:
    """What a worker does with the messages."""
    while asked:
        tasks.write_proposal(asked.pop(0))


def by_hand() -> ShopProduct:
    [found] = store_products().values()
    return found


def areas() -> dict[str, Origin]:
    return {tag.slug: tag.origin for tag in by_hand().tags.target_areas}


def saleor_row(staff: Staff) -> SaleorRow:
    [found] = staff.shop.products
    return found


def assigned(staff: Staff, slug: str) -> list[str]:
    """What Saleor has for one of our attributes."""
    key = attribute(staff.importer, slug).pk
    return [staff.shop.values[pk].name for pk in saleor_row(staff).assigned.get(key, ())]


# --- what is proposed ---------------------------------------------------------------------------------------


def test_a_product_that_was_made_by_hand_gets_tags_and_a_guide(staff: Staff) -> None:
    staff.make_product("Massage ball", description=TEXT)

    staff.arrive()

    found = by_hand()
    assert areas() == {"neck": Origin.INFERRED}
    assert [tag.slug for tag in found.tags.tool_types] == ["massage-ball"]
    assert [(link.guide, link.origin) for link in found.links] == [("neck", Origin.INFERRED)]
    assert all(tag.evidence for tag in found.tags.target_areas)


def test_what_is_proposed_follows_the_text_and_the_guides(staff: Staff) -> None:
    id = staff.make_product("Massage ball", description=TEXT)
    staff.arrive()

    staff.do(documents.PRODUCT_UPDATE, id=id, input={"description": paragraph("For tired calves.")})
    staff.arrive()
    assert areas() == {"calves": Origin.INFERRED}
    assert "neck" not in {link.guide for link in by_hand().links if link.role.value == "primary"}

    kind = staff.shop.page_types.first(slug="guide")
    assert kind is not None
    values = [{"id": staff.value("guide-target-areas:calves")}]
    said = [{"id": staff.attribute("guide-target-areas"), "multiselect": values}]
    made = {"title": "Tired calves", "slug": "calves", "pageType": kind.id, "isPublished": True, "attributes": said}
    staff.do(documents.PAGE_CREATE, input=made)
    staff.arrive()
    assert [link.guide for link in by_hand().links if link.role.value == "primary"] == ["calves"]


def test_what_somebody_sets_in_the_dashboard_stays(staff: Staff) -> None:
    id = staff.make_product("Massage ball", description=TEXT)
    values = [{"id": staff.value("target-areas:feet")}]
    said = [{"id": staff.attribute("target-areas"), "multiselect": values}]
    staff.do(documents.PRODUCT_UPDATE, id=id, input={"attributes": said})

    staff.arrive()
    assert areas() == {"feet": Origin.PINNED}

    staff.do(documents.PRODUCT_UPDATE, id=id, input={"description": paragraph("For the calves and the neck.")})
    staff.arrive()
    assert areas() == {"feet": Origin.PINNED}


# --- what Saleor gets ---------------------------------------------------------------------------------------


def test_saleor_gets_nothing_unless_the_shop_wants_it(staff: Staff, asked: list[str], settings: Any) -> None:
    settings.SALEOR_WRITE_PROPOSALS = False
    staff.make_product("Massage ball", description=TEXT)

    with staff.importer.watched() as seen:
        staff.arrive()
        sweeps.sweep_all(staff.importer.saleor, SLUGS)

    assert (asked, mutations(seen)) == ([], {})


@pytest.mark.parametrize("kind", ["massage-tool", "default-type"])
def test_saleor_gets_what_is_proposed_once(staff: Staff, asked: list[str], kind: str) -> None:
    id = staff.make_product("Massage ball", description=TEXT, type=kind)

    staff.arrive()
    assert asked == [id]
    write(asked)

    state = read_state(saleor_row(staff).private_metadata[documents.STATE_KEY])
    assert state is not None
    assert [tag.slug for tag in state.tags.target_areas] == ["neck"]
    assert assigned(staff, "target-areas") == (["Neck"] if kind == "massage-tool" else [])
    before = by_hand()
    assert areas() == {"neck": Origin.INFERRED}

    with staff.importer.watched() as seen:
        Change.objects.create(kind=Kind.PRODUCT.value, saleor_id=id, marked_at=Product.objects.get().updated_at)
        staff.follow()
        sweeps.sweep_all(staff.importer.saleor, SLUGS)
        write(asked)
    assert mutations(seen) == {}
    assert by_hand() == before


def test_what_was_written_is_renewed_with_the_text(staff: Staff, asked: list[str]) -> None:
    id = staff.make_product("Massage ball", description=TEXT)
    staff.arrive()
    write(asked)

    staff.do(documents.PRODUCT_UPDATE, id=id, input={"description": paragraph("For tired calves.")})
    staff.arrive()
    write(asked)

    assert assigned(staff, "target-areas") == ["Calves & shins"]
    assert areas() == {"calves": Origin.INFERRED}


def test_an_import_that_adopts_a_product_writes_its_tags(staff: Staff, tmp_path: Path) -> None:
    staff.make_product("Massage ball", sku="H-1", description=TEXT)
    staff.arrive()

    staff.importer.files(a_products_file(tmp_path, a_row(name="Massage ball", description=TEXT, sku="H-1")))

    assert assigned(staff, "target-areas") == ["Neck"]
    assert areas() == {"neck": Origin.INFERRED}


# --- staff --------------------------------------------------------------------------------------------------


def names(client: Client, queue: str) -> list[str]:
    page = client.get(f"/staff/review/{queue}/").content.decode()
    return [re.sub("<.*?>", "", name) for name in re.findall(r"<h3>(.*?)</h3>", page)]


def test_it_is_in_a_queue_of_its_own_until_somebody_pinned_its_areas(staff: Staff) -> None:
    staff.importer.records(a_product(name="From a file", description=TEXT))
    id = staff.make_product("By hand", description=TEXT)
    hidden = [{"channelId": staff.channel(), "isPublished": False}]
    staff.make_product("Not shown", sku="H-2", description=TEXT, channelListings=hidden)
    staff.arrive()
    client = signed_in("Viewers")
    assert names(client, "made-by-hand") == ["By hand"]

    values = [{"id": staff.value("target-areas:neck")}, {"id": staff.value("target-areas:head")}]
    said = [{"id": staff.attribute("target-areas"), "multiselect": values}]
    staff.do(documents.PRODUCT_UPDATE, id=id, input={"attributes": said})
    staff.arrive()
    assert names(client, "made-by-hand") == []


def test_a_write_asks_for_no_other_write(staff: Staff, asked: list[str]) -> None:
    id = staff.make_product("Massage ball", description=TEXT)
    staff.arrive()
    assert asked == [id]

    tasks.write_proposal(asked.pop())

    assert asked == []
    assert assigned(staff, "target-areas") == ["Neck"]


def test_a_guide_that_was_imported_renews_what_is_proposed(staff: Staff) -> None:
    id = staff.make_product("Massage ball", description="For tired calves.")
    staff.make_product("Mug", sku="H-2", description="For tea.")
    staff.arrive()

    calves = a_guide(slug="calves", title="Tired calves", body="Roll the calves.", target_areas=("calves",))
    staff.importer.records(guides=(calves,))

    assert [row.saleor_id for row in Change.objects.filter(kind=Kind.PRODUCT.value)] == [id]
