"""The history of imports, and the page of one, whatever its state."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog_import.actions import map_columns, plan_run
from catalog_import.models import ImportBatch, ImportProblem, ImportRun
from catalog_import.runs import lifecycle
from catalog_import.runs.pictures import failed_pictures_of
from catalog_import.sources.problems import ProblemCode, Severity
from catalog_import.staff.display.pace import milestone, pace_of, watch_of
from catalog_import.staff.items import has_items, has_work, items_context
from catalog_import.staff.review import refusing_bad_cursors, window
from catalog_import.tagging.quality import counted_lines
from storefront.catalog.keyset import Key, row_key, take_page
from storefront.staff.access import staff_view

VIEW, APPLY = "catalog_import.view_importrun", "catalog_import.apply_importrun"
Status = ImportRun.Status
WAITING = (Status.PLANNING, Status.RUNNING, Status.CANCELLING)
UNDOABLE = (Status.DONE, Status.PARTLY, Status.CANCELLED)
SHOWN_LOSSES = 20
SHOWN_ERRORS = 3
SHOWN_GROUPS = 100
SHOWN_PICTURES = 20
SEVERITIES = tuple(severity.value for severity in Severity)


@require_safe
@staff_view(VIEW)
def history(request: HttpRequest) -> HttpResponse:
    """List all imports, newest first."""
    rows = ImportRun.objects.defer("interpretations", "proposal", "quality")
    with refusing_bad_cursors():
        page = take_page(rows, [Key("id", is_descending=True, read=row_key)], **window(request))
    return render(request, "imports/runs.html", {"page": page, "may_apply": may_apply(request)})


@require_safe
@staff_view(VIEW)
def run(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(ImportRun, pk=key)
    is_mapping = "mapping" in request.GET and may_apply(request) and can_map(found)
    return render(request, "imports/run.html", run_context(request, found, is_mapping=is_mapping))


@require_safe
@staff_view(VIEW)
def progress(request: HttpRequest, key: int) -> HttpResponse:
    """The part of a run's page that moves; once the state is another one, all of the page."""
    found = ImportRun.objects.filter(pk=key).first()
    if found is None:
        return HttpResponse(headers={"HX-Redirect": reverse("imports:runs")})
    if request.GET.get("state") == found.status:
        return render(request, "imports/_progress.html", moving_context(request, found) | {"is_polled": True})
    answer = render(request, "imports/_run.html", run_context(request, found) | {"is_polled": True})
    answer["HX-Retarget"], answer["HX-Reswap"] = "#run", "innerHTML"
    return answer


@require_safe
@staff_view(VIEW)
def quality(request: HttpRequest, key: int) -> HttpResponse:
    """Show how sure the tags and guides of a plan's products are; a page to print."""
    found = get_object_or_404(ImportRun, pk=key)
    if not found.quality:
        raise Http404
    context = {"run": found, "quality": found.quality, "counts": list(counted_lines(found.quality))}
    return render(request, "imports/quality.html", context)


def may_apply(request: HttpRequest) -> bool:
    """Whether to show the forms; the views that write check the permission themselves."""
    return request.user.has_perm("catalog_import.apply_importrun")


def can_undo(run: ImportRun, progress: lifecycle.Progress) -> bool:
    return run.status in UNDOABLE and progress.applied > 0 and has_written(run, progress) and not is_taken_back(run)


def has_written(run: ImportRun, progress: lifecycle.Progress) -> bool:
    """Whether it did more than note what the shop has already. Runs without counts only have their batches to ask."""
    return has_work(run) if run.counts else progress.total > 0


def is_taken_back(run: ImportRun) -> bool:
    """Whether an undo of all that it wrote stands: one that ended well, and of which nothing was undone in turn."""
    undone = run.undone_by.filter(status=Status.DONE, created_at__gte=run.finished_at) if run.finished_at else ()
    return any(not was_brought_again(undo) for undo in undone)


def was_brought_again(undo: ImportRun) -> bool:
    """Whether a part of what the undo took back is there again, by an undo of it."""
    again = undo.undone_by.filter(status__in=UNDOABLE, batches__state=ImportBatch.State.DONE).distinct()
    return any(not is_taken_back(run) for run in again)


def can_map(run: ImportRun) -> bool:
    return bool(run.proposal) and run.status in (Status.MAPPING, Status.PLANNED, Status.FAILED)


def moving_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What is asked for each second while a run is watched: nothing that is counted item by item."""
    context: dict[str, Any] = {"run": run, "may_apply": may_apply(request), "is_waiting": run.status in WAITING}
    if run.status == Status.PLANNING:
        return context | {"planned": plan_run.planned_so_far(run.pk)}
    return context | (progress_context(request, run) if run.started_at else {})


def run_context(request: HttpRequest, run: ImportRun, *, is_mapping: bool = False) -> dict[str, Any]:
    """All that a run's page shows in the state that it is in."""
    context: dict[str, Any] = {
        "run": run,
        "may_apply": may_apply(request),
        "is_waiting": run.status in WAITING,
        "is_mapping": is_mapping or run.status == Status.MAPPING,
        "can_map": can_map(run),
    }
    if context["is_mapping"]:
        return context | mapping_context(run)
    if run.status == Status.PLANNING:
        return context | {"planned": plan_run.planned_so_far(run.pk)}
    if run.status == Status.FAILED:
        return context
    context |= problem_counts(run) | items_context(request, run)
    context |= problem_groups(run, request.GET.get("problems", "")) | {"left_out": columns_left_out(run)}
    if run.status == Status.PLANNED:
        return context | {
            "writing": lifecycle.running_run(),
            # What is unchanged may be in batches too: then only a digest of it is to be noted.
            "writes": has_work(run) and run.batches.exists(),
            "first_errors": [] if has_items(run) else list(errors_of(run)[:SHOWN_ERRORS]),
        }
    pictures = failed_pictures_of(run, SHOWN_PICTURES + 1)
    context |= {"failed_pictures": pictures[:SHOWN_PICTURES], "has_more_pictures": len(pictures) > SHOWN_PICTURES}
    return context | progress_context(request, run)


def mapping_context(run: ImportRun) -> dict[str, Any]:
    chosen = (run.options or {}).get("mapping")
    columns = [
        dict(column) | ({"ours": chosen.get(column["theirs"])} if chosen is not None else {}) for column in run.proposal
    ]
    for column in columns:
        column["targets"] = map_columns.targets_of(column["theirs"], column["ours"])
    return {"columns": columns, "our_columns": map_columns.our_columns()}


def columns_left_out(run: ImportRun) -> list[str]:
    """The columns of the files that were not read, in the files' own words."""
    noted = [note["example"] for note in run.interpretations if note["what"].startswith("columns that ")]
    unknown = run.problems.filter(code=ProblemCode.UNKNOWN_COLUMN.value).order_by("position")
    return [*noted, *unknown.values_list("column", flat=True)]


def problem_groups(run: ImportRun, severity: str) -> dict[str, Any]:
    """The run's problems, each thing once with its count and first row; errors first."""
    rows = run.problems.exclude(code=ProblemCode.CANNOT_UNDO.value)
    if severity in SEVERITIES:
        rows = rows.filter(severity=severity)
    found = rows.values("severity", "file", "column", "code", "message").annotate(count=Count("pk"), row=Min("row"))
    return {"groups": list(found.order_by("severity", "file", "row")[:SHOWN_GROUPS]), "severity": severity}


def errors_of(run: ImportRun) -> QuerySet[ImportProblem]:
    return run.problems.filter(severity=Severity.ERROR.value)


def problem_counts(run: ImportRun) -> dict[str, Any]:
    """Errors and warnings, and of an undo what cannot come back."""
    counts = dict(run.problems.order_by().values_list("severity").annotate(count=Count("pk")))
    losses = run.problems.filter(code=ProblemCode.CANNOT_UNDO.value)
    return {
        "errors": counts.get(Severity.ERROR.value, 0),
        "warnings": counts.get(Severity.WARNING.value, 0),
        "losses": list(losses[:SHOWN_LOSSES]) if run.undoes_id else [],
        "more_losses": max(0, losses.count() - SHOWN_LOSSES) if run.undoes_id else 0,
    }


def progress_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """How far a begun run is, how fast, and how it ended."""
    found = lifecycle.progress_of(run.pk)
    watch = watch_of(request.GET, found.reached)
    now = milestone(found.reached, found.total)
    return {
        "progress": found,
        "wrote": has_written(run, found),
        "pace": pace_of(watch, found.reached, found.total),
        "percent": found.reached * 100 // found.total if found.total else 100,
        "watch": watch.query(now),
        "announced": now if now > watch.said else 0,
        "can_undo": can_undo(run, found),
        "undone_by": list(run.undone_by.order_by("-pk")),
    }
