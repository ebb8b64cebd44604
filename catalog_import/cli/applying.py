"""Commands that write: apply, retag, undo, resume, cancel."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from django.core.files.storage import default_storage

from catalog_import.actions.importing import Importing, open_import
from catalog_import.cli import printing
from catalog_import.cli.history import load_run
from catalog_import.cli.options import (
    Agreed,
    AllOrNothing,
    ChannelSlug,
    Exit,
    GuidesFolder,
    Mapping,
    NoWait,
    Overwrite,
    ProblemsFile,
    ProductsFile,
    Prune,
    PruneLimit,
    RunNumber,
    Source,
    app,
    current_user,
    finish,
    options_of,
    prune_percent,
    refuse,
    require_files,
)
from catalog_import.models import ImportRun
from catalog_import.planning.plan import PlanItem
from catalog_import.planning.undo import undo_plan
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import nudge
from catalog_import.runs.pictures import keep_planned_pictures, wait_for_pictures
from catalog_import.runs.stored_plans import store_findings, store_plan, unwritten
from catalog_import.sources.problems import Problem
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE


@app.command("apply", epilog="Example: catalog-import apply products.csv --guides guides --yes")
def apply_command(
    file: ProductsFile = None,
    guides: GuidesFolder = None,
    source: Source = DEFAULT_SOURCE,
    channel: ChannelSlug = DEFAULT_CHANNEL,
    overwrite: Overwrite = None,
    prune: Prune = False,
    prune_limit: PruneLimit = None,
    mapping: Mapping = None,
    problems: ProblemsFile = None,
    is_all_or_nothing: AllOrNothing = False,
    is_refused: NoWait = False,
    is_agreed: Agreed = False,
) -> None:
    """Plan, then let the workers write it. Rows with errors are left out; running it again is safe."""
    require_files(file, guides)
    options = options_of(source, channel, overwrite, prune_percent(file, prune, prune_limit), mapping)
    let_others_finish(is_refused=is_refused)
    with open_import(file, guides, options) as importing:
        run = lifecycle.new_run(options.source, files=importing.reading.files, started_by=current_user())
        make_plan(run, importing.items(), importing, is_agreed=is_agreed)
        progress, left = carry_out(
            run,
            is_agreed=is_agreed,
            is_all_or_nothing=is_all_or_nothing,
            before=lambda: keep_planned_pictures(run.pk, importing.reading.folder, default_storage),
        )
        failed = print_pictures(run.pk) if progress is not None else 0
        finish([*importing.problems, *left], problems, progress, failed_pictures=failed)


@app.command("retag", epilog="Example: catalog-import retag --yes")
def retag_command(is_agreed: Agreed = False) -> None:
    """Work out anew what was inferred of the products that are in the shop: areas, tool type, guides."""
    let_others_finish()
    with open_import(None, None, options_of()) as importing:
        run = lifecycle.new_run(importing.options.source, files=[], started_by=current_user())
        make_plan(run, importing.retagged(), importing, is_agreed=is_agreed)
        progress, left = carry_out(run, is_agreed=is_agreed)
        finish(left, None, progress)


@app.command("undo", epilog="Example: catalog-import undo 12")
def undo_command(
    run_id: RunNumber,
    deletes: Annotated[
        bool, typer.Option("--delete", help="Delete what the import made, where none of it was sold; else archive it.")
    ] = False,
    problems: ProblemsFile = None,
    is_all_or_nothing: AllOrNothing = False,
    is_agreed: Agreed = False,
) -> None:
    """Take an import back: every field that it wrote and nobody changed since. Shows first what will happen."""
    undone = load_run(run_id)
    lifecycle.require_undoable(undone)
    let_others_finish()
    found: list[Problem] = []
    run = lifecycle.new_run(undone.source, files=[], started_by=current_user(), undoes=undone)
    items = undo_plan(undone, deletes=deletes, problems=found)
    counts = store_and_watch(run, items, is_agreed=is_agreed)
    store_findings(run, found)
    printing.print_problems(found)
    printing.out.print(printing.summary(counts))
    progress, left = carry_out(run, is_agreed=is_agreed, is_all_or_nothing=is_all_or_nothing)
    finish([*found, *left], problems, progress)


@app.command("resume", epilog="Example: catalog-import resume")
def resume_command(
    run_id: Annotated[
        int | None,
        typer.Argument(metavar="[RUN]", help="A cancelled or planned import; none: the one that is writing."),
    ] = None,
) -> None:
    """Go on with an import that was interrupted or cancelled, or apply a plan that was only stored."""
    if run_id is None:
        run = lifecycle.go_on(nudge, stalled_s=0)
        if run is None:
            printing.out.print("No import is unfinished.")
            raise typer.Exit(Exit.DONE)
    else:
        run = load_run(run_id)
        if not run.is_writing:
            begin(run)
    progress = wait("Importing", run.pk)
    finish(unwritten(run.pk), None, progress)


@app.command("cancel", epilog="Example: catalog-import cancel")
def cancel_command(
    run_id: Annotated[
        int | None, typer.Argument(metavar="[RUN]", help="The import to stop; none: the one that is writing.")
    ] = None,
) -> None:
    """Stop an import between two batches. What was written stays; it can be undone or gone on with."""
    if run_id is None:
        running = lifecycle.running_run()
        if running is None:
            raise lifecycle.RunCannot("No import is writing.")
        run_id = running.pk
    lifecycle.cancel(run_id, who=current_user(), waits=False)
    with printing.progress_bar("Ending what was begun") as on_progress:
        progress = lifecycle.wait_for_cancelling(run_id, nudge, on_progress)
    if not progress.is_finished:
        printing.err.print(
            f"No other batch of import {run_id} is begun, but what was begun could not be ended yet: the workers or "
            f"the shop do not answer. It ends by itself once they do; see: catalog-import show {run_id}"
        )
        raise typer.Exit(Exit.SHOP_UNREACHABLE)
    printing.print_outcome(progress, run_id)
    printing.out.print(f"Go on with: catalog-import resume {run_id}   Take it back with: catalog-import undo {run_id}")


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


def make_plan(run: ImportRun, items: Iterable[PlanItem], importing: Importing, *, is_agreed: bool) -> None:
    """Store a plan as it is worked out, and show it."""
    counts = store_and_watch(run, items, is_agreed=is_agreed)
    store_findings(run, importing.problems, importing.reading.interpretations)
    printing.print_interpretations(importing.reading.interpretations)
    printing.print_problems(importing.problems)
    printing.out.print(printing.summary(counts))


def store_and_watch(run: ImportRun, items: Iterable[PlanItem], *, is_agreed: bool) -> dict[str, int]:
    """Store the items with the run, showing them by the way; gives their counts. What fails leaves no run behind."""
    counts: dict[str, int] = {}
    try:
        store_plan(run, printing.watch_items(items, counts, shows=not is_agreed))
    except BaseException:
        run.delete()
        raise
    return counts


def carry_out(
    run: ImportRun,
    *,
    is_agreed: bool,
    is_all_or_nothing: bool = False,
    before: Callable[[], object] = lambda: None,
) -> tuple[lifecycle.Progress | None, list[Problem]]:
    """Ask, and have a stored plan written; gives how it went (None: there was nothing to write) and what could not
    be written. `before` is called once it is agreed."""
    if not run.batches.exists():
        begin(run)
        return None, []
    if not is_agreed:
        agree(run)
    before()
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


def agree(run: ImportRun) -> None:
    """Ask; without agreement the stored plan goes and the command ends."""
    if not sys.stdin.isatty():
        run.delete()
        refuse("Give --yes to apply without being asked.")
    try:
        has_agreed = typer.confirm("Apply it?", err=True)
    except typer.Abort:
        has_agreed = False
    if not has_agreed:
        run.delete()
        refuse("The plan was thrown away.")


def let_others_finish(*, is_refused: bool = False) -> None:
    """An import that is writing, or was interrupted, ends first, so that this one plans against its end."""
    run = lifecycle.running_run()
    if run is None:
        return
    if is_refused:
        printing.tell(f"{lifecycle.RunInProgress(run)} Nothing was done.")
        raise typer.Exit(Exit.SHOP_UNREACHABLE)
    printing.tell(f"{lifecycle.RunInProgress(run)} Waiting for its end first.")
    wait("Finishing it", run.pk)


def wait(title: str, run_id: int) -> lifecycle.Progress:
    with printing.progress_bar(title) as on_progress:
        progress = lifecycle.wait_for_run(run_id, nudge, on_progress)
    printing.print_outcome(progress, run_id)
    printing.print_problems(unwritten(run_id))
    return progress
