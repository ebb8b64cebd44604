"""Who sends a request, and how often: the address by which tries are counted, and the counting."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import re
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

T = TypeVar("T")


def client_address(request: HttpRequest) -> str:
    """Who asks. Headers count only where TRUSTED_PROXIES says how many proxies of ours have added to them."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return caller_of(str(request.META.get("REMOTE_ADDR", "")), forwarded, settings.TRUSTED_PROXIES)


def caller_of(peer: str, forwarded: str, proxies: int) -> str:
    """The address of a connection, or what so many proxies of ours have added to X-Forwarded-For."""
    said = [part.strip() for part in forwarded.split(",")]
    return said[-proxies] if 0 < proxies <= len(said) and said[-proxies] else peer


def network_of(address: str) -> str:
    """The address as it is counted: of IPv6 the network, since one client has all of it."""
    with_port = re.fullmatch(r"\[(.+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+", address)
    try:
        found = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return hashlib.sha256(address.encode(errors="replace")).hexdigest()[:16]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)


def count_try(key: str, window_s: int) -> int:
    """Count one more under this key, and return how many there are; those of an earlier window are forgotten."""

    def count(counts: BaseCache) -> int:
        counts.add(key, 0, window_s)
        return int(counts.incr(key))

    return with_counts(count)


def with_counts(work: Callable[[BaseCache], T]) -> T:
    """Do it on the counts of all processes, or on this one's where the cache does not answer."""
    try:
        return work(caches["default"])
    except (RedisError, OSError, ValueError):
        # Without REDIS_URL the cache keeps nothing and cannot count (ValueError).
        log.warning("The cache does not answer; tries are counted by each process alone")
        return work(caches["process"])
