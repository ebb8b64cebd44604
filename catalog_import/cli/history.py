"""What the commands do that tell of earlier imports: runs, show."""

from __future__ import annotations

from pathlib import Path

import typer

from catalog_import.cli import printing, run_printing
from catalog_import.cli.options import finish, print_json
from catalog_import.cli.parameters import Exit
from catalog_import.models import ImportRun
from catalog_import.runs.lifecycle import InvalidRunState, progress_of
from catalog_import.runs.stored_plans import stored_items, stored_problems, unwritten


def list_runs(limit: int, json_output: bool) -> None:
    found = list(ImportRun.objects.select_related("undoes")[:limit])
    if json_output:
        print_json({"runs": [as_json(run) for run in found]})
    else:
        run_printing.print_runs(found)


def show_run(run_id: int, problems: Path | None, json_output: bool) -> None:
    run = load_run(run_id)
    found = [*stored_problems(run.pk), *unwritten(run.pk)]
    if json_output:
        items = [item.model_dump(mode="json") for item in stored_items(run.pk)]
        print_json(as_json(run) | {"items": items, "problems": [problem.as_json() for problem in found]})
        raise typer.Exit(Exit.DONE)
    counts: dict[str, int] = {}
    for _ in printing.watch_items(stored_items(run.pk), counts):
        pass
    printing.print_problems(found)
    printing.out.print(printing.summary(counts))
    run_printing.print_runs([run])
    if problems is not None:
        finish(found, problems)


def load_run(run_id: int) -> ImportRun:
    """The run of this number. Raises `InvalidRunState` when there is none."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise InvalidRunState(f"There is no import {run_id}. List them with: catalog-import runs")
    return run


def as_json(run: ImportRun) -> dict[str, object]:
    progress = progress_of(run.pk)
    return {
        "run": run.pk,
        "source": run.source,
        "status": run.status,
        "message": run.message,
        "files": run.files,
        "started_by": run.started_by,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "undoes": run.undoes_id,
        "counts": run.counts,
        "applied": progress.applied,
        "outdated": progress.outdated,
        "failed": progress.failed,
        "total": progress.total,
    }
