"""Products, variants and categories in Saleor's dialect, with what they are for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.db.models import Q
from graphql import GraphQLError

from storefront.catalog import queries
from storefront.catalog.keyset import Page
from storefront.catalog.models import (
    Category as CategoryRow,
)
from storefront.catalog.models import (
    Channel,
    Term,
    Vocabulary,
)
from storefront.catalog.models import (
    Product as ProductRow,
)
from storefront.catalog.models import (
    ProductMedia as ProductMediaRow,
)
from storefront.catalog.models import (
    ProductVariant as ProductVariantRow,
)
from storefront.catalog.queries import ProductSort
from storefront.catalog.records import LinkRole
from storefront.catalog.richtext import to_editorjs
from storefront.graphql.areas import BodyArea, Caution, Condition, ToolType
from storefront.graphql.base import (
    WINDOW,
    DecimalFilterInput,
    GlobalIDFilterInput,
    Image,
    InChannel,
    JSONString,
    Listed,
    OrderDirection,
    PriceRangeInput,
    StringFilterInput,
    TaxedMoney,
    TaxedMoneyRange,
    ThumbnailFormatEnum,
    channel_for,
    connection,
    listed,
    media_url,
    taxed,
    window_of,
)


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


SORTS = {
    "NAME": ProductSort.NAME,
    "RANK": ProductSort.RANK,
    "PRICE": ProductSort.PRICE,
    "MINIMAL_PRICE": ProductSort.PRICE,
    "DATE": ProductSort.UPDATED,
    "LAST_MODIFIED": ProductSort.UPDATED,
    "LAST_MODIFIED_AT": ProductSort.UPDATED,
    "CREATED_AT": ProductSort.CREATED,
}


class ProductOrder(graphene.InputObjectType):
    direction = graphene.Field(OrderDirection, required=True)
    field = graphene.Field(ProductOrderField)


class ProductType(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)

    @staticmethod
    def resolve_id(root: Any, info: graphene.ResolveInfo) -> str:
        return str(root.public_id)


class Category(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    parent = graphene.Field(lambda: Category)
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
    def resolve_id(root: CategoryRow, info: graphene.ResolveInfo) -> str:
        return root.public_id

    @staticmethod
    def resolve_products(root: CategoryRow, info: graphene.ResolveInfo, **arguments: Any) -> Listed[ProductRow]:
        return list_products(arguments, within=queries.in_categories([root.public_id]))


class ProductMediaType(graphene.Enum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class ProductMedia(graphene.ObjectType):
    id = graphene.ID(required=True)
    sort_order = graphene.Int()
    alt = graphene.String(required=True)
    type = graphene.Field(ProductMediaType, required=True)
    url = graphene.String(
        required=True, size=graphene.Int(), format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL)
    )

    @staticmethod
    def resolve_id(root: ProductMediaRow, info: graphene.ResolveInfo) -> str:
        return root.public_id

    @staticmethod
    def resolve_sort_order(root: ProductMediaRow, info: graphene.ResolveInfo) -> int:
        return root.position

    @staticmethod
    def resolve_type(root: ProductMediaRow, info: graphene.ResolveInfo) -> str:
        return "IMAGE"

    @staticmethod
    def resolve_url(root: ProductMediaRow, info: graphene.ResolveInfo, **_: Any) -> str:
        return media_url(info.context.request, root.file)


class ProductPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    display_gross_prices = graphene.Boolean(required=True)
    price_range = graphene.Field(TaxedMoneyRange)
    price_range_undiscounted = graphene.Field(TaxedMoneyRange)


class VariantPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    price = graphene.Field(TaxedMoney)
    price_undiscounted = graphene.Field(TaxedMoney)


class VariantOption(graphene.ObjectType):
    """An option of the variant and its value, like Size: Large."""

    name = graphene.String(required=True)
    value = graphene.String(required=True)


class ProductVariant(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    sku = graphene.String()
    product = graphene.Field(lambda: Product, required=True)
    pricing = graphene.Field(VariantPricingInfo)
    quantity_available = graphene.Int()
    options = graphene.List(graphene.NonNull(VariantOption), required=True)
    external_reference = graphene.String()

    @staticmethod
    def resolve_id(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.public_id

    @staticmethod
    def resolve_name(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.name or root.row.sku

    @staticmethod
    def resolve_sku(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.sku

    @staticmethod
    def resolve_external_reference(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.reference or None

    @staticmethod
    def resolve_product(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> InChannel[ProductRow]:
        return InChannel(root.row.product, root.channel)

    @staticmethod
    def resolve_quantity_available(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> int:
        return sum(stock.quantity for stock in root.row.shown_stocks)

    @staticmethod
    def resolve_options(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> list[dict[str, str]]:
        return [{"name": option.value.attribute.name, "value": option.value.name} for option in root.row.shown_options]

    @staticmethod
    def resolve_pricing(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        price = next(iter(root.row.shown_prices), None)
        if price is None or root.channel is None:
            return None
        before = price.compare_at_amount if price.compare_at_amount is not None else price.amount
        return {
            "on_sale": before > price.amount,
            "price": taxed(price.amount, root.channel.currency),
            "price_undiscounted": taxed(max(before, price.amount), root.channel.currency),
        }


class Product(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    description = JSONString()
    seo_title = graphene.String()
    seo_description = graphene.String()
    created = graphene.DateTime(required=True)
    updated_at = graphene.DateTime(required=True)
    channel = graphene.String()
    external_reference = graphene.String()
    product_type = graphene.Field(ProductType, required=True)
    category = graphene.Field(Category)
    thumbnail = graphene.Field(
        Image, size=graphene.Int(), format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL)
    )
    media = graphene.List(graphene.NonNull(ProductMedia))
    pricing = graphene.Field(ProductPricingInfo)
    is_available = graphene.Boolean()
    default_variant = graphene.Field(ProductVariant)
    variants = graphene.List(graphene.NonNull(ProductVariant))
    brand = graphene.String()
    material = graphene.String()
    warranty_years = graphene.Float()
    fsa_hsa_eligible = graphene.Boolean()
    cautions = graphene.List(graphene.NonNull(Caution), required=True)
    target_areas = graphene.List(graphene.NonNull(BodyArea), required=True)
    tool_type = graphene.Field(ToolType)
    conditions = graphene.List(graphene.NonNull(Condition), required=True)
    primary_guide = graphene.Field("storefront.graphql.pages.Page")
    related_guides = graphene.List(graphene.NonNull("storefront.graphql.pages.Page"), required=True)

    @staticmethod
    def resolve_id(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str:
        return root.row.public_id

    @staticmethod
    def resolve_description(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return to_editorjs(root.row.description) if root.row.description else None

    @staticmethod
    def resolve_created(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return root.row.created_at

    @staticmethod
    def resolve_channel(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str | None:
        return root.channel.slug if root.channel else None

    @staticmethod
    def resolve_external_reference(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.reference or None

    @staticmethod
    def resolve_thumbnail(root: InChannel[ProductRow], info: graphene.ResolveInfo, **_: Any) -> dict[str, str] | None:
        picture = next(iter(root.row.pictures), None)
        return {"url": media_url(info.context.request, picture.file), "alt": picture.alt} if picture else None

    @staticmethod
    def resolve_media(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[ProductMediaRow]:
        return list(root.row.pictures)

    @staticmethod
    def resolve_pricing(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        if root.channel is None:
            return None
        prices = [price for variant in root.row.shown_variants for price in variant.shown_prices]
        before = [max(price.amount, price.compare_at_amount or Decimal(0)) for price in prices]
        now = [price.amount for price in prices]
        return {
            "on_sale": before != now,
            "display_gross_prices": True,
            "price_range": price_range(now, root.channel),
            "price_range_undiscounted": price_range(before, root.channel),
        }

    @staticmethod
    def resolve_is_available(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> bool:
        return root.row.units > 0

    @staticmethod
    def resolve_variants(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[InChannel[ProductVariantRow]]:
        return [InChannel(variant, root.channel) for variant in root.row.shown_variants]

    @staticmethod
    def resolve_default_variant(
        root: InChannel[ProductRow], info: graphene.ResolveInfo
    ) -> InChannel[ProductVariantRow] | None:
        first = next(iter(root.row.shown_variants), None)
        return InChannel(first, root.channel) if first else None

    @staticmethod
    def resolve_target_areas(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Term]:
        return queries.terms_of(root.row.shown_tags, Vocabulary.AREA)

    @staticmethod
    def resolve_tool_type(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Term | None:
        return next(iter(queries.terms_of(root.row.shown_tags, Vocabulary.TOOL_TYPE)), None)

    @staticmethod
    def resolve_conditions(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Term]:
        return queries.terms_of(root.row.shown_tags, Vocabulary.CONDITION)

    @staticmethod
    def resolve_primary_guide(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return next((link.page for link in root.row.shown_links if link.role == LinkRole.PRIMARY.value), None)

    @staticmethod
    def resolve_related_guides(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Any]:
        return [link.page for link in root.row.shown_links if link.role == LinkRole.RELATED.value]


def plain(name: str) -> Any:
    """A resolver that reads a column of the row."""

    def resolve(root: InChannel[Any], info: graphene.ResolveInfo) -> Any:
        return getattr(root.row, name)

    return staticmethod(resolve)


for column in (
    *("name", "slug", "seo_title", "seo_description", "updated_at", "product_type", "category"),
    *("brand", "material", "warranty_years", "fsa_hsa_eligible", "cautions"),
):
    setattr(Product, f"resolve_{column}", plain(column))

ProductCountableConnection = connection(Product, "Product", depends_on_channel=True)


def price_range(amounts: list[Decimal], channel: Channel) -> dict[str, Any] | None:
    if not amounts:
        return None
    return {"start": taxed(min(amounts), channel.currency), "stop": taxed(max(amounts), channel.currency)}


def list_products(arguments: dict[str, Any], *, within: Q | None = None) -> Listed[ProductRow]:
    """The answer to the arguments that `products` has wherever it stands; `within` narrows it further."""
    found = channel_for(arguments.get("channel"))
    window = window_of(arguments, "products")
    if arguments.get("filter") and arguments.get("where"):
        raise GraphQLError("Only one filtering argument (filter or where) can be specified.")
    given = arguments.get("filter") or {}
    search = arguments.get("search") or given.get("search")
    sort, is_descending = sort_of(arguments.get("sort_by"), bool(search))

    def load(channel: Channel) -> Page[ProductRow]:
        wanted = within or Q()
        if given:
            wanted &= filter_condition(given, channel)
        if arguments.get("where"):
            wanted &= where_condition(arguments["where"], channel)
        return queries.products_page(
            channel, wanted=wanted, search=search, sort=sort, is_descending=is_descending, window=window
        )

    return listed(found, load)


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


def filter_condition(given: dict[str, Any], channel: Channel) -> Q:
    wanted = Q()
    for name, condition in (
        ("ids", lambda value: Q(public_id__in=value)),
        ("slugs", lambda value: Q(slug__in=value)),
        ("categories", queries.in_categories),
        ("target_areas", queries.in_areas),
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


def where_condition(where: dict[str, Any], channel: Channel) -> Q:
    """A `where` as one condition. Its own parts must all fit; OR needs one of its members to."""
    wanted = Q()
    if where.get("ids") is not None:
        wanted &= Q(public_id__in=where["ids"])
    for name, condition in (
        ("name", lambda value: Q(name__in=value)),
        ("slug", lambda value: Q(slug__in=value)),
        ("category", queries.in_categories),
        ("target_areas", queries.in_areas),
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
    for part in where.get("AND") or ():
        wanted &= where_condition(part, channel)
    if where.get("OR"):
        either = Q()
        for part in where["OR"]:
            either |= where_condition(part, channel)
        wanted &= either
    return wanted & stock_condition(where)


def stock_condition(given: dict[str, Any]) -> Q:
    stock = given.get("stock_availability")
    return Q() if stock is None else queries.available(stock == StockAvailability.IN_STOCK)


def values_of(given: dict[str, Any]) -> list[str]:
    """The values that a `{ eq }` or `{ oneOf }` allows."""
    return [given["eq"]] if given.get("eq") is not None else list(given.get("one_of") or ())


def price_condition(given: dict[str, Any], channel: Channel) -> Q:
    if given.get("range"):
        return queries.priced_between(given["range"].get("gte"), given["range"].get("lte"), channel)
    either = Q(pk__in=[])
    for amount in values_of(given):
        either |= queries.priced_between(Decimal(amount), Decimal(amount), channel)
    return either


def as_decimal(bound: float | None) -> Decimal | None:
    return None if bound is None else Decimal(str(bound))
