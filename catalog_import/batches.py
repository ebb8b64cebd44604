"""Doing a run's batches: the worker's part, whatever the target is."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import OperationalError, connection

from catalog_import.models import ImportRun
from catalog_import.runs import Nudge, give_up_batches
from catalog_import.targets import saleor, store
from storefront.saleor.client.connection import has_saleor

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE_S = 0.2


def apply_batch(run_id: int, number: int, nudge: Nudge) -> bool:
    """Do one batch, unless somebody else is at it or it was done; gives whether this call did it.

    `nudge` is called for the batches of the next stage once the last of this one is done. Into the store, of a run that
    is all or nothing every batch is done at once.
    """
    if not is_ours(run_id):
        return False
    give_up_batches(run_id)
    apply = saleor.apply_batch if has_saleor() else store.apply_batch
    for attempt in range(ATTEMPTS):
        try:
            return apply(run_id, number, nudge)
        except OperationalError:
            # A deadlock, or a lock that was waited for too long, has gone by then. A database that went away has not:
            # the sweep sends the batch again.
            if attempt == ATTEMPTS - 1 or not connection.is_usable():
                raise
            log.info("Run %s: batch %s is tried again", run_id, number, exc_info=True)
            time.sleep(PAUSE_S)
    return False


def is_ours(run_id: int) -> bool:
    """Whether this worker writes to what the run was planned for; another is left to another worker, and says so."""
    target = ImportRun.objects.filter(pk=run_id).values_list("target", flat=True).first()
    if target == settings.SALEOR_API_URL:
        return True
    wanted, own = target or "the store", settings.SALEOR_API_URL or "the store"
    message = f"Waiting: it was planned for {wanted}; this worker writes to {own} (SALEOR_API_URL)."
    ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(message=message)
    log.warning("Run %s: %s", run_id, message)
    return False
