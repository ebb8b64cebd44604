"""Keyset paging: the cost of a page does not grow with the catalogue, and nothing is skipped or doubled.

A list is ordered by some keys and, last, by the row's own key. A cursor holds the keys' values of one
row, as base64 of a JSON list (Saleor's form); the page begins after it, or ends before it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value

T = TypeVar("T", bound=Model)
V = TypeVar("V")
MAX_PAGE = 100
# Lists that one statement reads; each is planned by itself.
QUERIES_AT_ONCE = 50
# Longer than any cursor of ours: a name has a limit.
MAX_CURSOR = 4000


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
        return cursor_of([getattr(row, key.name) for key in self.keys])

    @property
    def end_cursor(self) -> str | None:
        return self.cursor(self.rows[-1]) if self.rows else None

    @property
    def start_cursor(self) -> str | None:
        return self.cursor(self.rows[0]) if self.rows else None

    def total(self) -> int:
        return self.query.count() if isinstance(self.query, QuerySet) else len(self.query)


def cursor_of(values: Iterable[Any]) -> str:
    """Return the cursor of a row with these values of its list's keys."""
    text = json.dumps([as_text(value) for value in values], separators=(",", ":"))
    return base64.b64encode(text.encode()).decode("ascii")


def as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_cursor(cursor: str, keys: Sequence[Key]) -> list[Any]:
    if len(cursor) > MAX_CURSOR:
        raise CursorError("Received cursor is invalid.")
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
    """Return a text that the database can hold. Raises `ValueError` for anything else."""
    if not isinstance(value, str) or not is_storable(value):
        raise ValueError("not a text")
    return value


def row_key(value: Any) -> int:
    """Return a row's own key. Raises `ValueError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("not a key")
    return value


def amount(value: Any) -> Decimal:
    """Return a price. Raises `ValueError` for anything else."""
    result = Decimal(text(value))
    if not result.is_finite() or abs(result) > 10**12:
        raise ValueError("not a price")
    return result


def moment(value: Any) -> datetime:
    """Return a time with its zone. Raises `ValueError` for anything else."""
    result = datetime.fromisoformat(text(value))
    if result.tzinfo is None:
        raise ValueError("no time zone")
    return result


def number(value: Any) -> float:
    """Return a finite number. Raises `ValueError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("not a number")
    return float(value)


def is_storable(value: str) -> bool:
    """Return whether the database can hold the text: no NUL character, no half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


class Window(TypedDict, total=False):
    """Which part of a list: the first rows after a cursor, or the last ones before it."""

    first: int | None
    last: int | None
    after: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A whole list in its order, of which pages are taken.

    `details` adds to rows what their readers need; `anywhere` has the rows of all lists of this `kind`, so that rows
    of many lists are read at once. `last_key`: the annotation that has the row's own key in the table whose index is in
    the order of the list; an index answers only for columns of its own table.
    """

    query: QuerySet[T]
    keys: Sequence[Key]
    anywhere: QuerySet[T]
    kind: Hashable
    details: Callable[[QuerySet[T]], QuerySet[T]] = lambda rows: rows
    last_key: str = "pk"

    def all_keys(self) -> list[Key]:
        return [*self.keys, Key(self.last_key, self.keys[-1].is_descending if self.keys else False, row_key)]

    def in_order(self) -> QuerySet[T]:
        """Return the whole list, without its details."""
        return self.query.order_by(*(order_term(key, is_backward=False) for key in self.all_keys()))

    def page(self, window: Window) -> Page[T]:
        """Return the part of the list. Raises `CursorError` for a cursor that is none of this list."""
        return page_from(self, window, list(self.details(part_of(self, window))))


def take_page(query: QuerySet[T], keys: Sequence[Key], **window: Unpack[Window]) -> Page[T]:
    """Return the first rows after `after`, or the last rows before `before`.

    Raises `CursorError` for a cursor that is none of this list.
    """
    return Listing(query, keys, anywhere=query, kind=None).page(window)


def part_of(listing: Listing[T], window: Window) -> QuerySet[T]:
    """Return the rows of a page, and one more where there is one; the last first where the window counts from the
    end."""
    keys, query = listing.all_keys(), listing.query
    after, before = window.get("after"), window.get("before")
    if after is not None:
        query = query.filter(beyond(keys, read_cursor(after, keys), is_after=True))
    if before is not None:
        query = query.filter(beyond(keys, read_cursor(before, keys), is_after=False))
    return query.order_by(*(order_term(key, is_backward=is_backward(window)) for key in keys))[: size_of(window) + 1]


def page_from(listing: Listing[T], window: Window, result: Sequence[T]) -> Page[T]:
    """Return the page made of the rows that `part_of` has."""
    rows, has_next, has_previous = page_bounds(result, window)
    return Page(rows, listing.all_keys(), has_next=has_next, has_previous=has_previous, query=listing.query)


def page_bounds(result: Sequence[V], window: Window) -> tuple[list[V], bool, bool]:
    """Return the rows of a page in the order of the list, of those that `part_of` has, and whether there are more after
    and before."""
    size = size_of(window)
    has_more = len(result) > size
    rows = list(result[:size])
    if is_backward(window):
        rows.reverse()
        return rows, window.get("before") is not None, has_more
    return rows, has_more, window.get("after") is not None


def is_backward(window: Window) -> bool:
    return window.get("last") is not None and window.get("first") is None


def size_of(window: Window) -> int:
    return (window.get("last") if is_backward(window) else window.get("first")) or 0


def take_pages(wanted: Sequence[tuple[Listing[Any], Window]]) -> list[Page[Any] | CursorError]:
    """Return pages of many lists by few statements, whose number does not grow with the rows; a `CursorError` stands
    for itself."""
    parts: dict[int, QuerySet[Any]] = {}
    pages: dict[int, Page[Any] | CursorError] = {}
    for place, (listing, window) in enumerate(wanted):
        try:
            parts[place] = part_of(listing, window)
        except CursorError as error:
            pages[place] = error
    if len(parts) == 1:
        ((place, part),) = parts.items()
        listing, window = wanted[place]
        pages[place] = page_from(listing, window, list(listing.details(part)))
        return [pages[place] for place in range(len(wanted))]
    own = {place: own_keys(wanted[place][0]) for place in parts}
    values = dict(zip(parts, values_of([parts[place].values_list("pk", *own[place]) for place in parts]), strict=True))
    rows = rows_of(wanted, values)
    for place in parts:
        listing, window = wanted[place]
        of_kind = rows[listing.kind]
        result = [with_values(of_kind[pk], own[place], more) for pk, *more in values[place] if pk in of_kind]
        pages[place] = page_from(listing, window, result)
    return [pages[place] for place in range(len(wanted))]


def own_keys(listing: Listing[Any]) -> list[str]:
    """Return the keys that a row has in this list alone, like its rank in a search."""
    common = listing.anywhere.query.annotations
    return [
        key.name for key in listing.all_keys() if key.name in listing.query.query.annotations and key.name not in common
    ]


def rows_of(
    wanted: Sequence[tuple[Listing[Any], Window]], values: Mapping[int, list[list[Any]]]
) -> dict[Hashable, dict[int, Any]]:
    """Return the rows of each kind with their details, by key."""
    listings: dict[Hashable, Listing[Any]] = {}
    keys: dict[Hashable, set[int]] = {}
    for place, result in values.items():
        listing = wanted[place][0]
        listings[listing.kind] = listing
        keys.setdefault(listing.kind, set()).update(pk for pk, *_ in result)
    return {
        kind: {row.pk: row for row in listing.details(listing.anywhere.filter(pk__in=keys[kind]))} if keys[kind] else {}
        for kind, listing in listings.items()
    }


def with_values(row: T, names: Sequence[str], values: Sequence[Any]) -> T:
    """Return the row as one list has it; another list may have the same row with other values."""
    if not names:
        return row
    own = copy(row)
    for name, value in zip(names, values, strict=True):
        setattr(own, name, value)
    return own


def values_of(queries: Sequence[QuerySet[Any, Any]]) -> list[list[list[Any]]]:
    """Return the rows of each query as lists of JSON values, in their order."""

    def rows(sql: str, columns: int) -> str:
        names = ", ".join(f"c{number}" for number in range(columns))
        return f"to_jsonb(ARRAY(SELECT jsonb_build_array({names}) FROM ({sql}) found({names})))"  # noqa: S608 - Django's own SQL

    result = select_all([(query, partial(rows, columns=columns_of(query))) for query in queries])
    # Django's cursors give JSON as the text that it is.
    return [json.loads(value) if value else [] for value in result]


def columns_of(query: QuerySet[Any, Any]) -> int:
    return len(query.query.values_select) + len(query.query.annotation_select)


def count_rows(queries: Sequence[QuerySet[Any]]) -> list[int]:
    """Return the length of each list, by few statements."""

    def count(sql: str) -> str:
        return f"(SELECT count(*) FROM ({sql}) found)"  # noqa: S608 - Django's own SQL

    return [value or 0 for value in select_all([(query.order_by().values("pk"), count) for query in queries])]


def select_all(parts: Sequence[tuple[QuerySet[Any, Any], Callable[[str], str]]]) -> list[Any]:
    """Return what each query gives as the column that is made of its SQL; None where it cannot have rows."""
    results: list[Any] = []
    for some in batched(parts, QUERIES_AT_ONCE):
        columns: dict[int, str] = {}
        parameters: list[Any] = []
        for place, (query, column) in enumerate(some):
            try:
                sql, given = query.query.sql_with_params()
            except EmptyResultSet:
                continue
            columns[place] = column(sql)
            parameters += given
        result: dict[int, Any] = {}
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {', '.join(columns.values())}", parameters)
                result = dict(zip(columns, cursor.fetchone(), strict=True))
        results += [result.get(place) for place in range(len(some))]
    return results


def batched(values: Sequence[V], size: int) -> Iterator[Sequence[V]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def page_of(rows: Sequence[T], **window: Unpack[Window]) -> Page[T]:
    """Return the same for rows that were read already, in the order that they have.

    Raises `CursorError` for a cursor that is of none of them.
    """
    keys = [Key("pk", read=row_key)]
    places = {row.pk: place for place, row in enumerate(rows)}
    start, stop = 0, len(rows)
    after, before = window.get("after"), window.get("before")
    try:
        if after is not None:
            start = places[read_cursor(after, keys)[0]] + 1
        if before is not None:
            stop = places[read_cursor(before, keys)[0]]
    except KeyError as error:
        raise CursorError("Received cursor is invalid.") from error
    if is_backward(window):
        start = max(start, stop - size_of(window))
    else:
        stop = max(start, min(stop, start + size_of(window)))
    return Page(rows[start:stop], keys, has_next=stop < len(rows), has_previous=start > 0, query=rows)


class RowComparison(Func):
    """`(a, b) > (x, y)`: the first half of the expressions compared with the second."""

    output_field = BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        sides = [", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:])]
        return f"({sides[0]}) {self.extra['operator']} ({sides[1]})", [value for _, given in parts for value in given]


def order_term(key: Key, *, is_backward: bool) -> str:
    return f"{'-' if key.is_descending != is_backward else ''}{key.name}"


def beyond(keys: Sequence[Key], values: Sequence[Any], *, is_after: bool) -> Q:
    """Return rows that come strictly after (or before) these values: equal in the first keys, beyond in the next."""
    if len({key.is_descending for key in keys}) == 1:
        # As one comparison of rows: an index in the order of the list begins there, however far that is.
        operator = ">" if is_after != keys[0].is_descending else "<"
        row = [F(key.name) for key in keys]
        return Q(RowComparison(*row, *map(Value, values), operator=operator))
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        operator = "gt" if is_after != key.is_descending else "lt"
        condition |= equal & Q(**{f"{key.name}__{operator}": value})
        equal &= Q(**{key.name: value})
    return condition
