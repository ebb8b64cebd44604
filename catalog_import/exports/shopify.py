"""Products as rows of Shopify's product CSV, and what that format has no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog_import.exports.native import Row, text_of
from storefront.catalog.fields import COMPARE_AT, OPTION, PRICE, STOCK, with_prefix
from storefront.catalog.records import DEFAULT_CHANNEL, Status
from storefront.catalog.richtext import to_html
from storefront.catalog.snapshots import ShopProduct

COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value"),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy"),
    *("Variant Fulfillment Service", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping"),
    *("Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "SEO Title", "SEO Description", "Status"),
)
# What Shopify's product CSV has no column for; areas, tool type and conditions at least stand in its tags.
CANNOT_HOLD = (
    *("cautions", "guide", "related_guides", "material", "warranty_years", "fsa_hsa_eligible"),
    *("fsa_hsa_condition", "techniques", "contraindications"),
    *("tags' origins and evidence", "prices of other channels", "stock by warehouse"),
)


def shopify_rows(product: ShopProduct) -> Iterator[Row]:
    """Shopify's product CSV (help.shopify.com, "Using CSV files to import and export products"): a row a variant,
    then a row for each picture more than there are variants. At most three options."""
    own = product.fields.own
    pictures = own.get("media") or []
    variants = list(product.fields.variants.values())
    options = list(dict.fromkeys(name for fields in variants for name in fields if name.startswith(OPTION)))[:3]
    handle = product.reference or str(own["slug"])
    for index in range(max(len(variants), len(pictures))):
        row: Row = {"Handle": handle}
        if index == 0:
            row |= shopify_own(product)
        if index < len(variants):
            row |= shopify_variant(variants[index], options)
        if index < len(pictures):
            row |= {
                "Image Src": pictures[index]["location"],
                "Image Position": str(index + 1),
                "Image Alt Text": pictures[index]["alt"],
            }
        yield row


def shopify_own(product: ShopProduct) -> Row:
    own, tags = product.fields.own, product.tags
    words = [tag.slug for tag in (*tags.target_areas, *tags.tool_types, *tags.conditions)]
    return {
        "Title": str(own["name"]),
        "Body (HTML)": to_html(str(own.get("description") or "")).strip(),
        "Vendor": str(own.get("brand") or ""),
        "Type": str(own.get("category") or ""),
        "Tags": ", ".join(words),
        "Published": "true" if own.get("status") == Status.ACTIVE else "false",
        "SEO Title": str(own.get("seo_title") or ""),
        "SEO Description": str(own.get("seo_description") or ""),
        "Status": str(own.get("status") or Status.ACTIVE.value),
    }


def shopify_variant(fields: Mapping[str, Any], options: Sequence[str]) -> Row:
    row: Row = {
        "Variant SKU": str(fields["sku"]),
        "Variant Grams": text_of(fields.get("weight_g")),
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": str(sum(with_prefix(fields, STOCK).values())),
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": text_of(fields.get(PRICE + DEFAULT_CHANNEL)),
        "Variant Compare At Price": text_of(fields.get(COMPARE_AT + DEFAULT_CHANNEL)),
        "Variant Requires Shipping": "true",
        "Variant Barcode": str(fields.get("barcode") or ""),
    }
    for number, option in enumerate(options or [f"{OPTION}Title"], 1):
        row[f"Option{number} Name"] = option.removeprefix(OPTION)
        row[f"Option{number} Value"] = str(fields.get(option) or "Default Title")
    return row
