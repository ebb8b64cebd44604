"""Rendered texts, kept in the process: a page that is asked for again is not rendered again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

# Of all kept texts together: some thousand descriptions.
MAX_CHARACTERS = 8_000_000


class Kept:
    """What was made of texts, by their content; the one not asked for longest goes first. Threads may share it."""

    def __init__(self, limit: int = MAX_CHARACTERS) -> None:
        self._limit = limit
        self._found: OrderedDict[tuple[bytes, int], str] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, text: str, variant: int, make: Callable[[], str]) -> str:
        """Return what was made of the text in this variant, or make it."""
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), variant
        with self._lock:
            result = self._found.get(key)
            if result is not None:
                self._found.move_to_end(key)
                return result
        made = make()
        with self._lock:
            if key not in self._found:
                self._found[key] = made
                self._size += len(made)
            while self._size > self._limit:
                self._size -= len(self._found.popitem(last=False)[1])
        return made
