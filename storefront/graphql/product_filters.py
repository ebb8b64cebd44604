"""What `products` may be asked for: Saleor's filters and orders with ours beside them, made into conditions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import graphene
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog import queries
from storefront.catalog.keyset import Listing
from storefront.catalog.models import Category, Channel, Collection
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries import ProductSort
from storefront.graphql.base import (
    DecimalFilterInput,
    GlobalIDFilterInput,
    Listed,
    OrderDirection,
    PriceRangeInput,
    StringFilterInput,
    channel_for,
    listed_in,
    window_of,
)
from storefront.graphql.conditions import joined
from storefront.graphql.context import Context


class StockAvailability(graphene.Enum):
    IN_STOCK = "available"
    OUT_OF_STOCK = "out_of_stock"


class ProductFilterInput(graphene.InputObjectType):
    """Saleor's older filter: all given parts must fit. `targetAreas` and the next three are ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()
    categories = graphene.List(graphene.NonNull(graphene.ID))
    price = graphene.Field(PriceRangeInput)
    minimal_price = graphene.Field(PriceRangeInput)
    stock_availability = graphene.Field(StockAvailability)
    is_available = graphene.Boolean()
    target_areas = graphene.List(graphene.NonNull(graphene.String), description="Slugs; inner areas count.")
    tool_types = graphene.List(graphene.NonNull(graphene.String), description="Slugs.")
    conditions = graphene.List(graphene.NonNull(graphene.String), description="Slugs.")
    guides = graphene.List(graphene.NonNull(graphene.String), description="Slugs of pages.")


class ProductWhereInput(graphene.InputObjectType):
    """Saleor's newer filter, with AND and OR. `targetAreas` and the next three are ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    name = graphene.Field(StringFilterInput)
    slug = graphene.Field(StringFilterInput)
    category = graphene.Field(GlobalIDFilterInput)
    price = graphene.Field(DecimalFilterInput)
    minimal_price = graphene.Field(DecimalFilterInput)
    stock_availability = graphene.Field(StockAvailability)
    is_available = graphene.Boolean()
    target_areas = graphene.Field(StringFilterInput, description="Slugs; inner areas count.")
    tool_type = graphene.Field(StringFilterInput, description="Slugs.")
    conditions = graphene.Field(StringFilterInput, description="Slugs.")
    guides = graphene.Field(StringFilterInput, description="Slugs of pages.")
    AND = graphene.List(graphene.NonNull(lambda: ProductWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: ProductWhereInput), name="OR")


class ProductOrderField(graphene.Enum):
    NAME = "NAME"
    RANK = "RANK"
    PRICE = "PRICE"
    MINIMAL_PRICE = "MINIMAL_PRICE"
    DATE = "DATE"
    LAST_MODIFIED = "LAST_MODIFIED"
    LAST_MODIFIED_AT = "LAST_MODIFIED_AT"
    CREATED_AT = "CREATED_AT"
    COLLECTION = "COLLECTION"


SORTS = {
    "NAME": ProductSort.NAME,
    "RANK": ProductSort.RANK,
    "PRICE": ProductSort.PRICE,
    "MINIMAL_PRICE": ProductSort.PRICE,
    "DATE": ProductSort.UPDATED,
    "LAST_MODIFIED": ProductSort.UPDATED,
    "LAST_MODIFIED_AT": ProductSort.UPDATED,
    "CREATED_AT": ProductSort.CREATED,
    "COLLECTION": ProductSort.COLLECTION,
}


class ProductOrder(graphene.InputObjectType):
    direction = graphene.Field(OrderDirection, required=True)
    field = graphene.Field(ProductOrderField)


def list_products(
    info: graphene.ResolveInfo,
    arguments: dict[str, Any],
    *,
    category: Category | None = None,
    collection: Collection | None = None,
) -> Listed[ProductRow]:
    """The answer to the arguments that `products` has wherever it stands; `category` and `collection` narrow it
    further."""
    context: Context = info.context
    found = channel_for(info, arguments.get("channel"))
    window = window_of(arguments, "products")
    if arguments.get("filter") and arguments.get("where"):
        raise GraphQLError("Only one filtering argument (filter or where) can be specified.")
    given = arguments.get("filter") or {}
    search = arguments.get("search") or given.get("search")
    sort, is_descending = sort_of(arguments.get("sort_by"), bool(search))
    if sort is ProductSort.COLLECTION and collection is None:
        raise GraphQLError("Sorting by COLLECTION is available only for the products of a collection.")

    def listing(channel: Channel) -> Listing[ProductRow]:
        wanted = in_categories(context, [category.public_id]) if category is not None else Q()
        if given:
            wanted &= filter_condition(context, given, channel)
        if arguments.get("where"):
            wanted &= where_condition(context, arguments["where"], channel)
        return queries.products_list(
            channel,
            wanted=wanted,
            search=search,
            sort=sort,
            is_descending=is_descending,
            collection=collection,
        )

    return listed_in(info, category or collection, arguments, window, found, listing)


def in_categories(context: Context, public_ids: list[str]) -> Q:
    return queries.in_categories(public_ids, context.categories().rows.values())


def in_areas(context: Context, slugs: list[str]) -> Q:
    return queries.in_areas(slugs, context.areas())


def sort_of(order: dict[str, Any] | None, is_search: bool) -> tuple[ProductSort, bool]:
    """The order and whether it is turned round. A search without one is by rank, anything else by slug."""
    if not order or not order.get("field"):
        return (ProductSort.RANK, False) if is_search else (ProductSort.SLUG, False)
    sort = SORTS[order["field"].value]
    if sort is ProductSort.RANK and not is_search:
        raise GraphQLError("Sorting by RANK is available only when using a search filter or search argument.")
    is_descending = order["direction"] == OrderDirection.DESC
    # The best rank first is what RANK DESC asks for in Saleor.
    return sort, is_descending if sort is not ProductSort.RANK else not is_descending


def filter_condition(context: Context, given: dict[str, Any], channel: Channel) -> Q:
    wanted = Q()
    for name, condition in (
        ("ids", lambda value: Q(public_id__in=value)),
        ("slugs", lambda value: Q(slug__in=value)),
        ("categories", partial(in_categories, context)),
        ("target_areas", partial(in_areas, context)),
        ("tool_types", queries.of_tool_types),
        ("conditions", queries.for_conditions),
        ("guides", queries.with_guides),
        ("is_available", queries.available),
    ):
        if given.get(name) is not None:
            wanted &= condition(given[name])
    for name in ("price", "minimal_price"):
        if given.get(name):
            at_least, at_most = as_decimal(given[name].get("gte")), as_decimal(given[name].get("lte"))
            wanted &= queries.priced_between(at_least, at_most, channel)
    return wanted & stock_condition(given)


def where_condition(context: Context, where: dict[str, Any], channel: Channel) -> Q:
    """A `where` as one condition."""
    return joined(where, lambda part: own_condition(context, part, channel))


def own_condition(context: Context, where: Mapping[str, Any], channel: Channel) -> Q:
    """What a part of a `where` asks for itself."""
    wanted = Q()
    if where.get("ids") is not None:
        wanted &= Q(public_id__in=where["ids"])
    for name, condition in (
        ("name", lambda value: Q(name__in=value)),
        ("slug", lambda value: Q(slug__in=value)),
        ("category", partial(in_categories, context)),
        ("target_areas", partial(in_areas, context)),
        ("tool_type", queries.of_tool_types),
        ("conditions", queries.for_conditions),
        ("guides", queries.with_guides),
    ):
        if where.get(name) is not None:
            wanted &= condition(values_of(where[name]))
    for name in ("price", "minimal_price"):
        if where.get(name):
            wanted &= price_condition(where[name], channel)
    if where.get("is_available") is not None:
        wanted &= queries.available(where["is_available"])
    return wanted & stock_condition(where)


def stock_condition(given: Mapping[str, Any]) -> Q:
    stock = given.get("stock_availability")
    return Q() if stock is None else queries.available(stock == StockAvailability.IN_STOCK)


def values_of(given: dict[str, Any]) -> list[str]:
    """The values that a `{ eq }` or `{ oneOf }` allows."""
    return [given["eq"]] if given.get("eq") is not None else list(given.get("one_of") or ())


def price_condition(given: dict[str, Any], channel: Channel) -> Q:
    if given.get("range"):
        return queries.priced_between(given["range"].get("gte"), given["range"].get("lte"), channel)
    either = Q(pk__in=[])
    for amount in dict.fromkeys(values_of(given)):
        either |= queries.priced_between(Decimal(amount), Decimal(amount), channel)
    return either


def as_decimal(bound: float | None) -> Decimal | None:
    return None if bound is None else Decimal(str(bound))
