"""Objects in our own columns, their variants inside or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from catalog_import.sources.cells import as_part
from catalog_import.sources.dialects.headers import our_column
from catalog_import.sources.dialects.json_objects.values import (
    ADDRESSES,
    AMOUNTS,
    Object,
    Refused,
    Row,
    address_of,
    amount,
    picture_part,
    text,
)
from catalog_import.sources.values.categories import as_category_cell

_MAX_LISTED = 1_000
# Columns of ours whose cells may be lists.
_LISTS = frozenset(
    {"image", "target_areas", "conditions", "techniques", "contraindications", "cautions", "related_guides"}
)
_BY_NAME = {"options": "option", "attributes": "attribute", "prices": "price", "stocks": "stock"}
_MAPS = ("price", "stock", "option", "attribute", *_BY_NAME)
_QUANTITIES = ("quantity", "available", "qty", "count", "value", "onHand", "on_hand")
_NAMES = ("name", "title", "label", "value", "text", "html", "content", "markdown", "plain")
# What an object with a name may have besides.
_BESIDE = frozenset(
    {*_NAMES, *ADDRESSES, "id", "slug", "alt", "handle", "key", "code", "permalink", "link", "type", "typename"}
    | {"__typename", "parent", "parentid", "parent_id", "position", "width", "height", "unit", "level", "description"}
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")

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
    return any(name in value for name in (*AMOUNTS, *_QUANTITIES, "centAmount"))


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
