"""What resolvers know of their request, and how they ask the database: all questions of a level at once.

A query is executed in rounds. A resolver that needs rows which are not loaded yet notes its question and answers with
nothing; after the round all questions are answered by few statements, and the query is executed again, until a round
leaves none open. So a hundred categories' products are one question of a hundred lists, not a hundred statements.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from django.http import HttpRequest
from graphql import GraphQLError

from storefront.catalog.keyset import Listing
from storefront.catalog.models import Channel, Term
from storefront.catalog.queries.areas import load_areas
from storefront.catalog.queries.categories import CategoryTree, category_tree
from storefront.catalog.queries.channels import active_channels, find_channel, only_channel

# Answers many questions of one kind at once; an answer may be an error.
Batch = Callable[[Sequence[Any]], Sequence[Any]]


class Overdue(GraphQLError):
    """The request took longer than it may."""

    def __init__(self) -> None:
        super().__init__("The request took too long and was stopped. Ask for less.")


class ListRequest(Hashable, Protocol):
    """A whole list that a field asks for. Equal requests in one operation share the list."""

    def listing(self, context: Context) -> Listing[Any]: ...


@dataclass
class Context:
    request: HttpRequest
    deadline: float
    _channels: dict[str | None, Channel | None] = field(default_factory=dict)
    _listings: dict[ListRequest, Listing[Any]] = field(default_factory=dict)
    _answers: dict[tuple[Batch, Hashable], Any] = field(default_factory=dict)
    _open: dict[Batch, dict[Hashable, Any]] = field(default_factory=dict)

    @cached_property
    def areas(self) -> list[Term]:
        return load_areas()

    @cached_property
    def categories(self) -> CategoryTree:
        return category_tree()

    @cached_property
    def channels(self) -> list[Channel]:
        return active_channels()

    def channel(self, slug: str | None) -> Channel | None:
        """Return the channel of that slug; without one the only channel."""
        if slug not in self._channels:
            self._channels[slug] = only_channel() if slug is None else find_channel(slug)
        return self._channels[slug]

    def required_channel(self, slug: str | None) -> Channel | None:
        """Return the channel to answer in; None where it is unknown.

        Raises `GraphQLError` where several exist and none was named, as Saleor does.
        """
        channel = self.channel(slug)
        if channel is None and slug is None:
            raise GraphQLError("More than one channel exists. Specify which channel to use.")
        return channel

    def listing(self, request: ListRequest) -> Listing[Any]:
        """Return the list that is asked for, made once however many rounds need it."""
        if request not in self._listings:
            self._listings[request] = request.listing(self)
        return self._listings[request]

    def ask(self, batch: Batch, key: Hashable, question: Any = None) -> Any:
        """Return what `batch` answers to the question, or None until it is loaded. Equal questions have equal keys.

        `question`: what the batch is given; None: the key. Raises the error that stands in the answer's place.
        """
        if (batch, key) not in self._answers:
            self._open.setdefault(batch, {})[key] = key if question is None else question
            return None
        answer = self._answers[batch, key]
        if isinstance(answer, Exception):
            raise GraphQLError(str(answer)) from answer
        return answer

    def has_open_questions(self) -> bool:
        return any(self._open.values())

    def load(self) -> None:
        """Load the answers to all open questions. Raises `Overdue` where the time is up."""
        questions, self._open = self._open, {}
        for batch, asked in questions.items():
            self.check_time()
            for key, answer in zip(asked, batch(list(asked.values())), strict=True):
                self._answers[batch, key] = answer

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise Overdue
