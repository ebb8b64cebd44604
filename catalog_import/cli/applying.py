"""What the commands do that write: apply, retag, undo, resume, cancel."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import typer

from catalog_import.actions.make_plan import Made, Watch, make_plan, make_undo_plan, new_run
from catalog_import.cli import printing, run_printing
from catalog_import.cli.history import load_run
from catalog_import.cli.options import current_user, finish, refuse
from catalog_import.cli.parameters import Exit
from catalog_import.models import ImportRun
from catalog_import.planning.importing import Options
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import enqueue_batch
from catalog_import.runs.pictures import wait_for_pictures
from catalog_import.runs.stored_plans import unwritten
from catalog_import.sources.problems import Problem


def apply_files(
    file: Path | None,
    guides: Path | None,
    options: Options,
    problems: Path | None,
    is_all_or_nothing: bool,
    no_wait: bool,
    assume_yes: bool,
) -> None:
    wait_for_running_import(no_wait=no_wait)
    run = new_run(options.source, files=[path.name for path in (file, guides) if path], started_by=current_user())
    made = planned(run, lambda watch: make_plan(run, file, guides, options, watch=watch), assume_yes=assume_yes)
    progress, left = apply_stored_plan(run, assume_yes=assume_yes, is_all_or_nothing=is_all_or_nothing)
    failed = print_pictures(run.pk) if progress is not None else 0
    finish([*made.problems, *left], problems, progress, failed_pictures=failed)


def retag(assume_yes: bool) -> None:
    wait_for_running_import()
    options = Options()
    run = new_run(options.source, started_by=current_user())
    planned(run, lambda watch: make_plan(run, None, None, options, watch=watch), assume_yes=assume_yes)
    progress, left = apply_stored_plan(run, assume_yes=assume_yes)
    finish(left, None, progress)


def undo(run_id: int, deletes: bool, problems: Path | None, is_all_or_nothing: bool, assume_yes: bool) -> None:
    undone = load_run(run_id)
    lifecycle.require_undoable(undone)
    wait_for_running_import()
    run = new_run(undone.source, started_by=current_user(), undoes=undone, deletes=deletes)
    made = planned(run, lambda watch: make_undo_plan(run, watch=watch), assume_yes=assume_yes)
    progress, left = apply_stored_plan(run, assume_yes=assume_yes, is_all_or_nothing=is_all_or_nothing)
    finish([*made.problems, *left], problems, progress)


def resume(run_id: int | None) -> None:
    if run_id is None:
        run = lifecycle.resume_unfinished(enqueue_batch, stalled_s=0)
        if run is None:
            printing.out.print("There is no unfinished import.")
            raise typer.Exit(Exit.DONE)
    else:
        run = load_run(run_id)
        if not run.is_writing:
            begin(run)
    progress = wait("Importing", run.pk)
    finish(unwritten(run.pk), None, progress)


def cancel(run_id: int | None) -> None:
    if run_id is None:
        running = lifecycle.running_run()
        if running is None:
            raise lifecycle.InvalidRunState("No import is running.")
        run_id = running.pk
    lifecycle.cancel(run_id, who=current_user())
    with run_printing.progress_bar("Finishing batches in progress") as on_progress:
        progress = lifecycle.wait_for_cancelling(run_id, enqueue_batch, on_progress)
    if not progress.is_finished:
        printing.err.print(
            f"Import {run_id} starts no more batches, but the ones in progress have not finished yet: the workers or "
            f"the shop are not responding. It will finish once they do; see: catalog-import show {run_id}"
        )
        raise typer.Exit(Exit.SHOP_UNREACHABLE)
    run_printing.print_outcome(progress, run_id)
    printing.out.print(f"Resume it with: catalog-import resume {run_id}   Undo it with: catalog-import undo {run_id}")


def print_pictures(run_id: int) -> int:
    """Say how the pictures from the files are; return how many could not be made smaller."""
    counts = wait_for_pictures(run_id)
    if counts.failed:
        printing.err.print(
            f"[red]{printing.counted(counts.failed, 'picture')} could not be made ready for the shop.[/] "
            "See why: catalog-import pictures"
        )
    if counts.waiting:
        printing.err.print(f"{printing.counted(counts.waiting, 'picture')} will be ready soon.")
    return counts.failed


def planned(run: ImportRun, make: Callable[[Watch], Made], *, assume_yes: bool) -> Made:
    """Have the plan of a run made, printing its items meanwhile, and its findings. A failure leaves no run behind."""
    counts: dict[str, int] = {}
    try:
        made = make(lambda items: printing.watch_items(items, counts, shows=not assume_yes))
    except BaseException:
        run.delete()
        raise
    printing.print_quality(made.quality)
    printing.print_interpretations(made.interpretations)
    printing.print_problems(made.problems)
    printing.out.print(printing.summary(made.counts))
    return made


def apply_stored_plan(
    run: ImportRun, *, assume_yes: bool, is_all_or_nothing: bool = False
) -> tuple[lifecycle.Progress | None, list[Problem]]:
    """Ask, and have a stored plan written; return how it went (None: there was nothing to write) and what could not
    be written."""
    if not run.batches.exists():
        begin(run)
        return None, []
    if not assume_yes:
        confirm(run)
    begin(run, is_all_or_nothing=is_all_or_nothing)
    return wait("Undoing" if run.undoes_id else "Importing", run.pk), unwritten(run.pk)


def begin(run: ImportRun, *, is_all_or_nothing: bool | None = None) -> None:
    try:
        lifecycle.begin(run, is_all_or_nothing=is_all_or_nothing)
    except lifecycle.RunInProgress as error:
        printing.tell(
            f"{error} Nothing was written; the plan is kept. Apply it later with: catalog-import resume {run.pk}"
        )
        raise typer.Exit(Exit.SHOP_UNREACHABLE) from error


def confirm(run: ImportRun) -> None:
    """Ask; without agreement the stored plan goes and the command ends."""
    if not sys.stdin.isatty():
        run.delete()
        refuse("Use --yes to apply without confirmation.")
    try:
        has_agreed = typer.confirm("Apply it?", err=True)
    except typer.Abort:
        has_agreed = False
    if not has_agreed:
        run.delete()
        refuse("The plan was discarded.")


def wait_for_running_import(*, no_wait: bool = False) -> None:
    """An import that is writing, or was interrupted, ends first, so that this one plans against its end."""
    run = lifecycle.running_run()
    if run is None:
        return
    if no_wait:
        printing.tell(f"{lifecycle.RunInProgress(run)} Nothing was done.")
        raise typer.Exit(Exit.SHOP_UNREACHABLE)
    printing.tell(f"{lifecycle.RunInProgress(run)} Waiting for it to finish.")
    wait("Finishing it", run.pk)


def wait(title: str, run_id: int) -> lifecycle.Progress:
    with run_printing.progress_bar(title) as on_progress:
        progress = lifecycle.wait_for_run(run_id, enqueue_batch, on_progress)
    run_printing.print_outcome(progress, run_id)
    printing.print_problems(unwritten(run_id))
    return progress
