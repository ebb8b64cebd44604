"""What can go wrong on the way to Saleor and inside of it, to be switched on by tests."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """Kinds of faults. What they stand for was seen on 3.23.28, or is what a proxy before it does."""

    SLOW = auto()
    """Done, and answered only after `seconds`."""
    STATUS = auto()
    """Not done; answered with the HTTP `status` of a proxy: 429, 502 …"""
    STATUS_AFTER = auto()
    """Done, and answered with `status` all the same."""
    DROPPED = auto()
    """Not done; the connection is reset without an answer, as by a web worker that is recycled."""
    DROPPED_AFTER = auto()
    """Done; the connection is reset before the answer."""
    DEADLOCK = auto()
    """The mutation is rolled back and answered with an `OperationalError` (recorded/races.json)."""
    RACE = auto()
    """The same with an `IntegrityError`: another writer was there first (recorded/races.json)."""
    HALF_DONE = auto()
    """A bulk mutation's last row fails with a `code` of null, which is an error at the top; the others are saved
    (recorded/bulk.json: a_null_code_beside_a_saved_row)."""
    MEDIA_LOST = auto()
    """The picture is answered as made, and is gone: the worker that fetches it could not."""


BEFORE = (Kind.STATUS, Kind.DROPPED)
AFTER = (Kind.SLOW, Kind.STATUS_AFTER, Kind.DROPPED_AFTER)


@dataclass
class Fault:
    """Happens to the next `times` requests that ask for `field`, a field of a query or mutation; "" is any."""

    kind: Kind
    field: str = ""
    times: int = 1
    status: int = 502
    seconds: float = 1.0
    retry_after: str = ""
    skip: int = 0
    """So many requests go well before."""


@dataclass
class Faults:
    """The faults that are switched on."""

    pending: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> Fault:
        with self.lock:
            self.pending.append(fault)
        return fault

    def clear(self) -> None:
        with self.lock:
            self.pending.clear()

    def take(self, kinds: Collection[Kind], fields: Collection[str]) -> Fault | None:
        """The fault that happens now, if any."""
        with self.lock:
            for fault in self.pending:
                if fault.times and fault.kind in kinds and (not fault.field or fault.field in fields):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None
