"""Collections in Saleor's dialect: only those that are published in the channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import graphene

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Channel
from storefront.catalog.models import Collection as CollectionRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries.collections import list_collections, load_collections
from storefront.graphql.connections import WINDOW, ListArguments, Listed, connection, list_page, read_window
from storefront.graphql.context import Context
from storefront.graphql.filters import Input, OrderDirection, Scope, condition_of, is_descending
from storefront.graphql.lookups import InChannel, WithName, channel_slug, find_row_in_channel, row_attribute
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.categories import CONDITIONS
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.media import no_picture
from storefront.graphql.types.product_lists import PRODUCT_LIST, resolve_product_list
from storefront.graphql.types.translations import CollectionTranslation, LanguageCodeEnum, translated


class Collection(WithName, graphene.ObjectType):
    seo_title = graphene.String()
    seo_description = graphene.String()
    description = JSONString()
    background_image = no_picture()
    translation = translated(CollectionTranslation)
    channel = graphene.String(resolver=channel_slug)
    products = graphene.Field("storefront.graphql.types.products.ProductCountableConnection", **PRODUCT_LIST)

    class Meta:
        default_resolver = row_attribute
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_description(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return rich_text(root.row.description)

    @staticmethod
    def resolve_products(
        root: InChannel[CollectionRow], info: graphene.ResolveInfo, **arguments: Any
    ) -> Listed[ProductRow]:
        return resolve_product_list(info.context, arguments, channel_slug(root, info), collection=root.row)


CollectionCountableConnection = connection(Collection, "Collection", depends_on_channel=True)


class CollectionFilterInput(Input):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()


class CollectionWhereInput(Input):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    AND = graphene.List(graphene.NonNull(lambda: CollectionWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: CollectionWhereInput), name="OR")


class CollectionSortField(graphene.Enum):
    NAME = "name"


class CollectionSortingInput(Input):
    direction = graphene.InputField(OrderDirection, required=True)
    channel = graphene.String()
    field = graphene.InputField(CollectionSortField, required=True)


@dataclass(frozen=True, slots=True)
class CollectionList:
    """The collections of a channel, by slug without an order."""

    channel: Channel
    arguments: ListArguments

    def listing(self, context: Context) -> Listing[CollectionRow]:
        condition = condition_of(self.arguments.conditions, CONDITIONS, Scope(context, self.channel))
        order = self.arguments.sort_by
        return list_collections(self.channel, condition, [Key("name", is_descending(order)) if order else Key("slug")])


class CollectionQueries:
    collection = graphene.Field(
        Collection,
        id=graphene.ID(),
        slug=graphene.String(),
        slug_language_code=graphene.Argument(LanguageCodeEnum),
        channel=graphene.String(),
    )
    collections = graphene.Field(
        CollectionCountableConnection,
        filter=CollectionFilterInput(),
        where=CollectionWhereInput(),
        sort_by=CollectionSortingInput(),
        channel=graphene.String(),
        **WINDOW,
    )

    @staticmethod
    def resolve_collection(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        slug_language_code: Any = None,
        channel: str | None = None,
    ) -> InChannel[CollectionRow] | None:
        return find_row_in_channel(info.context, load_collections, "Collection", id, slug, channel, slug_language_code)

    @staticmethod
    def resolve_collections(
        root: None, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[CollectionRow]:
        window = read_window(arguments, "collections")
        given = ListArguments.read(arguments)
        place = info.context.required_channel(channel)
        return list_page(info.context, CollectionList(place, given), window, place) if place else Listed()
