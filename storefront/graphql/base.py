"""What all types share: rows in their channel, connections, money, scalars, refusals."""

from __future__ import annotations

import decimal
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import graphene
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import HttpRequest
from graphql import GraphQLError, StringValueNode

from storefront.catalog.keyset import MAX_PAGE, Listing, Page, Window, count_rows, take_pages
from storefront.catalog.models import Channel, Picture
from storefront.catalog.public_ids import decode_public_id
from storefront.graphql.conditions import hashable
from storefront.graphql.context import Context

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class InChannel(Generic[Row]):
    """A row as one channel shows it: prices and what is listed depend on it."""

    row: Row
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A page of rows on its way to a connection. `key` names the whole list in this request."""

    page: Page[Row] | None
    channel: Channel | None
    listing: Listing[Row] | None = None
    key: Hashable = None


class JSONString(graphene.Scalar):
    """JSON as a text: Saleor's form of rich text (Editor.js)."""

    @staticmethod
    def serialize(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    @staticmethod
    def parse_value(value: Any) -> Any:
        return json.loads(value)

    @staticmethod
    def parse_literal(node: Any, variables: Any = None) -> Any:
        return json.loads(node.value) if isinstance(node, StringValueNode) else None


class Decimal(graphene.Decimal):
    """A decimal number. NaN and the infinities are none."""

    @staticmethod
    def parse_value(value: Any) -> Any:
        return finite(graphene.Decimal.parse_value(value))

    @staticmethod
    def parse_literal(node: Any, variables: Any = None) -> Any:
        return finite(graphene.Decimal.parse_literal(node, variables))


def finite(value: Any) -> Any:
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        raise GraphQLError("A decimal number must be finite.")
    return value


class WithPublicId:
    """Part of a type whose rows have a `public_id`."""

    id = graphene.ID(required=True)

    @staticmethod
    def resolve_id(root: Any, info: graphene.ResolveInfo) -> str:
        return root.public_id


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


class Money(graphene.ObjectType):
    currency = graphene.String(required=True)
    amount = graphene.Float(required=True)


class TaxedMoney(graphene.ObjectType):
    """Prices are kept gross, and no tax is worked out: gross and net are one."""

    currency = graphene.String(required=True)
    gross = graphene.Field(Money, required=True)
    net = graphene.Field(Money, required=True)
    tax = graphene.Field(Money, required=True)


class TaxedMoneyRange(graphene.ObjectType):
    start = graphene.Field(TaxedMoney)
    stop = graphene.Field(TaxedMoney)


class Image(graphene.ObjectType):
    url = graphene.String(required=True)
    alt = graphene.String()


class ThumbnailFormatEnum(graphene.Enum):
    ORIGINAL = "original"
    AVIF = "avif"
    WEBP = "webp"


FORMATS: Mapping[Any, tuple[str, ...]] = {
    ThumbnailFormatEnum.AVIF: ("avif", "webp"),
    ThumbnailFormatEnum.WEBP: ("webp",),
}


class OrderDirection(graphene.Enum):
    ASC = ""
    DESC = "-"


class PriceRangeInput(graphene.InputObjectType):
    gte = graphene.Float()
    lte = graphene.Float()


class DecimalRangeInput(graphene.InputObjectType):
    gte = Decimal()
    lte = Decimal()


class DecimalFilterInput(graphene.InputObjectType):
    eq = Decimal()
    one_of = graphene.List(graphene.NonNull(Decimal))
    range = graphene.Field(DecimalRangeInput)


class GlobalIDFilterInput(graphene.InputObjectType):
    eq = graphene.ID()
    one_of = graphene.List(graphene.NonNull(graphene.ID))


class StringFilterInput(graphene.InputObjectType):
    eq = graphene.String()
    one_of = graphene.List(graphene.NonNull(graphene.String))


WINDOW = {
    "before": graphene.String(),
    "after": graphene.String(),
    "first": graphene.Int(),
    "last": graphene.Int(),
}


def connection(node: type[graphene.ObjectType], prefix: str, *, depends_on_channel: bool) -> type[graphene.ObjectType]:
    """Saleor's `…CountableConnection` with its edges, for a node type."""

    def resolve_edges(root: Listed[Any], info: graphene.ResolveInfo) -> list[dict[str, Any]]:
        if root.page is None:
            return []
        return [
            {
                "node": InChannel(row, root.channel) if depends_on_channel else row,
                "cursor": root.page.cursor(row),
            }
            for row in root.page.rows
        ]

    def resolve_page_info(root: Listed[Any], info: graphene.ResolveInfo) -> dict[str, Any]:
        page = root.page
        return {
            "has_next_page": page is not None and page.has_next,
            "has_previous_page": page is not None and page.has_previous,
            "start_cursor": page.start_cursor if page else None,
            "end_cursor": page.end_cursor if page else None,
        }

    def resolve_total_count(root: Listed[Any], info: graphene.ResolveInfo) -> int | None:
        if root.listing is None:
            return root.page.total() if root.page else 0
        query = root.listing.query
        return info.context.ask(count_rows, root.key, lambda: query, None)

    edge = type(
        f"{prefix}CountableEdge",
        (graphene.ObjectType,),
        {"node": graphene.Field(node, required=True), "cursor": graphene.String(required=True)},
    )
    return type(
        f"{prefix}CountableConnection",
        (graphene.ObjectType,),
        {
            "page_info": graphene.Field(PageInfo, required=True),
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "total_count": graphene.Int(),
            "resolve_page_info": resolve_page_info,
            "resolve_edges": resolve_edges,
            "resolve_total_count": resolve_total_count,
        },
    )


def window_of(arguments: dict[str, Any], field: str) -> Window:
    """The paging arguments of a connection. Refused like Saleor: `first` or `last` is required, at most 100."""
    first, last = arguments.get("first"), arguments.get("last")
    if not first and not last:
        raise GraphQLError(f"You must provide a `first` or `last` value to properly paginate the `{field}` connection.")
    if first and last:
        raise GraphQLError("Passing both `first` and `last` is not supported.")
    for name, value in (("first", first), ("last", last)):
        if value and value < 0:
            raise GraphQLError(f"Argument `{name}` must be a non-negative integer.")
        if value and value > MAX_PAGE:
            raise GraphQLError(
                f"Requesting {value} records on the `{field}` connection "
                f"exceeds the `{name}` limit of {MAX_PAGE} records."
            )
    return {"first": first, "last": last, "after": arguments.get("after"), "before": arguments.get("before")}


def listed(
    info: graphene.ResolveInfo,
    of: Model | None,
    arguments: Mapping[str, Any],
    window: Window,
    listing: Callable[[], Listing[Row]],
    channel: Channel | None = None,
) -> Listed[Row]:
    """A page of the list that a field of `of` (None: of the query) has for its arguments; a bad cursor is refused.

    Lists of one field with equal arguments are one.
    """
    context: Context = info.context
    given = {name: value for name, value in arguments.items() if name not in WINDOW}
    owner = (type(of).__name__, of.pk) if of is not None else None
    field = (info.parent_type.name, info.field_name, owner, channel.pk if channel else None, hashable(given))
    whole = context.listing(field, listing)
    page = context.ask(take_pages, (field, hashable(window)), lambda: (whole, window), None)
    return Listed(page, channel, whole, field)


def listed_in(
    info: graphene.ResolveInfo,
    of: Model | None,
    arguments: Mapping[str, Any],
    window: Window,
    found: Channel | None,
    listing: Callable[[Channel], Listing[Row]],
) -> Listed[Row]:
    """The same in a channel: empty where the channel is unknown."""
    if found is None:
        return Listed(None, None)
    return listed(info, of, arguments, window, lambda: listing(found), found)


def channel_for(info: graphene.ResolveInfo, slug: str | None) -> Channel | None:
    """The channel to answer in; None where it is unknown.

    Raises `GraphQLError` where several exist and none was named, as Saleor does.
    """
    context: Context = info.context
    found = context.channel(slug)
    if found is None and slug is None:
        raise GraphQLError("More than one channel exists. Specify which channel to use.")
    return found


def checked_id(public_id: str, type_name: str) -> str | None:
    """The id if it is one of this type, None if of another; a text that is no id is refused like in Saleor."""
    try:
        found, _ = decode_public_id(public_id)
    except ValueError as error:
        raise GraphQLError(f"Invalid ID: {public_id[:200]}. Expected: {type_name}.") from error
    return public_id if found == type_name else None


def one_of(arguments: dict[str, Any]) -> None:
    """Exactly one of the look-ups that were given as arguments."""
    given = [name for name, value in arguments.items() if value is not None]
    if len(given) != 1:
        names = ", ".join(f"'{name}'" for name in arguments)
        raise GraphQLError(f"Exactly one of the arguments {names} is required.")


def money(amount: decimal.Decimal, currency: str) -> dict[str, Any]:
    return {"amount": float(amount), "currency": currency}


def taxed(amount: decimal.Decimal, currency: str) -> dict[str, Any]:
    gross = money(amount, currency)
    return {"currency": currency, "gross": gross, "net": gross, "tax": money(decimal.Decimal(0), currency)}


def picture_url(request: HttpRequest, picture: Picture, size: int | None, format: Any) -> str:
    """Where the picture is in the form that a client asks for with Saleor's arguments.

    A form that is not made yet is stood in for: AVIF by WebP, both by the picture as it was stored.
    """
    file = picture.file_for(size, FORMATS.get(format, ()))
    return request.build_absolute_uri(default_storage.url(file))
