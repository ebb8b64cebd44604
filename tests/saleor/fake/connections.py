"""Pages of lists: at most 100, after a cursor that holds the values by which the list is ordered."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from graphql import GraphQLError

LIMIT = 100

Key = Callable[[Any], tuple[Any, ...]]


def by_slug(row: Any) -> tuple[Any, ...]:
    return (row.slug, row.pk)


def by_name(row: Any) -> tuple[Any, ...]:
    return (row.name, row.slug)


def by_key(row: Any) -> tuple[Any, ...]:
    return (row.pk,)


def cursor_of(values: Iterable[Any]) -> str:
    return base64.b64encode(json.dumps([str(value) for value in values]).encode()).decode()


def page_of(
    name: str,
    rows: Iterable[Any],
    key: Key,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """A connection. `name` is the field's, for the refusal of a missing or too large `first`."""
    if not first and not last:
        raise GraphQLError(f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.")
    if first is not None and first < 0:
        raise GraphQLError("Argument `first` must be a non-negative integer.")
    for what, size in (("first", first), ("last", last)):
        if size and size > LIMIT:
            raise GraphQLError(
                f"Requesting {size} records on the `{name}` connection exceeds the `{what}` limit of {LIMIT} records."
            )
    ordered = sorted(rows, key=key)
    total = len(ordered)
    start = 0
    if after:
        cursors = [cursor_of(key(row)) for row in ordered]
        start = cursors.index(after) + 1 if after in cursors else place_after(after, ordered, key)
    shown = ordered[start : start + first] if first else ordered[max(0, total - (last or 0)) :]
    edges = [{"node": row, "cursor": cursor_of(key(row))} for row in shown]
    return {
        "totalCount": total,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": bool(first) and start + len(shown) < total,
            "hasPreviousPage": start > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def place_after(cursor: str, ordered: list[Any], key: Key) -> int:
    """Where the list goes on after a row that is no more."""
    try:
        values = json.loads(base64.b64decode(cursor))
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise GraphQLError("Received cursor is invalid.")
    return next((n for n, row in enumerate(ordered) if [str(value) for value in key(row)] > values), len(ordered))
