"""A plan applied to the store: each batch in one transaction.

A batch that runs twice writes once: whoever does it has a lease, and marks it done in the transaction that writes. A
worker that dies loses the lease after some seconds, and the next message has the batch done by another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.planning.plan import Kind, PlanItem
from catalog_import.planning.preconditions import still_fresh
from catalog_import.planning.writes import guide_write, is_deleted, product_write, split_by_unique_key
from catalog_import.runs.lifecycle import EnqueueBatch, enqueue_ready, finish_if_done, ready_batches
from catalog_import.runs.stored_plans import note_outcomes, rows_of
from storefront.catalog.bulk import update_rows
from storefront.catalog.models import CatalogVersion
from storefront.catalog.writer import (
    WriteRefused,
    delete_guides,
    delete_products,
    note_bases,
    write_guides,
    write_products,
)
from storefront.leases import Lease, LeaseLost, give_back, renewing, take_one

# The worker renews its lease while it writes; the lease of a dead worker expires after this.
LEASE = timedelta(seconds=20)

log = logging.getLogger(__name__)

Write = Callable[[str, Sequence[PlanItem]], None]


class KeptBack(Exception):
    """An item of a run that is to be applied whole, or not at all, was kept back."""


def apply_batch(run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
    """Apply one batch unless another worker has it or it is done; return whether this call did it."""
    run = ImportRun.objects.filter(pk=run_id).first()
    lease = take_one(ready_batches(run_id).filter(number=number), LEASE) if run else None
    if run is None or lease is None:
        return False
    counts = False
    try:
        with renewing(lease):
            return apply_whole(run) if run.is_all_or_nothing else apply_one(run, lease, enqueue_batch)
    except LeaseLost as error:
        log.warning("Run %s: %s", run_id, error)
        return False
    except Exception as error:
        counts = not isinstance(error, OperationalError | InterfaceError)
        raise
    finally:
        give_back(lease, counts=counts)


def apply_one(run: ImportRun, lease: Lease[ImportBatch], enqueue_batch: EnqueueBatch) -> bool:
    """Write a batch and mark it done, in one transaction."""
    run_id = run.pk
    with transaction.atomic():
        batch = lease.lock()
        # The run may have been cancelled between finding the batch and locking it.
        if not is_running(run_id):
            return False
        write_batch(run, batch)
        CatalogVersion.bump()
        # Whoever finishes waits here for the others, so that the last one sees that it is the last.
        ImportRun.objects.select_for_update().filter(pk=run_id).update(progressed_at=timezone.now())
        mark_done(batch)
        finish_if_done(run_id)
        transaction.on_commit(lambda: enqueue_next_stage(run_id, batch.stage, enqueue_batch))
    log.info("Run %s: batch %s done", run_id, batch.number)
    return True


def apply_whole(run: ImportRun) -> bool:
    """Do all batches in one transaction, or none of them; gives whether this call did.

    Where any item is kept back nothing is written, and the run is refused with the list of those items.
    """
    kept: list[ImportItem] = []
    try:
        with transaction.atomic():
            batches = list(
                ImportBatch.objects.select_for_update(skip_locked=True)
                .filter(run=run, state=ImportBatch.State.PENDING)
                .order_by("number")
            )
            if not batches or len(batches) != run.batches.filter(state=ImportBatch.State.PENDING).count():
                return False
            for batch in batches:
                if not is_running(run.pk):
                    raise KeptBack
                kept += write_batch(run, batch)
                mark_done(batch)
            if kept:
                raise KeptBack
            CatalogVersion.bump()
            ImportRun.objects.filter(pk=run.pk).update(progressed_at=timezone.now())
            finish_if_done(run.pk)
    except KeptBack:
        refuse(run, kept)
    return True


def refuse(run: ImportRun, kept: Sequence[ImportItem]) -> None:
    """Say of a run that nothing was written, and which items were in the way."""
    with transaction.atomic():
        refused = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING).update(
            status=ImportRun.Status.REFUSED,
            finished_at=timezone.now(),
            message=f"Nothing was written: {len(kept)} items could not be applied as planned.",
        )
        if refused:
            note_outcomes(kept)


def is_running(run_id: int) -> bool:
    return ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).exists()


def mark_done(batch: ImportBatch) -> None:
    batch.state = ImportBatch.State.DONE
    batch.leased_by, batch.leased_until, batch.attempts = "", None, 0
    batch.save(update_fields=["state", "outdated", "failed", "leased_by", "leased_until", "attempts"])


def enqueue_next_stage(run_id: int, stage: int, enqueue_batch: EnqueueBatch) -> None:
    """Once no batch of a stage is left, tell the workers of the next."""
    if not ImportBatch.objects.filter(run_id=run_id, stage=stage, state=ImportBatch.State.PENDING).exists():
        enqueue_ready(run_id, enqueue_batch)


def write_batch(run: ImportRun, batch: ImportBatch) -> list[ImportItem]:
    """Write the batch's items whose shop side is still as the plan saw it; gives those that were kept back."""
    rows = list(rows_of(batch))
    write = write_guide_items if batch.kind == Kind.GUIDE.value else write_product_items
    for part in split_by_unique_key(rows, lambda row: row.public_id or row.reference):
        write_part(run, part, write)
    kept = [row for row in rows if row.outcome]
    note_outcomes(kept)
    update_rows(ImportItem, ("id", "plan"), [(row.pk, row.plan_json) for row in rows if row.was_moved])
    batch.outdated = sum(row.outcome == ImportItem.Outcome.OUTDATED for row in kept)
    batch.failed = sum(row.outcome == ImportItem.Outcome.FAILED for row in kept)
    return kept


def write_part(run: ImportRun, rows: Sequence[ImportItem], write: Write) -> None:
    """Write what may be written. One item must not stop the others: what fails together is tried one by one."""
    try:
        with transaction.atomic():
            write(run.source, still_fresh(run.source, rows))
    except OperationalError:
        # A deadlock, a lock waited for too long, a database that went away: the whole batch comes again.
        raise
    except Exception:
        log.warning("Run %s: a batch is written item by item", run.pk, exc_info=True)
        for row in rows:
            write_one(run, row, write)


def write_one(run: ImportRun, row: ImportItem, write: Write) -> None:
    row.outcome, row.message = ImportItem.Outcome.INHERITED, ""
    try:
        with transaction.atomic():
            write(run.source, still_fresh(run.source, [row]))
    except OperationalError:
        raise
    except Exception as error:
        log.warning("Run %s: %s failed", run.pk, row.reference, exc_info=True)
        row.outcome, row.message = ImportItem.Outcome.FAILED, reason(error)


def reason(error: Exception) -> str:
    """Why an item failed, for staff."""
    if isinstance(error, WriteRefused):
        return str(error)
    if isinstance(error, IntegrityError):
        return "The shop already has this SKU, slug or reference; it was added after the plan was made. Plan again."
    if isinstance(error, DataError):
        return "The database cannot hold one of its values: it is too long or too large. Shorten it."
    return f"An unexpected error ({type(error).__name__}). See the worker's log for details."


def write_guide_items(source: str, items: Sequence[PlanItem]) -> None:
    delete_guides([item.reference for item in items if is_deleted(item)])
    write_guides([guide_write(source, item) for item in items if not is_deleted(item)], bumps=False)


def write_product_items(source: str, items: Sequence[PlanItem]) -> None:
    left = [item for item in items if not is_deleted(item)]
    delete_products([item.public_id or "" for item in items if is_deleted(item)])
    write_products([product_write(source, item) for item in left if item.changes_shop], bumps=False)
    note_bases([product_write(source, item) for item in left if not item.changes_shop])
