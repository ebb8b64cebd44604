"""The life of a run: begun, watched, cancelled, resumed. Its batches are written by `actions/write_batch.py`.

All of it is rows in PostgreSQL; what a broker loses is found again by `resume_unfinished`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import IntegrityError, InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from redis.exceptions import RedisError

from catalog_import.models import ImportBatch, ImportFile, ImportItem, ImportProblem, ImportRun
from storefront.leases import given_up, is_free, is_hopeless

log = logging.getLogger(__name__)

WRITING = (ImportRun.Status.RUNNING, ImportRun.Status.CANCELLING)
# After so many seconds without a finished batch all messages are sent again.
STALLED_S = 5.0
POLL_S = 0.2
ENQUEUED_AT_ONCE = 8
LOOK_S = 2.0
# Seconds for which a watcher of a run tolerates an unreachable database.
OUTAGE_S = 120.0
# So long somebody at a terminal waits for a batch of a run that is being cancelled.
CANCEL_PATIENCE_S = 30.0
PLAN_KEPT = timedelta(days=7)
UNCHANGED_KEPT = timedelta(days=1)
# Imports can be undone for this long.
UNDO_KEPT = timedelta(days=90)

EnqueueBatch = Callable[[int, int], None]
State = ImportBatch.State


class RunInProgress(Exception):
    """Another run is writing; `run` is that one."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        who = f" by {run.started_by}" if run.started_by else ""
        super().__init__(f"Import {run.pk}{who} has been writing since {run.started_at:%Y-%m-%d %H:%M} UTC.")


class InvalidRunState(Exception):
    """The run is in no state for what was asked; the text says which it is in."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: items by what became of them, and the run's status.

    `written`: those that are written to Saleor and still to be read again; `message`: why it waits, if it does.
    """

    total: int
    applied: int
    outdated: int
    failed: int
    status: str
    written: int = 0
    message: str = ""

    @property
    def is_finished(self) -> bool:
        return self.status not in WRITING

    @property
    def is_whole(self) -> bool:
        """Whether all was written that was to be."""
        return self.status == ImportRun.Status.DONE

    @property
    def done(self) -> int:
        return self.applied + self.outdated + self.failed

    @property
    def is_read_again(self) -> bool:
        """Whether all is written to Saleor, and is being read again."""
        return bool(self.written) and self.done + self.written == self.total

    @property
    def reached(self) -> int:
        """How many items are through with what is being done: written, or read again."""
        return self.done if self.is_read_again else self.done + self.written


def begin(run: ImportRun, *, is_all_or_nothing: bool | None = None) -> None:
    """Let the workers write a stored plan, or go on with a cancelled one.

    `is_all_or_nothing` is kept with the run, also where it cannot begin now; None: as before. Raise `RunInProgress`
    when another run of this shop has not ended, and `InvalidRunState` when this one was applied already or must not be
    any more; the plan stays stored.
    """
    if is_all_or_nothing is not None:
        ImportRun.objects.filter(pk=run.pk).update(is_all_or_nothing=is_all_or_nothing)
    now = timezone.now()
    try:
        with transaction.atomic():
            begun = ImportRun.objects.filter(
                pk=run.pk, status__in=(ImportRun.Status.PLANNED, ImportRun.Status.CANCELLED)
            ).update(
                status=ImportRun.Status.RUNNING,
                is_checked=False,
                started_at=now,
                progressed_at=now,
                written_at=None,
                finished_at=None,
                message="",
            )
            if begun:
                require_newest_undo(run)
                forget_outcomes(run.pk)
                finish_if_done(run.pk)
    except IntegrityError as error:
        other = running_run()
        if other is None:
            raise
        raise RunInProgress(other) from error
    run.refresh_from_db()
    if not begun:
        raise InvalidRunState(f"Import {run.pk} is {run.status}; only an unapplied plan can be applied.")


def unbegun(run_id: int, *states: ImportRun.Status) -> bool:
    """Lock the run; return whether it is still in one of these states."""
    return ImportRun.objects.select_for_update().filter(pk=run_id, status__in=states).exists()


def require_newest_undo(run: ImportRun) -> None:
    """Raise `InvalidRunState` where another undo of the same run began since this one was planned.

    Otherwise stock would move twice.

    Only one run writes at a time, so none begins between this and the commit.
    """
    if run.undoes_id is None or run.finished_at is not None:
        return
    others = ImportRun.objects.filter(undoes=run.undoes_id, started_at__gte=run.created_at).exclude(pk=run.pk)
    if (other := others.first()) is not None:
        raise InvalidRunState(f"Import {run.undoes_id} was undone by import {other.pk} meanwhile. Plan the undo again.")


def forget_outcomes(run_id: int) -> None:
    """Forget outcomes and attempts of the last try: they do not apply to the next one."""
    ImportBatch.objects.filter(run_id=run_id, state=State.PENDING).update(attempts=0)
    ImportItem.objects.filter(run_id=run_id, batch__state=State.PENDING).exclude(
        outcome=ImportItem.Outcome.INHERITED
    ).update(outcome=ImportItem.Outcome.INHERITED, message="")


def running_run() -> ImportRun | None:
    """The run that is writing, if there is one."""
    return ImportRun.objects.filter(status__in=WRITING).first()


def ready_batches(run_id: int) -> QuerySet[ImportBatch]:
    """The batches of a run that are to be done and may be: those of the lowest stage that is not done.

    What is written is read again once all of its stage is written; also of a run that is being cancelled, so that
    nothing stays half-done.
    """
    same_run = ImportBatch.objects.filter(run=OuterRef("run"))
    before = same_run.filter(stage__lt=OuterRef("stage")).exclude(state=State.DONE)
    unwritten = same_run.filter(stage=OuterRef("stage"), state=State.PENDING)
    is_cancelling = Q(run__status=ImportRun.Status.CANCELLING)
    to_write = Q(state=State.PENDING, run__status=ImportRun.Status.RUNNING)
    to_settle = Q(state=State.WRITTEN, run__status__in=WRITING) & (~Exists(unwritten) | is_cancelling)
    return ImportBatch.objects.filter(is_free(), ~Exists(before), to_write | to_settle, run_id=run_id).order_by(
        "number"
    )


@transaction.atomic
def give_up_batches(run_id: int) -> None:
    """End the batches whose workers died as often as may be: their items are marked as failed."""
    found = ready_batches(run_id).filter(is_hopeless()).select_for_update(of=("self",), skip_locked=True)
    for batch in found:
        message = given_up("wrote this item's batch")
        is_begun = batch.run.batches.exclude(state=State.PENDING).exists()
        if batch.run.is_all_or_nothing and not is_begun:
            ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(
                status=ImportRun.Status.REFUSED, finished_at=timezone.now(), message=f"Nothing was written. {message}"
            )
            return
        items = ImportItem.objects.filter(batch=batch)
        items.filter(outcome=ImportItem.Outcome.INHERITED).update(outcome=ImportItem.Outcome.FAILED, message=message)
        batch.failed = items.filter(outcome=ImportItem.Outcome.FAILED).count()
        batch.outdated = items.filter(outcome=ImportItem.Outcome.OUTDATED).count()
        batch.state, batch.attempts = State.DONE, 0
        batch.save(update_fields=["state", "failed", "outdated", "attempts"])
        log.error("%s: %s", batch, message)
    if found:
        finish_if_done(run_id)


def enqueue_ready(run_id: int, enqueue_batch: EnqueueBatch) -> None:
    """Tell the workers of every batch that may be taken. Messages may be lost or doubled without harm."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    # With Saleor a batch takes long, and finishing one enqueues more. In the store an all-or-nothing run is
    # written as one.
    limit = ENQUEUED_AT_ONCE if run.target else 1 if run.is_all_or_nothing else None
    for number in ready_batches(run_id).values_list("number", flat=True)[:limit]:
        enqueue_batch(run_id, number)


def resume_unfinished(enqueue_batch: EnqueueBatch, *, stalled_s: float = STALLED_S) -> ImportRun | None:
    """Resume unfinished work: a run whose messages were lost, one that is being cancelled, one that only lacks its
    end. Gives that run, or None. Safe at any time, in any number of processes."""
    run = running_run()
    if run is None:
        return None
    if run.status == ImportRun.Status.CANCELLING:
        finish_cancelling(run.pk)
    else:
        give_up_batches(run.pk)
        finish_if_done(run.pk)
    since = run.progressed_at or run.created_at
    has_stalled = (timezone.now() - since).total_seconds() >= stalled_s
    # Only the first caller sends the messages; without workers they would pile up.
    if has_stalled and (stalled_s == 0 or claims_enqueueing(run.pk, stalled_s)):
        enqueue_ready(run.pk, enqueue_batch)
    return run


def claims_enqueueing(run_id: int, seconds: float) -> bool:
    """Return whether nobody sent the messages of a run for so long; where the cache does not answer, nobody knows."""
    try:
        return bool(cache.add(f"import-nudged:{run_id}", 1, timeout=seconds))
    except (RedisError, OSError):
        return True


def tidy(now: datetime) -> None:
    """Remove what nobody needs any more: plans that were not applied in time, of ended imports first what they left
    unchanged, and at last all but their line in the history."""
    waiting = (ImportRun.Status.PLANNED, ImportRun.Status.MAPPING, ImportRun.Status.FAILED, ImportRun.Status.PLANNING)
    ImportRun.objects.filter(status__in=waiting, created_at__lt=now - PLAN_KEPT).delete()
    ended = ImportRun.objects.filter(finished_at__lt=now - UNCHANGED_KEPT)
    ImportItem.objects.filter(run__in=ended, batch=None).delete()
    ImportFile.objects.filter(run__in=ended).delete()
    old = ImportRun.objects.filter(finished_at__lt=now - UNDO_KEPT)
    ImportItem.objects.filter(run__in=old).delete()
    ImportBatch.objects.filter(run__in=old).delete()
    ImportProblem.objects.filter(run__in=old).delete()


def cancel(run_id: int, *, who: str = "") -> None:
    """Stop a run between two batches: those that are being written end, no other is begun.

    The sweep says when the run is cancelled, or `wait_for_cancelling`. What was written stays; the run may be undone or
    gone on with. Raises `InvalidRunState` when it is not running.
    """
    message = f"Cancelled by {who}." if who else "Cancelled."
    stopped = ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(
        status=ImportRun.Status.CANCELLING, message=message
    )
    if not stopped:
        run = ImportRun.objects.filter(pk=run_id).first()
        raise InvalidRunState(f"Import {run_id} is {run.status if run else 'not there'}; there is nothing to cancel.")
    finish_cancelling(run_id)


def finish_cancelling(run_id: int) -> None:
    """Say that the run is cancelled, if no batch is being written any more."""
    batches = ImportBatch.objects.filter(run_id=run_id)
    if batches.filter(Q(state=State.WRITTEN) | ~is_free()).exists():
        return
    pending = batches.filter(state=State.PENDING)
    with transaction.atomic():
        if len(pending.select_for_update(skip_locked=True)) < pending.count():
            return
        ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.CANCELLING).update(
            status=ImportRun.Status.CANCELLED, finished_at=timezone.now()
        )


def wait_for_cancelling(
    run_id: int,
    enqueue_batch: EnqueueBatch,
    on_progress: Callable[[Progress], None],
    *,
    patience_s: float = CANCEL_PATIENCE_S,
) -> Progress:
    """Send the workers to what a run that is being cancelled has begun, and wait for its end, but no longer than
    `patience_s` after the last batch that was done: Saleor or the workers may be away."""
    progress = progress_of(run_id)
    done, since = progress, time.monotonic()
    enqueue_ready(run_id, enqueue_batch)
    while not progress.is_finished and time.monotonic() - since < patience_s:
        finish_cancelling(run_id)
        progress = progress_of(run_id)
        if (progress.done, progress.written) != (done.done, done.written):
            done, since = progress, time.monotonic()
            enqueue_ready(run_id, enqueue_batch)
        on_progress(progress)
        if not progress.is_finished:
            time.sleep(POLL_S)
    return progress


def finish_if_done(run_id: int) -> None:
    """Mark the run as ended once no batch is left."""
    batches = ImportBatch.objects.filter(run_id=run_id)
    if batches.exclude(state=State.DONE).exists():
        return
    left = batches.filter(Q(outdated__gt=0) | Q(failed__gt=0))
    ImportRun.objects.filter(pk=run_id, status__in=WRITING).update(
        status=ImportRun.Status.PARTLY if left.exists() else ImportRun.Status.DONE, finished_at=timezone.now()
    )


def progress_of(run_id: int) -> Progress:
    """How far a run is; read from its batches, however many items it has."""
    # The state first: whoever ends a run has done all its batches, but not the other way round.
    status, message = ImportRun.objects.values_list("status", "message").get(pk=run_id)
    done = Q(state=State.DONE)
    sums = ImportBatch.objects.filter(run_id=run_id).aggregate(
        total=Sum("size", default=0),
        done=Sum("size", filter=done, default=0),
        written=Sum("size", filter=Q(state=State.WRITTEN), default=0),
        outdated=Sum("outdated", default=0),
        failed=Sum("failed", default=0),
    )
    return Progress(
        total=sums["total"],
        applied=max(0, sums["done"] - sums["outdated"] - sums["failed"]),
        outdated=sums["outdated"],
        failed=sums["failed"],
        status=status,
        written=sums["written"],
        message=message,
    )


def durations(run_id: int) -> tuple[float, float] | None:
    """How many seconds an import into Saleor took to be written, and then to be read again; None for others."""
    run = ImportRun.objects.get(pk=run_id)
    if not (run.started_at and run.written_at and run.finished_at) or run.written_at < run.started_at:
        return None
    return (run.written_at - run.started_at).total_seconds(), (run.finished_at - run.written_at).total_seconds()


def require_undoable(run: ImportRun) -> None:
    """Raises `InvalidRunState` where a run never wrote, still writes, or is too old."""
    if run.is_writing or run.started_at is None:
        raise InvalidRunState(f"Import {run.pk} is {run.status}; there is nothing to undo.")
    if run.counts and not run.batches.exists() and run.finished_at and run.finished_at < timezone.now() - UNDO_KEPT:
        raise InvalidRunState(f"Import {run.pk} is too old: an import can be undone for {UNDO_KEPT.days} days.")


def wait_for_run(run_id: int, enqueue_batch: EnqueueBatch, on_progress: Callable[[Progress], None]) -> Progress:
    """Send the workers to the run and wait for its end. A database that is restarted meanwhile is waited for."""
    enqueue_ready(run_id, enqueue_batch)
    answered = looked = time.monotonic()
    while True:
        try:
            progress = progress_of(run_id)
            if not progress.is_finished and (progress.done == progress.total or time.monotonic() - looked > LOOK_S):
                looked = time.monotonic()
                resume_unfinished(enqueue_batch)
        except (OperationalError, InterfaceError):
            if time.monotonic() - answered > OUTAGE_S:
                raise
            log.debug("The database is away; waiting for it", exc_info=True)
            close_old_connections()
            time.sleep(1)
            continue
        answered = time.monotonic()
        on_progress(progress)
        if progress.is_finished:
            return progress
        time.sleep(POLL_S)
