"""Views that apply, cancel, resume, undo or discard a plan."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from catalog_import.actions.apply import apply_plan, resume_run
from catalog_import.actions.cancel import cancel_run
from catalog_import.actions.discard import discard as discard_run
from catalog_import.actions.undo import plan_undo
from catalog_import.models import ImportRun
from catalog_import.runs import lifecycle
from catalog_import.staff.run_pages import APPLY, can_undo
from storefront.staff.access import staff_view


@require_POST
@staff_view(APPLY)
def apply(request: HttpRequest, key: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=key)
    is_whole = "all_or_nothing" in request.POST
    return run_action(request, run, lambda: apply_plan(run, is_all_or_nothing=is_whole))


@require_POST
@staff_view(APPLY)
def resume(request: HttpRequest, key: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=key)
    return run_action(request, run, lambda: resume_run(run))


@require_POST
@staff_view(APPLY)
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=key)
    return run_action(request, run, lambda: cancel_run(run, by=request.user.get_username()))


def run_action(request: HttpRequest, run: ImportRun, act: Callable[[], None]) -> HttpResponse:
    """Do it, and show the run; where it cannot be, with the reason."""
    try:
        act()
    except lifecycle.RunInProgress as error:
        messages.warning(request, f"{error} Nothing was written; this plan is kept. Apply it after the other import.")
    except lifecycle.InvalidRunState as error:
        messages.error(request, str(error))
    return redirect("imports:run", run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(APPLY)
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Say what an undo is; then have it planned, so that its page shows what it will do before anything is done."""
    run = get_object_or_404(ImportRun, pk=key)
    progress = lifecycle.progress_of(run.pk)
    context = {"run": run, "progress": progress, "can_undo": can_undo(run, progress)}
    if request.method != "POST":
        return render(request, "imports/undo.html", context)
    try:
        undoing = plan_undo(run, deletes="deletes" in request.POST, by=request.user.get_username())
    except lifecycle.InvalidRunState as error:
        messages.error(request, str(error))
        return redirect("imports:run", run.pk)
    return redirect("imports:run", undoing.pk)


@require_POST
@staff_view(APPLY)
def discard(request: HttpRequest, key: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=key)
    try:
        discard_run(run)
    except lifecycle.InvalidRunState as error:
        messages.error(request, str(error))
        return redirect("imports:run", key)
    messages.success(request, f"Import {key} was discarded. Nothing had been written.")
    return redirect("imports:runs")
