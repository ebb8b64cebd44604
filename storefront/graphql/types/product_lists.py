"""What lists of products may be asked for: Saleor's filters and orders with ours beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import graphene
from django.conf import settings
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog.facets import NO, YES, FacetName
from storefront.catalog.keyset import Listing
from storefront.catalog.models import Category, Channel, Collection, Vocabulary
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries.attributes import named, with_value
from storefront.catalog.queries.product_conditions import (
    available,
    has_facet,
    in_areas,
    in_categories,
    in_collections,
    priced_between,
    tagged_with,
    with_guides,
)
from storefront.catalog.queries.products import ProductQuery, ProductSort, list_products
from storefront.graphql.connections import WINDOW, ListArguments, Listed, list_page, read_window
from storefront.graphql.context import Context
from storefront.graphql.filters import (
    Condition,
    DecimalFilterInput,
    Given,
    GlobalIDFilterInput,
    Input,
    OrderDirection,
    PriceRangeInput,
    Scope,
    StringFilterInput,
    allowed_values,
    condition_of,
    distinct,
    is_descending,
    values_in,
)
from storefront.saleor.schema import model


class StockAvailability(graphene.Enum):
    IN_STOCK = "available"
    OUT_OF_STOCK = "out_of_stock"


class AssignedAttributeValueInput(Input):
    """Of which value an attribute must be; all that is given must fit."""

    slug = graphene.InputField(StringFilterInput)
    name = graphene.InputField(StringFilterInput)
    boolean = graphene.Boolean()


class AttributeInput(Input):
    """An attribute by its slug, and which values of it are wanted."""

    slug = graphene.String()
    value = graphene.InputField(AssignedAttributeValueInput)
    values = graphene.List(
        graphene.NonNull(graphene.String), description="Slugs of values.", deprecation_reason="Use `value`."
    )
    boolean = graphene.Boolean(deprecation_reason="Use `value`.")


class ProductFilterInput(Input):
    """Saleor's older filter: all given parts must fit. `targetAreas` and the next three are ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    slugs = graphene.List(graphene.NonNull(graphene.String))
    search = graphene.String()
    categories = graphene.List(graphene.NonNull(graphene.ID))
    collections = graphene.List(graphene.NonNull(graphene.ID))
    product_types = graphene.List(graphene.NonNull(graphene.ID))
    has_category = graphene.Boolean()
    attributes = graphene.List(graphene.NonNull(AttributeInput))
    price = graphene.InputField(PriceRangeInput)
    minimal_price = graphene.InputField(PriceRangeInput)
    stock_availability = graphene.InputField(StockAvailability)
    is_available = graphene.Boolean()
    target_areas = graphene.List(graphene.NonNull(graphene.String), description="Slugs; inner areas count.")
    tool_types = graphene.List(graphene.NonNull(graphene.String), description="Slugs.")
    conditions = graphene.List(graphene.NonNull(graphene.String), description="Slugs.")
    guides = graphene.List(graphene.NonNull(graphene.String), description="Slugs of pages.")


class ProductWhereInput(Input):
    """Saleor's newer filter, with AND and OR. `targetAreas` and the next three are ours."""

    ids = graphene.List(graphene.NonNull(graphene.ID))
    name = graphene.InputField(StringFilterInput)
    slug = graphene.InputField(StringFilterInput)
    category = graphene.InputField(GlobalIDFilterInput)
    collection = graphene.InputField(GlobalIDFilterInput)
    product_type = graphene.InputField(GlobalIDFilterInput)
    has_category = graphene.Boolean()
    attributes = graphene.List(graphene.NonNull(AttributeInput))
    price = graphene.InputField(DecimalFilterInput)
    minimal_price = graphene.InputField(DecimalFilterInput)
    stock_availability = graphene.InputField(StockAvailability)
    is_available = graphene.Boolean()
    target_areas = graphene.InputField(StringFilterInput, description="Slugs; inner areas count.")
    tool_type = graphene.InputField(StringFilterInput, description="Slugs.")
    conditions = graphene.InputField(StringFilterInput, description="Slugs.")
    guides = graphene.InputField(StringFilterInput, description="Slugs of pages.")
    AND = graphene.List(graphene.NonNull(lambda: ProductWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: ProductWhereInput), name="OR")


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
    # Nothing is rated, and published is what was made.
    "RATING": ProductSort.NAME,
    "TYPE": ProductSort.TYPE,
    "PUBLISHED": ProductSort.NAME,
    "PUBLISHED_AT": ProductSort.CREATED,
    "PUBLICATION_DATE": ProductSort.CREATED,
}
ProductOrderField = graphene.Enum(
    "ProductOrderField", [(name, name) for name in SORTS], description="What products are ordered by."
)


class ProductOrder(Input):
    direction = graphene.InputField(OrderDirection, required=True)
    field = graphene.InputField(ProductOrderField)


# The arguments of a list of products, wherever it stands.
PRODUCT_LIST = {
    "filter": ProductFilterInput(),
    "where": ProductWhereInput(),
    "sort_by": ProductOrder(),
    "search": graphene.String(),
    **WINDOW,
}


def price_condition(scope: Scope, given: Mapping[str, Any]) -> Q:
    """Return what a range of prices asks for, or Saleor's newer `{ eq, oneOf, range }`."""
    channel = scope.channel
    if not given or channel is None:
        return Q()
    if "gte" in given or "lte" in given:
        at_least, at_most = (as_decimal(given.get(name)) for name in ("gte", "lte"))
        return priced_between(at_least, at_most, channel)
    if given.get("range"):
        return priced_between(given["range"].get("gte"), given["range"].get("lte"), channel)
    either = Q(pk__in=[])
    for amount in dict.fromkeys(allowed_values(given)):
        either |= priced_between(Decimal(amount), Decimal(amount), channel)
    return either


def as_decimal(bound: float | None) -> Decimal | None:
    return None if bound is None else Decimal(str(bound))


def collection_condition(scope: Scope, public_ids: Any) -> Q:
    return in_collections(public_ids, scope.channel) if scope.channel else Q()


def category_condition(scope: Scope, public_ids: Any) -> Q:
    return in_categories(public_ids, scope.context.categories)


def attributes_condition(scope: Scope, inputs: Any) -> Q:
    """Return what holds for products that have one of the wanted values of each attribute."""
    wanted = Q()
    for given in distinct(inputs):
        wanted &= attribute_condition(scope, given)
    return wanted


def attribute_condition(scope: Scope, given: Given) -> Q:
    value = given.get("value") or Given()
    slugs = value["slug"] if value.get("slug") is not None else tuple(given.get("values") or ())
    names = value.get("name") or ()
    truth = value.get("boolean") if value.get("boolean") is not None else given.get("boolean")
    slug = given.get("slug") or ""
    if truth is None and not slugs and not names:
        raise GraphQLError(f'Say which values of the attribute "{slug}" are wanted: by `value` or `values`.')
    key = settings.SALEOR_SLUGS.key_of(slug)
    if key == model.FSA_HSA:
        return has_facet(FacetName.FSA, [YES if truth else NO]) if truth is not None else Q(pk__in=[])
    if key in TEXTS:
        return has_facet(TEXTS[key], [*slugs, *names])
    if key in (model.GUIDE, model.RELATED_GUIDES):
        return with_guides(slugs)
    if key == model.TARGET_AREAS:
        return in_areas(slugs)
    if key in WORDS:
        return tagged_with(WORDS[key], slugs)
    return with_value(scope.channel, slug, named(slugs, names))


# Attributes of Saleor's product type that the read model knows.
TEXTS = {model.BRAND: FacetName.BRAND, model.MATERIAL: FacetName.MATERIAL}
WORDS = {
    model.TOOL_TYPE: Vocabulary.TOOL_TYPE,
    model.CONDITIONS: Vocabulary.CONDITION,
    model.CONTRAINDICATIONS: Vocabulary.CONTRAINDICATION,
}
CONDITIONS: Mapping[str, Condition] = {
    "ids": values_in("public_id"),
    "name": values_in("name"),
    "slug": values_in("slug"),
    "slugs": values_in("slug"),
    "categories": category_condition,
    "category": category_condition,
    "collections": collection_condition,
    "collection": collection_condition,
    "product_types": values_in("product_type__public_id"),
    "product_type": values_in("product_type__public_id"),
    "has_category": lambda scope, has_one: Q(category__isnull=not has_one),
    "attributes": attributes_condition,
    "price": price_condition,
    "minimal_price": price_condition,
    "stock_availability": lambda scope, stock: available(stock == StockAvailability.IN_STOCK),
    "is_available": lambda scope, is_available: available(is_available),
    "target_areas": lambda scope, slugs: in_areas(slugs),
    "tool_type": lambda scope, slugs: tagged_with(Vocabulary.TOOL_TYPE, slugs),
    "tool_types": lambda scope, slugs: tagged_with(Vocabulary.TOOL_TYPE, slugs),
    "conditions": lambda scope, slugs: tagged_with(Vocabulary.CONDITION, slugs),
    "guides": lambda scope, slugs: with_guides(slugs),
}


def sort_of(arguments: ListArguments) -> tuple[ProductSort, bool]:
    """Return the order and whether it is turned round. A search without one is by rank, anything else by slug."""
    order = arguments.sort_by
    if not order or not order.get("field"):
        return (ProductSort.RANK, False) if arguments.words else (ProductSort.SLUG, False)
    sort = SORTS[order["field"].value]
    if order["field"].value == "RATING" and arguments.words:
        # Clients ask so for the most relevant: of equal ratings the best rank comes first.
        return ProductSort.RANK, not is_descending(order)
    if sort is ProductSort.RANK and not arguments.words:
        raise GraphQLError("Sorting by RANK is available only when using a search filter or search argument.")
    # The best rank first is what RANK DESC asks for in Saleor.
    return sort, is_descending(order) != (sort is ProductSort.RANK)


@dataclass(frozen=True, slots=True)
class ProductList:
    """The products of a channel, of a category or collection in it."""

    channel: Channel
    arguments: ListArguments
    category: Category | None = None
    collection: Collection | None = None

    def listing(self, context: Context) -> Listing[ProductRow]:
        scope = Scope(context, self.channel)
        condition = condition_of(self.arguments.conditions, CONDITIONS, scope)
        if self.category is not None:
            condition &= category_condition(scope, [self.category.public_id])
        sort, descending = sort_of(self.arguments)
        query = ProductQuery(condition, self.arguments.words, sort, descending, self.collection)
        return list_products(self.channel, query)


def resolve_product_list(
    context: Context,
    arguments: Mapping[str, Any],
    channel: str | None,
    *,
    category: Category | None = None,
    collection: Collection | None = None,
) -> Listed[ProductRow]:
    """Return a page of the products that the arguments of `products` ask for, wherever it stands."""
    place = context.required_channel(channel)
    window = read_window(arguments, "products")
    given = ListArguments.read(arguments)
    sort, _ = sort_of(given)
    if sort is ProductSort.COLLECTION and collection is None:
        raise GraphQLError("Sorting by COLLECTION is available only for the products of a collection.")
    if place is None:
        return Listed()
    return list_page(context, ProductList(place, given, category, collection), window, place)
