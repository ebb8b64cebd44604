"""How much there is to review, counted once for each state of the catalogue."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from storefront.catalog.queries import reviews
from storefront.catalog.queries.version import catalog_version

COUNTS_TTL_S = 3600


def has_dashboard() -> bool:
    return bool(settings.SALEOR_API_URL)


def shown_queues() -> list[reviews.Queue]:
    return reviews.queues(has_dashboard=has_dashboard())


def queue_lengths() -> dict[reviews.Queue, int]:
    """Queue → how many items are in it. Without the cache they are counted each time: staff pages go on."""
    # The version is read before counting, so what was counted is never older than its key.
    key = f"review-counts:{catalog_version()}:{'saleor' if has_dashboard() else 'alone'}"
    count = partial(reviews.queue_lengths, has_dashboard=has_dashboard())
    try:
        kept: dict[str, int] | None = cache.get_or_set(key, lambda: dict(count()), COUNTS_TTL_S)
    except (RedisError, OSError):
        kept = None
    return count() if kept is None else {reviews.Queue(name): number for name, number in kept.items()}
