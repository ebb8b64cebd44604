"""What the worker does. A message is a nudge: it names a batch, and may be lost or come twice."""

from __future__ import annotations

from celery import shared_task
from celery.signals import worker_ready

from catalog_import import runs
from storefront.pictures import work

# Shorter than the lease of an errand, so that nobody is at it any more when it is given to another.
PICTURE_TIME_LIMIT_S = 150


@shared_task(name="catalog_import.apply_batch")
def apply_batch(run_id: int, number: int) -> None:
    if runs.apply_batch(run_id, number, nudge):
        work_on_pictures.delay()


@shared_task(name="catalog_import.resume")
def resume() -> None:
    """Go on with a run whose messages were lost."""
    runs.resume(nudge)


@shared_task(name="catalog_import.work_on_pictures", time_limit=PICTURE_TIME_LIMIT_S)
def work_on_pictures() -> None:
    """Fetch a picture or make it smaller. The next one is another message, so that an import's batches come between."""
    if work.do_next():
        work_on_pictures.delay()


@shared_task(name="catalog_import.sweep_pictures")
def sweep_pictures() -> None:
    """Send workers to the pictures that are due, whatever the broker has lost. For a schedule; safe at any time."""
    for _ in range(work.chains_wanted()):
        work_on_pictures.delay()


@worker_ready.connect
def resume_when_ready(**_: object) -> None:
    """A worker that starts looks for work that was left, whatever the broker has lost."""
    resume.delay()
    sweep_pictures.delay()


def nudge(run_id: int, number: int) -> None:
    """Tell the workers that a batch may be taken."""
    apply_batch.delay(run_id, number)
