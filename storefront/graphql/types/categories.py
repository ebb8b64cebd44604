"""Categories in Saleor's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphene
from django.db.models import Q

from storefront.catalog.keyset import Key, Listing, row_key
from storefront.catalog.models import Category as CategoryRow
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries.categories import list_categories, load_categories
from storefront.graphql.connections import (
    WINDOW,
    ListArguments,
    Listed,
    connection,
    list_page,
    page_of_rows,
    read_window,
)
from storefront.graphql.context import Context
from storefront.graphql.filters import Condition, Input, OrderDirection, Scope, condition_of, is_descending, values_in
from storefront.graphql.lookups import WithName, find_row
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.media import no_picture
from storefront.graphql.types.product_lists import PRODUCT_LIST, resolve_product_list
from storefront.graphql.types.translations import CategoryTranslation, LanguageCodeEnum, translated


class Category(WithName, graphene.ObjectType):
    seo_title = graphene.String()
    seo_description = graphene.String()
    description = JSONString()
    background_image = no_picture()
    translation = translated(CategoryTranslation)
    level = graphene.Int(required=True)
    parent = graphene.Field(lambda: Category)
    children = graphene.Field("storefront.graphql.types.categories.CategoryCountableConnection", **WINDOW)
    ancestors = graphene.Field("storefront.graphql.types.categories.CategoryCountableConnection", **WINDOW)
    products = graphene.Field(
        "storefront.graphql.types.products.ProductCountableConnection",
        channel=graphene.String(),
        **PRODUCT_LIST,
    )

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_description(root: CategoryRow, info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return rich_text(root.description)

    @staticmethod
    def resolve_parent(root: CategoryRow, info: graphene.ResolveInfo) -> CategoryRow | None:
        if root.parent_id is None or CategoryRow.parent.is_cached(root):
            return root.parent
        return info.context.categories.rows.get(root.parent_id)

    @staticmethod
    def resolve_children(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        window = read_window(arguments, "children")
        return page_of_rows(info.context.categories.children(root), window)

    @staticmethod
    def resolve_ancestors(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        window = read_window(arguments, "ancestors")
        return page_of_rows(info.context.categories.ancestors(root), window)

    @staticmethod
    def resolve_products(
        root: CategoryRow, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[ProductRow]:
        return resolve_product_list(info.context, arguments, channel, category=root)


CategoryCountableConnection = connection(Category, "Category", depends_on_channel=False)


class CategoryFilterInput(Input):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()


class CategoryWhereInput(Input):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    AND = graphene.List(graphene.NonNull(lambda: CategoryWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: CategoryWhereInput), name="OR")


class CategorySortField(graphene.Enum):
    NAME = "name"


class CategorySortingInput(Input):
    direction = graphene.InputField(OrderDirection, required=True)
    channel = graphene.String()
    field = graphene.InputField(CategorySortField, required=True)


def name_condition(scope: Scope, text: str) -> Q:
    return Q(name__icontains=text) | Q(slug__icontains=text) if text else Q()


# Of collections too: what has a name and a slug.
CONDITIONS: Mapping[str, Condition] = {
    "ids": values_in("public_id"),
    "slugs": values_in("slug"),
    "search": name_condition,
}


@dataclass(frozen=True, slots=True)
class CategoryList:
    """Categories; without an order as they were made, in Saleor if there is one."""

    arguments: ListArguments

    def listing(self, context: Context) -> Listing[CategoryRow]:
        condition = condition_of(self.arguments.conditions, CONDITIONS, Scope(context))
        if self.arguments.level is not None:
            condition &= Q(level=self.arguments.level)
        order = self.arguments.sort_by
        return list_categories(
            condition, [Key("name", is_descending(order)) if order else Key("position", read=row_key)]
        )


class CategoryQueries:
    category = graphene.Field(
        Category, id=graphene.ID(), slug=graphene.String(), slug_language_code=graphene.Argument(LanguageCodeEnum)
    )
    categories = graphene.Field(
        CategoryCountableConnection,
        filter=CategoryFilterInput(),
        where=CategoryWhereInput(),
        sort_by=CategorySortingInput(),
        level=graphene.Int(),
        **WINDOW,
    )

    @staticmethod
    def resolve_category(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        slug_language_code: Any = None,
    ) -> CategoryRow | None:
        return find_row(info.context, load_categories, "Category", id, slug, slug_language_code)

    @staticmethod
    def resolve_categories(root: None, info: graphene.ResolveInfo, **arguments: Any) -> Listed[CategoryRow]:
        window = read_window(arguments, "categories")
        return list_page(info.context, CategoryList(ListArguments.read(arguments)), window)
