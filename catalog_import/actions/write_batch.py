"""Apply a run's batches in a worker, whatever the target is."""

from __future__ import annotations

import logging
import time

from django.db import OperationalError, connection

from catalog_import.models import ImportRun
from catalog_import.runs.lifecycle import EnqueueBatch, give_up_batches
from catalog_import.targets import current_target

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE_S = 0.2


def apply_batch(run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
    """Do one batch, unless somebody else is at it or it was done; return whether this call did it.

    `enqueue_batch` is called for the batches of the next stage once the last of this one is done. In the store, a run
    that is all or nothing is written as one.
    """
    target = current_target()
    if not is_ours(run_id, target.address):
        return False
    give_up_batches(run_id)
    for attempt in range(ATTEMPTS):
        try:
            return target.apply_batch(run_id, number, enqueue_batch)
        except OperationalError:
            # By then a deadlock or lock timeout is over. A database that went away may not be back:
            # the sweep sends the batch again.
            if attempt == ATTEMPTS - 1 or not connection.is_usable():
                raise
            log.info("Run %s: batch %s is tried again", run_id, number, exc_info=True)
            time.sleep(PAUSE_S)
    return False


def is_ours(run_id: int, address: str) -> bool:
    """Return whether this worker writes to what the run was planned for; if not, note what the run waits for."""
    wanted = ImportRun.objects.filter(pk=run_id).values_list("target", flat=True).first()
    if wanted == address:
        return True
    wanted, own = wanted or "the store", address or "the store"
    message = f"Waiting: it was planned for {wanted}; this worker writes to {own} (SALEOR_API_URL)."
    ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(message=message)
    log.warning("Run %s: %s", run_id, message)
    return False
