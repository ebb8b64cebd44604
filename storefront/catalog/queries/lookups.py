"""Single rows by slug or public id, many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from storefront.catalog.models import Channel

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Lookup:
    """How one row is asked for; in a channel, where what is shown depends on it."""

    column: Literal["slug", "public_id"]
    value: str
    channel: Channel | None = None


def find_rows(rows: QuerySet[Row], lookups: Sequence[Lookup]) -> list[Row | None]:
    """Return the row of each lookup, or None, by one query."""
    values: dict[str, set[str]] = {"slug": set(), "public_id": set()}
    for lookup in lookups:
        values[lookup.column].add(lookup.value)
    by_value: dict[tuple[str, str], Any] = {}
    for row in rows.filter(Q(slug__in=values["slug"]) | Q(public_id__in=values["public_id"])):
        shown: Any = row
        by_value["slug", shown.slug] = by_value["public_id", shown.public_id] = row
    return [by_value.get((lookup.column, lookup.value)) for lookup in lookups]


def find_rows_in_channels(rows_in: Callable[[Channel], QuerySet[Row]], lookups: Sequence[Lookup]) -> list[Row | None]:
    """Return the same, by one query a channel. Every lookup names its channel."""
    rows: dict[Lookup, Row | None] = {}
    for channel in {lookup.channel for lookup in lookups if lookup.channel}:
        own = [lookup for lookup in lookups if lookup.channel == channel]
        rows |= dict(zip(own, find_rows(rows_in(channel), own), strict=True))
    return [rows.get(lookup) for lookup in lookups]
