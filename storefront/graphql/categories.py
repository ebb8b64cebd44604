"""Categories in Saleor's dialect."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog import navigation
from storefront.catalog.keyset import CursorError, Key, Window, page_of, row_key
from storefront.catalog.models import Category as CategoryRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.richtext import to_editorjs
from storefront.graphql.base import (
    WINDOW,
    JSONString,
    Listed,
    OrderDirection,
    WithPublicId,
    connection,
    listed,
    window_of,
)
from storefront.graphql.conditions import joined
from storefront.graphql.product_filters import ProductFilterInput, ProductOrder, ProductWhereInput, list_products


class Category(WithPublicId, graphene.ObjectType):
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    description = JSONString()
    level = graphene.Int(required=True)
    parent = graphene.Field(lambda: Category)
    children = graphene.Field("storefront.graphql.categories.CategoryCountableConnection", **WINDOW)
    ancestors = graphene.Field("storefront.graphql.categories.CategoryCountableConnection", **WINDOW)
    products = graphene.Field(
        "storefront.graphql.products.ProductCountableConnection",
        filter=ProductFilterInput(),
        where=ProductWhereInput(),
        sort_by=ProductOrder(),
        search=graphene.String(),
        channel=graphene.String(),
        **WINDOW,
    )

    @staticmethod
    def resolve_description(root: CategoryRow, info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return to_editorjs(root.description) if root.description else None

    @staticmethod
    def resolve_parent(root: CategoryRow, info: graphene.ResolveInfo) -> CategoryRow | None:
        if root.parent_id is None or CategoryRow.parent.is_cached(root):
            return root.parent
        found: CategoryRow | None = info.context.categories().rows.get(root.parent_id)
        return found

    @staticmethod
    def resolve_children(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        window = window_of(arguments, "children")
        return read_already(info.context.categories().children(root), window)

    @staticmethod
    def resolve_ancestors(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        window = window_of(arguments, "ancestors")
        return read_already(info.context.categories().ancestors(root), window)

    @staticmethod
    def resolve_products(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[ProductRow]:
        return list_products(info, arguments, category=root)


def read_already(rows: list[CategoryRow], window: Window) -> Listed[CategoryRow]:
    """A page of rows that the request has; a bad cursor is refused."""
    try:
        return Listed(page_of(rows, **window), None)
    except CursorError as error:
        raise GraphQLError(str(error)) from error


CategoryCountableConnection = connection(Category, "Category", depends_on_channel=False)


class CategoryFilterInput(graphene.InputObjectType):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()


class CategoryWhereInput(graphene.InputObjectType):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    AND = graphene.List(graphene.NonNull(lambda: CategoryWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: CategoryWhereInput), name="OR")


class CategorySortField(graphene.Enum):
    NAME = "name"


class CategorySortingInput(graphene.InputObjectType):
    direction = graphene.Field(OrderDirection, required=True)
    channel = graphene.String()
    field = graphene.Field(CategorySortField, required=True)


def list_categories(info: graphene.ResolveInfo, arguments: dict[str, Any]) -> Listed[CategoryRow]:
    """The answer to the arguments of `categories`: without an order as they were made, in Saleor if there is one."""
    window = window_of(arguments, "categories")
    wanted = filter_condition(arguments)
    if arguments.get("level") is not None:
        wanted &= Q(level=arguments["level"])
    order = arguments.get("sort_by")
    keys = [Key("name", order["direction"] == OrderDirection.DESC)] if order else [Key("position", read=row_key)]
    return listed(info, None, arguments, window, lambda: navigation.categories_list(wanted, keys))


def filter_condition(arguments: dict[str, Any]) -> Q:
    """What `filter` or `where` lets through, of categories and collections alike."""
    given, where = arguments.get("filter") or {}, arguments.get("where")
    if given and where:
        raise GraphQLError("Only one filtering argument (filter or where) can be specified.")
    wanted = where_condition(where) if where else Q()
    for name, condition in (("ids", "public_id__in"), ("slugs", "slug__in")):
        if given.get(name) is not None:
            wanted &= Q(**{condition: given[name]})
    if given.get("search"):
        wanted &= Q(name__icontains=given["search"]) | Q(slug__icontains=given["search"])
    return wanted


def where_condition(where: dict[str, Any]) -> Q:
    """A `where` as one condition."""
    return joined(where, lambda part: Q(public_id__in=part["ids"]) if part.get("ids") is not None else Q())
