"""Have it planned how a run is taken back."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from catalog_import.actions.make_plan import new_run
from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import enqueue_plan


@transaction.atomic
def plan_undo(run: ImportRun, *, deletes: bool, by: str) -> ImportRun:
    """Return the waiting undo, or start one: a form that is sent twice makes one plan. Raise `InvalidRunState`."""
    ImportRun.objects.select_for_update().get(pk=run.pk)
    undos = run.undone_by.order_by("-pk")
    waiting = undos.filter(
        status__in=(ImportRun.Status.PLANNING, ImportRun.Status.PLANNED), deletes=deletes, started_at=None
    ).first()
    # Once another has begun, what was planned before it must not be applied (`lifecycle.require_newest_undo`).
    if waiting and not undos.filter(started_at__gte=waiting.created_at).exists():
        return waiting
    return start_undo(run, deletes=deletes, by=by)


@transaction.atomic
def start_undo(run: ImportRun, *, deletes: bool, by: str) -> ImportRun:
    """Start planning the undo of a run; return the run that will perform it.

    Raise `InvalidRunState` as `lifecycle.require_undoable` does.
    """
    lifecycle.require_undoable(run)
    undo = new_run(run.source, started_by=by, undoes=run, deletes=deletes)
    transaction.on_commit(partial(enqueue_plan, undo.pk))
    return undo
