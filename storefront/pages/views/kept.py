"""Answers that are worked out once for each state of the catalogue, and kept in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from storefront.catalog.queries.version import catalog_version


def kept(name: str, make: Callable[[], Any], seconds: int) -> Any:
    """Return what `make` returns, which JSON can hold. Without the cache it is made each time: pages go on.

    The version is read before making it, so what is kept is never older than its key.
    """
    key = f"{name}:{catalog_version()}"
    try:
        value = cache.get_or_set(key, make, seconds)
    except (RedisError, OSError):
        value = None
    return make() if value is None else value
