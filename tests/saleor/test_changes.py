"""Marks of what changed: repeated, late, at once, by workers who die, and of what cannot be read."""

from __future__ import annotations

import logging
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from storefront.catalog.models import Attribute, Channel, KindRead, Product, Term
from storefront.saleor.client.errors import SaleorRefused, SaleorUnreachable
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow import following
from storefront.saleor.follow.events import EVENTS, note_event, parse_event
from storefront.saleor.mirror import changes, structure
from storefront.saleor.mirror.products import project
from storefront.saleor.mirror.proposals import Proposing
from storefront.saleor.models import Change, Kind
from storefront.saleor.read import queries
from tests.builders import a_product, a_variant, shop_product
from tests.saleor import dashboard
from tests.saleor.fake.faults import Fault
from tests.saleor.fake.faults import Kind as FaultKind
from tests.saleor.fake.state import Product as SaleorRow
from tests.saleor.importing import FakeImporter
from tests.saleor.staff import SLUGS, Staff, an_event

BALL, OTHER = a_product(), a_product(name="Other", variants=(a_variant(sku="R-2"),))


@pytest.fixture(autouse=True)
def _two_products(importer: FakeImporter) -> None:
    importer.records(BALL, OTHER)


def name_of(reference: str) -> str:
    return str(shop_product(reference).fields.own["name"])


def read_times(staff: Staff) -> Counter[str]:
    """Id → how often a product was read whole."""
    asked = [seen for seen in staff.importer.fake.seen if "query ProductsById" in seen.query]
    return Counter(id for seen in asked for id in seen.variables["ids"])


# --- order --------------------------------------------------------------------------------------------------


def test_events_that_come_twice_and_in_any_order_end_right(staff: Staff) -> None:
    for number in range(5):
        staff.edit(name=f"Ball {number}")
        staff.edit("R-2", name=f"Other {number}")
        staff.price(f"{number + 1}.00")
    staff.delete("R-2")
    told = staff.told * 2
    random.Random(1).shuffle(told)

    for number, event in enumerate(told):
        note_event(parse_event(event))
        if number % 7 == 0:
            staff.follow()
    staff.follow()

    assert name_of("R-1") == "Ball 4"
    assert shop_product().fields.variants["R-1"]["price: default-channel"] == "5"
    assert not Product.objects.filter(reference="R-2").exists()


def test_many_events_of_one_product_are_one_read(staff: Staff) -> None:
    for number in range(5):
        staff.edit(name=f"Ball {number}")
        staff.deliver()
    before = read_times(staff)

    assert staff.follow() == 1

    assert read_times(staff) - before == {staff.importer.product().id: 1}


def test_an_older_read_that_comes_late_changes_nothing(staff: Staff) -> None:
    id = staff.importer.product().id
    started = timezone.now()
    late = queries.whole_products(staff.importer.saleor, following.product_reader(staff.importer.saleor, SLUGS), [id])
    staff.edit(name="Newer")
    staff.arrive()

    assert project(late.values(), started, Proposing()) == []

    assert name_of("R-1") == "Newer"


def test_a_read_that_began_before_a_deletion_does_not_bring_the_product_back(staff: Staff) -> None:
    id = staff.importer.product().id
    started = timezone.now()
    late = queries.whole_products(staff.importer.saleor, following.product_reader(staff.importer.saleor, SLUGS), [id])
    staff.delete()
    staff.arrive()

    assert project(late.values(), started, Proposing()) == []

    assert not Product.objects.filter(public_id=id).exists()


def test_a_late_read_of_places_or_values_changes_nothing(staff: Staff) -> None:
    KindRead.objects.update(read_at=timezone.now() + timedelta(hours=1))
    staff.do(dashboard.CHANNEL_UPDATE, id=staff.channel(), input={"name": "Older name"})
    staff.rename_value("target-areas:neck", "Older name")

    assert not structure.refresh_places(staff.importer.saleor, SLUGS)
    assert not structure.refresh_attributes(staff.importer.saleor, SLUGS)

    assert Channel.objects.get().name == "Default Channel"
    assert not Term.objects.filter(name="Older name").exists()
    assert not Attribute.objects.filter(name="Older name").exists()


# --- workers ------------------------------------------------------------------------------------------------


def test_what_is_marked_again_while_it_is_read_is_read_again(staff: Staff) -> None:
    staff.edit(name="First")
    staff.deliver()
    taken = changes.take()
    following.read_products(staff.importer.saleor, SLUGS, [one.saleor_id for one in taken])
    staff.edit(name="Second")
    staff.deliver()
    changes.finish(taken)

    assert staff.follow() == 1

    assert name_of("R-1") == "Second"


def test_a_worker_that_dies_leaves_its_marks_to_another_after_the_lease(staff: Staff) -> None:
    staff.edit(name="New name")
    staff.deliver()
    assert len(changes.take()) == 1
    assert staff.follow() == 0

    Change.objects.update(leased_until=timezone.now())

    assert staff.follow() == 1
    assert name_of("R-1") == "New name"


def test_two_workers_at_once_read_each_mark_once(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BATCH", 5)
    kind = staff.shop.product_types.first(slug="massage-tool")
    assert kind is not None
    rows = [
        staff.shop.products.add(SaleorRow(name=f"P {number}", slug=f"p-{number}", product_type=kind.pk))
        for number in range(40)
    ]
    changes.mark((Kind.PRODUCT, row.id) for row in rows)

    def work(_: int) -> int:
        try:
            return staff.follow()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, range(2)))

    assert sum(counts) == len(rows)
    assert read_times(staff) & Counter({row.id: 9 for row in rows}) == {row.id: 1 for row in rows}
    assert Product.objects.filter(name__startswith="P ").count() == len(rows)
    assert not Change.objects.exists()


# --- what cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["a name that is none", "a title that is too long"])
def test_what_cannot_be_read_is_put_off_and_stops_nothing_else(
    staff: Staff, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    staff.edit(name="Ball 2")
    staff.edit("R-2", name="Other 2")
    staff.stock(1, "R-2")
    row = staff.importer.product("R-2")
    if broken == "a name that is none":
        row.name = None  # type: ignore[assignment]
    else:
        row.seo_title = "s" * 300

    with caplog.at_level(logging.CRITICAL):
        staff.arrive()

    assert name_of("R-1") == "Ball 2"
    [left] = Change.objects.all()
    assert (left.saleor_id, left.attempts) == (row.id, 1)
    assert left.message
    assert left.next_try_at is not None
    assert staff.follow() == 0

    row.name, row.seo_title = "Other 3", ""
    staff.edit("R-2", name="Other 3")
    staff.arrive()
    assert name_of("R-2") == "Other 3"
    assert not Change.objects.exists()


def test_what_is_marked_again_while_it_fails_is_tried_at_once(staff: Staff) -> None:
    staff.edit(name="First")
    staff.deliver()
    taken = changes.take()
    staff.edit(name="Second")
    staff.deliver()
    changes.postpone(taken, "It failed.")

    assert staff.follow() == 1

    assert name_of("R-1") == "Second"


def test_a_pause_grows_to_an_hour(staff: Staff) -> None:
    changes.mark([(Kind.MENU, "")])
    pauses = []
    for _ in range(6):
        [row] = changes.take()
        before = timezone.now()
        changes.postpone([row], "It failed.")
        row.refresh_from_db()
        assert row.next_try_at is not None
        pauses.append(round((row.next_try_at - before).total_seconds()))
        Change.objects.update(next_try_at=None)

    assert pauses == [5, 30, 120, 600, 3600, 3600]


def test_marks_stay_while_saleor_is_away(staff: Staff) -> None:
    staff.edit(name="New name")
    staff.deliver()
    staff.importer.fake.faults.add(Fault(FaultKind.STATUS, times=99))

    with pytest.raises(SaleorUnreachable):
        staff.follow()

    [left] = Change.objects.all()
    assert (left.attempts, left.leased_until) == (0, None)
    staff.importer.fake.faults.clear()
    assert staff.follow() == 1
    assert name_of("R-1") == "New name"


def test_marks_stay_while_saleor_refuses_the_token(staff: Staff) -> None:
    staff.edit(name="New name")
    staff.deliver()

    with Saleor(staff.importer.fake.url, "of-nobody") as stranger, pytest.raises(SaleorRefused):
        following.follow(stranger, SLUGS)

    assert list(Change.objects.values_list("attempts", "leased_until")) == [(0, None)]
    assert staff.follow() == 1


def test_an_order_marks_each_of_its_products_once() -> None:
    lines = [{"variant": {"product": {"id": id}}} for id in ("P1", "P2", "P1")] + [{"variant": None}]

    event = parse_event({"__typename": "OrderCreated", "order": {"lines": lines}})

    assert event.changed == ((Kind.PRODUCT, "P1"), (Kind.PRODUCT, "P2"))


def test_an_event_that_concerns_nothing_here_marks_nothing() -> None:
    assert not note_event(parse_event({"__typename": "InvoiceSent", "order": {"id": "x"}}))
    assert not note_event(parse_event({"__typename": "ProductUpdated", "product": None}))
    assert not note_event(parse_event({}))

    assert not Change.objects.exists()


def test_every_event_that_is_subscribed_to_marks_something() -> None:

    for name in EVENTS:
        assert note_event(parse_event(an_event(name, "some-id"))), name

    assert set(Change.objects.values_list("kind", "saleor_id")) == {
        *((kind.value, "") for kind in Kind if kind is not Kind.PRODUCT),
        (Kind.PRODUCT.value, "some-id"),
    }
