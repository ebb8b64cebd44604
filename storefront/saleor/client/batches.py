"""Dividing work into requests, and sending several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storefront.saleor.client.transport import Saleor

Part = TypeVar("Part")
Result = TypeVar("Result")


def in_parallel(saleor: Saleor, do: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Return `do` of each part in the parts' order, done over as many connections as there are."""
    if len(parts) <= 1 or saleor.connections == 1:
        return [do(part) for part in parts]
    with ThreadPoolExecutor(saleor.connections) as pool:
        return list(pool.map(do, parts))


def portions(items: Iterable[Part], size: int) -> list[list[Part]]:
    found = list(items)
    return [found[start : start + size] for start in range(0, len(found), size)]


def packed(
    items: Iterable[Part], weigh: Callable[[Part], int], heaviest: int, *, most: int | None = None
) -> list[list[Part]]:
    """Divide items by weight, each part of at most `most`; one that is too heavy is a part of its own."""
    parts: list[list[Part]] = []
    weight = 0
    for item in items:
        added = weigh(item)
        if not parts or weight + added > heaviest or len(parts[-1]) == most:
            parts.append([])
            weight = 0
        parts[-1].append(item)
        weight += added
    return parts
