"""Keyset paging: the cost of a page does not grow with the catalogue, and nothing is skipped or doubled.

A list is ordered by some keys and, last, by the row's own key. A cursor holds the keys' values of one
row, as base64 of a JSON list (Saleor's form); the page begins after it, or ends before it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

T = TypeVar("T", bound=Model)
MAX_PAGE = 100


class CursorError(ValueError):
    """The cursor is none of this list; the text is for the caller."""


@dataclass(frozen=True, slots=True)
class Key:
    """A column or annotation that a list is ordered by. It must never be null.

    `read` makes its value of what a cursor holds, and raises `ValueError` or `TypeError` for anything else.
    """

    name: str
    is_descending: bool = False
    read: Callable[[Any], Any] = lambda value: text(value)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list. `query` is the whole list, for those who want its length."""

    rows: Sequence[T]
    keys: Sequence[Key]
    has_next: bool
    has_previous: bool
    query: QuerySet[T] | Sequence[T]

    def cursor(self, row: T) -> str:
        values = [getattr(row, key.name) for key in self.keys]
        text = json.dumps([as_text(value) for value in values], separators=(",", ":"))
        return base64.b64encode(text.encode()).decode("ascii")

    @property
    def end_cursor(self) -> str | None:
        return self.cursor(self.rows[-1]) if self.rows else None

    @property
    def start_cursor(self) -> str | None:
        return self.cursor(self.rows[0]) if self.rows else None

    def total(self) -> int:
        return self.query.count() if isinstance(self.query, QuerySet) else len(self.query)


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_cursor(cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        values = json.loads(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise CursorError("Received cursor is invalid.") from error
    if not isinstance(values, list) or len(values) != len(keys):
        raise CursorError("Received cursor is invalid.")
    try:
        return [key.read(value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError) as error:
        raise CursorError("Received cursor is invalid.") from error


def text(value: Any) -> str:
    """A text that the database can hold. Raises `ValueError` for anything else."""
    if not isinstance(value, str) or not is_storable(value):
        raise ValueError("not a text")
    return value


def row_key(value: Any) -> int:
    """A row's own key. Raises `ValueError` for anything else."""
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("not a key")
    return value


def amount(value: Any) -> Decimal:
    """A price. Raises `ValueError` for anything else."""
    found = Decimal(text(value))
    if not found.is_finite() or abs(found) > 10**12:
        raise ValueError("not a price")
    return found


def moment(value: Any) -> datetime:
    """A time with its zone. Raises `ValueError` for anything else."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None:
        raise ValueError("no time zone")
    return found


def number(value: Any) -> float:
    """A finite number. Raises `ValueError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("not a number")
    return float(value)


def is_storable(value: str) -> bool:
    """Whether the database can hold the text: no NUL character, no half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def take_page(
    query: QuerySet[T],
    keys: Sequence[Key],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[T]:
    """The first rows after `after`, or the last rows before `before`.

    Raises `CursorError` for a cursor that is none of this list.
    """
    keys = [*keys, Key("pk", keys[-1].is_descending if keys else False, row_key)]
    whole = query
    if after is not None:
        query = query.filter(beyond(keys, read_cursor(after, keys), is_after=True))
    if before is not None:
        query = query.filter(beyond(keys, read_cursor(before, keys), is_after=False))
    is_backward = last is not None and first is None
    limit = last if is_backward else first
    ordered = query.order_by(*(order_term(key, is_backward) for key in keys))
    rows = list(ordered[: (limit or 0) + 1])
    has_more = len(rows) > (limit or 0)
    rows = rows[: limit or 0]
    if is_backward:
        rows.reverse()
    return Page(
        rows=rows,
        keys=keys,
        has_next=before is not None if is_backward else has_more,
        has_previous=has_more if is_backward else after is not None,
        query=whole,
    )


def page_of(
    rows: Sequence[T],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[T]:
    """The same of rows that were read already, in the order that they have.

    Raises `CursorError` for a cursor that is of none of them.
    """
    keys = [Key("pk", read=row_key)]
    places = {row.pk: place for place, row in enumerate(rows)}
    start, stop = 0, len(rows)
    try:
        if after is not None:
            start = places[read_cursor(after, keys)[0]] + 1
        if before is not None:
            stop = places[read_cursor(before, keys)[0]]
    except KeyError as error:
        raise CursorError("Received cursor is invalid.") from error
    if last is not None and first is None:
        start = max(start, stop - last)
    else:
        stop = max(start, min(stop, start + (first or 0)))
    return Page(rows[start:stop], keys, has_next=stop < len(rows), has_previous=start > 0, query=rows)


def order_term(key: Key, is_backward: bool) -> str:
    return f"{'-' if key.is_descending != is_backward else ''}{key.name}"


def beyond(keys: Sequence[Key], values: Sequence[Any], *, is_after: bool) -> Q:
    """Rows that come strictly after (or before) these values: equal in the first keys, beyond in the next."""
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        operator = "gt" if is_after != key.is_descending else "lt"
        condition |= equal & Q(**{f"{key.name}__{operator}": value})
        equal &= Q(**{key.name: value})
    return condition
