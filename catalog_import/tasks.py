"""What the worker does. A message is a nudge: it names a batch, and may be lost or come twice."""

from __future__ import annotations

from celery import shared_task
from celery.signals import worker_ready

from catalog_import import runs


@shared_task(name="catalog_import.apply_batch")
def apply_batch(run_id: int, number: int) -> None:
    runs.apply_batch(run_id, number, nudge)


@shared_task(name="catalog_import.resume")
def resume() -> None:
    """Go on with a run whose messages were lost."""
    runs.resume(nudge)


@worker_ready.connect
def resume_when_ready(**_: object) -> None:
    """A worker that starts looks for work that was left, whatever the broker has lost."""
    resume.delay()


def nudge(run_id: int, number: int) -> None:
    """Tell the workers that a batch may be taken."""
    apply_batch.delay(run_id, number)
