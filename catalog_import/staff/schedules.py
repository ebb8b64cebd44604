"""Addresses that are fetched on a schedule: looked at, changed, paused, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog_import.models import ImportSchedule
from catalog_import.staff.forms import ScheduleForm, initial_of
from catalog_import.staff.run_pages import APPLY, may_apply
from storefront.staff.access import staff_view


@require_safe
@staff_view("catalog_import.view_importschedule")
def schedules(request: HttpRequest) -> HttpResponse:
    found = ImportSchedule.objects.select_related("last_run")
    return render(request, "imports/schedules.html", {"schedules": found, "may_apply": may_apply(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(APPLY)
def schedule(request: HttpRequest, key: int | None = None) -> HttpResponse:
    """A new schedule, or one that is changed. A new one is due at once."""
    found = get_object_or_404(ImportSchedule, pk=key) if key else None
    if request.method != "POST":
        form = ScheduleForm(initial=initial_of(found) if found else None)
        return render(request, "imports/schedule.html", {"form": form, "schedule": found})
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        form.focus_on_error()
        return render(request, "imports/schedule.html", {"form": form, "schedule": found}, status=422)
    row = found or ImportSchedule(next_at=timezone.now(), created_by=request.user.get_username())
    form.fill(row).save()
    messages.success(request, f"The schedule “{row.name}” is saved.")
    return redirect("imports:schedules")


@require_POST
@staff_view(APPLY)
def pause(request: HttpRequest, key: int) -> HttpResponse:
    """Pause a schedule, or let it go on: it is due at once then, if its time has passed."""
    found = get_object_or_404(ImportSchedule, pk=key)
    found.is_active = "go_on" in request.POST
    found.save(update_fields=["is_active"])
    messages.success(request, f"“{found.name}” {'goes on' if found.is_active else 'is paused'}.")
    return redirect("imports:schedules")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(APPLY)
def remove(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(ImportSchedule, pk=key)
    if request.method != "POST":
        return render(request, "imports/schedule_remove.html", {"schedule": found})
    found.delete()
    messages.success(request, f"“{found.name}” is removed. Its imports stay in the history.")
    return redirect("imports:schedules")
