"""The pictures that the shop does not show yet, for staff: why, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from storefront.catalog.models import Picture, ProductMedia
from storefront.catalog.writer.retryable_jobs import retry

__all__ = ["WaitingPicture", "failed_pictures", "retry", "waiting_pictures"]

NO_CONDITION = Q()


@dataclass(frozen=True, slots=True)
class WaitingPicture:
    """A product's picture that is not as it shall be.

    `next_try_at`: None where it was given up. `is_shown`: it is stored, and only its smaller forms could not be made.
    `media` names it for `retry`.
    """

    media: int
    product_id: str
    product_name: str
    location: str
    message: str
    attempts: int
    next_try_at: datetime | None
    is_shown: bool

    @property
    def has_failed(self) -> bool:
        """Given up: nothing happens any more unless somebody does something."""
        return self.next_try_at is None


def waiting_pictures(*, limit: int = 1000) -> list[WaitingPicture]:
    """Return pictures that are not fetched yet, or of which no smaller ones could be made: those given up first."""
    return listed(unstored(), limit)


def failed_pictures(*, limit: int = 1000, of: Q | None = None) -> list[WaitingPicture]:
    """Return those among them whose last try failed, given up or not; `of`: only those of these products' pictures."""
    return listed(unstored().exclude(message=""), limit, of or Q())


def unstored() -> QuerySet[ProductMedia]:
    return ProductMedia.objects.filter(picture__isnull=True).order_by("state", "next_try_at", "pk")


def listed(rows: QuerySet[ProductMedia], limit: int, of: Q = NO_CONDITION) -> list[WaitingPicture]:
    """Return these rows and those of which no smaller pictures could be made; those given up first."""
    unmade = ProductMedia.objects.filter(picture__message__gt="").order_by("pk")
    queries = (query.filter(of).select_related("product", "picture") for query in (rows, unmade))
    found = [waiting(row) for query in queries for row in query[:limit]]
    return sorted(found, key=lambda one: not one.has_failed)[:limit]


def waiting(row: ProductMedia) -> WaitingPicture:
    job: ProductMedia | Picture = row.picture or row
    return WaitingPicture(
        media=row.pk,
        product_id=row.product.public_id,
        product_name=row.product.name,
        location=row.location,
        message=job.message,
        attempts=job.attempts,
        next_try_at=job.next_try_at,
        is_shown=row.picture is not None,
    )
