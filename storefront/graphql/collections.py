"""Collections in Saleor's dialect: only those that are published in the channel."""

from __future__ import annotations

from typing import Any

import graphene

from storefront.catalog import navigation
from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Channel
from storefront.catalog.models import Collection as CollectionRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.richtext import to_editorjs
from storefront.graphql.base import (
    WINDOW,
    InChannel,
    JSONString,
    Listed,
    OrderDirection,
    channel_for,
    connection,
    listed_in,
    window_of,
)
from storefront.graphql.categories import filter_condition
from storefront.graphql.product_filters import ProductFilterInput, ProductOrder, ProductWhereInput, list_products


class Collection(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    description = JSONString()
    channel = graphene.String()
    products = graphene.Field(
        "storefront.graphql.products.ProductCountableConnection",
        filter=ProductFilterInput(),
        where=ProductWhereInput(),
        search=graphene.String(),
        sort_by=ProductOrder(),
        **WINDOW,
    )

    @staticmethod
    def resolve_id(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> str:
        return root.row.public_id

    @staticmethod
    def resolve_name(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> str:
        return root.row.name

    @staticmethod
    def resolve_slug(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> str:
        return root.row.slug

    @staticmethod
    def resolve_description(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return to_editorjs(root.row.description) if root.row.description else None

    @staticmethod
    def resolve_channel(root: InChannel[CollectionRow], info: graphene.ResolveInfo) -> str | None:
        return root.channel.slug if root.channel else None

    @staticmethod
    def resolve_products(
        root: InChannel[CollectionRow], info: graphene.ResolveInfo, **arguments: Any
    ) -> Listed[ProductRow]:
        channel = root.channel.slug if root.channel else None
        return list_products(info, arguments | {"channel": channel}, collection=root.row)


CollectionCountableConnection = connection(Collection, "Collection", depends_on_channel=True)


class CollectionFilterInput(graphene.InputObjectType):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()


class CollectionWhereInput(graphene.InputObjectType):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    AND = graphene.List(graphene.NonNull(lambda: CollectionWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: CollectionWhereInput), name="OR")


class CollectionSortField(graphene.Enum):
    NAME = "name"


class CollectionSortingInput(graphene.InputObjectType):
    direction = graphene.Field(OrderDirection, required=True)
    channel = graphene.String()
    field = graphene.Field(CollectionSortField, required=True)


def list_collections(info: graphene.ResolveInfo, arguments: dict[str, Any]) -> Listed[CollectionRow]:
    """The answer to the arguments of `collections`, by slug without an order."""
    window = window_of(arguments, "collections")
    wanted = filter_condition(arguments)
    order = arguments.get("sort_by")
    keys = [Key("name", order["direction"] == OrderDirection.DESC)] if order else [Key("slug")]
    found = channel_for(info, arguments.get("channel"))

    def listing(channel: Channel) -> Listing[CollectionRow]:
        return navigation.collections_list(channel, wanted, keys)

    return listed_in(info, None, arguments, window, found, listing)
