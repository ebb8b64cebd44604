"""Leases of batches: who works on one without holding a lock says until when, and moves that on while it lives.

Into Saleor a batch takes minutes, and a row must not be locked so long. Whoever dies loses the batch at that moment.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from catalog_import.models import ImportBatch
from catalog_import.runs import ready_batches

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
RENEWED_EVERY_S = 5.0


class LeaseLost(Exception):
    """Another worker has the batch by now; what this one still does must not count."""


@dataclass(slots=True)
class Lease:
    """A batch that is this worker's. `lost` is set once it is not any more."""

    batch: ImportBatch
    token: str
    lost: threading.Event = field(default_factory=threading.Event)

    def require(self) -> None:
        """Raises `LeaseLost` where the batch is another's."""
        if self.lost.is_set():
            raise LeaseLost(f"{self.batch} took too long, and another worker took it.")

    def mine(self) -> ImportBatch:
        """The batch's row, locked, in the transaction that says what became of it. Raises `LeaseLost`."""
        row = ImportBatch.objects.select_for_update().filter(pk=self.batch.pk, leased_by=self.token).first()
        if row is None:
            self.lost.set()
            self.require()
        return self.batch


def take(run_id: int, number: int) -> Lease | None:
    """Take a batch that may be done and that nobody is at; None where there is none."""
    with transaction.atomic():
        batch = ready_batches(run_id).filter(number=number).select_for_update(of=("self",), skip_locked=True).first()
        if batch is None:
            return None
        lease = Lease(batch, uuid.uuid4().hex)
        ImportBatch.objects.filter(pk=batch.pk).update(leased_by=lease.token, leased_until=timezone.now() + LEASE)
    return lease


@contextmanager
def kept(lease: Lease) -> Iterator[Lease]:
    """Move the lease on while this lasts; at its end the batch is anybody's again."""
    ended = threading.Event()
    thread = threading.Thread(target=keep_renewing, args=(lease, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join()
        give_back(lease)


def keep_renewing(lease: Lease, ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEWED_EVERY_S):
            try:
                renewed = ImportBatch.objects.filter(pk=lease.batch.pk, leased_by=lease.token).update(
                    leased_until=timezone.now() + LEASE
                )
            except DatabaseError:
                # It may be back before the lease is over; if not, somebody else takes the batch.
                log.warning("The lease of %s could not be renewed", lease.batch, exc_info=True)
                connection.close()
                continue
            if not renewed:
                lease.lost.set()
                return
    finally:
        connection.close()


def give_back(lease: Lease) -> None:
    try:
        ImportBatch.objects.filter(pk=lease.batch.pk, leased_by=lease.token).update(leased_by="", leased_until=None)
    except DatabaseError:
        log.info("The lease of %s runs out by itself", lease.batch, exc_info=True)
