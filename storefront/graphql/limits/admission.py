"""How much of a web process one client address may take, so that it answers others meanwhile.

Two bounds. An address has a budget of seconds that its requests spend in this process; it is refilled steadily and
holds what comes in five seconds. And of its expensive requests only a few are answered at once. Both are counted by
each process for itself, since its threads are what is shared out; so nothing is asked of a cache, and nothing can fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

from django.conf import settings

# From this cost on a request counts as expensive. A storefront's list of 24 products costs about a third of it.
EXPENSIVE = 8_000
MAX_ACCOUNTS = 10_000


class TooBusy(Exception):
    """The address has to wait for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, ceil(seconds))
        super().__init__(f"Too many expensive requests from your address. Try again in {self.seconds} s.")


@dataclass(slots=True)
class Account:
    """What an address has left: seconds as of a moment, and how many expensive requests are running."""

    seconds: float
    at: float
    running: int = 0


@dataclass(slots=True)
class Admission:
    clock: Callable[[], float] = time.monotonic
    _accounts: dict[str, Account] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, address: str) -> None:
        """Raise `TooBusy` where the address has spent its budget."""
        with self._lock:
            seconds = self._account(address, self.clock()).seconds
        if seconds <= 0:
            raise TooBusy(-seconds / rate())

    @contextmanager
    def spending(self, address: str) -> Iterator[None]:
        """Charge what is done inside to the address. Raises `TooBusy` at once where its budget is spent."""
        self.check(address)
        began = self.clock()
        try:
            yield
        finally:
            ended = self.clock()
            with self._lock:
                self._account(address, ended).seconds -= ended - began

    @contextmanager
    def expensive(self, address: str) -> Iterator[None]:
        """Count what is done inside as one of the few. Raises `TooBusy` at once where there are enough."""
        with self._lock:
            account = self._account(address, self.clock())
            if account.running >= settings.GRAPHQL_EXPENSIVE_AT_ONCE:
                raise TooBusy(1)
            account.running += 1
        try:
            yield
        finally:
            with self._lock:
                account.running -= 1

    def forget(self) -> None:
        with self._lock:
            self._accounts.clear()

    def _account(self, address: str, now: float) -> Account:
        account = self._accounts.get(address)
        if account is None:
            if len(self._accounts) >= MAX_ACCOUNTS:
                self._drop_rested(now)
            account = self._accounts[address] = Account(burst(), now)
        account.seconds = min(burst(), account.seconds + (now - account.at) * rate())
        account.at = now
        return account

    def _drop_rested(self, now: float) -> None:
        """Drop the accounts that are as good as new, and should none be, those that were seen first."""
        rested = [
            address
            for address, account in self._accounts.items()
            if not account.running and account.seconds + (now - account.at) * rate() >= burst()
        ]
        idle = [address for address, account in self._accounts.items() if not account.running]
        for address in rested or idle[: MAX_ACCOUNTS // 10]:
            del self._accounts[address]


def rate() -> float:
    """Return how many seconds are added in a second."""
    return float(settings.GRAPHQL_SECONDS_PER_MINUTE) / 60


def burst() -> float:
    """Return how many seconds an address may save up."""
    return float(settings.GRAPHQL_SECONDS_PER_MINUTE) / 12


admission = Admission()
