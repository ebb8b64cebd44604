"""Imports into Saleor that were interrupted, cancelled and gone on with: the next one ends what was begun."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog_import.actions.write_batch import apply_batch
from catalog_import.models import ImportBatch, ImportRun
from catalog_import.planning.plan import Action
from catalog_import.runs import lifecycle
from catalog_import.runs.lifecycle import begin, cancel
from catalog_import.targets.saleor import batches as target
from storefront.catalog.records import DEFAULT_CHANNEL, Origin
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.transport import Saleor
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import DIGEST_KEY
from storefront.saleor.schema.state import PENDING, UNFINISHED
from storefront.saleor.write import guides as saleor_guides
from tests.builders import a_guide, a_price, a_product, a_products_file, a_row, a_variant, shop_product
from tests.catalog_import.running import do_all, plan_undo
from tests.saleor.fake import Fault, Kind
from tests.saleor.importing import (
    FakeImporter,
    edit,
    edit_product,
    left_over,
    listed,
    store_guides,
    store_products,
)

SHOWN = (True, True, True)
OTHER = a_product(name="Other", variants=(a_variant(sku="R-2"),))


class Died(BaseException):
    """A worker was killed."""


def die(*_: Any, **__: Any) -> None:
    raise Died


def ignore(run_id: int, number: int) -> None:
    """Nobody is nudged."""


def do_and_die(run: ImportRun, monkeypatch: pytest.MonkeyPatch, where: Any = target, name: str = "end") -> None:
    """The worker dies in this function: by default after it wrote the first batch, before it said so."""
    with monkeypatch.context() as patched:
        patched.setattr(where, name, die)
        with pytest.raises(Died):
            apply_batch(run.pk, 0, ignore)


def do_all_again(run: ImportRun, times: int = 4) -> None:
    """As the sweep does: a batch that failed is given out again."""
    for _ in range(times):
        try:
            do_all(run)
        except SaleorError:
            continue
        return
    raise AssertionError(f"The run does not end: {run.message}")


def digest(importer: FakeImporter) -> str:
    return str(importer.product().private_metadata.get(DIGEST_KEY, ""))


def areas(reference: str = "R-1") -> list[tuple[str, Origin]]:
    return [(tag.slug, tag.origin) for tag in shop_product(reference).tags.target_areas]


# --- made, and not shown yet --------------------------------------------------------------------------------


def test_what_was_made_and_cancelled_is_shown_by_the_next_import(
    importer: FakeImporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_products_file(tmp_path, a_row())
    run = importer.begin_files(path)
    do_and_die(run, monkeypatch)
    cancel(run.pk)
    assert (listed(importer), digest(importer) in UNFINISHED) == ((False, False, False), True)

    again = importer.files(path)

    assert left_over(again) == []
    assert listed(importer) == SHOWN
    assert digest(importer)
    assert digest(importer) not in UNFINISHED


def test_a_product_whose_showing_failed_is_told_and_shown_by_the_next_import(
    importer: FakeImporter, tmp_path: Path
) -> None:
    path = a_products_file(tmp_path, a_row())
    run = importer.begin_files(path)
    importer.fake.faults.add(Fault(Kind.RACE, "productChannelListingUpdate", times=2))
    do_all(run)
    assert [found[:3] for found in left_over(run)] == [("R-1", "failed", "status")]

    again = importer.files(path)

    assert left_over(again) == []
    assert listed(importer) == SHOWN
    assert digest(importer) not in UNFINISHED


def test_a_draft_that_becomes_active_is_shown_though_its_update_was_interrupted(importer: FakeImporter) -> None:
    importer.records(a_product(status="draft"))
    assert not listed(importer)[0]
    run = importer.begin(a_product(status="active", name="Other name"))
    note = [{"key": DIGEST_KEY, "value": PENDING}]
    edit(importer, documents.PRIVATE_METADATA, id=importer.product().id, input=note)

    do_all(run)

    assert left_over(run) == []
    assert listed(importer)[0]


# --- changed, and not settled yet ---------------------------------------------------------------------------


def test_an_interrupted_change_of_tags_is_ended_by_the_next_worker(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.records(a_product(target_areas=("neck",)))
    run = importer.begin(a_product(target_areas=("calves",), name="Other name"))
    do_and_die(run, monkeypatch)

    do_all(run)

    assert left_over(run) == []
    assert areas() == [("calves", Origin.STATED)]


def test_tags_of_a_change_that_was_interrupted_and_cancelled_are_no_pins(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.records(a_product(target_areas=("neck",)))
    run = importer.begin(a_product(target_areas=("calves",), name="Other name"))
    do_and_die(run, monkeypatch)
    cancel(run.pk)

    importer.records(a_product(target_areas=("calves",), name="Other name"))
    assert areas() == [("calves", Origin.STATED)]

    importer.records(a_product(target_areas=("neck",), name="Other name"))
    assert areas() == [("neck", Origin.STATED)]


def test_an_edit_in_the_dashboard_outlives_a_change_that_was_interrupted_and_cancelled(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.records(a_product(seo_title="First", name="Ball"))
    edit_product(importer, seo={"title": "By hand"})
    record = a_product(seo_title="Second", name="Ball 2")
    run = importer.begin(record)
    do_and_die(run, monkeypatch)
    cancel(run.pk)

    [item] = importer.plan(record).items
    importer.records(record)

    assert [(one.field, one.base, one.shop, one.file) for one in item.conflicts] == [
        ("seo_title", "First", "By hand", "Second")
    ]
    assert (importer.product().seo_title, importer.product().name) == ("By hand", "Ball 2")


@pytest.mark.parametrize("is_there", [False, True])
def test_a_guide_that_was_interrupted_before_its_notes_is_written_whole(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if is_there:
        importer.records(guides=[a_guide(target_areas=("neck",))])
    source = {"title": "A study", "citation": "Journal 1", "url": "https://example.org", "supports": "x"}
    record = a_guide(target_areas=("calves",), sources=[source])
    run = importer.begin(guides=[record])
    do_and_die(run, monkeypatch, saleor_guides, "guide_note")

    do_all(run)

    assert left_over(run) == []
    guide = store_guides()["calm-feet"]
    assert [(tag.slug, tag.origin) for tag in guide.tags.target_areas] == [("calves", Origin.STATED)]
    assert guide.base.own["sources"] == [source]
    assert [item.action for item in importer.plan(guides=[record]).items] == [Action.UNCHANGED]


# --- cancelled ----------------------------------------------------------------------------------------------


def test_cancelling_waits_for_a_dead_workers_lease_and_no_longer(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importer.begin(a_product())
    soon = timezone.now() + timedelta(seconds=0.3)
    ImportBatch.objects.filter(run=run).update(leased_by="dead", leased_until=soon)
    monkeypatch.setattr(lifecycle, "POLL_S", 0.05)

    cancel(run.pk)
    lifecycle.wait_for_cancelling(run.pk, ignore, lambda progress: None)

    run.refresh_from_db()
    assert run.status == "cancelled"
    assert timezone.now() >= soon


def test_who_cancelled_is_still_said_when_the_batch_that_was_being_written_ends(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importer.begin(a_product())
    write = target.write_products

    def cancelled(*given: Any) -> None:
        cancel(run.pk, who="Ann")
        write(*given)

    monkeypatch.setattr(target, "write_products", cancelled)
    apply_batch(run.pk, 0, ignore)

    run.refresh_from_db()
    assert run.message == "Cancelled by Ann."


# --- lost answers -------------------------------------------------------------------------------------------


def test_a_deadlock_beside_a_new_variant_makes_no_twin(importer: FakeImporter) -> None:
    importer.records(a_product(), OTHER)
    run = importer.begin(
        a_product(variants=(a_variant(), a_variant(sku="R-1b"))), OTHER.model_copy(update={"name": "Other 2"})
    )
    importer.fake.faults.add(Fault(Kind.DEADLOCK, "productUpdate"))

    do_all_again(run)

    assert (run.status, left_over(run)) == ("done", [])
    assert sorted(row.sku or "" for row in importer.fake.shop.variants) == ["R-1", "R-1b", "R-2"]
    assert importer.product("R-2").name == "Other 2"


def test_an_undo_that_deletes_products_ends_though_the_answer_was_lost(importer: FakeImporter) -> None:
    run = importer.records(a_product(), OTHER)
    undoing, _ = plan_undo(run, deletes=True)
    begin(undoing)
    importer.fake.faults.add(Fault(Kind.DROPPED_AFTER, "productBulkDelete"))

    do_all_again(undoing)

    assert (undoing.status, left_over(undoing)) == ("done", [])
    assert (len(importer.fake.shop.products), store_products()) == (0, {})


def test_an_undo_that_deletes_products_ends_though_its_worker_died(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importer.records(a_product(), OTHER)
    undoing, _ = plan_undo(run, deletes=True)
    begin(undoing)
    do_and_die(undoing, monkeypatch)

    do_all(undoing)

    assert (undoing.status, left_over(undoing)) == ("done", [])
    assert store_products() == {}


def test_an_undo_that_deletes_variants_ends_though_the_answer_was_lost(importer: FakeImporter) -> None:
    importer.records(a_product())
    run = importer.records(a_product(variants=(a_variant(), a_variant(sku="R-1b"))))
    undoing, _ = plan_undo(run, deletes=True)
    begin(undoing)
    importer.fake.faults.add(Fault(Kind.DROPPED_AFTER, "productVariantBulkDelete"))

    do_all_again(undoing)

    assert (undoing.status, left_over(undoing)) == ("done", [])
    assert [row.sku for row in importer.fake.shop.variants] == ["R-1"]


# --- what the store cannot take -----------------------------------------------------------------------------


def test_what_the_store_cannot_hold_is_a_failure_of_its_product_alone(importer: FakeImporter) -> None:
    importer.records(a_product(), OTHER)
    huge = a_variant(prices={DEFAULT_CHANNEL: a_price("99999999999999.99")})

    run = importer.records(a_product(variants=(huge,)), OTHER.model_copy(update={"name": "Other 2"}))

    assert [found[:2] for found in left_over(run)] == [("R-1", "failed")]
    assert shop_product("R-2").fields.own["name"] == "Other 2"


def test_a_client_does_not_show_its_token() -> None:
    assert "s3cret" not in repr(Saleor("http://example.org/graphql/", "s3cret"))
