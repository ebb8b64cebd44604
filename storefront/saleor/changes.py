"""What is to be read again from Saleor: marking it, and sending a worker to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from storefront.saleor.events import Kind, changed_by
from storefront.saleor.models import Change


def note_event(event: Mapping[str, Any]) -> bool:
    """Mark what an event (of a verified webhook) says has changed; gives whether there was anything. Safe to repeat."""
    found = changed_by(event)
    if found is not None:
        mark([found])
    return found is not None


@transaction.atomic
def mark(found: Iterable[tuple[Kind, str]]) -> None:
    """Mark these as changed, by kind and id."""
    now = timezone.now()
    rows = [Change(kind=kind.value, saleor_id=id, marked_at=now) for kind, id in sorted(set(found))]
    Change.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "saleor_id"], update_fields=["marked_at"]
    )
