"""Products of Saleor's GraphQL API: rows in our columns."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from catalog_import.sources.dialects.json_objects.values import (
    Object,
    Row,
    amount,
    objects,
    picture_part,
    text,
    with_unread,
)

SALEOR = frozenset(
    (
        *("id", "external reference", "name", "slug", "description", "seo title", "seo description", "category"),
        *("media", "images", "channel listings", "attributes", "variants", "weight", "typename"),
    )
)

_SALEOR_VARIANT = frozenset(
    (
        *("id", "external reference", "name", "sku", "channel listings", "pricing", "stocks", "attributes", "weight"),
        *("typename", "track inventory", "media", "images"),
    )
)


def is_saleor(item: Object) -> bool:
    variants = item.get("variants")
    if not isinstance(variants, list):
        return False
    saleor = {"productType", "channelListings", "isAvailable", "defaultVariant", "productVariants"}
    return bool(saleor & set(item)) or global_id(item.get("id")) == "Product"


def global_id(value: Any) -> str:
    """The type that a global id of Saleor names; empty for any other id."""
    try:
        decoded = base64.b64decode(str(value), validate=True).decode("ascii")
    except ValueError:
        return ""
    name, colon, _ = decoded.partition(":")
    return name if colon and name.isalpha() else ""


def saleor_rows(product: Object) -> Iterator[Row]:
    """A product of Saleor's API as rows in our columns, one for each variant."""
    reference = text(product.get("externalReference")) or text(product.get("id"))
    own = {
        "product_reference": reference or text(product.get("slug")),
        "name": text(product.get("name")),
        "slug": text(product.get("slug")),
        "description": text(product.get("description")),
        "seo_title": text(product.get("seoTitle")),
        "seo_description": text(product.get("seoDescription")),
        "category": text((product.get("category") or {}).get("name")),
        "image": "\n".join(picture_part(part) for part in objects(product.get("media") or product.get("images"))),
    }
    published = [
        listing["isPublished"] for listing in objects(product.get("channelListings")) if "isPublished" in listing
    ]
    if published:
        own["status"] = "active" if any(published) else "draft"
    elif product.get("isAvailable") is False:
        # It may be a draft, sold out or not yet for sale: nothing to guess, but to be told as not read.
        own["isAvailable"] = "false"
    own |= saleor_attributes(product, "attribute")
    for variant in objects(product.get("variants")):
        row = own | {
            "sku": text(variant.get("sku")),
            "variant_reference": text(variant.get("externalReference")) or text(variant.get("id")),
            "variant": text(variant.get("name")),
        }
        row |= saleor_attributes(variant, "option") | saleor_prices(variant) | saleor_stock(variant)
        if isinstance(weight := variant.get("weight") or product.get("weight"), dict):
            row["weight_g"] = f"{text(weight.get('value'))} {text(weight.get('unit')).lower()}"
        filled = iter([{name: cell for name, cell in row.items() if cell}])
        yield from with_unread(variant, filled, _SALEOR_VARIANT)


def saleor_attributes(item: Object, prefix: str) -> Row:
    found: Row = {}
    for entry in objects(item.get("attributes")):
        attribute = entry.get("attribute") or {}
        name = text(attribute.get("slug")) or text(attribute.get("name"))
        values = [text(value.get("name")) for value in objects(entry.get("values"))]
        if name and any(values):
            column = name if prefix == "attribute" and name in ("material", "brand") else f"{prefix}: {name}"
            found[column] = ", ".join(filter(None, values))
    return found


def saleor_prices(variant: Object) -> Row:
    listings = [
        (text((listing.get("channel") or {}).get("slug")), amount(listing["price"]))
        for listing in objects(variant.get("channelListings"))
        if isinstance(listing.get("price"), dict)
    ]
    if len(listings) > 1:
        return {f"price: {channel}": price for channel, price in listings if channel}
    pricing = variant.get("pricing") or {}
    shown = listings[0][1] if listings else amount(pricing.get("price"))
    before = amount(pricing.get("priceUndiscounted"))
    return {"price": shown} | ({"compare_at_price": before} if before and before != shown else {})


def saleor_stock(variant: Object) -> Row:
    stocks = objects(variant.get("stocks"))
    if len(stocks) > 1:
        return {
            f"stock: {text((stock.get('warehouse') or {}).get('slug'))}": text(stock.get("quantity"))
            for stock in stocks
            if stock.get("warehouse")
        }
    return {"stock": text(stocks[0].get("quantity"))} if stocks else {}
