"""Google Merchant Center product feed (TSV or RSS 2.0 / Atom XML) → native rows.

One row per item; items with the same `item_group_id` are variants of one product. Attributes: Google's "Product data
specification". Names come with an underscore, a space, or the feed's prefix ``g:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.texts import (
    FORGIVING,
    ForeignRow,
    leaf_of,
    picture_cell,
    read_prices,
    read_weight,
    sale_head,
    tell_unused,
)
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import ProblemCode

OPTIONS = {"color": "Color", "colour": "Color", "size": "Size", "pattern": "Pattern", "material": "Material"}
_COLUMNS = {
    "sku": ("id",),
    "product": ("item group id",),
    "name": ("title",),
    "variant": ("title",),
    "description": ("description",),
    "brand": ("brand",),
    "category": ("product type", "google product category"),
    "price": ("price",),
    "compare_at_price": ("price",),
    "stock": ("quantity", "availability"),
    "weight_g": ("product weight", "shipping weight"),
    "barcode": ("gtin",),
    "image": ("image link",),
    "material": ("material",),
}
_READ = {*chain.from_iterable(_COLUMNS.values()), "sale price", "additional image link", *OPTIONS}
_SURE_SIGNS = {"image link", "availability", "link", "gtin", "google product category", "item group id"}


def is_google(heads: set[str]) -> bool:
    bare = {head.removeprefix("g ") for head in heads}
    has_signs = "availability" in bare or len(bare & _SURE_SIGNS) > 1
    return {"id", "title"} <= bare and has_signs and "sku" not in bare


class GoogleTranslator:
    """State of one feed: which groups were met, and which words of a group differ from item to item."""

    forgiving = FORGIVING

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        header.places = {name.removeprefix("g "): place for name, place in reversed(header.places.items())}
        self.materials: dict[str, str] = {}
        self.varied: set[str] = set()
        self.met: dict[str, int] = {}
        options = {f"option: {name}": header.head(word) for word, name in OPTIONS.items() if word in header.places}
        self.heads = header.heads_of(_COLUMNS) | options
        bare = Header([head.removeprefix("g:") for head in header.heads])
        tell_unused(bare, _READ, notes)

    def learn(self, cells: list[str]) -> None:
        row = ForeignRow(self.header, cells)
        group, material = row.cell("item group id"), row.cell("material")
        if group and material and self.materials.setdefault(group, material) != material:
            self.varied.add(group)

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        row = ForeignRow(self.header, cells, number, notes)
        if row.is_blank:
            return ()
        sku, group, title, sale = (row.cell(name) for name in ("id", "item group id", "title", "sale price"))
        said = {"sku": sku} if sku else {}
        options = {
            f"option: {name}": text
            for word, name in OPTIONS.items()
            if (text := row.cell(word)) and (word != "material" or group in self.varied)
        }
        said |= options
        if group:
            said["product"] = group
            said["variant"] = " / ".join(options.values()) or title
        if not group or self.met.setdefault(group, number) >= number:
            said |= product_words(row, has_material="option: Material" not in options)
        elif title:
            row.note("the title of the group's first item was used for the product", self.heads["name"], title)
        if barcode := row.cell("gtin"):
            said["barcode"] = barcode
        said |= read_prices(row, row.cell("price"), sale, "price")
        said |= read_stock(row)
        weight, head = row.cell(*_COLUMNS["weight_g"]), self.heads["weight_g"]
        grams, faults = read_weight(weight, head)
        if grams:
            said["weight_g"] = str(grams)
            row.note("weights were turned into grams", head, weight)
        if not sku:
            head = self.heads["sku"]
            faults += (Fault(head, ProblemCode.MISSING_VALUE, f"The item has no {head}, so it was left out."),)
        pictures = pictures_of(row, is_first=self.met.get(group) == number)
        return (NativeRow(number, said, pictures=pictures, faults=faults, heads=sale_head(row, sale)),)


def product_words(row: ForeignRow, *, has_material: bool) -> dict[str, str]:
    said = row.words({name: _COLUMNS[name] for name in ("name", "description", "brand")})
    if category := leaf_of(row.cell("product type")) or leaf_of(row.cell("google product category")):
        said["category"] = category
    if has_material and (material := row.cell("material")):
        said["material"] = material
    return said


def read_stock(row: ForeignRow) -> dict[str, str]:
    """A feed says whether, seldom how many: out of stock is 0, in stock leaves the shop's number alone."""
    availability, head = row.cell("availability"), row.header.head("availability")
    if quantity := row.cell("quantity"):
        return {"stock": quantity}
    if re.sub(r"[\s_]+", " ", availability.lower()) == "out of stock":
        row.note("out of stock was read as a stock of 0", head, availability)
        return {"stock": "0"}
    if availability:
        row.note("in stock without a quantity: the shop's stock was left unchanged", head, availability)
    return {}


def pictures_of(row: ForeignRow, *, is_first: bool) -> tuple[tuple[int, str], ...]:
    """An item's picture and the further ones; those of a group's first item come first."""
    more = row.cell("additional image link").split(",")
    found = [row.cell("image link"), *filter(None, map(str.strip, more))]
    place = 0 if is_first else 100
    return tuple((place + step, picture_cell(address)) for step, address in enumerate(found) if address)
