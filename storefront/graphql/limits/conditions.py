"""How large a filter may be. What it costs the database grows with the number of its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import GraphQLError

# PostgreSQL plans conditions that must all fit as joins, in a time that grows much faster than their number.
MAX_CONDITIONS = 20
MAX_LEVELS = 6
MAX_VALUES = 500
# What Saleor takes of a search, and more than a person types.
MAX_TEXT = 1000
JOINS = ("AND", "OR")
# Each member of these is a condition of its own.
LISTS = ("attributes",)


class ConditionError(GraphQLError):
    """The filter is too large; the text says how."""


def check_conditions(given: Any) -> None:
    """Raise `ConditionError` where a filter has too many conditions, levels or values."""
    if not isinstance(given, Mapping):
        return
    values = 0
    waiting: list[tuple[Any, int]] = [(given, 1)]
    while waiting:
        part, level = waiting.pop()
        if level > 4 * MAX_LEVELS:
            raise ConditionError("A filter is nested too deeply.")
        inner = list(part.values()) if isinstance(part, Mapping) else part if isinstance(part, list) else None
        if inner is None:
            values += 1
            if isinstance(part, str) and len(part) > MAX_TEXT:
                raise ConditionError(f"A value in a filter may have {MAX_TEXT} characters.")
        else:
            waiting.extend((value, level + 1) for value in inner)
        if values + len(waiting) > MAX_VALUES:
            raise ConditionError(f"A filter may have {MAX_VALUES} values in all.")
    for level, _ in conditions(given):
        if level > MAX_LEVELS:
            raise ConditionError(f"AND and OR may be nested {MAX_LEVELS} levels deep in a filter.")
    if (count := count_conditions(given)) > MAX_CONDITIONS:
        raise ConditionError(f"A filter may have {MAX_CONDITIONS} conditions; this one has {count}.")


def conditions(given: Any, level: int = 1) -> Iterator[tuple[int, str]]:
    """Return the level and name of each condition. AND and OR count as what they hold, or as one if they are empty."""
    if isinstance(given, list):
        for part in given:
            yield from conditions(part, level)
    elif isinstance(given, Mapping):
        if not given:
            yield level, ""
        for name, value in given.items():
            if name in JOINS:
                yield from conditions(value, level + 1)
            elif name in LISTS and isinstance(value, list):
                yield from ((level, name) for _ in value or [None])
            else:
                yield level, name


def count_conditions(given: Any) -> int:
    return sum(1 for _ in conditions(given))
