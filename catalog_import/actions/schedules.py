"""Addresses that are fetched and planned again and again."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from catalog_import.actions.upload import UploadRefused, receive_urls
from catalog_import.models import ImportRun, ImportSchedule
from catalog_import.planning.importing import Options

log = logging.getLogger(__name__)

WAITING = (ImportRun.Status.PLANNED, ImportRun.Status.MAPPING, ImportRun.Status.FAILED)
BUSY = (ImportRun.Status.PLANNING, ImportRun.Status.RUNNING, ImportRun.Status.CANCELLING)


def start_due() -> None:
    """Start the due schedules. Any number of processes may call this at once: one of them starts each schedule."""
    now = timezone.now()
    due = ImportSchedule.objects.filter(is_active=True, next_at__lte=now)
    for key in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            schedule = due.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
            if schedule is not None:
                start(schedule)


def start(schedule: ImportSchedule) -> None:
    """Have a schedule's addresses planned, and say when it is due again. The last one has to be over."""
    schedule.next_at = timezone.now() + timedelta(hours=schedule.every_hours)
    last = schedule.last_run
    if last is None or last.status not in BUSY:
        if last is not None and last.status in WAITING:
            # What is there now takes its place.
            last.delete()
            schedule.last_run = None
        try:
            options = Options.model_validate(schedule.options)
            by = f"schedule “{schedule.name}”"
            run = receive_urls(schedule.products_url, schedule.guides_url, options, by=by)
        except (UploadRefused, ValidationError):
            # One that cannot be begun must not stop the others.
            log.exception("The schedule %r cannot be begun and is paused", schedule.name)
            schedule.is_active = False
        else:
            run.applies_itself = schedule.applies
            run.save(update_fields=["applies_itself"])
            schedule.last_run = run
    schedule.save()
