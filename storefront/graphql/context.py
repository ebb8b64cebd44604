"""What resolvers know of their request, and how they ask the database: all wishes of a level at once.

A query is executed in rounds. A resolver that needs rows which are not there yet notes its wish and answers with
nothing; after the round all wishes are loaded by few statements, and the query is executed again, until a round has
no wish left. So a hundred categories' products are one wish of a hundred lists, not a hundred statements.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpRequest
from graphql import FieldNode, GraphQLError, GraphQLObjectType
from graphql.execution import ExecutionContext

from storefront.catalog import queries
from storefront.catalog.keyset import Listing
from storefront.catalog.models import Channel, Term
from storefront.catalog.navigation import CategoryTree, category_tree

Answer = TypeVar("Answer")
# Loads many wishes of one kind at once; an answer may be an error.
Batch = Callable[[Sequence[Any]], Sequence[Any]]


class Overdue(GraphQLError):
    """The request took longer than it may."""

    def __init__(self) -> None:
        super().__init__("The request took too long and was stopped. Ask for less.")


@dataclass(slots=True)
class Context:
    request: HttpRequest
    deadline: float
    _areas: list[Term] | None = None
    _categories: CategoryTree | None = None
    _channels: dict[str | None, Channel | None] = field(default_factory=dict)
    _listings: dict[Hashable, Listing[Any]] = field(default_factory=dict)
    _known: dict[tuple[Batch, Hashable], Any] = field(default_factory=dict)
    _wishes: dict[Batch, dict[Hashable, Any]] = field(default_factory=dict)

    def areas(self) -> list[Term]:
        if self._areas is None:
            self._areas = queries.areas()
        return self._areas

    def categories(self) -> CategoryTree:
        if self._categories is None:
            self._categories = category_tree()
        return self._categories

    def channel(self, slug: str | None) -> Channel | None:
        """The channel of that slug; without one the only channel."""
        if slug not in self._channels:
            self._channels[slug] = queries.only_channel() if slug is None else queries.channel(slug)
        return self._channels[slug]

    def listing(self, key: Hashable, make: Callable[[], Listing[Any]]) -> Listing[Any]:
        """The list of that key, made once however many rounds need it."""
        if key not in self._listings:
            self._listings[key] = make()
        return self._listings[key]

    def ask(self, batch: Batch, key: Hashable, wish: Callable[[], Any], otherwise: Answer) -> Answer:
        """What `batch` has for the wish, or `otherwise` until it is loaded. Equal wishes have equal keys.

        Raises the error that stands in the answer's place.
        """
        if (batch, key) in self._known:
            found = self._known[batch, key]
            if isinstance(found, Exception):
                raise GraphQLError(str(found)) from found
            return found
        if key not in (wishes := self._wishes.setdefault(batch, {})):
            wishes[key] = wish()
        return otherwise

    def has_wishes(self) -> bool:
        return any(self._wishes.values())

    def load(self) -> None:
        """Load all that was asked for. Raises `Overdue` where the time is up."""
        wishes, self._wishes = self._wishes, {}
        for batch, wanted in wishes.items():
            self.check_time()
            for key, found in zip(wanted, batch(list(wanted.values())), strict=True):
                self._known[batch, key] = found

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise Overdue


class BoundedExecution(ExecutionContext):
    """Executes no further fields once the request's time is up."""

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, fields: Mapping[str, list[FieldNode]]
    ) -> Any:
        self.context_value.check_time()
        return super().execute_fields(parent_type, source_value, path, dict(fields))
