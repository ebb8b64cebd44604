"""Leases: one worker at a time, the loser is told, and what ends its workers is given up."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from catalog_import.actions import plan_run, write_batch
from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.runs.lifecycle import begin, give_up_batches, ready_batches, resume_unfinished
from catalog_import.targets.store import batches as store
from storefront import leases
from storefront.leases import DEATHS_ALLOWED, LeaseLost, release, renewing, take, take_one
from storefront.saleor.follow import routines
from storefront.saleor.mirror import changes
from storefront.saleor.models import Change, Kind, Routine
from tests.builders import open_shop

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_run(status: str = "planning", **columns: object) -> ImportRun:
    return ImportRun.objects.create(source="default", status=status, **columns)


def die(row: leases.Leased) -> None:
    """Whoever had the row is dead, and its deadline is past."""
    type(row)._default_manager.filter(pk=row.pk).update(leased_until=timezone.now())


def test_of_many_takers_one_gets_the_row() -> None:
    a_run()
    found = []

    def take_it() -> None:
        found.append(take_one(ImportRun.objects.all(), MINUTE))
        connection.close()

    threads = [threading.Thread(target=take_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(lease is not None for lease in found) == 1
    assert ImportRun.objects.get().attempts == 1


def test_the_slow_one_is_told_and_changes_nothing() -> None:
    a_run()
    slow = take_one(ImportRun.objects.all(), MINUTE)
    assert slow
    die(slow.row)
    heir = take_one(ImportRun.objects.all(), MINUTE)
    assert heir

    with pytest.raises(LeaseLost):
        slow.renew()
    with pytest.raises(LeaseLost), transaction.atomic():
        slow.lock()
    slow.release(message="mine?")

    row = ImportRun.objects.get()
    assert (row.leased_by, row.message, row.attempts) == (heir.token, "", 2)


def test_a_try_that_says_nothing_of_the_row_does_not_count() -> None:
    a_run()
    for _ in range(DEATHS_ALLOWED + 1):
        lease = take_one(ImportRun.objects.all(), MINUTE)
        assert lease
        lease.release(counts=False)

    assert ImportRun.objects.get().attempts == 0


def test_a_kept_lease_is_moved_on_and_its_loss_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_S", 0.05)
    a_run()
    lease = take_one(ImportRun.objects.all(), MINUTE)
    assert lease
    before = lease.row.leased_until

    with renewing(lease):
        while ImportRun.objects.get().leased_until == before:
            lease.require()
        ImportRun.objects.update(leased_by="another")
        assert lease.lost.wait(20)


def test_rows_are_taken_and_given_back_together() -> None:
    for _ in range(3):
        a_run("done")

    taken = take(ImportRun.objects.order_by("pk"), MINUTE, limit=2)

    assert len({row.leased_by for row in taken}) == 1
    assert release(taken, message="done") == 2
    assert sorted(ImportRun.objects.values_list("message", flat=True)) == ["", "done", "done"]


def test_a_plan_that_ends_its_workers_is_given_up_with_a_word() -> None:
    run = a_run()
    for _ in range(DEATHS_ALLOWED):
        lease = take_one(ImportRun.objects.all(), MINUTE)
        assert lease
        die(lease.row)

    plan_run.plan_run(run.pk)

    run.refresh_from_db()
    assert run.status == "failed"
    assert "the worker died 3 times while it made this plan" in run.message
    assert plan_run.unplanned_runs() == []


@pytest.mark.parametrize("is_all_or_nothing", [False, True])
def test_a_batch_that_ends_its_workers_is_given_up_and_the_run_ends(is_all_or_nothing: bool) -> None:
    run = a_run("running", is_all_or_nothing=is_all_or_nothing)
    batch = ImportBatch.objects.create(run=run, number=0, kind="product", size=1, attempts=DEATHS_ALLOWED)
    ImportItem.objects.create(run=run, batch=batch, position=0, kind="product", reference="R", name="R", plan={})

    give_up_batches(run.pk)
    resume_unfinished(lambda run_id, number: None)

    run.refresh_from_db()
    item = ImportItem.objects.get()
    if is_all_or_nothing:
        assert (run.status, item.outcome) == ("refused", "")
        assert "Nothing was written" in run.message
    else:
        assert (run.status, item.outcome) == ("partly", "failed")
        assert "the worker died 3 times" in item.message


def test_what_an_all_or_nothing_run_has_begun_in_saleor_is_ended() -> None:
    run = a_run("running", is_all_or_nothing=True)
    written = ImportBatch.objects.create(run=run, number=0, kind="product", size=1, state="written")
    ImportBatch.objects.create(run=run, number=1, kind="product", size=1, attempts=DEATHS_ALLOWED)

    give_up_batches(run.pk)

    run.refresh_from_db()
    assert (run.status, run.message) == ("running", "")
    assert ready_batches(run.pk).get() == written


def test_an_import_that_is_resumed_has_all_its_attempts_again() -> None:
    run = a_run("cancelled")
    ImportBatch.objects.create(run=run, number=0, kind="product", size=1, attempts=DEATHS_ALLOWED)

    begin(run)
    give_up_batches(run.pk)

    assert ready_batches(run.pk).exists()


def test_doubled_messages_and_failures_of_the_database_are_no_deaths(monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop()
    run = a_run("running")
    batch = ImportBatch.objects.create(run=run, number=0, kind="product", size=0)

    def broken(*given: object) -> None:
        raise OperationalError("a deadlock")

    monkeypatch.setattr(store, "write_batch", broken)
    for _ in range(DEATHS_ALLOWED + 1):
        with pytest.raises(OperationalError):
            store.apply_batch(run.pk, batch.number, lambda run_id, number: None)

    batch.refresh_from_db()
    assert (batch.attempts, batch.leased_by, batch.state) == (0, "", "pending")


def test_a_batch_that_fails_in_an_unknown_way_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop()
    run = a_run("running")
    batch = ImportBatch.objects.create(run=run, number=0, kind="product", size=0)

    def broken(*given: object) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(store, "write_batch", broken)
    for _ in range(DEATHS_ALLOWED):
        with pytest.raises(RuntimeError):
            write_batch.apply_batch(run.pk, batch.number, lambda run_id, number: None)
    resume_unfinished(lambda run_id, number: None)

    batch.refresh_from_db()
    assert batch.state == "done"


def test_a_mark_that_ends_its_workers_is_put_off_and_the_others_are_read() -> None:
    changes.mark([(Kind.PRODUCT, f"P-{number}") for number in range(4)])
    poison = "P-2"
    read: list[str] = []
    for _ in range(20):
        taken = changes.take()
        if not taken:
            break
        if any(row.saleor_id == poison for row in taken):
            Change.objects.filter(pk__in=[row.pk for row in taken]).update(leased_until=timezone.now())
            continue
        read += [row.saleor_id for row in taken]
        changes.finish(taken)

    left = Change.objects.get()
    assert sorted(read) == ["P-0", "P-1", "P-3"]
    assert left.saleor_id == poison
    assert "Given up" in left.message
    assert left.next_try_at is not None


def test_a_sweep_that_ends_its_workers_waits_until_it_is_due_again() -> None:
    for _ in range(DEATHS_ALLOWED):
        lease = routines.take("sweep", HOUR)
        assert lease
        die(lease.row)

    assert routines.take("sweep", HOUR) is None
    assert "Given up" in Routine.objects.get().message
    Routine.objects.update(next_at=timezone.now())
    assert routines.take("sweep", HOUR) is not None
