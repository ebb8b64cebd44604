"""Periodic work under leases: any number of schedulers may ask for it at once, and it is done once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from storefront.saleor.models import Routine

# Moved on after every page that is read; who died loses it then.
LEASE = timedelta(minutes=5)


class LeaseLost(Exception):
    """Another worker does it by now."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A routine that is this worker's for now."""

    name: str
    token: str

    def tick(self) -> None:
        """Move the lease on. Raises `LeaseLost` where another worker has the routine."""
        mine = Routine.objects.filter(name=self.name, leased_by=self.token)
        if not mine.update(leased_until=timezone.now() + LEASE):
            raise LeaseLost(f"{self.name} took too long, and another worker took it.")


@transaction.atomic
def take(name: str, every: timedelta) -> Lease | None:
    """Take a routine that is due and that nobody is at; None where there is none to do."""
    now = timezone.now()
    Routine.objects.bulk_create([Routine(name=name, next_at=now)], ignore_conflicts=True)
    row = Routine.objects.select_for_update(skip_locked=True).filter(name=name, next_at__lte=now).first()
    if row is None or (row.leased_until is not None and row.leased_until > now):
        return None
    lease = Lease(name, uuid.uuid4().hex)
    Routine.objects.filter(pk=row.pk).update(
        leased_by=lease.token, leased_until=now + LEASE, started_at=now, next_at=now + every
    )
    return lease


@transaction.atomic
def put_off(name: str, until: datetime) -> None:
    """Have a routine begin not before then, since somebody does it by hand."""
    Routine.objects.update_or_create(name=name, defaults={"next_at": until})


def end(lease: Lease, message: str) -> None:
    """Give a routine back, with how it went in words for operators."""
    Routine.objects.filter(name=lease.name, leased_by=lease.token).update(
        leased_by="", leased_until=None, ended_at=timezone.now(), message=message[:2000]
    )
