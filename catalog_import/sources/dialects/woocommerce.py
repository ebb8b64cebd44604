"""WooCommerce's product CSV, in the languages that it is exported in, → native rows.

A variable product is a row of its own, its variations are rows that name it in `Parent` by SKU or as ``id:12``.
Columns and spellings: WooCommerce's wiki, "Product CSV Importer & Exporter" and its "CSV import schema"; commas in a
list are escaped with a backslash or stand in quotes, line ends in texts are written ``\\n``, and a cell that could run
as a formula has an apostrophe before it. The columns' names follow the language of the shop (`woocommerce_headers.py`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from types import MappingProxyType

from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.sales import SaleWindow
from catalog_import.sources.dialects.texts import (
    FORGIVING,
    ForeignRow,
    handle_of,
    picture_cell,
    read_prices,
    read_weight,
    sale_head,
    tell_unused,
)
from catalog_import.sources.dialects.woocommerce_headers import english, english_names
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.categories import as_category_cell, plain_name
from catalog_import.sources.values.picture_lists import split_pictures
from catalog_import.sources.values.word_lists import word_list
from catalog_import.sources.values.words import folded_word, yes_or_no

_ATTRIBUTE = re.compile(r"attribute (\d+) (?:name|value s|values|value)")
_WEIGHT = re.compile(r"weight( [a-z]+)?")
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
_SALE_DATES = ("date sale price starts", "date sale price ends")
_READ = {
    *chain.from_iterable(_COLUMNS.values()),
    *("id", "type", "in stock", "sale price", "visibility in catalog"),
    *_SALE_DATES,
}
_KINDS = frozenset({"simple", "variable", "variation", "grouped", "external", "virtual", "downloadable"})
_NOT_SOLD = {"grouped": "a group of other products", "external": "sold on another site"}
# Columns that other tables hardly have, and those that many may have.
_SURE_SIGNS = frozenset(
    {"regular price", "attribute 1 name", "visibility in catalog", "is featured", "tax class", "tax status"}
    | {"backorders allowed", "sold individually", "grouped products", *_SALE_DATES}
)
_SIGNS = _SURE_SIGNS | {
    "id",
    "type",
    "published",
    "parent",
    "in stock",
    "categories",
    "sale price",
    "short description",
}
# With so many columns, an export that has no column known as "Published" has it by another name.
_WHOLE_EXPORT = 15
# What holds the products that nobody gave a category, in WooCommerce's languages.
_NO_CATEGORY = frozenset(map(folded_word, word_list("no_category")))


def is_woocommerce(heads: Sequence[str]) -> bool:
    known = set(map(english, heads))
    if len(known & _SURE_SIGNS) < 1 or len(known & _SIGNS) < 3 or not known & {"sku", "id", "name"}:
        return False
    is_whole = len(heads) < _WHOLE_EXPORT or "published" in known
    return is_whole and ("type" in known or "regular price" in known)


def is_translated_woocommerce(table: Table) -> bool:
    """Return whether a table has WooCommerce's kinds of products among its first columns, whatever they are called."""
    if len(table.header) < 5:
        return False
    values: list[set[str]] = [set() for _ in range(4)]
    for _, cells in islice(table.read(), 50):
        if isinstance(cells, list):
            for place, cell in enumerate(cells[:4]):
                values[place].update(part.strip().lower() for part in cell.split(",") if part.strip())
    return any(found and found <= _KINDS for found in values)


@dataclass(slots=True)
class _Parent:
    """What is known of a variable product: how it is called in its variations, by which attributes they differ, and
    the weight that they have where they state none."""

    reference: str = ""
    weight: str = ""
    varies_by: set[str] = field(default_factory=set)


class WooCommerceTranslator:
    """State of one table: its variable products by SKU and by id."""

    forgiving = FORGIVING
    currencies: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def __init__(self, header: Header, notes: Notes) -> None:
        names = english_names(header.heads)
        header.places = {name: place for place, name in reversed(list(enumerate(names)))}
        self.header = header
        self.parents: dict[str, _Parent] = {}
        # "Weight (kg)" has its unit in the header, which the shop's settings decide.
        self.weight = next((name for name in header.places if _WEIGHT.fullmatch(name)), "weight")
        self.unit = self.weight.partition(" ")[2] or "kg"
        attributes = [found[1] for name in header.places if (found := _ATTRIBUTE.fullmatch(name))]
        self.attributes = tuple(dict.fromkeys(attributes))
        self.heads = header.heads_of(_COLUMNS | {"weight_g": (self.weight,)})
        self.sales = SaleWindow()
        known = {*_READ, self.weight, *(name for name in header.places if name.startswith("attribute "))}
        read = {head for head, name in zip(header.heads, names, strict=True) if name in known}
        tell_unused(header.heads, read.__contains__, notes)

    def learn(self, cells: list[str]) -> None:
        row = ForeignRow(self.header, cells)
        kinds = kinds_of(row)
        if "variable" in kinds:
            sku, number = text_of(row, "sku"), row.cell("id")
            known = (f"id:{number}" if number else "", sku)
            parent = next((self.parents[key] for key in known if key in self.parents), _Parent())
            parent.reference = sku or f"id:{number}"
            parent.weight = text_of(row, self.weight)
            self.parents.update({key: parent for key in known if key})
        elif "variation" in kinds and (key := parent_key(row)):
            # The variable product may stand below its variations.
            parent = self.parents.setdefault(key, _Parent())
            parent.varies_by.update(name for name, _ in self.named_values(row))

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        row = ForeignRow(self.header, cells, number, notes)
        kinds = kinds_of(row)
        if "variation" in kinds:
            return self.variation(row)
        if "variable" in kinds:
            return (self.variable(row),)
        for kind, meaning in _NOT_SOLD.items():
            if kind in kinds:
                row.note(f"{kind} products ({meaning}) were left out", self.header.head("type"), text_of(row, "name"))
                return ()
        return () if row.is_blank else (self.simple(row),)

    def simple(self, row: ForeignRow) -> NativeRow:
        said, faults = self.product_words(row)
        sale, more = self.read_variant(row, said)
        said |= {f"attribute: {name}": ", ".join(values) for name, values in self.named_values(row)}
        said["sku"], made_up = self.sku(row, text_of(row, "name"))
        return NativeRow(
            *(row.number, said),
            pictures=pictures_of(row),
            faults=faults + more,
            heads=sale_head(row, sale),
            made_up=made_up,
        )

    def variable(self, row: ForeignRow) -> NativeRow:
        said, faults = self.product_words(row)
        sku, number = text_of(row, "sku"), row.cell("id")
        said["product_reference"] = sku or (f"id:{number}" if number else "")
        parent = self.parents.get(sku) or self.parents.get(f"id:{number}") or _Parent()
        for name, values in self.named_values(row):
            if name not in parent.varies_by:
                said[f"attribute: {name}"] = ", ".join(values)
        return NativeRow(row.number, said, is_variant=False, pictures=pictures_of(row), faults=faults)

    def variation(self, row: ForeignRow) -> tuple[NativeRow, ...]:
        key = parent_key(row)
        parent = self.parents.get(key)
        if not self.header.head("parent"):
            # Of chosen columns without the parent, what the row says of its SKU counts: a feed.
            parent = _Parent()
        elif not key or parent is None or not parent.reference:
            message = f'The variation belongs to "{key}", which is not in the file. Export the variable product too.'
            fault = Fault(self.header.head("parent"), ProblemCode.MISSING_VALUE, message, key)
            return (NativeRow(row.number, {}, faults=(fault,)),)
        said = {"product_reference": parent.reference} if parent.reference else {}
        sale, faults = self.read_variant(row, said, inherited_weight=parent.weight)
        # A variation has one value of each, and a comma in it is its own.
        options = [(name, ", ".join(values)) for name, values in self.named_values(row, is_list=False)]
        said |= {f"option: {name}": value for name, value in options}
        if options:
            said["variant"] = " / ".join(value for _, value in options)
        made_of = " ".join([parent.reference, *(value for _, value in options)])
        said["sku"], made_up = self.sku(row, made_of)
        published = text_of(row, "published")
        if published and is_published(published) is False:
            head = self.heads["status"]
            if "price" not in said:
                row.note("disabled variations without a price were left out", head, said["sku"])
                return ()
            row.note("disabled variations are not sold: they were read with a stock of 0", head, said["sku"])
            said["stock"] = "0"
        elif published and is_published(published) is None:
            faults += (unknown_state(self.heads["status"], published),)
        # WooCommerce shows a variation's picture when it is chosen; here it joins those of the product.
        pictures = tuple((9_999, cell) for _, cell in pictures_of(row))
        heads = sale_head(row, sale)
        return (NativeRow(row.number, said, pictures=pictures, faults=faults, heads=heads, made_up=made_up),)

    def product_words(self, row: ForeignRow) -> tuple[dict[str, str], tuple[Fault, ...]]:
        short, long = (long_text(row, name) for name in ("short description", "description"))
        if short and long and short not in long:
            head = self.header.head("short description")
            row.note("the short description was put before the description", head, short)
            long = f"{short}\n\n{long}"
        status, faults = self.status(row)
        words = {
            "name": text_of(row, "name"),
            "description": long or short,
            "brand": text_of(row, "brands", "brand"),
            "category": self.category(row),
            "status": status,
        }
        return {name: text for name, text in words.items() if text}, faults

    def status(self, row: ForeignRow) -> tuple[str, tuple[Fault, ...]]:
        """The product's state: published, but for one that the shop's catalogue hides."""
        published = text_of(row, "published")
        if not published:
            return "", ()
        state = is_published(published)
        if state is None:
            return "draft", (unknown_state(self.heads["status"], published),)
        if state and row.cell("visibility in catalog").lower() == "hidden":
            row.note("hidden in the catalogue was read as a draft", self.header.head("visibility in catalog"), "hidden")
            return "draft", ()
        return "active" if state else "draft", ()

    def category(self, row: ForeignRow) -> str:
        """The first category that is not the parent of another one, and that is a category at all."""
        listed_ones = listed(row, "categories")
        paths = [part for part in listed_ones if folded_word(part) not in _NO_CATEGORY]
        own = [path for path in paths if not any(other.startswith(f"{path} >") for other in paths)]
        if len(own) > 1:
            row.note("of several categories the first was taken", self.heads["category"], ", ".join(listed_ones))
        return as_category_cell(plain_name((own or [""])[0].rpartition(">")[2]))

    def read_variant(
        self, row: ForeignRow, said: dict[str, str], *, inherited_weight: str = ""
    ) -> tuple[str, tuple[Fault, ...]]:
        """Take in what the row says of a variant alone; return its sale price and what is wrong with it."""
        starts, ends = (text_of(row, name) for name in _SALE_DATES)
        sale, faults = self.sales.price(row, text_of(row, "sale price"), starts, ends, self.header.head(*_SALE_DATES))
        said |= read_prices(row, text_of(row, "regular price"), sale, "regular price")
        said |= self.read_stock(row)
        if barcode := text_of(row, *_COLUMNS["barcode"]):
            said["barcode"] = barcode
        weight, head = text_of(row, self.weight), self.heads["weight_g"]
        if not weight and inherited_weight:
            row.note("variations without a weight have that of their product", head, inherited_weight)
            weight = inherited_weight
        grams, more = read_weight(weight, head, self.unit)
        if grams is not None:
            said["weight_g"] = str(grams)
            row.note(f"weights in {self.unit} were turned into grams", head, weight)
        return sale, faults + more

    def read_stock(self, row: ForeignRow) -> dict[str, str]:
        stock, head = text_of(row, "stock"), self.heads["stock"]
        state, state_head = folded_word(text_of(row, "in stock")), self.header.head("in stock")
        if stock.lower() == "parent":
            row.note("stock that is kept for the whole product was left out", head, stock)
        elif stock.startswith(("-", "−")):
            # Backorders take WooCommerce's stock below zero: nothing is there to be sold.
            row.note("stock below 0 (backorders) was read as 0", head, stock)
            return {"stock": "0"}
        elif stock:
            return {"stock": stock}
        elif state in ("outofstock", "out of stock") or yes_or_no(state) is False:
            row.note("not in stock was read as a stock of 0", state_head)
            return {"stock": "0"}
        elif state in ("backorder", "onbackorder", "on backorder"):
            row.note("on backorder without a number: the shop's stock was left unchanged", state_head, state)
        return {}

    def sku(self, row: ForeignRow, made_of: str) -> tuple[str, str]:
        """The row's SKU, and the one that is made up where there is none."""
        sku, number = text_of(row, "sku"), row.cell("id")
        made_up = f"id-{number}" if number else handle_of(made_of)
        if not sku:
            row.note("there was no SKU, so one was made of the id or the name", self.heads["sku"] or "SKU", made_up)
        return sku or made_up, made_up

    def named_values(self, row: ForeignRow, *, is_list: bool = True) -> list[tuple[str, list[str]]]:
        """Attribute → its values; several for a product, one for a variation."""
        found = []
        for place in self.attributes:
            name = text_of(row, f"attribute {place} name")
            heads = (f"attribute {place} {what}" for what in ("values", "value s", "value"))
            head = next((head for head in heads if head in self.header.places), "")
            if not head:
                continue
            value = text_of(row, head).replace("\\,", ",")
            values = listed(row, head) if is_list else [value] if value else []
            if name and values:
                found.append((name, values))
                for column in (f"option: {name}", f"attribute: {name}"):
                    self.heads.setdefault(column, self.header.head(head))
        return found


def is_published(word: str) -> bool | None:
    """What "Published" says: 1 is published, 0 private, -1 a draft; None for a word that nobody knows."""
    text = folded_word(word)
    if text in ("0", "-1", "draft", "private", "pending", "future", "trash", "auto draft"):
        return False
    return True if text in ("publish", "published") else yes_or_no(text)


def unknown_state(head: str, word: str) -> Fault:
    message = f'"{word[:100]}" does not say whether the product is published. Write 1, or 0 for one that is not.'
    return Fault(head, ProblemCode.INVALID_VALUE, message, word)


def kinds_of(row: ForeignRow) -> set[str]:
    return {kind.strip() for kind in row.cell("type").lower().split(",")}


def parent_key(row: ForeignRow) -> str:
    return text_of(row, "parent").replace("id: ", "id:")


def pictures_of(row: ForeignRow) -> tuple[tuple[int, str], ...]:
    return tuple(enumerate(map(picture_cell, split_pictures(text_of(row, "images")))))


def listed(row: ForeignRow, name: str) -> list[str]:
    """The parts of a list: commas part it, but for those behind a backslash or in quotes."""
    text = text_of(row, name)
    if "," not in text and '"' not in text:
        return [text] if text else []
    try:
        parts = next(csv.reader([text], escapechar="\\", skipinitialspace=True), [])
    except csv.Error:
        parts = text.split(",")
    return [stripped for part in parts if (stripped := part.strip())]


def long_text(row: ForeignRow, name: str) -> str:
    return text_of(row, name).replace("\\r", "").replace("\\n", "\n").strip()


def text_of(row: ForeignRow, *names: str) -> str:
    """A cell without the apostrophe that WooCommerce puts before what could run as a formula."""
    text = row.cell(*names)
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text
