"""What Saleor no longer has: a read that began before it went does not bring it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from storefront.catalog.models import Page, Product, Tombstone


def load_tombstones(ids: Collection[str]) -> dict[str, datetime]:
    """Return id → when it was found to be no longer there."""
    return dict(Tombstone.objects.filter(public_id__in=ids).values_list("public_id", "read_at"))


def is_outdated(gone_at: datetime | None, read_at: datetime) -> bool:
    return gone_at is not None and gone_at >= read_at


def record_tombstones(public_ids: Collection[str], read_at: datetime) -> None:
    Tombstone.objects.bulk_create(
        [Tombstone(public_id=id, read_at=read_at) for id in sorted(public_ids)], ignore_conflicts=True
    )
    # The later of two reads counts, whichever comes first.
    Tombstone.objects.filter(public_id__in=public_ids, read_at__lt=read_at).update(read_at=read_at)


def expire_tombstones(before: datetime) -> None:
    """Forget what was gone before then: no read takes so long."""
    Tombstone.objects.filter(read_at__lt=before).delete()


def is_newer(row: Product | Page | None, read_at: datetime) -> bool:
    return row is None or row.read_at is None or row.read_at < read_at
