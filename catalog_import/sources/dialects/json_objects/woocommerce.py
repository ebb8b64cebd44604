"""Products of WooCommerce's REST API: rows under the headers of its CSV file."""

from __future__ import annotations

from catalog_import.sources.dialects.json_objects.values import Object, Row, objects, picture_part, text

WOOCOMMERCE = frozenset(
    (
        *("id", "type", "sku", "global unique id", "name", "status", "catalog visibility", "short description"),
        *("description", "date on sale from", "date on sale to", "stock status", "is in stock", "stock quantity"),
        *("weight", "sale price", "regular price", "price", "prices", "categories", "brands", "images", "image"),
        *("parent id", "parent", "attributes"),
    )
)
_WOO_STATES = {"publish": "1", "private": "0", "draft": "-1"}


def is_woocommerce(item: Object) -> bool:
    return "sku" in item and (
        {"regular_price", "stock_status"} <= set(item)
        or {"permalink", "type", "catalog_visibility"} <= set(item)
        or (isinstance(item.get("prices"), dict) and "currency_minor_unit" in item["prices"])
    )


def woocommerce_row(product: Object) -> Row:
    """A product or variation of WooCommerce's REST API, or of its store API, as a row of its CSV file."""
    prices = product["prices"] if isinstance(product.get("prices"), dict) else product
    status = text(product.get("status"))
    attributes = objects(product.get("attributes"))
    is_variation = any("option" in attribute for attribute in attributes)
    parent = text(product.get("parent_id", product.get("parent")))
    row = {
        "ID": text(product.get("id")),
        "Type": text(product.get("type")) or ("variation" if is_variation else "simple"),
        "SKU": text(product.get("sku")),
        "GTIN, UPC, EAN, or ISBN": text(product.get("global_unique_id")),
        "Name": text(product.get("name")),
        "Published": _WOO_STATES.get(status, status),
        "Visibility in catalog": text(product.get("catalog_visibility")),
        "Short description": text(product.get("short_description")),
        "Description": text(product.get("description")),
        "Date sale price starts": text(product.get("date_on_sale_from")),
        "Date sale price ends": text(product.get("date_on_sale_to")),
        "In stock?": text(product.get("stock_status")) or ("outofstock" if product.get("is_in_stock") is False else ""),
        "Stock": text(product.get("stock_quantity")),
        "Weight (kg)": text(product.get("weight")),
        "Sale price": minor(prices, "sale_price"),
        "Regular price": minor(prices, "regular_price") or minor(prices, "price"),
        "Categories": ", ".join(comma_escaped(text(part.get("name"))) for part in objects(product.get("categories"))),
        "Brands": ", ".join(text(part.get("name")) for part in objects(product.get("brands"))),
        "Images": "\n".join(picture_part(part) for part in objects(product.get("images") or product.get("image"))),
        "Parent": f"id:{parent}" if parent not in ("", "0") else "",
    }
    if row["Sale price"] == row["Regular price"]:
        row["Sale price"] = ""
    for place, attribute in enumerate(attributes, 1):
        values = attribute.get("options") or [attribute.get("option")]
        row[f"Attribute {place} name"] = text(attribute.get("name"))
        row[f"Attribute {place} value(s)"] = ", ".join(comma_escaped(text(value)) for value in values if value)
    return {head: cell for head, cell in row.items() if cell}


def minor(prices: Object, name: str) -> str:
    """A price; the store API counts in the currency's smallest unit."""
    value = text(prices.get(name))
    digits = prices.get("currency_minor_unit")
    if digits is None or not value.isdecimal():
        return value
    places = int(str(digits))
    padded = value.zfill(places + 1)
    whole = f"{padded[: len(padded) - places]}.{padded[len(padded) - places :]}" if places else padded
    return f"{whole} {text(prices.get('currency_code'))}".strip()


def comma_escaped(value: str) -> str:
    return value.replace(",", "\\,")
