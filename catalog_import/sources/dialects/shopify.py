"""Shopify's product CSV → native rows.

A product is a run of rows with one handle: the first has the product's words and its options' names, each further one
a variant, another picture, or both. Headers: Shopify's help centre, "Using CSV files to import and export products",
the older names (Handle, Body (HTML), Variant SKU …) and those of the template of 2025 (URL handle, Description, SKU …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from catalog_import.sources.dialects.headers import Header, plain
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.texts import (
    FORGIVING,
    ForeignRow,
    handle_of,
    leaf_of,
    picture_cell,
    read_weight,
    tell_unused,
)
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.categories import as_category_cell
from catalog_import.sources.values.picture_lists import split_pictures
from catalog_import.sources.values.words import STATUS, folded_word, yes_or_no
from storefront.catalog.records import Status

_PRODUCT = {
    "name": ("title",),
    "description": ("body html", "description"),
    "brand": ("vendor",),
    "seo_title": ("seo title",),
    "seo_description": ("seo description",),
}
_VARIANT = {
    "price": ("variant price", "price"),
    "compare_at_price": ("variant compare at price", "compare at price"),
    "stock": ("variant inventory qty", "inventory quantity"),
}
_COLUMNS = {
    "sku": ("variant sku", "sku"),
    "product": ("handle", "url handle"),
    "weight_g": ("variant grams", "weight value grams"),
    "barcode": ("variant barcode", "barcode"),
    "category": ("type", "product category", "category"),
    "status": ("status", "published"),
    "image": ("image src", "product image url"),
    **_PRODUCT,
    **_VARIANT,
}
_VARIANT_IMAGE = ("variant image", "variant image url")
_WEIGHT = ("variant weight", "variant weight unit")
_COMMANDS = ("command", "variant command")
_READ = {
    *chain.from_iterable(_COLUMNS.values()),
    *_VARIANT_IMAGE,
    *_WEIGHT,
    *_COMMANDS,
    *("published on online store", "image position", "image alt text"),
    *(f"option{place} {what}" for place in (1, 2, 3) for what in ("name", "value")),
}
_NO_OPTION = "default title"


_OLD = frozenset(
    {"variant sku", "variant price", "variant inventory qty", "variant grams", "variant compare at price"}
    | {"variant barcode", "option1 name", "option1 value", "body html", "image src", "variant inventory tracker"}
)


def is_shopify(header: Sequence[str]) -> bool:
    """Return whether a table has Shopify's columns, or some chosen ones of them."""
    heads = set(map(plain, header))
    found = heads & _OLD
    old = len(found) > 1 if "handle" not in heads else bool(found)
    new = "url handle" in heads and bool(heads & {"option1 name", "product image url", "inventory quantity", "sku"})
    return (
        old and bool(found & {"variant sku", "variant price", "option1 name", "body html"} or len(found) > 2)
    ) or new


def is_matrixify(header: Sequence[str]) -> bool:
    return bool({"command", "variant command", "top row"} & set(map(plain, header))) and is_shopify(header)


class ShopifyTranslator:
    """State of one table: the option names of each handle, which only its first row has."""

    forgiving = FORGIVING
    currencies: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    learn = None

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        self.options: dict[str, tuple[str, ...]] = {}
        self.heads = header.heads_of(_COLUMNS)
        tell_unused(header.heads, lambda head: plain(head) in _READ, notes)

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        row = ForeignRow(self.header, cells, number, notes)
        handle = row.cell(*_COLUMNS["product"])
        if any(row.cell(name).upper() == "DELETE" for name in _COMMANDS):
            what = "what the file would delete was left out; archive it in the shop"
            row.note(what, self.header.head(*_COMMANDS), handle)
            return ()
        if not handle and not self.heads["product"]:
            # Of chosen columns without the handle, what the row says of its SKU counts: a feed.
            if not row.cell(*_COLUMNS["sku"]):
                return ()
        elif not handle:
            if row.is_blank:
                return ()
            head = self.heads["product"]
            fault = Fault(head, ProblemCode.MISSING_VALUE, f"The row has no {head}, so it was left out.")
            return (NativeRow(number, {}, faults=(fault,)),)
        said = ({"product": handle} if handle else {}) | row.words(_PRODUCT)
        if category := as_category_cell(row.cell("type")) or leaf_of(row.cell("product category", "category")):
            said["category"] = category
        if status := status_of(row):
            said["status"] = status
        pictures = pictures_of(row)
        values = [row.cell(f"option{place} value") for place in (1, 2, 3)]
        variant = row.words(_VARIANT)
        sku = row.cell(*_COLUMNS["sku"]).removeprefix("'")
        made_up = ""
        if not (sku or any(values) or "price" in variant):
            return (NativeRow(number, said, is_variant=False, pictures=pictures),)
        said |= variant
        self.mend_variant(row, said)
        options = self.option_cells(handle, row, values)
        said |= options
        if options:
            said["variant"] = " / ".join(options.values())
        if handle:
            made_up = "-".join([handle, *map(handle_of, options.values())])
        if not sku:
            sku = made_up
            row.note("there was no SKU, so one was made of the handle and the options", self.heads["sku"] or "sku", sku)
        said["sku"] = sku
        if barcode := row.cell(*_COLUMNS["barcode"]).removeprefix("'"):
            said["barcode"] = barcode
        # Shopify counts in grams, whatever unit it shows; 0 says that nobody weighed it.
        weight, head, unit = row.cell(*_COLUMNS["weight_g"]), self.heads["weight_g"], "g"
        if not weight and (weight := row.cell("variant weight")):
            head, unit = self.header.head("variant weight"), row.cell("variant weight unit") or "g"
            row.note("weights were turned into grams", head, f"{weight} {unit}")
        grams, faults = read_weight(weight, head, unit)
        if grams:
            said["weight_g"] = str(grams)
        elif grams == 0:
            row.note("a weight of 0 was taken for none", head, weight)
        return (NativeRow(number, said, pictures=pictures, faults=faults, made_up=made_up),)

    def mend_variant(self, row: ForeignRow, said: dict[str, str]) -> None:
        """Shopify writes 0.00 where there was no earlier price, and counts oversold units below zero."""
        if re.fullmatch(r"0+(?:[.,]0*)?", said.get("compare_at_price", "")):
            earlier = said.pop("compare_at_price")
            row.note("an earlier price of 0 was taken for none", self.heads["compare_at_price"], earlier)
        if re.fullmatch(r"-\d+", said.get("stock", "")):
            row.note("stock below 0 (oversold) was read as 0", self.heads["stock"], said["stock"])
            said["stock"] = "0"

    def option_cells(self, handle: str, row: ForeignRow, values: list[str]) -> dict[str, str]:
        """`option: NAME` → value. A lone "Default Title" is Shopify's way to say that there are no options."""
        names = tuple(row.cell(f"option{place} name") for place in (1, 2, 3))
        if any(names):
            self.options[handle] = names
        names = self.options.get(handle, names)
        if values[0].casefold() == _NO_OPTION:
            return {}
        found = {}
        for place, (name, value) in enumerate(zip(names, values, strict=True), 1):
            if value:
                column = f"option: {name or f'Option {place}'}"
                found[column] = value
                self.heads.setdefault(column, self.header.head(f"option{place} value"))
        return found


def status_of(row: ForeignRow) -> str:
    """Active, draft or archived; what is active but not published to the online store is a draft here.

    A word that says neither is handed on, so that it is a problem of its cell.
    """
    status = row.cell("status")
    published = row.cell("published", "published on online store")
    state = yes_or_no(published) if published else None
    is_active = not status or STATUS.get(folded_word(status)) is Status.ACTIVE
    if is_active and state is False:
        return "draft"
    if published and state is None and STATUS.get(folded_word(published)) is not Status.ACTIVE and is_active:
        return published
    return status or ("active" if state else "")


def pictures_of(row: ForeignRow) -> tuple[tuple[int, str], ...]:
    found = []
    position, alt = row.cell("image position"), row.cell("image alt text")
    place = int(position) if re.fullmatch(r"[0-9]{1,4}", position) else 9_999
    for step, source in enumerate(split_pictures(row.cell(*_COLUMNS["image"]))):
        found.append((place, picture_cell(source, alt if step == 0 else "")))
    if source := row.cell(*_VARIANT_IMAGE):
        found.append((10_000, picture_cell(source)))
    return tuple(found)
