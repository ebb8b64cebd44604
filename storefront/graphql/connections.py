"""Lists in Saleor's form: their arguments, their pages, and the types that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import graphene
from django.db.models import Model
from graphql import GraphQLError

from storefront.catalog.keyset import MAX_PAGE, CursorError, Page, Window, count_rows, page_of, take_pages
from storefront.catalog.models import Channel
from storefront.graphql.context import Context, ListRequest
from storefront.graphql.filters import Given
from storefront.graphql.lookups import InChannel

Row = TypeVar("Row", bound=Model)

WINDOW = {
    "before": graphene.String(),
    "after": graphene.String(),
    "first": graphene.Int(),
    "last": graphene.Int(),
}


@dataclass(frozen=True, slots=True)
class ListArguments:
    """What a client gave to narrow and order a list."""

    filter: Given | None = None
    where: Given | None = None
    sort_by: Given | None = None
    search: str | None = None
    level: int | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> ListArguments:
        """Return the arguments without those of paging. Raises `GraphQLError` where two filters are given."""
        if arguments.get("filter") and arguments.get("where"):
            raise GraphQLError("Only one filtering argument (filter or where) can be specified.")
        return cls(**{name: arguments.get(name) for name in cls.__slots__})

    @property
    def conditions(self) -> Given:
        return self.filter or self.where or Given()

    @property
    def words(self) -> str | None:
        """Return what is searched for, by its own argument or in the filter."""
        return self.search or (self.filter.get("search") if self.filter else None)


EMPTY_PAGE: Page[Any] = Page((), (), has_next=False, has_previous=False, query=())


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A page of rows on its way to a connection; an empty one while it is not loaded, or where nothing is to be shown.

    `request`: the whole list, where it was not read already.
    """

    page: Page[Row] = EMPTY_PAGE
    request: ListRequest | None = None
    channel: Channel | None = None


def read_window(arguments: Mapping[str, Any], field: str) -> Window:
    """Return the paging arguments. Refused like in Saleor: `first` or `last` is required, at most 100."""
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


def list_page(context: Context, request: ListRequest, window: Window, channel: Channel | None = None) -> Listed[Any]:
    """Return a page of the list. Raises `GraphQLError` for a bad cursor."""
    page = context.ask(take_pages, (request, *window.items()), (context.listing(request), window))
    return Listed(page or EMPTY_PAGE, request, channel)


def page_of_rows(rows: Sequence[Row], window: Window, channel: Channel | None = None) -> Listed[Row]:
    """Return a page of rows that the request has read. Raises `GraphQLError` for a bad cursor."""
    try:
        return Listed(page_of(rows, **window), channel=channel)
    except CursorError as error:
        raise GraphQLError(str(error)) from error


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True, source="has_next")
    has_previous_page = graphene.Boolean(required=True, source="has_previous")
    start_cursor = graphene.String()
    end_cursor = graphene.String()


def connection(node: type[graphene.ObjectType], prefix: str, *, depends_on_channel: bool) -> type[graphene.ObjectType]:
    """Return Saleor's `…CountableConnection` with its edges, for a node type."""

    def resolve_edges(root: Listed[Any], info: graphene.ResolveInfo) -> list[dict[str, Any]]:
        return [
            {
                "node": InChannel(row, root.channel) if depends_on_channel else row,
                "cursor": root.page.cursor(row),
            }
            for row in root.page.rows
        ]

    def resolve_total_count(root: Listed[Any], info: graphene.ResolveInfo) -> int | None:
        if root.request is None:
            return root.page.total()
        return info.context.ask(count_rows, root.request, info.context.listing(root.request).query)

    edge = type(
        f"{prefix}CountableEdge",
        (graphene.ObjectType,),
        {"node": graphene.Field(node, required=True), "cursor": graphene.String(required=True)},
    )
    return type(
        f"{prefix}CountableConnection",
        (graphene.ObjectType,),
        {
            "page_info": graphene.Field(PageInfo, required=True, source="page"),
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "total_count": graphene.Int(),
            "resolve_edges": resolve_edges,
            "resolve_total_count": resolve_total_count,
        },
    )
