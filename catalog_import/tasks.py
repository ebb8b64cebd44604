"""What the worker does. A message is a nudge: it names a batch, and may be lost or come twice."""

from __future__ import annotations

from celery import shared_task

from catalog_import import runs


@shared_task(name="catalog_import.apply_batch")
def apply_batch(run_id: int, number: int) -> None:
    runs.apply_batch(run_id, number, nudge)


def nudge(run_id: int, number: int) -> None:
    """Tell the workers that a batch may be taken."""
    apply_batch.delay(run_id, number)
