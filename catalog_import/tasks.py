"""What the worker does. A message names a batch and no more: it may be lost, or come twice."""

from __future__ import annotations

import gc

from celery import shared_task
from celery.signals import worker_process_init, worker_ready
from django.utils import timezone

from catalog_import.actions import apply, export, schedules, write_batch
from catalog_import.actions import plan_run as planning
from catalog_import.actions.pin import renew_product
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import enqueue_batch, enqueue_export, enqueue_pictures, enqueue_plan
from catalog_import.targets import current_target
from storefront.pictures import work
from storefront.pictures.tidying import tidy_pictures

# Shorter than the lease of a job, so that the job has stopped before another worker takes it.
PICTURE_TIME_LIMIT_S = 150


@shared_task(name="catalog_import.apply_batch")
def apply_batch(run_id: int, number: int) -> None:
    if write_batch.apply_batch(run_id, number, enqueue_batch):
        enqueue_pictures()


@shared_task(name="catalog_import.plan_run")
def plan_run(run_id: int) -> None:
    planning.plan_run(run_id)
    apply.apply_itself(run_id, enqueue_batch)


@shared_task(name="catalog_import.make_export")
def make_export(key: int) -> None:
    export.make_export(key)


@shared_task(name="catalog_import.sweep")
def sweep() -> None:
    """Recover work lost with a worker, a broker or a restarted database. Runs every few seconds."""
    lifecycle.resume_unfinished(enqueue_batch)
    for run_id in planning.unplanned_runs():
        enqueue_plan(run_id)
    for key in export.unfinished_exports():
        enqueue_export(key)
    for run_id in apply.waiting_to_apply():
        apply.apply_itself(run_id, enqueue_batch)
    schedules.start_due()


@shared_task(name="catalog_import.tidy")
def tidy() -> None:
    """Remove what nobody needs any more of earlier imports. Comes every hour."""
    lifecycle.tidy(timezone.now())
    export.tidy_exports()
    tidy_pictures()


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
    upload_pictures.delay()


@shared_task(name="catalog_import.upload_pictures", time_limit=PICTURE_TIME_LIMIT_S)
def upload_pictures() -> None:
    """Bring to the shop what was fetched since its product was written. The next product is another message."""
    if current_target().upload_next_pictures():
        upload_pictures.delay()


@shared_task(name="catalog_import.write_proposal")
def write_proposal(public_id: str) -> None:
    """Write the tags and guides to Saleor that are proposed for a product that was made there by hand."""
    renew_product(public_id)


@worker_process_init.connect
def collect_less(**_: object) -> None:
    """A batch makes many small objects and no cycles among them: looking for cycles often doubled its time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@worker_ready.connect
def sweep_when_ready(**_: object) -> None:
    """A worker that starts looks for work that was left."""
    sweep.delay()
    sweep_pictures.delay()
