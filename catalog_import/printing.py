"""Plans, problems and progress for people at a terminal. Results go to stdout, everything else to stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from catalog_import import runs
from catalog_import.check import Checked
from catalog_import.plan import Action, Plan, PlanItem
from catalog_import.problems import Problem, Severity

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SHOWN_ITEMS = 40
SHOWN_PROBLEMS = 50
_MARKS = {Action.CREATE: "[green]+[/]", Action.ADOPT: "[cyan]=[/]", Action.UPDATE: "[yellow]~[/]"}


def print_checked(checked: Checked) -> None:
    """What was read of each product: areas, tool type, guide."""
    table = Table(*(Column(head, overflow="fold") for head in ("product", "areas", "tool type", "guide")), box=None)
    for product in checked.products:
        table.add_row(
            escape(product.record.name or product.record.reference),
            ", ".join(tag.slug for tag in product.tags.target_areas) or "[yellow]none[/]",
            ", ".join(tag.slug for tag in product.tags.tool_types),
            next((link.guide for link in product.links if link.role == "primary"), "[yellow]none[/]"),
        )
    out.print(table)
    variants = sum(len(product.record.variants) for product in checked.products)
    out.print(
        f"\nRead {counted(len(checked.products), 'product')} with {counted(variants, 'variant')} "
        f"and {counted(len(checked.guides), 'guide')}."
    )
    print_problems(checked.problems)


def print_plan(plan: Plan) -> None:
    """What would be done, item by item and field by field, and the sum of it."""
    writing = [item for item in plan.items if item.action is not Action.UNCHANGED or item.conflicts]
    for item in writing[:SHOWN_ITEMS]:
        print_item(item)
    if len(writing) > SHOWN_ITEMS:
        out.print(f"… and {len(writing) - SHOWN_ITEMS} more (all of them: --json).")
    print_problems(plan.problems)
    out.print(summary(plan))


def print_item(item: PlanItem) -> None:
    where = f"[dim]{escape(item.file)}{f', row {item.row}' if item.row > 1 else ''}[/]"
    out.print(f"{_MARKS.get(item.action, ' ')} {item.action.value} {item.kind.value} {escape(item.name)}  {where}")
    if item.action is not Action.CREATE:
        for name, change in item.changes.items():
            out.print(f"    {name}: {shown(change.before)} → {shown(change.after)}")
        for reference, changes in item.variant_changes.items():
            for name, change in changes.items():
                out.print(f"    {escape(reference)}, {name}: {shown(change.before)} → {shown(change.after)}")
    for conflict in item.conflicts:
        variant = f"{escape(conflict.variant)}, " if conflict.variant else ""
        out.print(
            f"    [magenta]conflict[/] {variant}{conflict.field}: the file says {shown(conflict.file)}, "
            f"the shop {shown(conflict.shop)}, and both changed since {shown(conflict.base)}; the shop's stays."
        )


def shown(value: Any, limit: int = 60) -> str:
    if value is None or value in ("", []):
        return "[dim]nothing[/]"
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return escape(text if len(text) <= limit else text[:limit] + "…")


def summary(plan: Plan) -> str:
    counts = plan.counts()
    if not any(counts[action] for action in ("create", "adopt", "update", "conflict")):
        return f"Nothing to do: {counted(counts['unchanged'], 'item')} unchanged."
    words = ("create", "adopt", "update", "unchanged", "conflict")
    return "Plan: " + ", ".join(f"{counts[word]} {word}" for word in words if counts[word]) + "."


def print_problems(problems: Sequence[Problem]) -> None:
    """Problems by place, errors first."""
    if not problems:
        return
    ordered = sorted(problems, key=lambda problem: (problem.severity is Severity.WARNING, problem.file, problem.row))
    errors = sum(1 for problem in problems if problem.severity is Severity.ERROR)
    out.print(f"\n{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}:")
    for problem in ordered[:SHOWN_PROBLEMS]:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        place = ", ".join(
            part
            for part in (
                problem.file,
                f"sheet {problem.sheet}" if problem.sheet else "",
                f"row {problem.row}" if problem.row else "",
            )
            if part
        )
        column = f", {problem.column}" if problem.column else ""
        out.print(f"  [{colour}]{problem.severity.value}[/] {escape(place + column)}: {escape(problem.message)}")
    if len(ordered) > SHOWN_PROBLEMS:
        out.print(f"  … and {len(ordered) - SHOWN_PROBLEMS} more (all of them: --json).")
    out.print()


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[runs.Progress], None]]:
    """A progress bar on stderr; gives the function that moves it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(title, total=None)
        yield lambda progress: bar.update(task, total=progress.total, completed=progress.done)


def print_outcome(progress: runs.Progress, run_id: int) -> None:
    words = [f"{progress.applied} applied"]
    if progress.outdated:
        words.append(f"[yellow]{progress.outdated} outdated (changed in the shop meanwhile, left alone)[/]")
    if progress.failed:
        words.append(f"[red]{progress.failed} failed[/]")
    out.print(f"Import {run_id}: {', '.join(words)}.")
