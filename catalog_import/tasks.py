"""What the worker does. A message is a nudge: it names a batch, and may be lost or come twice."""

from __future__ import annotations

import logging

from celery import shared_task
from celery.signals import worker_ready
from kombu.exceptions import OperationalError as BrokerError

from catalog_import import batches, runs, worker_plans

log = logging.getLogger(__name__)


@shared_task(name="catalog_import.apply_batch")
def apply_batch(run_id: int, number: int) -> None:
    batches.apply_batch(run_id, number, nudge)


@shared_task(name="catalog_import.plan_run")
def plan_run(run_id: int) -> None:
    worker_plans.plan_run(run_id)
    worker_plans.apply_itself(run_id, nudge)


@shared_task(name="catalog_import.sweep")
def sweep() -> None:
    """Find again what was lost with a worker, a broker or a restarted database. Comes every few seconds."""
    runs.go_on(nudge)
    for run_id in worker_plans.unplanned_runs():
        nudge_plan(run_id)
    runs.forget_old_plans()


@worker_ready.connect
def sweep_when_ready(**_: object) -> None:
    """A worker that starts looks for work that was left."""
    sweep.delay()


def nudge(run_id: int, number: int) -> None:
    """Tell the workers that a batch may be taken. Without a broker nothing is lost: the next sweep tells them."""
    try:
        apply_batch.apply_async((run_id, number), retry=False)
    except BrokerError as error:
        log.warning("Run %s: the broker took no message (%s); the sweep will send it again", run_id, error)


def nudge_plan(run_id: int) -> None:
    """Tell the workers that a plan is to be made."""
    try:
        plan_run.apply_async((run_id,), retry=False)
    except BrokerError as error:
        log.warning("Run %s: the broker took no message (%s); the sweep will send it again", run_id, error)
