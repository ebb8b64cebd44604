"""How often somebody may try to sign in, or ask for a new password: counted for all web processes together.

Counts are kept in the cache. Where it does not answer, each process counts for itself: staff must get in to mend a
shop whose cache is gone, and nobody may guess without limit meanwhile.
"""

from __future__ import annotations

import hashlib
import logging
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from redis.exceptions import RedisError

from storefront.callers import client_address, network_of

log = logging.getLogger(__name__)

T = TypeVar("T")
WINDOW_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries one account from one address has in a window, and one address for all accounts."""

    name: str
    of_account: int
    of_address: int


SIGN_IN = Limit("sign-in", of_account=5, of_address=30)
RESET = Limit("reset", of_account=3, of_address=10)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `retry_after_s`: how long to wait, where there were too many; else 0."""

    limit: Limit
    keys: tuple[str, str]
    retry_after_s: int

    def succeeded(self) -> None:
        """Take the try back: the account begins anew, and the address has one fewer."""
        account, address = self.keys
        with_counts(lambda counts: counts.delete(account))
        with_counts(lambda counts: counts.set(address, max(counts.get(address, 1) - 1, 0), WINDOW_S))


def begin_attempt(limit: Limit, request: HttpRequest, account: str) -> Attempt:
    """Count a try before anything is looked up, so that many at once have no more tries than one by one.

    What is typed counts, whether or not there is such an account.
    """
    now = time.time()
    window = int(now // WINDOW_S)
    address = network_of(client_address(request))
    # As Django looks names up: full-width letters are no other account.
    name = unicodedata.normalize("NFKC", account).strip().casefold()
    typed = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:32]
    keys = (f"tries:{limit.name}:{window}:{address}:{typed}", f"tries:{limit.name}:{window}:{address}")
    # An address that has no tries left makes no more keys, whatever names it thinks of.
    is_too_often = (
        with_counts(lambda cache: count_up(cache, keys[1])) > limit.of_address
        or with_counts(lambda cache: count_up(cache, keys[0])) > limit.of_account
    )
    return Attempt(limit, keys, int((window + 1) * WINDOW_S - now) + 1 if is_too_often else 0)


def count_up(cache: BaseCache, key: str) -> int:
    cache.add(key, 0, WINDOW_S)
    return int(cache.incr(key))


def with_counts(work: Callable[[BaseCache], T]) -> T:
    """Do it on the counts of all processes, or on this one's where the cache does not answer."""
    try:
        return work(caches["default"])
    except (RedisError, OSError, ValueError):
        # Without REDIS_URL the cache keeps nothing and cannot count (ValueError).
        log.warning("The cache does not answer; sign-in tries are counted by each process alone")
        return work(caches["process"])
