"""Filters as clients write them, and the one place where they become a condition of a query.

A type's table says, by the name of a part, what that part asks for; `filter` and `where` share it. All parts must fit;
OR needs one of its members to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import graphene
from django.db.models import Q

from storefront.catalog.models import Channel
from storefront.graphql.context import Context
from storefront.graphql.scalars import Decimal


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a filter is asked: what the request has read, and the channel where prices depend on one."""

    context: Context
    channel: Channel | None = None


Condition = Callable[[Scope, Any], Q]


class Given(dict[str, Any]):
    """An input object as a client wrote it. Equal ones have equal hashes, so that each is asked for once."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozen(self))


def frozen(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((name, frozen(part)) for name, part in value.items()))
    return tuple(frozen(part) for part in value) if isinstance(value, list | tuple) else str(value)


class Input(graphene.InputObjectType):
    """An input object that resolvers get as `Given`."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, container: Callable[[Any], Any] = Given, **options: Any) -> None:
        super().__init_subclass_with_meta__(container=container, **options)


def allowed_values(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values that an `{ eq }` or `{ oneOf }` allows."""
    return (given["eq"],) if given.get("eq") is not None else tuple(given.get("one_of") or ())


class GlobalIDFilterInput(Input):
    eq = graphene.ID()
    one_of = graphene.List(graphene.NonNull(graphene.ID))

    class Meta:
        container = allowed_values


class StringFilterInput(Input):
    eq = graphene.String()
    one_of = graphene.List(graphene.NonNull(graphene.String))

    class Meta:
        container = allowed_values


class PriceRangeInput(Input):
    gte = graphene.Float()
    lte = graphene.Float()


class DecimalRangeInput(Input):
    gte = Decimal()
    lte = Decimal()


class DecimalFilterInput(Input):
    eq = Decimal()
    one_of = graphene.List(graphene.NonNull(Decimal))
    range = graphene.InputField(DecimalRangeInput)


class OrderDirection(graphene.Enum):
    ASC = ""
    DESC = "-"


def is_descending(order: Mapping[str, Any]) -> bool:
    return bool(order["direction"] == OrderDirection.DESC)


def values_in(column: str) -> Condition:
    """Return the condition that a column has one of the given values."""
    return lambda scope, values: Q(**{f"{column}__in": values})


def condition_of(given: Mapping[str, Any], table: Mapping[str, Condition], scope: Scope) -> Q:
    """Return what a `filter` or `where` asks for. Parts that are not in the table are left to the caller."""
    wanted = Q()
    for name, value in given.items():
        if name == "AND":
            for part in distinct(value):
                wanted &= condition_of(part, table, scope)
        elif name == "OR":
            either = Q()
            for part in distinct(value):
                either |= condition_of(part, table, scope)
            wanted &= either
        elif name in table and value is not None:
            wanted &= table[name](scope, value)
    return wanted


def distinct(parts: Any) -> list[Given]:
    """Return the members of an AND or OR; equal ones are one."""
    return list(dict.fromkeys(parts or ()))
