"""Have a stored plan written, and go on with a run that stopped."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import enqueue_batch
from catalog_import.sources.problems import Severity

Status = ImportRun.Status


def apply_plan(run: ImportRun, *, is_all_or_nothing: bool | None = None) -> None:
    """Have a stored plan written. Raise `RunInProgress` or `InvalidRunState`."""
    lifecycle.begin(run, is_all_or_nothing=is_all_or_nothing)
    lifecycle.enqueue_ready(run.pk, enqueue_batch)


def resume_run(run: ImportRun) -> None:
    """Go on with a cancelled run, or at once with one that is writing. Raise as `apply_plan` does."""
    if run.is_writing:
        lifecycle.resume_unfinished(enqueue_batch, stalled_s=0)
    else:
        apply_plan(run)


def waiting_to_apply() -> list[int]:
    """Return the plans that wait to be applied automatically. Never one after which another of its source was
    fetched: it would bring back what the file said then."""
    newer = ImportRun.objects.filter(source=OuterRef("source"), applies_itself=True, pk__gt=OuterRef("pk"))
    waiting = ImportRun.objects.filter(~Exists(newer), status=Status.PLANNED, applies_itself=True)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def apply_itself(run_id: int, enqueue_batch: lifecycle.EnqueueBatch) -> None:
    """Apply a plan automatically if its files have no errors. Another import that is
    writing goes first; the sweep asks again."""
    run = ImportRun.objects.filter(pk=run_id, status=Status.PLANNED, applies_itself=True).first()
    if run is None or run.pk not in waiting_to_apply() or run.problems.filter(severity=Severity.ERROR.value).exists():
        return
    try:
        lifecycle.begin(run)
    except (lifecycle.RunInProgress, lifecycle.InvalidRunState):
        return
    lifecycle.enqueue_ready(run.pk, enqueue_batch)
