"""Doing a run's batches: the worker's part, whatever the target is."""

from __future__ import annotations

import logging
import time

from django.db import OperationalError, connection

from catalog_import.runs import Nudge
from catalog_import.targets import saleor, store
from storefront.saleor.connection import has_saleor

log = logging.getLogger(__name__)

ATTEMPTS = 3
PAUSE_S = 0.2


def apply_batch(run_id: int, number: int, nudge: Nudge) -> bool:
    """Do one batch, unless somebody else is at it or it was done; gives whether this call did it.

    `nudge` is called for the batches of the next stage once the last of this one is done. Into the store, of a run that
    is all or nothing every batch is done at once.
    """
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
