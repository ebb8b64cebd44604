"""Runs and their progress for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from catalog_import.cli.printing import err, out, plain_table
from catalog_import.models import ImportRun
from catalog_import.planning.plan import NOTED
from catalog_import.runs import lifecycle


class RateColumn(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[lifecycle.Progress], None]]:
    """A progress bar on stderr, with rate and time left; gives the function that moves it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(title, total=None)

        def show(progress: lifecycle.Progress) -> None:
            words = "Reading again" if progress.is_read_again else title
            bar.update(
                task,
                description=f"{words}. {escape(progress.message)}" if progress.message else words,
                total=progress.total,
                completed=progress.reached,
            )

        yield show


_ENDINGS = {
    ImportRun.Status.CANCELLED: " [yellow]It was cancelled; what was written stays.[/]",
    ImportRun.Status.REFUSED: " [red]Nothing was written, because the import was all or nothing.[/]",
}


def print_outcome(progress: lifecycle.Progress, run_id: int) -> None:
    counts = ImportRun.objects.values_list("counts", flat=True).get(pk=run_id) or {}
    noted = min(counts.get(NOTED, 0), progress.applied)
    words = [f"{progress.applied - noted} applied"]
    if noted:
        words.append(f"{noted} noted")
    if progress.outdated:
        words.append(f"[yellow]{progress.outdated} outdated (changed in the shop in the meantime, skipped)[/]")
    if progress.failed:
        words.append(f"[red]{progress.failed} failed[/]")
    ending = _ENDINGS.get(ImportRun.Status(progress.status), "")
    out.print(f"Import {run_id}: {', '.join(words)}.{ending}")
    if took := lifecycle.durations(run_id):
        out.print(f"Written in {took[0]:.1f} s; read back, verified and published in {took[1]:.1f} s.")


def print_runs(found: Sequence[ImportRun]) -> None:
    """Imports, a line each."""
    if not found:
        out.print("There are no imports yet.")
        return
    table = plain_table("run", "when (UTC)", "by", "source", "what", "state", "items")
    for run in found:
        what = f"undoes {run.undoes_id}" if run.undoes_id else ", ".join(run.files) or "recomputed tags and guides"
        table.add_row(
            str(run.pk),
            f"{run.created_at:%Y-%m-%d %H:%M}",
            escape(run.started_by),
            escape(run.source),
            escape(what),
            run.status,
            ", ".join(f"{count} {name}" for name, count in run.counts.items() if count),
        )
    out.print(table)
    for run in found:
        if run.message:
            out.print(f"{run.pk}: {escape(run.message)}")
