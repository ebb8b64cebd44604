"""Imports into a Saleor that fails on the way: the end is the same as without, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalog_import.actions.write_batch import apply_batch
from catalog_import.models import ImportBatch, ImportRun
from catalog_import.runs.lifecycle import ready_batches
from catalog_import.targets.saleor.batches import LEASE
from storefront.catalog.records import DEFAULT_WAREHOUSE, GuideRecord, ProductRecord
from storefront.saleor.client import transport
from storefront.saleor.client.errors import SaleorError, SaleorUnreachable
from storefront.saleor.client.transport import Answer
from storefront.saleor.write import products
from tests.builders import a_guide, a_product, a_variant, open_shop
from tests.catalog_import.running import do_all
from tests.saleor.fake import Fault, Kind
from tests.saleor.importing import (
    FakeImporter,
    drop_store,
    forget_runs,
    left_over,
    mutations,
    saleor_now,
    store,
)


class Died(BaseException):
    """A worker was killed."""


def ignore(run_id: int, number: int) -> None:
    """Nobody is nudged."""


GUIDES = [a_guide(slug="neck", target_areas=("neck",)), a_guide(slug="feet", target_areas=("feet",))]
FIRST = [
    a_product(
        reference="ball",
        name="Cork Ball",
        target_areas=("neck",),
        category="Own things",
        brand="Quill",
        variants=(
            a_variant(sku="A", options={"Size": "S"}, stock={DEFAULT_WAREHOUSE: 3}),
            a_variant(sku="B", options={"Size": "L"}, stock={DEFAULT_WAREHOUSE: 4}),
        ),
    ),
    a_product(reference="cane", name="Cane", description="For the feet.", variants=(a_variant(sku="C"),)),
    a_product(reference="old", name="Old", status="draft", variants=(a_variant(sku="O"),)),
]
SECOND = [
    a_product(
        reference="ball",
        name="Big Cork Ball",
        target_areas=("feet",),
        category="",
        tool_type="massage-ball",
        variants=(
            a_variant(sku="A", name="Small", stock={DEFAULT_WAREHOUSE: 9}),
            a_variant(sku="D", options={"Size": "M", "Colour": "Red"}),
        ),
    ),
    a_product(reference="cane", status="archived", variants=(a_variant(sku="C", weight_g=100),)),
    a_product(reference="old", name="Old", status="active", variants=(a_variant(sku="O"),)),
    a_product(reference="new", name="New", variants=(a_variant(sku="N"),)),
]
NEW_GUIDES = [a_guide(slug="neck", title="Neck, anew", target_areas=("neck",)), a_guide(slug="back")]


def start_anew(importer: FakeImporter) -> None:
    importer.fake.shop.restore(importer.empty)
    importer.fake.faults.clear()
    drop_store()
    forget_runs()
    open_shop()


def end_of(importer: FakeImporter, run: ImportRun) -> dict[str, Any]:
    """Where an import ended: in Saleor, in the store, and for its run."""
    assert left_over(run) == []
    run.refresh_from_db()
    return {"status": run.status, "saleor": saleor_now(importer.fake.shop), "store": store()}


@pytest.fixture
def shop(importer: FakeImporter) -> FakeImporter:
    importer.empty = importer.fake.shop.dump()
    return importer


def undisturbed(shop: FakeImporter, imports: list[tuple[list[ProductRecord], list[GuideRecord]]]) -> dict[str, Any]:
    for records, guides in imports:
        run = shop.records(*records, guides=guides)
    return end_of(shop, run)


def do_all_again_and_again(run: ImportRun, times: int = 12) -> None:
    """As the sweep does: a batch that failed is given out again."""
    for _ in range(times):
        try:
            do_all(run)
        except SaleorError:
            continue
        if run.status not in ("running", "cancelling"):
            return
    raise AssertionError(f"The run does not end: {run.status} {run.message}")


# --- lost, late and wrong answers ---------------------------------------------------------------------------

KINDS = {
    "429": (Kind.STATUS, 429),
    "504 and done": (Kind.STATUS_AFTER, 504),
    "dropped and not done": (Kind.DROPPED, 0),
    "deadlock": (Kind.DEADLOCK, 0),
}
MAKING = (
    "productBulkCreate",
    "pageCreate",
    "attributeCreate",
    "attributeBulkUpdate",
    "categoryCreate",
    "productAttributeAssign",
)
CHANGING = (
    *("productUpdate", "productVariantBulkUpdate", "productVariantBulkCreate", "productChannelListingUpdate"),
    *("updatePrivateMetadata", "pageUpdate", "products"),
)


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
def test_an_import_of_new_things_stands_every_fault(shop: FakeImporter, kind: str) -> None:
    wanted = undisturbed(shop, [(FIRST, GUIDES)])
    for field in (*MAKING, "productChannelListingUpdate", "updatePrivateMetadata", "products"):
        start_anew(shop)
        run = shop.begin(*FIRST, guides=GUIDES)
        which, status = KINDS[kind]
        fault = shop.fake.faults.add(Fault(which, field, status=status))

        do_all_again_and_again(run)

        assert end_of(shop, run) == wanted, field
        assert fault.times == 0 or field == "products", f"{field} never failed"


@pytest.mark.sweep
@pytest.mark.parametrize("kind", KINDS)
def test_an_import_of_changes_stands_every_fault(shop: FakeImporter, kind: str) -> None:
    shop.records(*FIRST, guides=GUIDES)
    first = shop.fake.shop.dump()
    wanted = undisturbed(shop, [(SECOND, NEW_GUIDES)])
    for field in CHANGING:
        start_anew(shop)
        shop.fake.shop.restore(first)
        run = shop.begin(*SECOND, guides=NEW_GUIDES)
        which, status = KINDS[kind]
        fault = shop.fake.faults.add(Fault(which, field, status=status))

        do_all_again_and_again(run)

        assert end_of(shop, run) == wanted, field
        assert fault.times == 0 or field == "products", f"{field} never failed"


@pytest.mark.parametrize("times", [1, 2, 4])
def test_answers_that_are_lost_again_and_again_make_no_twin(shop: FakeImporter, times: int) -> None:
    wanted = undisturbed(shop, [(FIRST, GUIDES)])
    start_anew(shop)
    run = shop.begin(*FIRST, guides=GUIDES)
    for field in ("productBulkCreate", "pageCreate"):
        shop.fake.faults.add(Fault(Kind.DROPPED_AFTER, field, times=times))

    do_all_again_and_again(run)

    assert end_of(shop, run) == wanted


def test_a_bulk_that_was_half_done_is_done_whole_in_the_end(shop: FakeImporter) -> None:
    shop.fake.faults.add(Fault(Kind.HALF_DONE, "productBulkCreate"))
    run = shop.begin(*FIRST, guides=GUIDES)

    do_all_again_and_again(run)
    again = shop.records(*FIRST, guides=GUIDES)

    assert again.status == "done"
    assert sorted(row.external_reference or "" for row in shop.fake.shop.products) == ["ball", "cane", "old"]


# --- a Saleor that is away ----------------------------------------------------------------------------------


def test_while_saleor_is_away_the_run_waits_and_says_so_and_goes_on_when_it_is_back(shop: FakeImporter) -> None:
    wanted = undisturbed(shop, [(FIRST, GUIDES)])
    start_anew(shop)
    run = shop.begin(*FIRST, guides=GUIDES)
    shop.fake.faults.add(Fault(Kind.DROPPED, times=1000))

    with pytest.raises(SaleorUnreachable):
        do_all(run)

    run.refresh_from_db()
    assert run.status == "running"
    assert run.message.startswith("Waiting: ")
    shop.fake.faults.clear()
    do_all(run)
    assert run.message == ""
    assert end_of(shop, run) == wanted


# --- workers that die ---------------------------------------------------------------------------------------


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    """The worker dies just after Saleor did the so-manieth request that writes; 0: just before the first."""
    count = 0
    once = transport.Saleor.once

    def counted(saleor: transport.Saleor, body: bytes, upload: Any) -> Answer:
        nonlocal count
        if not body.startswith(b'{"query":"mutation'):
            return once(saleor, body, upload)
        count += 1
        if number == 0:
            raise Died
        answer = once(saleor, body, upload)
        if count == number:
            raise Died
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(transport.Saleor, "once", counted)
        yield


def do_all_though_it_dies(run: ImportRun) -> bool:
    """Have the batches done by a worker that may die; the next one does the rest. Gives whether it died."""
    try:
        do_all(run)
    except Died:
        return True
    return False


PARTS = 4


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(PARTS))
def test_wherever_a_worker_dies_the_next_one_ends_what_it_began(
    shop: FakeImporter, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Each test takes every fourth request that writes; together they take all."""
    monkeypatch.setattr(products, "CREATED_AT_ONCE", 2)
    shop.records(*FIRST, guides=GUIDES)
    first = shop.fake.shop.dump()
    wanted = undisturbed(shop, [(SECOND, NEW_GUIDES)])
    has_died = True
    number = part
    while has_died:
        start_anew(shop)
        shop.fake.shop.restore(first)
        run = shop.begin(*SECOND, guides=NEW_GUIDES)
        with dying(monkeypatch, number):
            has_died = do_all_though_it_dies(run)

        do_all(run)

        assert end_of(shop, run) == wanted, number
        number += PARTS


def test_a_batch_whose_lease_is_over_is_another_workers_and_the_first_writes_no_end(
    shop: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = undisturbed(shop, [(FIRST, GUIDES)])
    start_anew(shop)
    run = shop.begin(*FIRST, guides=GUIDES)
    once, taken = transport.Saleor.once, []

    def interrupted(saleor: transport.Saleor, body: bytes, upload: Any) -> Answer:
        if b"productBulkCreate" in body and not taken:
            taken.append(True)
            # The first worker hangs for longer than its lease: another one does all of the batch.
            ImportBatch.objects.filter(run=run, leased_until__isnull=False).update(leased_by="", leased_until=None)
            do_all(run)
        return once(saleor, body, upload)

    monkeypatch.setattr(transport.Saleor, "once", interrupted)
    do_all(run)
    do_all(run)

    assert taken
    assert end_of(shop, run) == wanted


def test_a_batch_that_is_done_is_not_done_again(shop: FakeImporter) -> None:
    run = shop.records(*FIRST, guides=GUIDES)

    with shop.watched() as asked:
        done = [apply_batch(run.pk, batch.number, ignore) for batch in run.batches.all()]

    assert done == [False, False]
    assert asked == []


def test_a_batch_that_is_written_twice_changes_nothing_the_second_time(shop: FakeImporter) -> None:
    run = shop.records(*FIRST, guides=GUIDES)
    wanted = end_of(shop, run)
    ImportRun.objects.update(status="running")
    ImportBatch.objects.update(state=ImportBatch.State.PENDING)

    with shop.watched() as asked:
        do_all(run)

    assert end_of(shop, run) == wanted
    # Shown and settled again, and nothing else.
    assert set(mutations(asked)) <= {"updatePrivateMetadata", "productChannelListingUpdate", "pageUpdate"}


def test_the_lease_of_a_batch_that_nobody_works_at_is_given_back(shop: FakeImporter) -> None:
    run = shop.begin(*FIRST)
    shop.fake.faults.add(Fault(Kind.DROPPED, times=1000))
    with pytest.raises(SaleorUnreachable):
        do_all(run)

    assert LEASE.total_seconds() > 0
    assert [batch.number for batch in ready_batches(run.pk)] == [0]
