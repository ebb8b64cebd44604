"""Products of Shopify's `products.json` and of its GraphQL API: rows under the headers of its CSV file."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_import.sources.dialects.headers import plain
from catalog_import.sources.dialects.json_objects.values import (
    Object,
    Row,
    address_of,
    amount,
    objects,
    snake,
    text,
)

SHOPIFY = frozenset(
    (
        *("id", "admin graphql api id", "handle", "title", "body html", "description html", "description"),
        *("vendor", "product type", "status", "tags", "published at", "options", "variants", "images", "media"),
        *("image", "typename", "parentid", "parent id"),
    )
)
SHOPIFY_VARIANT = frozenset(
    (
        *(
            "id",
            "admin graphql api id",
            "title",
            "display name",
            "sku",
            "price",
            "compare at price",
            "barcode",
            "grams",
        ),
        *("option1", "option2", "option3", "selected options", "inventory quantity", "available", "weight"),
        *("available for sale", "weight unit", "featured image", "image", "image id", "parentid", "parent id"),
        *("position", "product id", "created at", "updated at", "typename", "inventory item"),
    )
)


def is_shopify(item: Object) -> bool:
    keys = {plain(key) for key in item}
    return isinstance(item.get("variants"), list) and (
        {"title", "handle"} <= keys and bool(keys & {"body html", "vendor", "product type", "description html"})
    )


def shopify_rows(product: Object) -> Iterator[Row]:
    """A product of Shopify's API as rows of its CSV file."""
    product = snake(product)
    names = [
        text(option.get("name") if isinstance(option, dict) else option) for option in product.get("options") or ()
    ]
    own = {
        "Handle": text(product.get("handle")),
        "Title": text(product.get("title")),
        "Body (HTML)": text(product.get("body_html", product.get("description_html", product.get("description")))),
        "Vendor": text(product.get("vendor")),
        "Type": text(product.get("product_type")),
        "Status": text(product.get("status")),
        "Tags": text(product.get("tags")),
    }
    if "published_at" in product:
        own["Published"] = "TRUE" if product["published_at"] else "FALSE"
    rows = [shopify_variant(variant, names) for variant in objects(product.get("variants"))]
    first = own | (rows[0] if rows else {})
    yield {head: cell for head, cell in first.items() if cell}
    for row in rows[1:]:
        yield {"Handle": own["Handle"]} | row
    pictures = objects(product.get("images")) or objects(product.get("media"))
    for place, picture in enumerate(pictures, 1):
        if address := address_of(picture):
            alt = text(picture.get("alt", picture.get("alt_text")))
            yield {
                "Handle": own["Handle"],
                "Image Src": address,
                "Image Position": text(picture.get("position")) or str(place),
                "Image Alt Text": alt,
            }


_SHOPIFY_UNITS = {"KILOGRAMS": "kg", "GRAMS": "g", "POUNDS": "lb", "OUNCES": "oz"}


def shopify_variant(variant: Object, names: list[str]) -> Row:
    variant = snake(variant)
    row = {
        "Variant SKU": text(variant.get("sku")),
        "Variant Price": amount(variant.get("price")),
        "Variant Compare At Price": amount(variant.get("compare_at_price")),
        "Variant Barcode": text(variant.get("barcode")),
        "Variant Grams": text(variant.get("grams")),
    }
    selected = objects(variant.get("selected_options"))
    for place in (1, 2, 3):
        value = text(variant.get(f"option{place}"))
        if len(selected) >= place:
            names = [*names, "", "", ""]
            names[place - 1] = text(selected[place - 1].get("name"))
            value = text(selected[place - 1].get("value"))
        if value:
            row[f"Option{place} Name"] = names[place - 1] if len(names) >= place else ""
            row[f"Option{place} Value"] = value
    quantity = variant.get("inventory_quantity")
    if quantity is not None:
        row["Variant Inventory Qty"] = text(quantity)
    elif variant.get("available") is False or variant.get("available_for_sale") is False:
        # The page of a shop says whether, not how many.
        row["Variant Inventory Qty"] = "0"
    if isinstance(measured := (variant.get("inventory_item") or {}), dict):
        measured = snake(measured)
        weight = (
            (measured.get("measurement") or {}).get("weight") if isinstance(measured.get("measurement"), dict) else {}
        )
        if isinstance(weight, dict) and text(weight.get("value")) not in ("", "0", "0.0"):
            unit = _SHOPIFY_UNITS.get(text(weight.get("unit")), text(weight.get("unit")))
            row["Variant Weight"], row["Variant Weight Unit"] = text(weight["value"]), unit
    if row["Variant Grams"] in ("", "0") and variant.get("weight") is not None:
        row["Variant Weight"], row["Variant Weight Unit"] = text(variant["weight"]), text(variant.get("weight_unit"))
        row["Variant Grams"] = ""
    if isinstance(picture := variant.get("featured_image") or variant.get("image"), dict):
        row["Variant Image"] = address_of(picture)
    return {head: cell for head, cell in row.items() if cell}
