"""The items of a plan as a list: filtered, searched, paged; and the problems of its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from catalog_import.models import ImportItem, ImportProblem, ImportRun
from catalog_import.planning.plan import Action, PlanItem
from catalog_import.staff.display.changes import Summary, summary_of
from catalog_import.staff.review import SEARCH_LENGTH, refusing_bad_cursors, window
from storefront.catalog.keyset import Key, is_storable, row_key, take_page

CHANGES, CONFLICT, PROBLEM, LEFT = "changes", "conflict", "problem", "left"
LABELS = {
    LEFT: "Not applied",
    CHANGES: "All changes",
    Action.CREATE.value: "Create",
    Action.ADOPT.value: "Adopt",
    Action.UPDATE.value: "Update",
    Action.ARCHIVE.value: "Archive",
    Action.DELETE.value: "Delete",
    CONFLICT: "Conflict",
    Action.UNCHANGED.value: "Unchanged",
    PROBLEM: "Problems",
}
ABOUT = {
    LEFT: "Items that were not applied, with the reason. Import the same files again to apply them.",
    Action.CREATE.value: "New in the shop.",
    Action.ADOPT.value: "In the shop without a reference; found by SKU, they get the reference of the file.",
    Action.UPDATE.value: "Only the listed fields are written.",
    Action.ARCHIVE.value: "No longer shown to shoppers; nothing is deleted.",
    Action.DELETE.value: "Created by the import and never ordered: will be deleted completely.",
    CONFLICT: "The file and staff both changed a field. The shop’s value stays.",
    Action.UNCHANGED.value: "The shop already matches the file.",
    PROBLEM: "Rows with errors are skipped; rows with warnings are imported.",
}


@dataclass
class ListedItem:
    """An item as a row of the list shows it."""

    row: ImportItem

    @cached_property
    def plan(self) -> PlanItem:
        return PlanItem.model_validate(self.row.plan)

    @cached_property
    def summary(self) -> Summary:
        return summary_of(self.plan)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    count: int


def items_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """The part of the list that the address asks for. Raises `BadRequest` for a damaged one."""
    counts = counts_of(run)
    show = request.GET.get("show", "")
    if show not in LABELS:
        # Where no item is, all there is to see is why.
        show = CHANGES if has_items(run) or not counts[PROBLEM] else PROBLEM
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    if not is_storable(text):
        raise BadRequest("The search contains an invalid character.")
    place = Key("position", read=row_key)
    # "error" comes before "warning", as it should.
    rows, keys = (
        (problems(run, text), [Key("severity"), place]) if show == PROBLEM else (items(run, show, text), [place])
    )
    with refusing_bad_cursors():
        page: Any = take_page(rows, keys, **window(request))
    return {
        "show": show,
        "text": text,
        "about": ABOUT.get(show, ""),
        "tabs": [Tab(name, LABELS[name], count) for name, count in counts.items() if count or name in (CHANGES, show)],
        "page": page,
        # What an old import left is tidied away (`runs.tidy`); its counts stay.
        "is_tidied": bool(counts[show]) and not page.rows and not text,
        "items": [] if show == PROBLEM else [ListedItem(row) for row in page.rows],
        "problems": page.rows if show == PROBLEM else [],
    }


def counts_of(run: ImportRun) -> dict[str, int]:
    """Tab → how many it has."""
    said = run.counts
    left = ImportItem.objects.filter(run=run).exclude(outcome=ImportItem.Outcome.INHERITED)
    own = {
        LEFT: 0 if run.started_at is None else left.count(),
        CHANGES: changes_of(run),
        PROBLEM: run.problems.aggregate(count=Count("pk"))["count"],
    }
    return {name: own.get(name, said.get(name, 0)) for name in LABELS}


def changes_of(run: ImportRun) -> int:
    """How many items the plan would change, or has changed."""
    return sum(run.counts.get(action.value, 0) for action in Action if action is not Action.UNCHANGED)


def has_items(run: ImportRun) -> bool:
    """Whether anything of its files was understood."""
    return any(run.counts.get(action.value, 0) for action in Action)


def has_work(run: ImportRun) -> bool:
    """Whether the plan has more than what the shop has already: changes, or a conflict to be settled."""
    return changes_of(run) > 0 or run.counts.get(CONFLICT, 0) > 0


def items(run: ImportRun, show: str, text: str) -> QuerySet[ImportItem]:
    """The items of a tab; every word of the search is in the name, the reference or a SKU."""
    query = ImportItem.objects.filter(run=run)
    if show == CHANGES:
        query = query.exclude(action=Action.UNCHANGED.value)
    elif show == CONFLICT:
        query = query.filter(has_conflict=True)
    elif show == LEFT:
        query = query.exclude(outcome=ImportItem.Outcome.INHERITED)
    else:
        query = query.filter(action=show)
    for word in text.lower().split():
        query = query.filter(words__contains=word)
    return query


def problems(run: ImportRun, text: str) -> QuerySet[ImportProblem]:
    """What is wrong with the files, in their order."""
    query = ImportProblem.objects.filter(run=run)
    for word in text.split():
        query = query.filter(
            Q(message__icontains=word) | Q(file__icontains=word) | Q(column__icontains=word) | Q(value__icontains=word)
        )
    return query
