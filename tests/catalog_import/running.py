"""Runs to their end without a broker: what the tests of runs, undo and imports share."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from catalog_import.actions.make_plan import new_run
from catalog_import.actions.write_batch import apply_batch
from catalog_import.models import ImportItem, ImportRun
from catalog_import.planning.undo import undo_plan
from catalog_import.runs.lifecycle import Progress, begin, enqueue_ready, progress_of
from catalog_import.sources.problems import Problem
from catalog_import.targets import current_target
from storefront.catalog.records import ProductRecord
from tests.builders import Plan, plan_in_shop, start_run, store_plan


class Nudges:
    """The broker's place: remembers what it was told, and delivers when asked."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, int]] = []

    def __call__(self, run_id: int, number: int) -> None:
        assert not transaction.get_connection().in_atomic_block, "A worker was nudged before the commit."
        self.sent.append((run_id, number))

    def deliver_all(self) -> None:
        while self.sent:
            apply_batch(*self.sent.pop(0), self)


def do_all(run: ImportRun) -> Progress:
    """Have a begun run's batches done."""
    nudges = Nudges()
    enqueue_ready(run.pk, nudges)
    nudges.deliver_all()
    run.refresh_from_db()
    return progress_of(run.pk)


def run_to_its_end(plan: Plan) -> Progress:
    return do_all(start_run(plan))


def import_records(*products: ProductRecord, **options: Any) -> ImportRun:
    """Plan these records against the shop and have the plan applied whole."""
    run = start_run(plan_in_shop(*products, **options))
    do_all(run)
    return run


def plan_undo(run: ImportRun, *, deletes: bool = False) -> tuple[ImportRun, list[Problem]]:
    """A stored plan that takes a run back, and what cannot come back."""
    problems: list[Problem] = []
    undo = new_run(run.source, files=[], undoes=run)
    with current_target().open_shop() as shop:
        store_plan(undo, undo_plan(shop, run, deletes=deletes, problems=problems))
    return undo, problems


def undo(run: ImportRun, *, deletes: bool = False) -> tuple[ImportRun, list[str]]:
    """Take a run back; gives the run that did, and what could not come back."""
    undoing, problems = plan_undo(run, deletes=deletes)
    begin(undoing)
    do_all(undoing)
    return undoing, [problem.message for problem in problems]


def outcomes(run: ImportRun) -> dict[str, str]:
    """Reference → what became of it."""
    found = ImportItem.objects.filter(run=run, batch__isnull=False).select_related("batch")
    return {
        item.reference: item.outcome or ("applied" if item.batch and item.batch.state == "done" else "pending")
        for item in found
    }
