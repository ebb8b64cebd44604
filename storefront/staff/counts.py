"""How much there is to review, counted once for each state of the catalogue."""

from __future__ import annotations

from functools import partial

from django.core.cache import cache
from redis.exceptions import RedisError

from storefront.catalog.queries import reviews
from storefront.catalog.queries.version import catalog_version
from storefront.staff.access import shop_is_editable

COUNTS_TTL_S = 3600


def shown_queues() -> list[reviews.Queue]:
    return reviews.queues(has_dashboard=not shop_is_editable())


def queue_lengths() -> dict[reviews.Queue, int]:
    """Queue → how many items are in it. Without the cache they are counted each time: staff pages go on."""
    # The version is read before counting, so what was counted is never older than its key.
    key = f"review-counts:{catalog_version()}:{'alone' if shop_is_editable() else 'saleor'}"
    count = partial(reviews.queue_lengths, has_dashboard=not shop_is_editable())
    try:
        kept: dict[str, int] | None = cache.get_or_set(key, lambda: dict(count()), COUNTS_TTL_S)
    except (RedisError, OSError):
        kept = None
    return count() if kept is None else {reviews.Queue(name): number for name, number in kept.items()}
