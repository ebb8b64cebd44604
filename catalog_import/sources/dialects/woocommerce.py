"""WooCommerce's product CSV → native rows.

A variable product is a row of its own, its variations are rows that name it in `Parent` by SKU or as ``id:12``.
Columns and spellings: WooCommerce's wiki, "Product CSV Importer & Exporter" and its "CSV import schema"; commas in a
list are escaped with a backslash, line ends in texts are written ``\\n``, and a cell that could run as a formula has an
apostrophe before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.texts import (
    FORGIVING,
    ForeignRow,
    handle_of,
    leaf_of,
    picture_cell,
    read_prices,
    read_weight,
    sale_head,
    tell_unused,
)
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import ProblemCode

_LISTED = re.compile(r"(?<!\\),")
_ATTRIBUTE = re.compile(r"attribute (\d+) (?:name|value s|values|value)")
_COLUMNS = {
    "sku": ("sku",),
    "product_reference": ("parent",),
    "name": ("name",),
    "description": ("description", "short description"),
    "brand": ("brands", "brand"),
    "category": ("categories",),
    "price": ("regular price",),
    "compare_at_price": ("regular price",),
    "stock": ("stock",),
    "barcode": ("gtin upc ean or isbn", "gtin", "ean", "barcode", "meta global unique id", "global unique id"),
    "image": ("images",),
    "status": ("published",),
}
_READ = {*chain.from_iterable(_COLUMNS.values()), "id", "type", "in stock", "sale price"}
_NOT_SOLD = {"grouped": "a group of other products", "external": "sold on another site"}
_SURE_SIGNS = {"regular price", "attribute 1 name", "visibility in catalog", "is featured", "parent", "tax class"}


def is_woocommerce(heads: set[str]) -> bool:
    return {"type", "name"} <= heads and len(heads & _SURE_SIGNS) > 1


@dataclass(slots=True)
class _Parent:
    """What is known of a variable product: how it is called in its variations, and by which attributes they differ."""

    reference: str = ""
    varies_by: set[str] = field(default_factory=set)


class WooCommerceTranslator:
    """State of one table: its variable products by SKU and by id."""

    forgiving = FORGIVING

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        self.parents: dict[str, _Parent] = {}
        # "Weight (kg)" has its unit in the header, which the shop's settings decide.
        self.weight = next((name for name in header.places if re.fullmatch(r"weight( [a-z]+)?", name)), "weight")
        self.unit = self.weight.partition(" ")[2] or "kg"
        attributes = [found[1] for name in header.places if (found := _ATTRIBUTE.fullmatch(name))]
        self.attributes = tuple(dict.fromkeys(attributes))
        self.heads = header.heads_of(_COLUMNS | {"weight_g": (self.weight,)})
        known = {*_READ, self.weight, *(name for name in header.places if name.startswith("attribute "))}
        tell_unused(header, known, notes)

    def learn(self, cells: list[str]) -> None:
        row = ForeignRow(self.header, cells)
        kinds = kinds_of(row)
        if "variable" in kinds:
            sku, number = text_of(row, "sku"), row.cell("id")
            known = (f"id:{number}" if number else "", sku)
            parent = next((self.parents[key] for key in known if key in self.parents), _Parent())
            parent.reference = sku or f"id:{number}"
            self.parents.update({key: parent for key in known if key})
        elif "variation" in kinds and (key := parent_key(row)):
            # The variable product may stand below its variations.
            parent = self.parents.setdefault(key, _Parent())
            parent.varies_by.update(name for name, _ in self.named_values(row))

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        row = ForeignRow(self.header, cells, number, notes)
        kinds = kinds_of(row)
        if "variation" in kinds:
            return (self.variation(row),)
        if "variable" in kinds:
            return (self.variable(row),)
        for kind, meaning in _NOT_SOLD.items():
            if kind in kinds:
                row.note(f"{kind} products ({meaning}) were left out", self.header.head("type"), text_of(row, "name"))
                return ()
        return () if row.is_blank else (self.simple(row),)

    def simple(self, row: ForeignRow) -> NativeRow:
        said = self.product_words(row)
        faults = self.read_variant(row, said)
        said |= {f"attribute: {name}": ", ".join(values) for name, values in self.named_values(row)}
        said["sku"] = self.sku(row, text_of(row, "name"))
        heads = sale_head(row, text_of(row, "sale price"))
        return NativeRow(row.number, said, pictures=pictures_of(row), faults=faults, heads=heads)

    def variable(self, row: ForeignRow) -> NativeRow:
        said = self.product_words(row)
        sku, number = text_of(row, "sku"), row.cell("id")
        said["product_reference"] = sku or (f"id:{number}" if number else "")
        parent = self.parents.get(sku) or self.parents.get(f"id:{number}") or _Parent()
        for name, values in self.named_values(row):
            if name not in parent.varies_by:
                said[f"attribute: {name}"] = ", ".join(values)
        return NativeRow(row.number, said, is_variant=False, pictures=pictures_of(row))

    def variation(self, row: ForeignRow) -> NativeRow:
        key = parent_key(row)
        parent = self.parents.get(key)
        if not key or parent is None or not parent.reference:
            head = self.header.head("parent") or "Parent"
            message = f'The variation belongs to "{key}", which is not in the file. Export the variable product too.'
            return NativeRow(row.number, {}, faults=(Fault(head, ProblemCode.MISSING_VALUE, message, key),))
        said = {"product_reference": parent.reference}
        faults = self.read_variant(row, said)
        options = [(name, ", ".join(values)) for name, values in self.named_values(row)]
        said |= {f"option: {name}": value for name, value in options}
        if options:
            said["variant"] = " / ".join(value for _, value in options)
        said["sku"] = self.sku(row, " ".join([parent.reference, *(value for _, value in options)]))
        # WooCommerce shows a variation's picture when it is chosen; here it joins those of the product.
        pictures = tuple((9_999, cell) for _, cell in pictures_of(row))
        heads = sale_head(row, text_of(row, "sale price"))
        return NativeRow(row.number, said, pictures=pictures, faults=faults, heads=heads)

    def product_words(self, row: ForeignRow) -> dict[str, str]:
        short, long = (long_text(row, name) for name in ("short description", "description"))
        if short and long and short not in long:
            head = self.header.head("short description")
            row.note("the short description was put before the description", head, short)
            long = f"{short}\n\n{long}"
        categories = listed(row, "categories")
        if len(categories) > 1:
            row.note("of several categories the first was taken", self.heads["category"], ", ".join(categories))
        words = {
            "name": text_of(row, "name"),
            "description": long or short,
            "brand": text_of(row, "brands", "brand"),
            "category": leaf_of(categories[0]) if categories else "",
            # 1: published, 0: private, -1: a draft.
            "status": {"1": "active", "0": "draft", "-1": "draft"}.get(row.cell("published"), ""),
        }
        return {name: text for name, text in words.items() if text}

    def read_variant(self, row: ForeignRow, said: dict[str, str]) -> tuple[Fault, ...]:
        """Take in what the row says of a variant alone; return what is wrong with it."""
        said |= read_prices(row, text_of(row, "regular price"), text_of(row, "sale price"), "regular price")
        stock, head = text_of(row, "stock"), self.heads["stock"]
        if stock.lower() == "parent":
            row.note("stock that is kept for the whole product was left out", head, stock)
        elif stock.startswith("-"):
            # Backorders take WooCommerce's stock below zero: nothing is there to be sold.
            row.note("stock below 0 (backorders) was read as 0", head, stock)
            said["stock"] = "0"
        elif stock:
            said["stock"] = stock
        elif text_of(row, "in stock").lower() in ("0", "no", "outofstock"):
            row.note("not in stock was read as a stock of 0", self.header.head("in stock"))
            said["stock"] = "0"
        if barcode := text_of(row, *_COLUMNS["barcode"]):
            said["barcode"] = barcode
        weight, head = text_of(row, self.weight), self.heads["weight_g"]
        grams, faults = read_weight(weight, head, self.unit)
        if grams is not None:
            said["weight_g"] = str(grams)
            row.note(f"weights in {self.unit} were turned into grams", head, weight)
        return faults

    def sku(self, row: ForeignRow, made_of: str) -> str:
        sku = text_of(row, "sku")
        if not sku:
            number = row.cell("id")
            sku = f"id-{number}" if number else handle_of(made_of)
            row.note("there was no SKU, so one was made of the id or the name", self.heads["sku"] or "SKU", sku)
        return sku

    def named_values(self, row: ForeignRow) -> list[tuple[str, list[str]]]:
        """Attribute → its values; several for a product, one for a variation."""
        found = []
        for place in self.attributes:
            name = text_of(row, f"attribute {place} name")
            heads = (f"attribute {place} {what}" for what in ("values", "value s", "value"))
            head = next((head for head in heads if head in self.header.places), "")
            values = listed(row, head) if head else []
            if name and values:
                found.append((name, values))
                for column in (f"option: {name}", f"attribute: {name}"):
                    self.heads.setdefault(column, self.header.head(head))
        return found


def kinds_of(row: ForeignRow) -> set[str]:
    return {kind.strip() for kind in row.cell("type").lower().split(",")}


def parent_key(row: ForeignRow) -> str:
    return text_of(row, "parent").replace("id: ", "id:")


def pictures_of(row: ForeignRow) -> tuple[tuple[int, str], ...]:
    return tuple(enumerate(map(picture_cell, listed(row, "images"))))


def listed(row: ForeignRow, name: str) -> list[str]:
    parts = (part.replace("\\,", ",").strip() for part in _LISTED.split(text_of(row, name)))
    return [part for part in parts if part]


def long_text(row: ForeignRow, name: str) -> str:
    return text_of(row, name).replace("\\r", "").replace("\\n", "\n").strip()


def text_of(row: ForeignRow, *names: str) -> str:
    """A cell without the apostrophe that WooCommerce puts before what could run as a formula."""
    text = row.cell(*names)
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text
