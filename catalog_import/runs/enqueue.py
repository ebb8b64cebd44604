"""Messages to the workers, by the names of tasks.

A message says that there is work, and no more: without a broker nothing is lost, since the sweep looks at the rows and
sends it again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import current_app
from kombu.exceptions import OperationalError as BrokerError

log = logging.getLogger(__name__)

# Messages expire after so many seconds; by then the sweep has sent another.
KEPT_S = 600


def send(task: str, *arguments: int | str) -> None:
    """Send a message; if the broker does not accept it, log that and continue."""
    try:
        current_app.signature(task).apply_async(arguments, retry=False, expires=KEPT_S)
    except (BrokerError, OSError) as error:
        log.warning("The broker took no message %s%s (%s); the sweep will send it again", task, arguments, error)


def enqueue_batch(run_id: int, number: int) -> None:
    """Tell the workers that a batch may be taken."""
    send("catalog_import.apply_batch", run_id, number)


def enqueue_plan(run_id: int) -> None:
    """Tell the workers that a plan is to be made."""
    send("catalog_import.plan_run", run_id)


def enqueue_export(key: int) -> None:
    """Tell the workers that an export is to be made."""
    send("catalog_import.make_export", key)


def enqueue_pictures() -> None:
    """Tell a worker that pictures may be waiting."""
    send("catalog_import.work_on_pictures")


def enqueue_proposals(public_ids: Iterable[str]) -> None:
    """Have a worker write to Saleor what is proposed for these products. One that is lost is proposed again by the
    next full sweep."""
    for public_id in public_ids:
        send("catalog_import.write_proposal", public_id)
