"""Periodic work under leases: any number of schedulers may ask for it at once, and it is done once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storefront.leases import RELEASED, Lease, given_up, is_abandoned, is_hopeless, take_one
from storefront.saleor.models import Routine

# Moved on after every page that is read; who died loses it then.
LEASE = timedelta(minutes=5)
# One that broke off is begun anew after this.
PAUSE = timedelta(minutes=2)


def take(name: str, every: timedelta) -> Lease[Routine] | None:
    """Take a routine that is due, or whose worker died, and that nobody is at; None where there is none to do."""
    now = timezone.now()
    Routine.objects.bulk_create([Routine(name=name, next_at=now)], ignore_conflicts=True)
    # One that ends its workers waits until it is due the next time.
    Routine.objects.filter(is_hopeless(), is_abandoned(), name=name).update(
        attempts=0, next_at=now + every, message=given_up("swept"), **RELEASED
    )
    is_due = Q(next_at__lte=now, leased_until__isnull=True) | is_abandoned()
    lease = take_one(Routine.objects.filter(is_due, name=name), LEASE)
    if lease is not None:
        lease.mine().update(started_at=now, next_at=now + every)
    return lease


@transaction.atomic
def postpone(name: str, until: datetime) -> None:
    """Have a routine begin not before then, since somebody does it by hand."""
    Routine.objects.update_or_create(name=name, defaults={"next_at": until})


def end(lease: Lease[Routine], message: str, *, is_done: bool = True) -> None:
    """Give a routine back, with how it went in words for operators. `is_done`: it came to its end."""
    now = timezone.now()
    changes: dict[str, Any] = {"ended_at": now} if is_done else {"next_at": now + PAUSE}
    lease.release(attempts=0, message=message[:2000], **changes)
