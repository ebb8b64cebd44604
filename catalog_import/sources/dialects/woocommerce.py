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

from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.texts import (
    FORGIVING,
    handle_of,
    leaf_of,
    picture_cell,
    tell_unused,
    unread_weight,
)
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import NumberError, read_grams
from catalog_import.sources.problems import ProblemCode

_LISTED = re.compile(r"(?<!\\),")
_ATTRIBUTE = re.compile(r"attribute (\d+) (?:name|value s|values|value)")
_BARCODE = ("gtin upc ean or isbn", "gtin", "ean", "barcode", "meta global unique id", "global unique id")
_NOT_SOLD = {"grouped": "a group of other products", "external": "sold on another site"}
_READ = {
    *("id", "type", "sku", "name", "published", "short description", "description", "in stock", "stock", "parent"),
    *("regular price", "sale price", "categories", "images", "brands", "brand", *_BARCODE),
}


def is_woocommerce(heads: set[str]) -> bool:
    return {"type", "name"} <= heads and len(heads & _SURE_SIGNS) > 1


_SURE_SIGNS = {"regular price", "attribute 1 name", "visibility in catalog", "is featured", "parent", "tax class"}


@dataclass(slots=True)
class _Parent:
    """What is known of a variable product: how it is called in its variations, and by which attributes they differ."""

    reference: str
    varies_by: set[str] = field(default_factory=set)


class WooCommerceTranslator:
    """State of one table: its variable products by SKU and by id."""

    forgiving = FORGIVING
    needs_learning = True

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        self.parents: dict[str, _Parent] = {}
        # "Weight (kg)" has its unit in the header, which the shop's settings decide.
        self.weight = next((name for name in header.places if re.fullmatch(r"weight( [a-z]+)?", name)), "weight")
        self.unit = self.weight.partition(" ")[2] or "kg"
        attributes = [place for name in header.places if (found := _ATTRIBUTE.fullmatch(name)) and (place := found[1])]
        self.attributes = tuple(dict.fromkeys(attributes))
        self.heads = {
            "sku": header.head("sku"),
            "product_reference": header.head("parent"),
            "name": header.head("name"),
            "description": header.head("description", "short description"),
            "brand": header.head("brands", "brand"),
            "category": header.head("categories"),
            "price": header.head("regular price"),
            "compare_at_price": header.head("regular price"),
            "stock": header.head("stock"),
            "weight_g": header.head(self.weight),
            "barcode": header.head(*_BARCODE),
            "image": header.head("images"),
            "status": header.head("published"),
        }
        known = {*_READ, self.weight, *(name for name in header.places if name.startswith("attribute "))}
        tell_unused(header, known, notes)

    def learn(self, cells: list[str]) -> None:
        kinds = self.kinds(cells)
        if "variable" in kinds:
            sku, number = self.text(cells, "sku"), self.header.cell(cells, "id")
            known = (f"id:{number}" if number else "", sku)
            parent = next((self.parents[key] for key in known if key in self.parents), _Parent(""))
            parent.reference = sku or f"id:{number}"
            self.parents.update({key: parent for key in known if key})
        elif "variation" in kinds and (key := self.parent_key(cells)):
            # The variable product may stand below its variations.
            parent = self.parents.setdefault(key, _Parent(""))
            parent.varies_by.update(name for name, _ in self.named_values(cells))

    def translate(self, row: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        kinds = self.kinds(cells)
        if "variation" in kinds:
            return (self.variation(row, cells, notes),)
        if "variable" in kinds:
            return (self.variable(row, cells, notes),)
        for kind, meaning in _NOT_SOLD.items():
            if kind in kinds:
                notes.add(
                    f"{kind} products ({meaning}) were left out",
                    row=row,
                    column=self.header.head("type"),
                    example=self.text(cells, "name"),
                )
                return ()
        if not any(text.strip() for text in cells):
            return ()
        return (self.simple(row, cells, notes),)

    def simple(self, row: int, cells: list[str], notes: Notes) -> NativeRow:
        said = self.product_words(row, cells, notes)
        faults = self.variant_words(row, cells, said, notes)
        for name, values in self.named_values(cells):
            said[f"attribute: {name}"] = ", ".join(values)
        said["sku"] = self.sku(row, cells, self.text(cells, "name"), notes)
        return NativeRow(row, said, pictures=self.pictures(cells), faults=faults, heads=self.sale_head(cells))

    def variable(self, row: int, cells: list[str], notes: Notes) -> NativeRow:
        said = self.product_words(row, cells, notes)
        sku, number = self.text(cells, "sku"), self.header.cell(cells, "id")
        reference = sku or (f"id:{number}" if number else "")
        said["product_reference"] = reference
        parent = self.parents.get(sku) or self.parents.get(f"id:{number}") or _Parent("")
        for name, values in self.named_values(cells):
            if name not in parent.varies_by:
                said[f"attribute: {name}"] = ", ".join(values)
        return NativeRow(row, said, is_variant=False, pictures=self.pictures(cells))

    def variation(self, row: int, cells: list[str], notes: Notes) -> NativeRow:
        key = self.parent_key(cells)
        parent = self.parents.get(key)
        if not key or parent is None or not parent.reference:
            head = self.header.head("parent") or "Parent"
            message = f'The variation belongs to "{key}", which is not in the file. Export the variable product too.'
            return NativeRow(row, {}, faults=(Fault(head, ProblemCode.MISSING_VALUE, message, key),))
        said = {"product_reference": parent.reference}
        faults = self.variant_words(row, cells, said, notes)
        values = [(name, ", ".join(values)) for name, values in self.named_values(cells)]
        for name, value in values:
            said[f"option: {name}"] = value
        if values:
            said["variant"] = " / ".join(value for _, value in values)
        made_of = " ".join([parent.reference, *(value for _, value in values)])
        said["sku"] = self.sku(row, cells, made_of, notes)
        # WooCommerce shows a variation's picture when it is chosen; here it joins those of the product.
        pictures = tuple((9_999, cell) for _, cell in self.pictures(cells))
        return NativeRow(row, said, pictures=pictures, faults=faults, heads=self.sale_head(cells))

    def product_words(self, row: int, cells: list[str], notes: Notes) -> dict[str, str]:
        said = {}
        short, long = (self.long_text(cells, name) for name in ("short description", "description"))
        if short and long and short not in long:
            notes.add(
                "the short description was put before the description",
                row=row,
                example=short,
                column=self.header.head("short description"),
            )
            long = f"{short}\n\n{long}"
        categories = self.listed(cells, "categories")
        if len(categories) > 1:
            notes.add(
                "of several categories the first was taken",
                row=row,
                column=self.heads["category"],
                example=", ".join(categories),
            )
        published = self.header.cell(cells, "published")
        for name, text in (
            ("name", self.text(cells, "name")),
            ("description", long or short),
            ("brand", self.text(cells, "brands", "brand")),
            ("category", leaf_of(categories[0]) if categories else ""),
            # 1: published, 0: private, -1: a draft.
            ("status", {"1": "active", "0": "draft", "-1": "draft"}.get(published, "")),
        ):
            if text:
                said[name] = text
        return said

    def variant_words(self, row: int, cells: list[str], said: dict[str, str], notes: Notes) -> tuple[Fault, ...]:
        regular, sale = self.text(cells, "regular price"), self.text(cells, "sale price")
        if sale:
            said["price"] = sale
            if regular:
                said["compare_at_price"] = regular
            notes.add(
                "the sale price was read as price, the regular price as the one before",
                row=row,
                column=self.header.head("sale price"),
                example=sale,
            )
        elif regular:
            said["price"] = regular
        stock = self.text(cells, "stock")
        if stock.lower() == "parent":
            notes.add(
                "stock that is kept for the whole product was left out",
                row=row,
                column=self.heads["stock"],
                example=stock,
            )
        elif stock.startswith("-"):
            # Backorders take WooCommerce's stock below zero: nothing is there to be sold.
            notes.add("stock below 0 (backorders) was read as 0", row=row, column=self.heads["stock"], example=stock)
            said["stock"] = "0"
        elif stock:
            said["stock"] = stock
        elif self.text(cells, "in stock").lower() in ("0", "no", "outofstock"):
            notes.add("not in stock was read as a stock of 0", row=row, column=self.header.head("in stock"))
            said["stock"] = "0"
        if barcode := self.text(cells, *_BARCODE):
            said["barcode"] = barcode
        weight = self.text(cells, self.weight)
        if not weight:
            return ()
        try:
            said["weight_g"] = str(read_grams(weight, self.unit))
        except NumberError as error:
            return (unread_weight(self.heads["weight_g"], weight, error),)
        notes.add(
            f"weights in {self.unit} were turned into grams", row=row, column=self.heads["weight_g"], example=weight
        )
        return ()

    def sale_head(self, cells: list[str]) -> dict[str, str] | None:
        return {"price": self.header.head("sale price")} if self.text(cells, "sale price") else None

    def sku(self, row: int, cells: list[str], made_of: str, notes: Notes) -> str:
        sku = self.text(cells, "sku")
        if not sku:
            number = self.header.cell(cells, "id")
            sku = f"id-{number}" if number else handle_of(made_of)
            notes.add(
                "there was no SKU, so one was made of the id or the name",
                row=row,
                example=sku,
                column=self.heads["sku"] or "SKU",
            )
        return sku

    def kinds(self, cells: list[str]) -> set[str]:
        return {kind.strip() for kind in self.header.cell(cells, "type").lower().split(",")}

    def parent_key(self, cells: list[str]) -> str:
        return self.text(cells, "parent").replace("id: ", "id:")

    def named_values(self, cells: list[str]) -> list[tuple[str, list[str]]]:
        """Attribute → its values; several for a product, one for a variation."""
        found = []
        for place in self.attributes:
            name = self.text(cells, f"attribute {place} name")
            head = next(
                (
                    head
                    for what in ("values", "value s", "value")
                    if (head := f"attribute {place} {what}") in self.header.places
                ),
                "",
            )
            values = self.listed(cells, head) if head else []
            if name and values:
                found.append((name, values))
                for column in (f"option: {name}", f"attribute: {name}"):
                    self.heads.setdefault(column, self.header.head(head))
        return found

    def pictures(self, cells: list[str]) -> tuple[tuple[int, str], ...]:
        return tuple((place, picture_cell(address, "")) for place, address in enumerate(self.listed(cells, "images")))

    def listed(self, cells: list[str], name: str) -> list[str]:
        parts = (part.replace("\\,", ",").strip() for part in _LISTED.split(self.text(cells, name)))
        return [part for part in parts if part]

    def long_text(self, cells: list[str], name: str) -> str:
        return self.text(cells, name).replace("\\r", "").replace("\\n", "\n").strip()

    def text(self, cells: list[str], *names: str) -> str:
        """A cell without the apostrophe that WooCommerce puts before what could run as a formula."""
        text = self.header.cell(cells, *names)
        return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text
