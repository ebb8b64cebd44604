"""A plan in the database: stored as it is worked out, a batch of items at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from catalog_import.models import ImportBatch, ImportItem, ImportProblem, ImportRun
from catalog_import.planning.plan import PlanItem, counts_of
from catalog_import.sources.notes import Interpretation
from catalog_import.sources.problems import Place, Problem, ProblemCode, Severity, problem_at
from storefront.catalog.bulk import copy_rows, update_rows

MAX_NAME = 250

_ITEM_COLUMNS = (
    *("run", "batch", "position", "kind", "reference", "name", "words", "action", "has_conflict", "plan"),
    *("outcome", "message"),
)
_PROBLEM_COLUMNS = ("run", "position", "file", "sheet", "row", "column", "severity", "code", "message", "value")


def store_items(run: ImportRun, items: Iterable[PlanItem], *, batch_size: int) -> dict[str, int]:
    """Store the items in place of what an earlier attempt left; return their counts.

    Those that write something are put in batches. Where the kind of the items changes a new stage begins: a plan has
    guides first, so that products find them.

    A batch of them is in memory at a time and committed by itself: with Saleor much is read and taken over while they
    are computed, which must not block anybody. Nothing reads them before the run is planned.
    """
    ImportItem.objects.filter(run=run).delete()
    ImportBatch.objects.filter(run=run).delete()
    counts: Counter[str] = Counter()
    position = number = stage = 0
    part: list[PlanItem] = []
    for item in items:
        is_other = bool(part) and item.kind is not part[0].kind
        if is_other or len(part) == batch_size:
            number += store_part(run, position, ImportBatch(run=run, number=number, stage=stage), part)
            position, part, stage = position + len(part), [], stage + is_other
        counts.update(counts_of([item]))
        part.append(item)
    if part:
        store_part(run, position, ImportBatch(run=run, number=number, stage=stage), part)
    return dict(counts)


@transaction.atomic
def store_part(run: ImportRun, position: int, batch: ImportBatch, items: Sequence[PlanItem]) -> bool:
    """Store some items, and the batch of those that write; gives whether there is any."""
    batch.size = sum(item.writes for item in items)
    batch.kind = items[0].kind.value
    if batch.size:
        batch.save()
    copy_rows(
        ImportItem,
        _ITEM_COLUMNS,
        (
            (
                run.pk,
                batch.pk if item.writes else None,
                position + index,
                item.kind.value,
                item.reference,
                item.name[:MAX_NAME],
                " ".join((item.name, item.reference, *item.skus)).lower(),
                item.action.value,
                bool(item.conflicts),
                item.model_dump_json(exclude_defaults=True),
                "",
                "",
            )
            for index, item in enumerate(items)
        ),
    )
    return batch.size > 0


def store_findings(run: ImportRun, problems: Sequence[Problem], interpretations: Sequence[Interpretation] = ()) -> None:
    """Store what was wrong with the files and what was not taken literally, in place of what is stored."""
    with transaction.atomic():
        ImportProblem.objects.filter(run=run).delete()
        copy_rows(
            ImportProblem,
            _PROBLEM_COLUMNS,
            ((run.pk, position, *problem.as_json().values()) for position, problem in enumerate(problems)),
        )
        run.interpretations = [asdict(found) for found in interpretations]
        run.save(update_fields=["interpretations"])


def stored_problems(run_id: int) -> list[Problem]:
    """What was wrong with the files of a run."""
    columns = _PROBLEM_COLUMNS[2:]
    return [
        Problem(**(dict(zip(columns, row, strict=True)) | {"severity": Severity(row[4]), "code": ProblemCode(row[5])}))
        for row in ImportProblem.objects.filter(run_id=run_id).values_list(*columns)
    ]


def unwritten(run_id: int) -> list[Problem]:
    """The items of a run that were not written, as problems at their place in the files."""
    found = []
    for item in ImportItem.objects.filter(run_id=run_id).exclude(outcome=ImportItem.Outcome.INHERITED):
        is_outdated = item.outcome == ImportItem.Outcome.OUTDATED
        place = Place(item.plan.get("file") or item.reference or item.name, item.row or item.plan.get("row", 0))
        code = ProblemCode.OUTDATED if is_outdated else ProblemCode.NOT_WRITTEN
        severity = Severity.WARNING if is_outdated else Severity.ERROR
        message = f"{item.name}: {item.message}"
        found.append(problem_at(place, item.column, code, message, value=item.reference, severity=severity))
    return found


def rows_of(batch: ImportBatch) -> QuerySet[ImportItem]:
    """The items of a batch with their plan as text; the database works that out faster than Python."""
    return (
        batch.items.defer("plan")
        .annotate(plan_json=Cast("plan", TextField()), public_id=KT("plan__public_id"))  # type: ignore[no-redef]
        .order_by("position")
    )


def note_outcomes(rows: Iterable[ImportItem]) -> None:
    """Keep what kept these items back, and where in the file that is."""
    columns = ("id", "outcome", "message", "column", "row")
    update_rows(ImportItem, columns, [(row.pk, row.outcome, row.message, row.column, row.row) for row in rows])


def stored_items(run_id: int) -> Iterator[PlanItem]:
    """The items of a run's plan in their order."""
    for plan in ImportItem.objects.filter(run_id=run_id).values_list("plan", flat=True).iterator(chunk_size=500):
        yield PlanItem.model_validate(plan)
