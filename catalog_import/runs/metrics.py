"""What is measured of imports (`storefront.config.metrics`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from catalog_import.models import ImportBatch, ImportRun
from catalog_import.runs.lifecycle import running_run


def measures() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """(name, help, labels, value) of each."""
    counts = dict(ImportRun.objects.order_by().values_list("status").annotate(count=Count("pk")))
    for status in ImportRun.Status:
        yield "knotwise_import_runs", "Imports by state.", {"status": status.value}, counts.get(status.value, 0)
    run = running_run()
    pending = run.batches.filter(state=ImportBatch.State.PENDING).count() if run else 0
    yield "knotwise_import_batches_pending", "Batches of the import that is writing, not done yet.", {}, pending
    since = (timezone.now() - (run.progressed_at or run.created_at)).total_seconds() if run else 0.0
    yield "knotwise_import_seconds_without_progress", "Since the import that is writing did a batch.", {}, since
