"""What rows answer for their fields, where that is not just what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from tests.saleor.fake.connections import by_name, page_of
from tests.saleor.fake.refusals import denied
from tests.saleor.fake.registry import Asked, answers
from tests.saleor.fake.state import (
    Attribute,
    Category,
    Channel,
    Collection,
    Listing,
    Media,
    Order,
    Page,
    PageType,
    Price,
    Product,
    ProductType,
    Row,
    Shop,
    Stock,
    Value,
    Variant,
    Warehouse,
    Webhook,
    global_id,
)
from tests.saleor.fake.values import title_of

Json = dict[str, Any]

# The shop's setting `limitQuantityPerCheckout`, as it comes.
A_CHECKOUT: Final = 50

# Who may see private metadata.
KEEPERS: Final = {
    "App": "MANAGE_APPS",
    "Attribute": "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
    "Category": "MANAGE_PRODUCTS",
    "Channel": "MANAGE_CHANNELS",
    "Collection": "MANAGE_PRODUCTS",
    "Menu": "MANAGE_MENUS",
    "MenuItem": "MANAGE_MENUS",
    "Page": "MANAGE_PAGES",
    "PageType": "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
    "Product": "MANAGE_PRODUCTS",
    "ProductMedia": "MANAGE_PRODUCTS",
    "ProductType": "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
    "ProductVariant": "MANAGE_PRODUCTS",
    "Warehouse": "MANAGE_PRODUCTS",
}


# Metadata ------------------------------------------------------------------------------------------------------------


def items(metadata: dict[str, str]) -> list[Json]:
    return [{"key": key, "value": metadata[key]} for key in sorted(metadata)]


def keeper_of(row: Row) -> str:
    if isinstance(row, Attribute) and row.type == "PAGE_TYPE":
        return "MANAGE_PAGE_TYPES_AND_ATTRIBUTES"
    return KEEPERS[row.kind]


def private(asked: Asked, row: Row) -> dict[str, str]:
    if not asked.may(keeper_of(row)):
        raise denied()
    return row.private_metadata


def register_metadata(kind: str) -> None:
    answers(kind, "metadata")(lambda asked, row: items(row.metadata))
    answers(kind, "metafield")(lambda asked, row, key: row.metadata.get(key))
    answers(kind, "privateMetadata")(lambda asked, row: items(private(asked, row)))
    answers(kind, "privateMetafield")(lambda asked, row, key: private(asked, row).get(key))


for kind in KEEPERS:
    register_metadata(kind)


# Products ------------------------------------------------------------------------------------------------------------


def selected(shop: Shop, attributes: list[int] | dict[int, bool], row: Any) -> list[Json]:
    """All attributes of the row's type, with the values that it has."""
    return [
        {"attribute": shop.attributes[pk], "values": [shop.values[value] for value in row.assigned.get(pk, ())]}
        for pk in attributes
    ]


@answers("Product", "attributes")
def product_attributes(asked: Asked, row: Product) -> list[Json]:
    return selected(asked.shop, asked.shop.product_types[row.product_type].product_attributes, row)


@answers("Product", "category")
def product_category(asked: Asked, row: Product) -> Category | None:
    return asked.shop.categories.get(row.category)


@answers("Product", "productType")
def product_type(asked: Asked, row: Product) -> ProductType:
    return asked.shop.product_types[row.product_type]


@answers("Product", "collections")
def product_collections(asked: Asked, row: Product) -> list[Row]:
    return [found for found in asked.shop.collections if row.pk in found.products]


@answers("Product", "channelListings")
def product_listings(asked: Asked, row: Product) -> list[Listing]:
    asked.require("MANAGE_PRODUCTS")
    return list(asked.shop.listings.where(product=row.pk))


@answers("Product", "media")
def product_media(asked: Asked, row: Product) -> list[Media]:
    return sorted(asked.shop.media.where(product=row.pk), key=lambda media: (media.sort_order, media.pk))


@answers("Product", "variants")
def product_variants(asked: Asked, row: Product) -> list[Variant]:
    """By their SKUs, since variants that are made in bulk have no place of their own."""
    found = asked.shop.variants.where(product=row.pk)
    return sorted(found, key=lambda variant: (variant.sku is None, variant.sku or "", variant.pk))


@answers("Product", "weight")
@answers("ProductVariant", "weight")
def weight(_: Asked, row: Product | Variant) -> Json | None:
    return None if row.weight is None else {"unit": "KG", "value": float(row.weight)}


@answers("ProductChannelListing", "channel")
@answers("ProductVariantChannelListing", "channel")
def listing_channel(asked: Asked, row: Listing | Price) -> Channel:
    return asked.shop.channels[row.channel]


@answers("ProductChannelListing", "isAvailableForPurchase")
def is_available(_: Asked, row: Listing) -> bool:
    return row.available_at is not None and row.available_at <= datetime.now(UTC)


@answers("ProductChannelListing", "availableForPurchaseAt")
def available_at(_: Asked, row: Listing) -> datetime | None:
    return row.available_at


@answers("ProductMedia", "url")
def media_url(asked: Asked, row: Media, size: int | None = None) -> str:
    return row.external_url or f"{asked.base_url}/media/{row.file}"


@answers("ProductMedia", "type")
def media_type(_: Asked, row: Media) -> str:
    return "IMAGE"


@answers("ProductMedia", "productId")
def media_product(_: Asked, row: Media) -> str:
    return global_id("Product", row.product)


# Variants ------------------------------------------------------------------------------------------------------------


@answers("ProductVariant", "product")
def variant_product(asked: Asked, row: Variant) -> Product:
    return asked.shop.products[row.product]


@answers("ProductVariant", "attributes")
def variant_attributes(asked: Asked, row: Variant) -> list[Json]:
    kind = asked.shop.product_types[asked.shop.products[row.product].product_type]
    return selected(asked.shop, kind.variant_attributes, row)


@answers("ProductVariant", "channelListings")
def variant_prices(asked: Asked, row: Variant) -> list[Price]:
    asked.require("MANAGE_PRODUCTS")
    return list(asked.shop.prices.where(variant=row.pk))


@answers("ProductVariant", "stocks")
def variant_stocks(asked: Asked, row: Variant) -> list[Stock]:
    asked.require("MANAGE_PRODUCTS", "MANAGE_ORDERS")
    return list(asked.shop.stocks.where(variant=row.pk))


@answers("ProductVariant", "quantityOrdered")
def quantity_ordered(asked: Asked, _: Variant) -> None:
    """Whatever was ordered: only Saleor's sales report knows it."""
    asked.require("MANAGE_PRODUCTS")


@answers("ProductVariant", "quantityAvailable")
def quantity_available(asked: Asked, row: Variant) -> int:
    """At most what a checkout may have. Without a shipping zone nothing can be had."""
    channels = (one for one in asked.shop.channels if one.ships_to and asked.channel in (None, one.slug))
    places = {pk for channel in channels for pk in channel.warehouses}
    stocks = [one for one in asked.shop.stocks.where(variant=row.pk) if one.warehouse in places]
    return min(A_CHECKOUT, max(0, sum(one.quantity - one.allocated for one in stocks)))


@answers("Stock", "quantityAllocated")
def quantity_allocated(asked: Asked, row: Stock) -> int:
    asked.require("MANAGE_PRODUCTS", "MANAGE_ORDERS")
    return row.allocated


@answers("Stock", "quantityReserved")
def quantity_reserved(asked: Asked, _: Stock) -> int:
    """The fake has no checkouts."""
    asked.require("MANAGE_PRODUCTS", "MANAGE_ORDERS")
    return 0


@answers("Product", "defaultVariant")
def default_variant(asked: Asked, row: Product) -> Variant | None:
    return asked.shop.variants.get(row.default_variant)


@answers("Order", "lines")
def order_lines(asked: Asked, row: Order) -> list[Json]:
    return [
        {"id": global_id("OrderLine", f"{row.pk}-{pk}"), "quantity": units, "variant": asked.shop.variants.get(pk)}
        for pk, units in row.lines.items()
    ]


@answers("App", "webhooks")
def app_webhooks(asked: Asked, row: Any) -> list[Webhook]:
    return list(asked.shop.webhooks.where(app=row.pk))


@answers("Webhook", "subscriptionQuery")
def webhook_query(_: Asked, row: Webhook) -> str:
    return row.query


def money(asked: Asked, row: Price, amount: Any) -> Json | None:
    return (
        None
        if amount is None
        else {"amount": float(amount), "currency": asked.shop.channels[row.channel].currency_code}
    )


@answers("ProductVariantChannelListing", "price")
def price(asked: Asked, row: Price) -> Json | None:
    return money(asked, row, row.price)


@answers("ProductVariantChannelListing", "priorPrice")
def prior_price(asked: Asked, row: Price) -> Json | None:
    return money(asked, row, row.prior_price)


@answers("ProductVariantChannelListing", "costPrice")
def cost_price(asked: Asked, row: Price) -> Json | None:
    return money(asked, row, row.cost_price)


@answers("Stock", "warehouse")
def stock_warehouse(asked: Asked, row: Stock) -> Warehouse:
    return asked.shop.warehouses[row.warehouse]


# Attributes and types ------------------------------------------------------------------------------------------------


@answers("Attribute", "referenceTypes")
def reference_types(asked: Asked, row: Attribute, limit: int = 100) -> list[Row] | None:
    if row.input_type not in ("REFERENCE", "SINGLE_REFERENCE"):
        return None
    return [asked.shop.table(kind)[pk] for kind, pk in row.allowed][:limit]


@answers("Attribute", "choices")
def choices(asked: Asked, row: Attribute, search: str | None = None, **page: Any) -> Json | None:
    if row.input_type not in ("DROPDOWN", "MULTISELECT", "SWATCH"):
        values: Iterator[Value] = iter(())
    else:
        values = asked.shop.values.where(attribute=row.pk)
    return page_of("choices", values, lambda value: (value.pk,), **page)


@answers("Attribute", "withChoices")
def with_choices(_: Asked, row: Attribute) -> bool:
    return row.input_type in ("DROPDOWN", "MULTISELECT", "SWATCH")


@answers("AttributeValue", "name")
def value_name(asked: Asked, row: Value) -> str:
    """Of a reference, the name of what it refers to as it is now."""
    return (
        row.name
        if row.reference is None
        else title_of(asked.shop, asked.shop.table(row.reference[0])[row.reference[1]])
    )


@answers("AttributeValue", "reference")
def value_reference(_: Asked, row: Value) -> str | None:
    return None if row.reference is None else global_id(*row.reference)


@answers("AttributeValue", "file")
def value_file(asked: Asked, row: Value) -> Json | None:
    return None if row.file_url is None else {"url": f"{asked.base_url}/media/{row.file_url}"}


@answers("AttributeValue", "inputType")
def value_input_type(asked: Asked, row: Value) -> str:
    return asked.shop.attributes[row.attribute].input_type


@answers("AttributeValue", "date")
def value_date(asked: Asked, row: Value) -> Any:
    is_date = value_input_type(asked, row) == "DATE"
    return row.date_time.date() if is_date and row.date_time else None


@answers("AttributeValue", "dateTime")
def value_date_time(asked: Asked, row: Value) -> datetime | None:
    return row.date_time if value_input_type(asked, row) == "DATE_TIME" else None


@answers("ProductType", "productAttributes")
def type_attributes(asked: Asked, row: ProductType) -> list[Attribute]:
    return [asked.shop.attributes[pk] for pk in row.product_attributes]


@answers("ProductType", "variantAttributes")
def type_variant_attributes(asked: Asked, row: ProductType) -> list[Attribute]:
    return [asked.shop.attributes[pk] for pk in row.variant_attributes]


@answers("ProductType", "assignedVariantAttributes")
def type_variant_selection(asked: Asked, row: ProductType) -> list[Json]:
    return [
        {"attribute": asked.shop.attributes[pk], "variantSelection": selection}
        for pk, selection in row.variant_attributes.items()
    ]


@answers("ProductType", "kind")
def type_kind(_: Asked, row: ProductType) -> str:
    return "NORMAL"


@answers("PageType", "attributes")
def page_type_attributes(asked: Asked, row: PageType) -> list[Attribute]:
    return [asked.shop.attributes[pk] for pk in row.attributes]


@answers("Page", "pageType")
def page_type(asked: Asked, row: Page) -> PageType:
    return asked.shop.page_types[row.page_type]


@answers("Page", "attributes")
def page_attributes(asked: Asked, row: Page) -> list[Json]:
    return selected(asked.shop, asked.shop.page_types[row.page_type].attributes, row)


@answers("Category", "parent")
def category_parent(asked: Asked, row: Category) -> Category | None:
    return asked.shop.categories.get(row.parent)


@answers("Category", "level")
def category_level(asked: Asked, row: Category) -> int:
    above = category_parent(asked, row)
    return 0 if above is None else 1 + category_level(asked, above)


@answers("Collection", "products")
def collection_products(asked: Asked, row: Collection, sort_by: Any = None, **page: Any) -> Json:
    if sort_by is None or sort_by["field"] != "COLLECTION":
        raise NotImplementedError("The fake models the products of a collection in its own order alone")
    places = {pk: place for place, pk in enumerate(row.products)}
    found = (asked.shop.products[pk] for pk in row.products if asked.shop.products.get(pk))
    return page_of("products", found, lambda product: (places[product.pk],), **page)


@answers("Collection", "channelListings")
def collection_listings(asked: Asked, row: Collection) -> list[Json]:
    asked.require("MANAGE_PRODUCTS")
    return [
        {
            "id": global_id("CollectionChannelListing", f"{row.pk}-{pk}"),
            "isPublished": is_published,
            "publishedAt": published_at,
            "channel": asked.shop.channels[pk],
        }
        for pk, (is_published, published_at) in row.listings.items()
        if asked.shop.channels.get(pk)
    ]


# Channels, warehouses, the app ---------------------------------------------------------------------------------------


@answers("Channel", "warehouses")
def channel_warehouses(asked: Asked, row: Channel) -> list[Warehouse]:
    return sorted((asked.shop.warehouses[pk] for pk in row.warehouses), key=by_name)


@answers("Channel", "countries")
def channel_countries(_: Asked, row: Channel) -> list[Json]:
    return [{"code": code, "country": code} for code in row.ships_to]


@answers("Channel", "defaultCountry")
def default_country(_: Asked, row: Channel) -> Json:
    return {"code": row.country, "country": row.country}


@answers("Channel", "availableShippingMethodsPerCountry")
def shipping_methods(_: Asked, row: Channel) -> list[Json]:
    method = {"id": global_id("ShippingMethod", row.pk)}
    return [{"countryCode": code, "shippingMethods": [method]} for code in row.ships_to]


@answers("Channel", "orderSettings")
def order_settings(asked: Asked, row: Channel) -> Json:
    asked.require("MANAGE_CHANNELS", "MANAGE_ORDERS")
    return {"allowUnpaidOrders": row.allow_unpaid_orders}


@answers("Warehouse", "shippingZones")
def shipping_zones(asked: Asked, row: Warehouse, **page: Any) -> Json:
    """One for each channel that ships from here."""
    zones = (channel for channel in asked.shop.channels if channel.ships_to and row.pk in channel.warehouses)
    found = page_of("shippingZones", zones, by_name, **page)
    edges = [{**edge, "node": {"id": global_id("ShippingZone", edge["node"].pk)}} for edge in found["edges"]]
    return found | {"edges": edges}


@answers("App", "permissions")
def app_permissions(_: Asked, row: Any) -> list[Json]:
    return [{"code": code, "name": code} for code in sorted(row.permissions)]
