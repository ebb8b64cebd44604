"""Pages and guides in Saleor's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphene

from storefront.catalog.keyset import Key, Listing, moment, text
from storefront.catalog.models import Channel, Term, Vocabulary
from storefront.catalog.models import Page as PageRow
from storefront.catalog.models import PageType as PageTypeRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries.pages import list_pages, load_pages, pages_in_areas
from storefront.catalog.queries.products import products_for_page
from storefront.catalog.queries.terms import terms_of
from storefront.catalog.records import Status
from storefront.graphql.connections import WINDOW, ListArguments, Listed, connection, list_page, read_window
from storefront.graphql.context import Context
from storefront.graphql.filters import (
    Condition,
    GlobalIDFilterInput,
    Input,
    OrderDirection,
    Scope,
    StringFilterInput,
    condition_of,
    is_descending,
    values_in,
)
from storefront.graphql.lookups import WithName, WithPublicId, find_row
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.areas import BodyArea, Caution, ToolType
from storefront.graphql.types.attributes import (
    Assigned,
    Attribute,
    ObjectWithAttributes,
    ShownAttribute,
    WithAttributes,
    page_attributes,
    page_type_attributes,
)
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.products import ProductCountableConnection
from storefront.graphql.types.translations import LanguageCodeEnum, PageTranslation, translated


@dataclass(frozen=True, slots=True)
class PageProducts:
    page: PageRow
    channel: Channel

    def listing(self, context: Context) -> Listing[ProductRow]:
        return products_for_page(self.page, self.channel)


class PageType(WithName, graphene.ObjectType):
    attributes = graphene.List(graphene.NonNull(Attribute))

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_attributes(root: PageTypeRow, info: graphene.ResolveInfo) -> list[ShownAttribute]:
        return page_type_attributes(root)


class SourceCitation(graphene.ObjectType):
    """Where a guide's statements come from, and which of them."""

    title = graphene.String(required=True)
    citation = graphene.String(required=True)
    url = graphene.String(required=True)
    supports = graphene.String(required=True)


class Page(WithPublicId, WithAttributes, graphene.ObjectType):
    """A page; an educational guide is one of the type "guide"."""

    title = graphene.String(required=True)
    slug = graphene.String(required=True)
    content = JSONString()
    seo_title = graphene.String()
    seo_description = graphene.String()
    is_published = graphene.Boolean(required=True)
    published_at = graphene.DateTime(description="Null: as soon as it was made.")
    translation = translated(PageTranslation)
    created = graphene.DateTime(required=True, source="created_at")
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

    class Meta:
        interfaces = (Node, ObjectWithMetadata, ObjectWithAttributes)

    @staticmethod
    def attributes_of(root: PageRow, context: Context) -> list[Assigned]:
        return page_attributes(root)

    @staticmethod
    def resolve_content(root: PageRow, info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return rich_text(root.body)

    @staticmethod
    def resolve_is_published(root: PageRow, info: graphene.ResolveInfo) -> bool:
        return root.status == Status.ACTIVE.value

    @staticmethod
    def resolve_target_areas(root: PageRow, info: graphene.ResolveInfo) -> list[Term]:
        return terms_of(root.shown_tags, Vocabulary.AREA)

    @staticmethod
    def resolve_tool_types(root: PageRow, info: graphene.ResolveInfo) -> list[Term]:
        return terms_of(root.shown_tags, Vocabulary.TOOL_TYPE)

    @staticmethod
    def resolve_products(
        root: PageRow, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        window = read_window(arguments, "products")
        place = info.context.required_channel(channel)
        return list_page(info.context, PageProducts(root, place), window, place) if place else Listed()


PageCountableConnection = connection(Page, "Page", depends_on_channel=False)


class PageFilterInput(Input):
    """Saleor's older filter; `targetAreas` is ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    page_types = graphene.List(graphene.NonNull(graphene.ID))
    search = graphene.String()
    target_areas = graphene.List(graphene.NonNull(graphene.String), description="Slugs; inner areas count.")


class PageWhereInput(Input):
    """Saleor's newer filter, with AND and OR."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slug = graphene.InputField(StringFilterInput)
    page_type = graphene.InputField(GlobalIDFilterInput)
    AND = graphene.List(graphene.NonNull(lambda: PageWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: PageWhereInput), name="OR")


class PageSortField(graphene.Enum):
    TITLE = "title"
    SLUG = "slug"
    CREATED_AT = "created_at"


class PageSortingInput(Input):
    direction = graphene.InputField(OrderDirection, required=True)
    field = graphene.InputField(PageSortField, required=True)


CONDITIONS: Mapping[str, Condition] = {
    "ids": values_in("public_id"),
    "slug": values_in("slug"),
    "slugs": values_in("slug"),
    "page_type": values_in("page_type__public_id"),
    "page_types": values_in("page_type__public_id"),
    "target_areas": lambda scope, slugs: pages_in_areas(slugs, scope.context.areas),
}


def sort_key(order: Mapping[str, Any]) -> Key:
    column = order["field"].value
    return Key(column, is_descending(order), moment if column == "created_at" else text)


@dataclass(frozen=True, slots=True)
class PageList:
    """Pages, by slug without an order."""

    arguments: ListArguments

    def listing(self, context: Context) -> Listing[PageRow]:
        condition = condition_of(self.arguments.conditions, CONDITIONS, Scope(context))
        order = self.arguments.sort_by
        return list_pages(condition, search=self.arguments.words, keys=[sort_key(order) if order else Key("slug")])


class PageQueries:
    pages = graphene.Field(
        PageCountableConnection,
        filter=PageFilterInput(),
        where=PageWhereInput(),
        sort_by=PageSortingInput(),
        search=graphene.String(),
        channel=graphene.String(),
        **WINDOW,
    )
    page = graphene.Field(
        Page,
        id=graphene.ID(),
        slug=graphene.String(),
        slug_language_code=graphene.Argument(LanguageCodeEnum),
        channel=graphene.String(),
    )

    @staticmethod
    def resolve_pages(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[PageRow]:
        window = read_window(arguments, "pages")
        return list_page(info.context, PageList(ListArguments.read(arguments)), window)

    @staticmethod
    def resolve_page(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        slug_language_code: Any = None,
        channel: str | None = None,
    ) -> PageRow | None:
        return find_row(info.context, load_pages, "Page", id, slug, slug_language_code)
