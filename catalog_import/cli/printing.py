"""Plans and problems for people at a terminal. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.table import Column, Table

from catalog_import.planning.plan import NOTED, Action, PlanItem, is_only_noted
from catalog_import.sources.notes import Interpretation
from catalog_import.sources.problems import Problem, Severity, grouped
from catalog_import.tagging.quality import counted_lines
from storefront.catalog.records import TaggedProduct
from storefront.terminal import escaped_json, visible

if TYPE_CHECKING:
    from catalog_import.actions.check import Check


class SafeConsole(Console):
    """A console that writes no sign of a text which a terminal would obey, and no link of a text's own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for text, style, control in super().render(renderable, options):
            if control:
                yield Segment(text, style, control)
            else:
                yield Segment(visible(text), style.update_link(None) if style and style.link else style)


out = SafeConsole(highlight=False, soft_wrap=True)
err = SafeConsole(stderr=True, highlight=False, soft_wrap=True)

SHOWN_PRODUCTS = 100
SHOWN_ITEMS = 40
SHOWN_PROBLEMS = 50
_MARKS = {
    Action.CREATE: "[green]+[/]",
    Action.ADOPT: "[cyan]=[/]",
    Action.UPDATE: "[yellow]~[/]",
    Action.ARCHIVE: "[red]-[/]",
    Action.DELETE: "[red]x[/]",
}


def tell(message: str) -> None:
    """Print a line on stderr, in which nothing is markup."""
    err.print(message, markup=False)


def plain_table(*heads: str) -> Table:
    return Table(*(Column(head, overflow="fold") for head in heads), box=None)


def write_json(document: bytes) -> None:
    """Write JSON to stdout, where people may look at it, too."""
    sys.stdout.buffer.write(escaped_json(document))


def print_check(check: Check, only: str | None = None) -> None:
    """What was read of each product: areas, tool type, guide."""
    table = plain_table("product", "areas", "tool type", "guide")
    without_guide = "[yellow]none[/]" if check.guides else "[dim]not looked for[/]"
    count = variants = 0
    for record, answer in check.products():
        count += 1
        variants += len(record.variants)
        if count <= SHOWN_PRODUCTS:
            table.add_row(
                escape(record.name or record.reference),
                ", ".join(answer.summary["target_areas"]) or "[yellow]none[/]",
                answer.summary["tool_type"] or "[yellow]none[/]",
                escape(answer.summary["primary_guide"] or "") or without_guide,
            )
    out.print(table)
    if count > SHOWN_PRODUCTS:
        out.print(f"… and {count - SHOWN_PRODUCTS} more (all of them: --json).")
    out.print(
        f"\nRead {counted(count, 'product')} with {counted(variants, 'variant')} "
        f"and {counted(len(check.guides), 'guide')}."
    )
    if count and not check.guides:
        out.print("Without --guides no guide is looked for; the plan matches those of the shop.")
    print_quality(check.quality.as_json())
    print_interpretations(check.reading.interpretations)
    print_problems(check.problems, only)


def print_quality(report: Mapping[str, Any]) -> None:
    """How sure tags and guides are, in numbers; and the least certain products with what speaks for them."""
    if not report.get("products"):
        return
    out.print("\n[bold]How sure this is[/]")
    for title, kinds in counted_lines(report):
        out.print(f"  {title}: " + ", ".join(f"{count} {kind}" for kind, count in kinds))
    doubts = report["least_certain"]
    if doubts:
        out.print("  Least certain:")
    for doubt in doubts:
        where = f"{doubt['file']}, row {doubt['row']}" if doubt["row"] else doubt["file"]
        quotes = ", ".join(f"“{quote}”" for quote in doubt["evidence"]) or "no words speak for it"
        sure = f"areas {doubt['areas']}, tool type {doubt['tool_type']}, guide {doubt['guide']}"
        out.print(
            f"    {escape(doubt['name'] or doubt['reference'])} [dim]({escape(where)})[/]: {sure}; {escape(quotes)}"
        )


def print_explanation(product: TaggedProduct) -> None:
    """Why a product has its tags and guides: the words, where they stand, and each guide's reasons."""
    out.print(f"[bold]{escape(product.record.name or product.record.reference)}[/]")
    for title, tags in (
        ("Areas", product.tags.target_areas),
        ("Tool type", product.tags.tool_types),
        ("Conditions", product.tags.conditions),
        ("Techniques", product.tags.techniques),
        ("Contraindications", product.tags.contraindications),
    ):
        out.print(f"\n{title}")
        if not tags:
            out.print("  none")
        for tag in tags:
            out.print(f"  {tag.slug}  [dim]{tag.origin}, score {tag.score:g}[/]")
            for piece in tag.evidence:
                where = f"{piece.field}, character {piece.start}" if piece.start is not None else piece.field
                out.print(f"      “{escape(piece.quote)}”  [dim]({where})[/]")
    out.print("\nGuides")
    if not product.links:
        out.print("  none fits")
    for link in product.links:
        out.print(f"  {escape(link.guide)}  [dim]{link.role}, {link.origin}, score {link.score:g}[/]")
        for reason in link.reasons:
            out.print(f"      {escape(reason)}")


def watch_items(items: Iterable[PlanItem], counts: dict[str, int], *, shows: bool = True) -> Iterator[PlanItem]:
    """Hand the items on, printing the first that write or are in conflict; `counts` is filled by the way."""
    shown = left = 0
    for item in items:
        counts[item.action.value] = counts.get(item.action.value, 0) + 1
        counts["conflict"] = counts.get("conflict", 0) + bool(item.conflicts)
        counts[NOTED] = counts.get(NOTED, 0) + is_only_noted(item)
        if shows and (item.action is not Action.UNCHANGED or item.conflicts):
            shown += 1
            if shown <= SHOWN_ITEMS:
                print_item(item)
            else:
                left += 1
        yield item
    if left:
        out.print(f"… and {left} more (all of them: plan --json).")


def print_item(item: PlanItem) -> None:
    where = f"{item.file}{f', row {item.row}' if item.row > 1 else ''}"
    mark = _MARKS.get(item.action, " ")
    out.print(f"{mark} {item.action.value} {item.kind.value} {escape(item.name)}  [dim]{escape(where)}[/]")
    if item.action is not Action.CREATE:
        for name, change in item.changes.items():
            out.print(f"    {escape(name)}: {shown_value(change.before)} → {shown_value(change.after)}")
        for reference, changes in item.variant_changes.items():
            for name, change in changes.items():
                where = escape(f"{reference}, {name}")
                out.print(f"    {where}: {shown_value(change.before)} → {shown_value(change.after)}")
    for conflict in item.conflicts:
        where = escape(f"{conflict.variant}, {conflict.field}" if conflict.variant else conflict.field)
        out.print(
            f"    [magenta]conflict[/] {where}: the file says {shown_value(conflict.file)}, the shop "
            f"{shown_value(conflict.shop)}, last import {shown_value(conflict.base)}; the shop's value is kept."
        )


def shown_value(value: Any, limit: int = 60) -> str:
    if value is None or value in ("", []):
        return "[dim]nothing[/]"
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    text = " ".join(text.split())
    return escape(text if len(text) <= limit else text[:limit] + "…")


def summary(counts: Mapping[str, int]) -> str:
    """The sum of a plan in a line."""
    words = [*(action.value for action in Action), "conflict"]
    if not any(counts.get(word) for word in words if word != Action.UNCHANGED.value):
        unchanged = f"{counted(counts.get('unchanged', 0), 'item')} unchanged"
        if noted := counts.get(NOTED, 0):
            return f"Nothing to change in the shop: {unchanged}; {noting(noted)}."
        return f"Nothing to do: {unchanged}."
    said = ", ".join(f"{counts[word]} {word}" for word in words if counts.get(word))
    return f"Plan: {said}{f'; {noting(noted)}' if (noted := counts.get(NOTED, 0)) else ''}."


def noting(count: int) -> str:
    return f"for {count} unchanged only the import record is updated"


def print_interpretations(found: Sequence[Interpretation]) -> None:
    """What was not taken literally, so that nothing is guessed in silence."""
    if not found:
        return
    out.print("\nHow the file was understood:")
    for note in found[:SHOWN_PROBLEMS]:
        where = ", ".join(part for part in (note.sheet and f"sheet {note.sheet}", note.column) if part)
        first = f", first in row {note.row}: {note.example}" if note.row and note.example else ""
        times = f" ({note.count} times{first})" if note.count > 1 or first else ""
        if note.example and not note.row:
            times = f": {note.example}"
        out.print(f"  {escape(f'{where}: ' if where else '')}{escape(note.what)}[dim]{escape(times)}[/]")


def print_problems(problems: Sequence[Problem], only: str | None = None) -> None:
    """Problems by place, errors first; what is said several times is told once, with its rows.

    `only`: the one severity or code to print.
    """
    if not problems:
        return
    errors = sum(1 for problem in problems if problem.severity is Severity.ERROR)
    out.print(f"\n{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}:")
    groups = grouped(
        [problem for problem in problems if only is None or only in (problem.severity.value, problem.code.value)]
    )
    for group in groups[:SHOWN_PROBLEMS]:
        problem = group.first
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        times = f"{group.count} × " if group.count > 1 else ""
        out.print(f"  [{colour}]{problem.severity.value}[/] {times}{escape(group.where)}: {escape(problem.message)}")
    if left := sum(group.count for group in groups[SHOWN_PROBLEMS:]):
        out.print(f"  … and {left} more (all of them: --json, or --problems FILE.csv).")
    out.print()


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
