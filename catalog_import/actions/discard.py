"""Discard a plan that was never begun."""

from __future__ import annotations

from django.db import transaction

from catalog_import.models import ImportRun
from catalog_import.runs.lifecycle import InvalidRunState, unbegun

Status = ImportRun.Status


@transaction.atomic
def discard(run: ImportRun) -> None:
    """Delete a plan that waits, and its files. Raise `InvalidRunState`."""
    if not unbegun(run.pk, Status.PLANNING, Status.MAPPING, Status.PLANNED, Status.FAILED):
        raise InvalidRunState(f"Import {run.pk} is {run.status}; only an unapplied plan can be discarded.")
    run.delete()
