"""The schema: Saleor's root fields for what is sold, and ours for what it is for."""

from __future__ import annotations

from typing import Any

import graphene

from storefront.catalog import navigation, queries
from storefront.catalog.models import Category as CategoryRow
from storefront.catalog.models import Collection as CollectionRow
from storefront.catalog.models import Page as PageRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.models import Term
from storefront.graphql.areas import BodyArea
from storefront.graphql.base import WINDOW, InChannel, Listed, channel_for, checked_id, one_of
from storefront.graphql.categories import (
    Category,
    CategoryCountableConnection,
    CategoryFilterInput,
    CategorySortingInput,
    CategoryWhereInput,
    list_categories,
)
from storefront.graphql.collections import (
    Collection,
    CollectionCountableConnection,
    CollectionFilterInput,
    CollectionSortingInput,
    CollectionWhereInput,
    list_collections,
)
from storefront.graphql.menus import Menu, find_menu
from storefront.graphql.pages import (
    Page,
    PageCountableConnection,
    PageFilterInput,
    PageSortingInput,
    PageWhereInput,
    list_pages,
)
from storefront.graphql.product_filters import ProductFilterInput, ProductOrder, ProductWhereInput, list_products
from storefront.graphql.products import Product, ProductCountableConnection


class Query(graphene.ObjectType):
    products = graphene.Field(
        ProductCountableConnection,
        filter=ProductFilterInput(),
        where=ProductWhereInput(),
        sort_by=ProductOrder(),
        search=graphene.String(),
        channel=graphene.String(),
        **WINDOW,
    )
    product = graphene.Field(Product, id=graphene.ID(), slug=graphene.String(), channel=graphene.String())
    pages = graphene.Field(
        PageCountableConnection,
        filter=PageFilterInput(),
        where=PageWhereInput(),
        sort_by=PageSortingInput(),
        search=graphene.String(),
        channel=graphene.String(),
        **WINDOW,
    )
    page = graphene.Field(Page, id=graphene.ID(), slug=graphene.String(), channel=graphene.String())
    category = graphene.Field(Category, id=graphene.ID(), slug=graphene.String())
    categories = graphene.Field(
        CategoryCountableConnection,
        filter=CategoryFilterInput(),
        where=CategoryWhereInput(),
        sort_by=CategorySortingInput(),
        level=graphene.Int(),
        **WINDOW,
    )
    collection = graphene.Field(Collection, id=graphene.ID(), slug=graphene.String(), channel=graphene.String())
    collections = graphene.Field(
        CollectionCountableConnection,
        filter=CollectionFilterInput(),
        where=CollectionWhereInput(),
        sort_by=CollectionSortingInput(),
        channel=graphene.String(),
        **WINDOW,
    )
    menu = graphene.Field(
        Menu, channel=graphene.String(), id=graphene.ID(), name=graphene.String(), slug=graphene.String()
    )
    body_areas = graphene.List(
        graphene.NonNull(BodyArea), required=True, description="All areas, groups before what is inside them."
    )
    body_area = graphene.Field(BodyArea, id=graphene.ID(), slug=graphene.String())

    @staticmethod
    def resolve_products(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[ProductRow]:
        return list_products(info, arguments)

    @staticmethod
    def resolve_product(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> InChannel[ProductRow] | None:
        one_of({"id": id, "slug": slug})
        found = channel_for(info, channel)
        public_id = checked_id(id, "Product") if id is not None else None
        if found is None or (id is not None and public_id is None):
            return None
        column, value = looked_up(slug, public_id)
        wish = (found, column, value)
        row = info.context.ask(queries.products, (found.pk, column, value), lambda: wish, None)
        return InChannel(row, found) if row else None

    @staticmethod
    def resolve_pages(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[PageRow]:
        return list_pages(info, arguments)

    @staticmethod
    def resolve_page(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> PageRow | None:
        one_of({"id": id, "slug": slug})
        public_id = checked_id(id, "Page") if id is not None else None
        if id is not None and public_id is None:
            return None
        wish = looked_up(slug, public_id)
        return info.context.ask(navigation.pages, wish, lambda: wish, None)

    @staticmethod
    def resolve_category(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
    ) -> CategoryRow | None:
        one_of({"id": id, "slug": slug})
        public_id = checked_id(id, "Category") if id is not None else None
        if id is not None and public_id is None:
            return None
        wish = looked_up(slug, public_id)
        return info.context.ask(navigation.categories, wish, lambda: wish, None)

    @staticmethod
    def resolve_categories(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        return list_categories(info, arguments)

    @staticmethod
    def resolve_collection(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> InChannel[CollectionRow] | None:
        one_of({"id": id, "slug": slug})
        found = channel_for(info, channel)
        public_id = checked_id(id, "Collection") if id is not None else None
        if found is None or (id is not None and public_id is None):
            return None
        column, value = looked_up(slug, public_id)
        wish = (found, column, value)
        row = info.context.ask(navigation.collections, (found.pk, column, value), lambda: wish, None)
        return InChannel(row, found) if row else None

    @staticmethod
    def resolve_collections(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CollectionRow]:
        return list_collections(info, arguments)

    @staticmethod
    def resolve_menu(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        name: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> Any:
        return find_menu(info, id, name, slug, channel)

    @staticmethod
    def resolve_body_areas(root: None, info: graphene.ResolveInfo) -> list[Term]:
        return list(info.context.areas())

    @staticmethod
    def resolve_body_area(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
    ) -> Term | None:
        one_of({"id": id, "slug": slug})
        public_id = checked_id(id, "BodyArea") if id is not None else None
        return next((row for row in info.context.areas() if slug == row.slug or public_id == row.public_id), None)


def looked_up(slug: str | None, public_id: str | None) -> tuple[str, str]:
    """The column by which a row is looked up, and its value."""
    return ("slug", slug) if slug is not None else ("public_id", public_id or "")


schema = graphene.Schema(query=Query)
