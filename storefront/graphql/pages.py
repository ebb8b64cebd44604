"""Pages and guides in Saleor's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog import queries
from storefront.catalog.keyset import Key, moment, text
from storefront.catalog.models import Page as PageRow
from storefront.catalog.models import Term, Vocabulary
from storefront.catalog.records import Status
from storefront.catalog.richtext import to_editorjs
from storefront.graphql.areas import BodyArea, Caution, ToolType
from storefront.graphql.base import (
    WINDOW,
    GlobalIDFilterInput,
    JSONString,
    Listed,
    OrderDirection,
    StringFilterInput,
    WithPublicId,
    channel_for,
    connection,
    listed,
    listed_in,
    window_of,
)
from storefront.graphql.conditions import joined
from storefront.graphql.product_filters import values_of
from storefront.graphql.products import ProductCountableConnection


class PageType(WithPublicId, graphene.ObjectType):
    name = graphene.String(required=True)
    slug = graphene.String(required=True)


class SourceCitation(graphene.ObjectType):
    """Where a guide's statements come from, and which of them."""

    title = graphene.String(required=True)
    citation = graphene.String(required=True)
    url = graphene.String(required=True)
    supports = graphene.String(required=True)


class Page(WithPublicId, graphene.ObjectType):
    """A page; an educational guide is one of the type "guide"."""

    title = graphene.String(required=True)
    slug = graphene.String(required=True)
    content = JSONString()
    is_published = graphene.Boolean(required=True)
    created = graphene.DateTime(required=True)
    page_type = graphene.Field(PageType, required=True)
    summary = graphene.String(required=True)
    reviewed_on = graphene.Date()
    sources = graphene.List(graphene.NonNull(SourceCitation), required=True)
    cautions = graphene.List(graphene.NonNull(Caution), required=True)
    target_areas = graphene.List(graphene.NonNull(BodyArea), required=True)
    tool_types = graphene.List(graphene.NonNull(ToolType), required=True)
    products = graphene.Field(
        ProductCountableConnection,
        channel=graphene.String(),
        description="Products linked to the page: those of which it is the primary guide first.",
        **WINDOW,
    )

    @staticmethod
    def resolve_content(root: PageRow, info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return to_editorjs(root.body) if root.body else None

    @staticmethod
    def resolve_is_published(root: PageRow, info: graphene.ResolveInfo) -> bool:
        return root.status == Status.ACTIVE.value

    @staticmethod
    def resolve_created(root: PageRow, info: graphene.ResolveInfo) -> Any:
        return root.created_at

    @staticmethod
    def resolve_target_areas(root: PageRow, info: graphene.ResolveInfo) -> list[Term]:
        return queries.terms_of(root.shown_tags, Vocabulary.AREA)

    @staticmethod
    def resolve_tool_types(root: PageRow, info: graphene.ResolveInfo) -> list[Term]:
        return queries.terms_of(root.shown_tags, Vocabulary.TOOL_TYPE)

    @staticmethod
    def resolve_products(
        root: PageRow, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        window = window_of(arguments, "products")
        found = channel_for(info, channel)
        return listed_in(info, root, {}, window, found, lambda place: queries.page_products(root, place))


PageCountableConnection = connection(Page, "Page", depends_on_channel=False)


class PageFilterInput(graphene.InputObjectType):
    """Saleor's older filter; `targetAreas` is ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    page_types = graphene.List(graphene.NonNull(graphene.ID))
    search = graphene.String()
    target_areas = graphene.List(graphene.NonNull(graphene.String), description="Slugs; inner areas count.")


class PageWhereInput(graphene.InputObjectType):
    """Saleor's newer filter, with AND and OR."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slug = graphene.Field(StringFilterInput)
    page_type = graphene.Field(GlobalIDFilterInput)
    AND = graphene.List(graphene.NonNull(lambda: PageWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: PageWhereInput), name="OR")


class PageSortField(graphene.Enum):
    TITLE = "title"
    SLUG = "slug"
    CREATED_AT = "created_at"


class PageSortingInput(graphene.InputObjectType):
    direction = graphene.Field(OrderDirection, required=True)
    field = graphene.Field(PageSortField, required=True)


def sort_key(column: str, is_descending: bool) -> Key:
    return Key(column, is_descending, moment if column == "created_at" else text)


def list_pages(info: graphene.ResolveInfo, arguments: dict[str, Any]) -> Listed[PageRow]:
    """The answer to the arguments of `pages`."""
    window = window_of(arguments, "pages")
    given, where = arguments.get("filter") or {}, arguments.get("where")
    if given and where:
        raise GraphQLError("Only one filtering argument (filter or where) can be specified.")
    wanted = Q()

    def in_areas(slugs: list[str]) -> Q:
        return queries.pages_in_areas(slugs, info.context.areas())

    for name, condition in (
        ("ids", lambda value: Q(public_id__in=value)),
        ("slugs", lambda value: Q(slug__in=value)),
        ("page_types", lambda value: Q(page_type__public_id__in=value)),
        ("target_areas", in_areas),
    ):
        if given.get(name) is not None:
            wanted &= condition(given[name])
    if where:
        wanted &= joined(where, own_condition)
    order = arguments.get("sort_by")
    keys = [sort_key(order["field"].value, order["direction"] == OrderDirection.DESC)] if order else [Key("slug")]
    search = arguments.get("search") or given.get("search")
    return listed(info, None, arguments, window, lambda: queries.pages_list(wanted=wanted, search=search, keys=keys))


def own_condition(where: Mapping[str, Any]) -> Q:
    """What a part of a `where` asks for itself."""
    wanted = Q()
    if where.get("ids") is not None:
        wanted &= Q(public_id__in=where["ids"])
    if where.get("slug") is not None:
        wanted &= Q(slug__in=values_of(where["slug"]))
    if where.get("page_type") is not None:
        wanted &= Q(page_type__public_id__in=values_of(where["page_type"]))
    return wanted
