"""Work that one worker at a time does, outside of any transaction: who has it, until when, and how often it was tried.

Whoever takes a row writes a token of their own and a deadline into it, and lets go of it: no lock is held meanwhile. A
worker that dies loses the row at its deadline, and one that is slow finds out by its token. Every taking counts as an
attempt until it comes to an end; a row whose workers died `DEATHS_ALLOWED` times is given up, with a message, by
whoever looks next, so that no file ends one worker after the other.

Used for batches and plans of imports, pictures, marks of what changed in Saleor, and its sweeps.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

log = logging.getLogger(__name__)

DEATHS_ALLOWED = 3
# The lease columns of a free row.
RELEASED: Final[Mapping[str, Any]] = {"leased_by": "", "leased_until": None}
RENEWED_EVERY_S = 5.0


class Leased(models.Model):
    """A row that is worked on under a lease."""

    leased_by = models.CharField(max_length=32, blank=True, default="", db_default="")
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How often it was taken since it last came to an end."
    )

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Leased)


class LeaseLost(Exception):
    """Another worker has taken the row; this worker's result must be dropped."""


@dataclass(slots=True)
class Lease(Generic[Row]):
    """A row that is this worker's. `lost` is set once it is not any more."""

    row: Row
    length: timedelta
    lost: threading.Event = field(default_factory=threading.Event)

    @property
    def token(self) -> str:
        return self.row.leased_by

    def mine(self) -> QuerySet[Row]:
        return type(self.row)._default_manager.filter(pk=self.row.pk, leased_by=self.token)

    def require(self) -> None:
        """Raise `LeaseLost` where the row is known to be another's."""
        if self.lost.is_set():
            raise LeaseLost(f"{self.row} took too long, and another worker took it.")

    def renew(self) -> None:
        """Move the deadline on. Raise `LeaseLost` where the row is another's."""
        if not self.mine().update(leased_until=timezone.now() + self.length):
            self.lost.set()
        self.require()

    def lock(self) -> Row:
        """Return the row, locked, in the transaction that says what became of it. Raise `LeaseLost`."""
        if self.mine().select_for_update().first() is None:
            self.lost.set()
        self.require()
        return self.row

    def release(self, *, counts: bool = True, **changes: Any) -> None:
        """Free the row; `counts`: whether this attempt counts against it."""
        release([self.row], counts=counts, **changes)


def is_free() -> Q:
    """Rows that nobody works on."""
    return Q(leased_until__isnull=True) | Q(leased_until__lte=timezone.now())


def is_hopeless() -> Q:
    """Free rows that have reached the attempt limit."""
    return is_free() & Q(attempts__gte=DEATHS_ALLOWED)


def is_abandoned() -> Q:
    """Rows whose worker did not come back."""
    return Q(leased_until__lte=timezone.now())


def given_up(what: str) -> str:
    """Return the message for a row that is given up."""
    return f"Given up: the worker died {DEATHS_ALLOWED} times while it {what}."


def take(rows: QuerySet[Row], length: timedelta, *, limit: int | None = 1) -> list[Row]:
    """Take the first of these rows that nobody works on; they come back with this worker's token."""
    token, until = uuid.uuid4().hex, timezone.now() + length
    with transaction.atomic():
        # A row that somebody else holds is passed over: two that waited for each other would never end.
        free = rows.filter(is_free()).select_for_update(of=("self",), skip_locked=True, no_key=True)
        found = list(free if limit is None else free[:limit])
        rows.model._default_manager.filter(pk__in=[row.pk for row in found]).update(
            leased_by=token, leased_until=until, attempts=F("attempts") + 1
        )
    for row in found:
        row.leased_by, row.leased_until, row.attempts = token, until, row.attempts + 1
    return found


def take_one(rows: QuerySet[Row], length: timedelta) -> Lease[Row] | None:
    """Take the first of these rows that nobody works on, as a lease; None where there is none."""
    found = take(rows, length)
    return Lease(found[0], length) if found else None


def release(rows: Sequence[Row], *, counts: bool = True, **changes: Any) -> int:
    """Give back those of the rows that are still this worker's, with these changes; return how many that were."""
    if not rows:
        return 0
    if not counts:
        changes["attempts"] = Greatest(F("attempts") - 1, 0)
    mine = type(rows[0])._default_manager.filter(
        pk__in=[row.pk for row in rows], leased_by=rows[0].leased_by, leased_until__isnull=False
    )
    return mine.update(**RELEASED, **changes)


def give_back(lease: Lease[Any], *, counts: bool) -> None:
    """Release a lease at the end of a job, whatever came; where the database is away it runs out by itself."""
    try:
        lease.release(counts=counts)
    except DatabaseError:
        log.info("The lease of %s runs out by itself", lease.row, exc_info=True)


@contextmanager
def renewing(lease: Lease[Row]) -> Iterator[Lease[Row]]:
    """Renew the lease from a background thread while the block runs."""
    ended = threading.Event()
    thread = threading.Thread(target=keep_renewing, args=(lease, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        ended.set()
        thread.join()


def keep_renewing(lease: Lease[Any], ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEWED_EVERY_S):
            try:
                lease.renew()
            except LeaseLost:
                return
            except DatabaseError:
                # It may be back before the lease is over; if not, somebody else takes the row.
                log.warning("The lease of %s could not be renewed", lease.row, exc_info=True)
                connection.close()
    finally:
        connection.close()
