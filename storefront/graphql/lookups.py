"""Single rows by `id` or `slug`, and rows as one channel shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import graphene
from graphql import GraphQLError

from storefront.catalog.models import Channel
from storefront.catalog.public_ids import decode_public_id
from storefront.catalog.queries.lookups import Lookup
from storefront.graphql.context import Context

Row = TypeVar("Row")
Load = Callable[[Sequence[Lookup]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class InChannel(Generic[Row]):
    """A row as one channel shows it: prices and what is listed depend on it."""

    row: Row
    channel: Channel | None

    @property
    def public_id(self) -> str:
        shown: Any = self.row
        return str(shown.public_id)


class WithPublicId:
    """Part of a type whose rows have a `public_id`."""

    id = graphene.ID(required=True, source="public_id")


class WithName(WithPublicId):
    """Part of a type whose rows have a name and a slug, too."""

    name = graphene.String(required=True)
    slug = graphene.String(required=True)


def row_attribute(name: str, default: Any, root: InChannel[Any], info: graphene.ResolveInfo, **arguments: Any) -> Any:
    """Resolve a field of a row in a channel from the row; for `Meta.default_resolver`."""
    return getattr(root.row, name, default)


def channel_slug(root: InChannel[Any], info: graphene.ResolveInfo) -> str | None:
    return root.channel.slug if root.channel else None


def find_row(
    context: Context, load: Load, type_name: str, id: str | None, slug: str | None, language: Any = None
) -> Any:
    """Return the row with this id or slug. Raises `GraphQLError` unless exactly one is given.

    `language`: the slug is one of a translation; nothing is translated.
    """
    require_one({"id": id, "slug": slug})
    lookup = None if slug is not None and language is not None else lookup_of(type_name, id, slug)
    return context.ask(load, lookup) if lookup else None


def find_row_in_channel(
    context: Context,
    load: Load,
    type_name: str,
    id: str | None,
    slug: str | None,
    channel_slug: str | None,
    language: Any = None,
) -> InChannel[Any] | None:
    """Return the same as a channel shows it; None where the channel is unknown."""
    require_one({"id": id, "slug": slug})
    channel = context.required_channel(channel_slug)
    lookup = None if slug is not None and language is not None else lookup_of(type_name, id, slug, channel)
    row = context.ask(load, lookup) if channel and lookup else None
    return InChannel(row, channel) if row else None


def lookup_of(type_name: str, id: str | None, slug: str | None, channel: Channel | None = None) -> Lookup | None:
    if id is None:
        return Lookup("slug", slug or "", channel)
    return Lookup("public_id", id, channel) if is_id_of(type_name, id) else None


def is_id_of(type_name: str, public_id: str) -> bool:
    """Return whether an id is one of this type. Raises `GraphQLError` for a text that is no id, like Saleor."""
    try:
        given, _ = decode_public_id(public_id)
    except ValueError as error:
        raise GraphQLError(f"Invalid ID: {public_id[:200]}. Expected: {type_name}.") from error
    return given == type_name


def require_one(arguments: dict[str, Any]) -> None:
    """Raise `GraphQLError` unless exactly one of these arguments was given."""
    if sum(value is not None for value in arguments.values()) != 1:
        names = ", ".join(f"'{name}'" for name in arguments)
        raise GraphQLError(f"Exactly one of the arguments {names} is required.")
