"""Google Merchant Center product feed (TSV or RSS 2.0 / Atom XML) → native rows.

One row per item; items with the same `item_group_id` are variants of one product. Attributes: Google's "Product data
specification". Names come with an underscore, a space, or the feed's prefix ``g:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.texts import FORGIVING, leaf_of, picture_cell, tell_unused, unread_weight
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import NumberError, read_grams
from catalog_import.sources.problems import ProblemCode

OPTIONS = {"color": "Color", "colour": "Color", "size": "Size", "pattern": "Pattern", "material": "Material"}
_WEIGHT = ("product weight", "shipping weight")
_READ = {
    *("id", "title", "description", "brand", "product type", "google product category", "price", "sale price", "gtin"),
    *("availability", "image link", "additional image link", "item group id", "quantity", *_WEIGHT, *OPTIONS),
}
_SURE_SIGNS = {"image link", "availability", "link", "gtin", "google product category", "item group id"}


def is_google(heads: set[str]) -> bool:
    bare = {head.removeprefix("g ") for head in heads}
    has_signs = "availability" in bare or len(bare & _SURE_SIGNS) > 1
    return {"id", "title"} <= bare and has_signs and "sku" not in bare


class GoogleTranslator:
    """State of one feed: which groups were met, and which words of a group differ from item to item."""

    forgiving = FORGIVING
    needs_learning = True

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        header.places = {name.removeprefix("g "): place for name, place in reversed(header.places.items())}
        self.materials: dict[str, str] = {}
        self.varied: set[str] = set()
        self.met: dict[str, int] = {}
        self.heads = {
            "sku": header.head("id"),
            "product": header.head("item group id"),
            "name": header.head("title"),
            "variant": header.head("title"),
            "description": header.head("description"),
            "brand": header.head("brand"),
            "category": header.head("product type", "google product category"),
            "price": header.head("price"),
            "compare_at_price": header.head("price"),
            "stock": header.head("quantity", "availability"),
            "weight_g": header.head(*_WEIGHT),
            "barcode": header.head("gtin"),
            "image": header.head("image link"),
            "material": header.head("material"),
            **{f"option: {name}": header.head(word) for word, name in OPTIONS.items() if word in header.places},
        }
        bare = Header([head.removeprefix("g:") for head in header.heads])
        tell_unused(bare, _READ, notes)

    def learn(self, cells: list[str]) -> None:
        group, material = self.header.cell(cells, "item group id"), self.header.cell(cells, "material")
        if group and material and self.materials.setdefault(group, material) != material:
            self.varied.add(group)

    def translate(self, row: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        cell = self.header.cell
        if not any(text.strip() for text in cells):
            return ()
        sku, group = cell(cells, "id"), cell(cells, "item group id")
        said = {"sku": sku} if sku else {}
        options = {
            f"option: {name}": text
            for word, name in OPTIONS.items()
            if (text := cell(cells, word)) and (word != "material" or group in self.varied)
        }
        said |= options
        if group:
            said["product"] = group
            said["variant"] = " / ".join(options.values()) or cell(cells, "title")
        if not group or self.met.setdefault(group, row) >= row:
            said |= self.product_words(cells, has_material="option: Material" not in options)
        elif cell(cells, "title"):
            notes.add(
                "the title of a group's first item was taken for the product",
                row=row,
                column=self.heads["name"],
                example=cell(cells, "title"),
            )
        if barcode := cell(cells, "gtin"):
            said["barcode"] = barcode
        self.read_prices(row, cells, said, notes)
        self.read_stock(row, cells, said, notes)
        faults = self.read_weight(row, cells, said, notes)
        if not sku:
            head = self.heads["sku"]
            faults += (Fault(head, ProblemCode.MISSING_VALUE, f"The item has no {head}, so it was left out."),)
        pictures = self.pictures(cells, is_first=self.met.get(group) == row)
        return (NativeRow(row, said, pictures=pictures, faults=faults, heads=self.sale_head(cells)),)

    def sale_head(self, cells: list[str]) -> dict[str, str] | None:
        return {"price": self.header.head("sale price")} if self.header.cell(cells, "sale price") else None

    def product_words(self, cells: list[str], *, has_material: bool) -> dict[str, str]:
        cell = self.header.cell
        words = {
            "name": cell(cells, "title"),
            "description": cell(cells, "description"),
            "brand": cell(cells, "brand"),
            "category": leaf_of(cell(cells, "product type")) or leaf_of(cell(cells, "google product category")),
            "material": cell(cells, "material") if has_material else "",
        }
        return {name: text for name, text in words.items() if text}

    def read_prices(self, row: int, cells: list[str], said: dict[str, str], notes: Notes) -> None:
        price, sale = self.header.cell(cells, "price"), self.header.cell(cells, "sale price")
        if sale:
            said["price"] = sale
            if price:
                said["compare_at_price"] = price
            notes.add(
                "the sale price was read as price, the price as the one before",
                row=row,
                column=self.header.head("sale price"),
                example=sale,
            )
        elif price:
            said["price"] = price

    def read_stock(self, row: int, cells: list[str], said: dict[str, str], notes: Notes) -> None:
        """A feed says whether, seldom how many: out of stock is 0, in stock leaves the shop's number alone."""
        quantity = self.header.cell(cells, "quantity")
        availability = self.header.cell(cells, "availability")
        if quantity:
            said["stock"] = quantity
        elif re.sub(r"[\s_]+", " ", availability.lower()) == "out of stock":
            said["stock"] = "0"
            notes.add(
                "out of stock was read as a stock of 0",
                row=row,
                column=self.header.head("availability"),
                example=availability,
            )
        elif availability:
            notes.add(
                "it says that there is stock, not how much: the number was left alone",
                row=row,
                column=self.header.head("availability"),
                example=availability,
            )

    def read_weight(self, row: int, cells: list[str], said: dict[str, str], notes: Notes) -> tuple[Fault, ...]:
        text = self.header.cell(cells, *_WEIGHT)
        if not text:
            return ()
        try:
            grams = read_grams(text)
        except NumberError as error:
            return (unread_weight(self.heads["weight_g"], text, error),)
        if grams:
            said["weight_g"] = str(grams)
            notes.add("weights were turned into grams", row=row, column=self.heads["weight_g"], example=text)
        return ()

    def pictures(self, cells: list[str], *, is_first: bool) -> tuple[tuple[int, str], ...]:
        """An item's picture, and the further ones of a group's first item or of an item without a group."""
        first = self.header.cell(cells, "image link")
        more = self.header.cell(cells, "additional image link")
        found = [first, *(part.strip() for part in more.split(",") if part.strip())]
        place = 0 if is_first else 100
        return tuple((place + step, picture_cell(address, "")) for step, address in enumerate(found) if address)
