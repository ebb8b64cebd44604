"""What is to be read again from Saleor, as rows: marking it, taking it, and putting it away once it was read.

Every transaction here is short; while something is read no lock is held, only a lease.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from storefront import leases
from storefront.saleor.models import Change, Kind

# Longer than a batch takes; whoever died loses it then.
LEASE = timedelta(minutes=2)
# A page of whole products: who edits one while thousands wait shall see it soon.
BATCH = 50
# What cannot be read is tried again after these, and then at every hour.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))
LAST_PAUSE = timedelta(hours=1)
TRIES = 5

P = ParamSpec("P")
T = TypeVar("T")


def retry_after_deadlock(do: Callable[P, T]) -> Callable[P, T]:
    """Run a transaction again that PostgreSQL ended because it and another waited for each other."""

    @wraps(do)
    def retrying(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return do(*args, **kwargs)
            except OperationalError as error:
                # Inside another transaction that one is over, too.
                if not isinstance(error.__cause__, DeadlockDetected) or connection.in_atomic_block:
                    raise
        return do(*args, **kwargs)

    return retrying


def mark(found: Iterable[tuple[Kind, str]]) -> None:
    """Mark these as changed, by kind and id ("" where the kind is read as a whole)."""
    now = timezone.now()
    write_marks([Change(kind=kind.value, saleor_id=id, marked_at=now) for kind, id in sorted(set(found))])


@retry_after_deadlock
@transaction.atomic
def write_marks(rows: Sequence[Change]) -> None:
    Change.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "saleor_id"], update_fields=["marked_at", "next_try_at"]
    )


def take() -> list[Change]:
    """Take what is to be read next: marks of one kind that nobody is at; none where there is nothing to do.

    Products come last, since they refer to all the others; among them the newest mark comes first, since somebody waits
    for it, and nobody for the thousands that a sweep or a renamed value has marked. Marks whose worker died are taken
    one by one: the one that ends workers is given up, and no other with it.
    """
    give_up()
    for kind in Kind:
        rows = free().filter(kind=kind.value).order_by("-marked_at")
        if taken := leases.take(rows.filter(leases.is_abandoned()), LEASE) or leases.take(rows, LEASE, limit=BATCH):
            return taken
    return []


def give_up() -> None:
    """Put marks off whose workers died as often as may be, until they are marked again or for long."""
    message = leases.given_up("read this from Saleor")
    lost = free().filter(leases.is_abandoned(), leases.is_hopeless())
    lost.update(next_try_at=timezone.now() + LAST_PAUSE, message=message, **leases.RELEASED)


def free() -> QuerySet[Change]:
    return Change.objects.filter(leases.is_free(), Q(next_try_at__isnull=True) | Q(next_try_at__lte=timezone.now()))


@retry_after_deadlock
@transaction.atomic
def finish(taken: Sequence[Change]) -> None:
    """Remove marks that were read. One that was marked again meanwhile stays, and may be taken at once."""
    rows = Change.objects.select_for_update().filter(pk__in=[row.pk for row in taken]).order_by("kind", "saleor_id")
    locked = {row.pk: row.marked_at for row in rows}
    done = [row.pk for row in taken if locked.get(row.pk) == row.marked_at]
    Change.objects.filter(pk__in=done).delete()
    again = Change.objects.filter(pk__in=locked.keys() - set(done))
    again.update(attempts=0, message="", **leases.RELEASED)


def release(taken: Sequence[Change]) -> None:
    """Let go of marks that could not be read for no reason of theirs: Saleor is away."""
    leases.release(taken, counts=False)


@transaction.atomic
def postpone(taken: Sequence[Change], message: str) -> None:
    """Postpone marks that could not be read, whatever the reason, each time for longer.

    One that was marked again meanwhile may be taken at once.
    """
    for row in taken:
        pause = PAUSES[row.attempts - 1] if row.attempts <= len(PAUSES) else LAST_PAUSE
        leases.release([row], message=message[:2000])
        Change.objects.filter(pk=row.pk, marked_at=row.marked_at).update(next_try_at=timezone.now() + pause)


def retry_postponed() -> None:
    """Make all postponed marks available at once."""
    Change.objects.filter(next_try_at__isnull=False).update(next_try_at=None)


def waiting_since() -> datetime | None:
    """Return when the oldest change was marked that was not read yet."""
    return Change.objects.order_by("marked_at").values_list("marked_at", flat=True).first()
