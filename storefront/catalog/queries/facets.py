"""Narrowing lists of products, and counting what each further choice would leave.

Values of one facet are joined by OR, facets by AND. A value's count respects what is chosen in all other facets, but
not in its own: it says how many there would be with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet

from storefront.catalog.facets import ALL, FacetName, facet_value, split_facet
from storefront.catalog.models import Product

# More than any form has. What is typed into an address is cut here.
MAX_CHOSEN = 40
MAX_VALUE = 400
# Of brands, materials and options so many values are shown, those with the most products first.
MAX_SHOWN = 30


@dataclass(frozen=True)
class Filters:
    """What is chosen: values of facets as the read model has them, like "area:neck"."""

    chosen: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Iterable[tuple[FacetName, str]]) -> Filters:
        """Return the filters of (facet, value), whatever they are: a value that nothing has finds nothing."""
        values = [facet_value(name, value) for name, value in given if value and len(value) <= MAX_VALUE]
        return cls(frozenset(values[:MAX_CHOSEN]))

    @cached_property
    def groups(self) -> Mapping[str, list[str]]:
        """Return facet → its chosen values. Each option, like size, is a facet of its own."""
        groups: dict[str, list[str]] = {}
        for value in sorted(self.chosen):
            groups.setdefault(split_facet(value)[0], []).append(value)
        return groups

    def condition(self) -> Q:
        """Return what holds for shown products that fit all that is chosen."""
        condition = Q()
        for values in self.groups.values():
            condition &= Q(listing__facets__overlap=values)
        return condition

    def toggled(self, value: str) -> Filters:
        """Return the filters with this value chosen, or no longer."""
        return Filters(self.chosen ^ {value})

    def __bool__(self) -> bool:
        return bool(self.chosen)


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """`total`: how many products fit; `by_facet`: facet → value → how many there would be; `labels`: an option's facet
    → its name."""

    total: int = 0
    by_facet: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def as_list(self) -> list[Any]:
        """Return what makes equal counts again, as JSON can hold it."""
        return [self.total, self.by_facet, self.labels]


_COUNT = """
WITH chosen AS (
    SELECT * FROM unnest(%s::text[], %s::text[]) AS chosen (prefix, value)
), groups AS MATERIALIZED (
    SELECT prefix, array_agg(value) AS wanted FROM chosen GROUP BY prefix
), base AS MATERIALIZED (
    SELECT facets, {failed} AS failed FROM ({products}) products (facets)
), counted AS (
    SELECT facet, count(*) AS number FROM base, unnest(facets || %s::text) AS facet
    WHERE failed = '{{}}' OR (cardinality(failed) = 1 AND starts_with(facet, failed[1]))
    GROUP BY facet
), ranked AS (
    SELECT facet, number, row_number() OVER (
        PARTITION BY split_part(facet, CASE WHEN starts_with(facet, 'option:') THEN '=' ELSE ':' END, 1)
        ORDER BY number DESC, facet
    ) AS place FROM counted
)
SELECT facet, number, CASE WHEN starts_with(facet, 'option:') THEN (
    SELECT name FROM catalog_attribute attribute
    WHERE kind = 'variant' AND key = split_part(substr(facet, 8), '=', 1)
) END
FROM ranked WHERE place <= %s OR facet = ANY(%s::text[])
ORDER BY facet
"""
_FAILED = "ARRAY(SELECT prefix FROM groups WHERE NOT groups.wanted && facets)"
# Where nothing is chosen, nothing fails.
_NONE_FAILED = "'{}'::text[]"


def count_facets(products: QuerySet[Product], filters: Filters) -> FacetCounts:
    """Return the counts of all facets over these shown products, by one statement. `products`: not narrowed yet."""
    groups = filters.groups
    pairs = [(prefix_of(facet), value) for facet, values in groups.items() for value in values]
    query = products.order_by().values_list(F("listing__facets"))
    try:
        sql, parameters = query.query.sql_with_params()
    except EmptyResultSet:
        return FacetCounts()
    text = _COUNT.format(products=sql, failed=_FAILED if groups else _NONE_FAILED)
    chosen = sorted(filters.chosen)
    with connection.cursor() as cursor:
        cursor.execute(
            text,
            [
                [prefix for prefix, _ in pairs],
                [value for _, value in pairs],
                *parameters,
                ALL,
                MAX_SHOWN,
                chosen,
            ],
        )
        return counts_of(cursor.fetchall())


def counts_of(rows: Sequence[tuple[str, int, str | None]]) -> FacetCounts:
    total, by_facet, labels = 0, dict[str, dict[str, int]](), dict[str, str]()
    for text, number, label in rows:
        if text == ALL:
            total = number
            continue
        name, value = split_facet(text)
        by_facet.setdefault(name, {})[value] = number
        if label is not None:
            labels[name] = label
    return FacetCounts(total, by_facet, labels)


def prefix_of(facet: str) -> str:
    """Return how the values of a facet begin in the read model."""
    return f"{facet}=" if facet.startswith(FacetName.OPTION.value + ":") else f"{facet}:"


_COUNTED = """
SELECT facet, sum(number), CASE WHEN starts_with(facet, 'option:') THEN (
    SELECT name FROM catalog_attribute attribute
    WHERE kind = 'variant' AND key = split_part(substr(facet, 8), '=', 1)
) END
FROM catalog_facetcount WHERE channel_id = %s GROUP BY facet HAVING sum(number) > 0
"""


def counted_facets(channel: int) -> FacetCounts:
    """Return the counts of all that a channel lists, as the writer keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [channel])
        return counts_of(cursor.fetchall())
