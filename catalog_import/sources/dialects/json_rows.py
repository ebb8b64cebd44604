"""Objects of JSON files → rows: what other systems' APIs give out, and our own rows with their variants inside.

Shopify's and WooCommerce's objects become rows under the headers of their CSV files, Saleor's rows in our columns; so
each is read by the translator that knows the rest. Any other object is a row itself: names, amounts and addresses are
taken out of objects in its cells, and what says more than one thing is refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog_import.sources.cells import as_part
from catalog_import.sources.dialects.headers import our_column, plain
from catalog_import.sources.formats.tables import Damaged
from catalog_import.sources.values.categories import as_category_cell

Row = dict[str, str]
Object = dict[str, Any]
_MAX_LISTED = 1_000
# Columns of ours whose cells may be lists.
_LISTS = frozenset({"image", "target_areas", "conditions", "cautions", "related_guides"})
_FLAGS = frozenset({"status", "fsa_hsa_eligible"})
_BY_NAME = {"options": "option", "attributes": "attribute", "prices": "price", "stocks": "stock"}
_MAPS = ("price", "stock", "option", "attribute", *_BY_NAME)
_AMOUNTS = ("amount", "value", "gross", "price", "net")
_CURRENCIES = ("currency", "currencyCode", "currency_code")
_QUANTITIES = ("quantity", "available", "qty", "count", "value", "onHand", "on_hand")
_ADDRESSES = ("location", "url", "src", "href", "original", "full", "large", "path")
_NAMES = ("name", "title", "label", "value", "text", "html", "content", "markdown", "plain")
# What an object with a name may have besides.
_BESIDE = frozenset(
    {*_NAMES, *_ADDRESSES, "id", "slug", "alt", "handle", "key", "code", "permalink", "link", "type", "typename"}
    | {"__typename", "parent", "parentid", "parent_id", "position", "width", "height", "unit", "level", "description"}
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_SHOPIFY_ID = "gid://shopify/"
# What an answer about a single product wraps it in.
_WRAPPERS = frozenset({"data", "product", "node"})


class Refused(Exception):
    """A value says nothing that its column could hold; the text is for staff."""

    def __init__(self, column: str, message: str, value: Any = "") -> None:
        super().__init__(message)
        self.column = column
        self.value = str(value)[:100]


@dataclass(slots=True)
class JsonRows:
    """Turns the objects of one file into rows, in their order. State of one reading: Shopify's bulk files have what
    belongs to a product in lines of its own."""

    handles: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)

    def rows(self, item: Object) -> Iterable[Row | Damaged]:
        try:
            return list(self.found(item))
        except Refused as error:
            return [Damaged(str(error), error.value, error.column)]

    def found(self, item: Object) -> Iterator[Row]:
        while len(item) == 1 and (inner := next(iter(item.items())))[0] in _WRAPPERS and isinstance(inner[1], dict):
            item = inner[1]
        if str(item.get("id", "")).startswith(_SHOPIFY_ID) and not isinstance(item.get("variants"), dict):
            yield from self.bulk_rows(unconnected(item))
            return
        item = unconnected(item)
        if is_shopify(item):
            yield from with_unread(item, shopify_rows(item), _SHOPIFY)
        elif is_woocommerce(item):
            yield from with_unread(item, iter([woocommerce_row(item)]), _WOOCOMMERCE)
        elif is_saleor(item):
            yield from with_unread(item, saleor_rows(item), _SALEOR)
        else:
            yield from native_rows(item)

    def bulk_rows(self, line: Object) -> Iterator[Row]:
        """A line of a bulk operation: a product, or what belongs to one."""
        line = snake(line)
        kind = str(line["id"]).removeprefix(_SHOPIFY_ID).partition("/")[0]
        parent = str(line.get("__parent_id", line.get("__parentid", "")))
        if kind == "Product":
            handle = text(line.get("handle")) or str(line["id"]).rpartition("/")[2]
            self.handles[str(line["id"])] = handle
            names = [text(option.get("name")) for option in objects(line.get("options"))]
            self.options[handle] = names
            yield from with_unread(line, shopify_rows({"variants": []} | line | {"handle": handle}), _SHOPIFY)
        elif kind == "ProductVariant":
            if parent not in self.handles:
                raise Refused("", f"The product {parent[:100]} of this variant does not stand above it in the file.")
            handle = self.handles[parent]
            row = shopify_variant(line, self.options.get(handle, [])) | {"Handle": handle}
            yield from with_unread(line, iter([row]), _SHOPIFY_VARIANT)
        elif parent in self.handles and (address := address_of(line)):
            row = {"Handle": self.handles[parent], "Image Src": address}
            yield row | {"Image Alt Text": alt} if (alt := alt_of(line)) else row
        elif handle := self.handles.get(parent, ""):
            yield {"Handle": handle, kind: text(line.get("key", line.get("id")))}


# What is read of each system's products, as `plain` writes it.
_SHOPIFY = frozenset(
    (
        *("id", "admin graphql api id", "handle", "title", "body html", "description html", "description"),
        *("vendor", "product type", "status", "tags", "published at", "options", "variants", "images", "media"),
        *("image", "typename", "parentid", "parent id"),
    )
)
_SHOPIFY_VARIANT = frozenset(
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
_WOOCOMMERCE = frozenset(
    (
        *("id", "type", "sku", "global unique id", "name", "status", "catalog visibility", "short description"),
        *("description", "date on sale from", "date on sale to", "stock status", "is in stock", "stock quantity"),
        *("weight", "sale price", "regular price", "price", "prices", "categories", "brands", "images", "image"),
        *("parent id", "parent", "attributes"),
    )
)
_SALEOR = frozenset(
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


def with_unread(item: Object, rows: Iterator[Row], read: frozenset[str]) -> Iterator[Row]:
    """The rows of an object, the first with what is not read of it, too: so that it is listed as left out."""
    unread = {
        key: text(value) or "…"
        for key, value in item.items()
        if plain(key) not in read
        and our_column(key, ()) is None
        and not (value is None or value is False or value in ("", [], {}))
    }
    for row in rows:
        yield unread | row
        unread = {}


# --- Shopify ------------------------------------------------------------------------------------------------


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


# --- WooCommerce --------------------------------------------------------------------------------------------

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


# --- Saleor -------------------------------------------------------------------------------------------------


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


# --- our own rows -------------------------------------------------------------------------------------------

# What a product says for all of its variants where they say nothing; stock is not among it.
_OF_VARIANTS = frozenset({"sku", "stock", "barcode", "variant", "variant_reference", "variants"})


def native_rows(item: Object) -> Iterator[Row]:
    """An object in our columns; with `variants` inside, a row for each of these."""
    variants = item.get("variants")
    if not isinstance(variants, list) or not variants or not all(isinstance(part, dict) for part in variants):
        yield flat(item)
        return
    own = {key: value for key, value in item.items() if key != "variants"}
    key = next(
        (text(own[name]) for name in ("product_reference", "product", "handle", "sku", "id") if own.get(name)), ""
    )
    if any("priceWithTax" in variant for variant in variants):
        message = (
            "Vendure's API counts prices in the smallest unit, without saying so. Bring its CSV, or prices like 12.50."
        )
        raise Refused("price", message, variants[0].get("price"))
    has_name = any(our_column(name, ()) == "name" or name == "name" for name, value in own.items() if value)
    shared = {name: value for name, value in own.items() if (our_column(name, ()) or name) not in _OF_VARIANTS}
    if len(variants) > 1 and own.get("stock") is not None:
        raise Refused("stock", "The stock of a product with several variants belongs to each of them.", own["stock"])
    if len(variants) == 1 and own.get("stock") is not None:
        shared["stock"] = own["stock"]
    for variant in variants:
        if has_name:
            # What a variant is called beside its product's name is the variant's own.
            variant = {"variant" if our_column(name, ()) == "name" else name: part for name, part in variant.items()}
        row = flat(shared | variant)
        if key and not any(row.get(name) for name in ("product", "product_reference")):
            row["product"] = key
        yield row


def flat(item: Object) -> Row:
    """An object as column → text."""
    row: Row = {}
    for key, value in item.items():
        if type(value) is str:
            row[key] = value
        elif isinstance(value, dict) and key in _MAPS and not is_measure(value):
            prefix = _BY_NAME.get(key, key)
            row |= {f"{prefix}: {name}": cell_of(part, key) for name, part in value.items()}
        else:
            row[key] = cell_of(value, key)
    return row


def is_measure(value: Object) -> bool:
    """Return whether an object is an amount or a number of units, rather than one for each channel or warehouse."""
    return any(name in value for name in (*_AMOUNTS, *_QUANTITIES, "centAmount"))


def cell_of(value: Any, key: str) -> str:
    """A value as the text of a cell. Raise `Refused` where it says something that no cell can hold."""
    column = our_column(key, ()) or key
    if value is None:
        return ""
    if isinstance(value, bool):
        if column in _COLUMNS_OF_TEXT:
            raise Refused(key, f"It is {str(value).lower()}, where a text or a number was expected.", value)
        return "yes" if value else "no"
    if isinstance(value, list):
        return list_cell(value[:_MAX_LISTED], key, column)
    if isinstance(value, dict):
        return object_cell(value, key, column)
    return str(value).strip()


def list_cell(values: list[Any], key: str, column: str) -> str:
    if column == "image":
        return "\n".join(picture_part(value) if isinstance(value, dict) else text(value) for value in values)
    if column == "category":
        # As in our own lists: the first is taken, which is told.
        return "; ".join(as_category_cell(cell_of(value, "")) for value in values)
    if column in _LISTS:
        return "; ".join(as_part(cell_of(value, "")) for value in values)
    if column in _COLUMNS_OF_TEXT and len(values) > 1 and column != "material":
        raise Refused(key, f"It is a list of {len(values)} values, where one was expected. Give one.", values)
    return ", ".join(cell_of(value, "") for value in values)


def object_cell(value: Object, key: str, column: str) -> str:
    """The one thing that an object says for a column."""
    if set(value) == {"kind", "text"}:
        return f"{value['kind']}: {value['text']}"
    if column in ("price", "compare_at_price") and (found := amount(value)):
        return found
    if column == "stock":
        for name in _QUANTITIES:
            if name in value and not isinstance(value[name], dict | list):
                return text(value[name])
    if column == "image" and address_of(value):
        return picture_part(value)
    if {"value", "unit"} <= set(value):
        return f"{text(value['value'])} {text(value['unit']).lower()}"
    languages = [name for name in value if _LANGUAGE.fullmatch(name)]
    if len(languages) == len(value) and len(value) > 1:
        raise Refused(key, f"It is there in several languages ({', '.join(languages)}). Give one of them.", value)
    for name in _NAMES:
        if isinstance(value.get(name), str | int) and {part.lower() for part in value} <= _BESIDE:
            return text(value[name])
    if column in _COLUMNS_OF_TEXT or column == "image":
        raise Refused(key, "It is an object, where a text or a number was expected.", value)
    return ", ".join(f"{name}: {cell_of(part, '')}" for name, part in list(value.items())[:20])


_COLUMNS_OF_TEXT = frozenset(
    {"sku", "name", "price", "compare_at_price", "currency", "brand", "category", "slug", "product", "variant", "stock"}
    | {"product_reference", "variant_reference", "description", "barcode", "weight_g", "material", "guide", "tool_type"}
    | {"warranty_years", "seo_title", "seo_description"}
)


# --- values -------------------------------------------------------------------------------------------------


def unconnected(value: Any, depth: int = 0) -> Any:
    """A value of a GraphQL answer with its connections (`edges` of `node`s, or `nodes`) as plain lists."""
    if isinstance(value, dict):
        if isinstance(value.get("edges"), list):
            return [unconnected(edge.get("node"), depth + 1) for edge in value["edges"] if isinstance(edge, dict)]
        if isinstance(value.get("nodes"), list):
            return [unconnected(node, depth + 1) for node in value["nodes"]]
        if set(value) <= {"node", "cursor"} and "node" in value:
            return unconnected(value["node"], depth + 1)
        return {name: unconnected(part, depth + 1) for name, part in value.items()}
    return [unconnected(part, depth + 1) for part in value] if isinstance(value, list) else value


def snake(item: Object) -> Object:
    """An object whose keys are written like_this: Shopify has two ways."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower(): value for key, value in item.items()}


def objects(value: Any) -> list[Object]:
    if isinstance(value, dict):
        return [value]
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A simple value as a text; a list of such as a list with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text(part) for part in value if not isinstance(part, dict | list))
    return "" if isinstance(value, dict) else str(value).strip()


def amount(value: Any, depth: int = 0) -> str:
    """An amount of money with its currency beside it, from a number, a text or an object of any depth."""
    if not isinstance(value, dict) or depth > 3:
        return text(value)
    if isinstance(cents := value.get("centAmount"), int):
        digits = value.get("fractionDigits", 2)
        found = str(Decimal(cents).scaleb(-digits if isinstance(digits, int) and 0 <= digits < 5 else -2))
        return f"{found} {text(value.get('currencyCode'))}".strip()
    currency = next((text(value[name]) for name in _CURRENCIES if value.get(name)), "")
    for name in _AMOUNTS:
        if value.get(name) is not None and (found := amount(value[name], depth + 1)):
            return found if not currency or found.endswith(currency) else f"{found} {currency}"
    return ""


def address_of(picture: Mapping[str, Any]) -> str:
    for name in _ADDRESSES:
        if isinstance(found := picture.get(name), str) and found:
            return found
    inner = picture.get("image") or picture.get("previewImage") or picture.get("preview_image")
    return address_of(inner) if isinstance(inner, dict) else ""


def alt_of(picture: Object) -> str:
    inner = picture.get("image")
    own = text(picture.get("alt", picture.get("altText", picture.get("alt_text"))))
    return own or (alt_of(inner) if isinstance(inner, dict) else "")


def picture_part(picture: Object) -> str:
    alt = alt_of(picture)
    address = address_of(picture)
    return f"{alt} | {address}" if alt else address
