"""Google Merchant Center product feed (TSV or RSS 2.0 / Atom XML) → native rows.

One row per item; items with the same `item_group_id` are variants of one product. Attributes: Google's "Product data
specification". Names come with an underscore, a space, or the feed's prefix ``g:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from catalog_import.sources.dialects.headers import Header, plain
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.dialects.sales import SaleWindow
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
from catalog_import.sources.values.picture_lists import split_pictures

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
    "status": ("status", "visibility"),
}
_SALE_DATES = "sale price effective date"
_DETAIL = re.compile(r"(?:g:)?product_detail: (.+)")
_READ = {
    *chain.from_iterable(_COLUMNS.values()),
    "sale price",
    _SALE_DATES,
    "additional image link",
    "status",
    "visibility",
}
_READ |= set(OPTIONS)
# What parts a product's title from what its variant adds to it.
_TITLE_PARTS = " -–—|/,:;·("
_SURE_SIGNS = {"image link", "availability", "link", "gtin", "google product category", "item group id"}


def is_google(header: Sequence[str]) -> bool:
    bare = {plain(head).removeprefix("g ") for head in header}
    has_signs = "availability" in bare or len(bare & _SURE_SIGNS) > 1
    return {"id", "title"} <= bare and has_signs and "sku" not in bare


class GoogleTranslator:
    """State of one feed: which groups were met, and which words of a group differ from item to item.

    `titles`: group → what its items' titles begin with alike; `alike`: groups with items of the same options.
    """

    forgiving = FORGIVING
    currencies: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        header.places = {name.removeprefix("g "): place for name, place in reversed(header.places.items())}
        self.materials: dict[str, str] = {}
        self.varied: set[str] = set()
        self.met: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.seen: dict[str, set[tuple[str, ...]]] = {}
        self.alike: set[str] = set()
        self.sales = SaleWindow()
        # Group → detail → its value, empty where the group's items differ in it.
        self.shared_details: dict[str, dict[str, str]] = {}
        self.details = {found[1]: plain(head) for head in header.heads if (found := _DETAIL.fullmatch(head))}
        options = {f"option: {name}": header.head(word) for word, name in OPTIONS.items() if word in header.places}
        self.heads = header.heads_of(_COLUMNS) | options
        known = _READ | {plain(f"product_detail: {name}") for name in self.details}
        tell_unused(header.heads, lambda head: plain(head).removeprefix("g ") in known, notes)

    def learn(self, cells: list[str]) -> None:
        row = ForeignRow(self.header, cells)
        group, material = row.cell("item group id"), row.cell("material")
        if not group:
            return
        if material and self.materials.setdefault(group, material) != material:
            self.varied.add(group)
        title = row.cell("title")
        self.titles[group] = common_begin(self.titles.get(group, title), title)
        details = {name: row.cell(word) for name, word in self.details.items()}
        shared = self.shared_details.setdefault(group, details)
        shared.update({name: "" for name, text in details.items() if shared[name] != text})
        values = tuple(row.cell(word) for word in OPTIONS)
        seen = self.seen.setdefault(group, set())
        if values in seen:
            self.alike.add(group)
        seen.add(values)

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        row = ForeignRow(self.header, cells, number, notes)
        if row.is_blank:
            return ()
        sku, group, title = (row.cell(name) for name in ("id", "item group id", "title"))
        said = {"sku": sku} if sku else {}
        options = {
            f"option: {name}": text
            for word, name in OPTIONS.items()
            if (text := row.cell(word)) and (word != "material" or group in self.varied)
        }
        options |= {
            f"option: {name}": text
            for name, word in self.details.items()
            if group and not self.shared_details[group][name] and (text := row.cell(word))
        }
        said |= options
        if group:
            said["product"] = group
            said["variant"] = self.variant_name(group, list(options.values()), title, sku)
        if not group or self.met.setdefault(group, number) >= number:
            said |= product_words(row, has_material="option: Material" not in options)
            if group and (shared := self.product_title(group)):
                said["name"] = shared
            said |= {
                f"attribute: {name}": text
                for name, word in self.details.items()
                if (text := row.cell(word)) and f"option: {name}" not in options
            }
        elif title and not self.product_title(group):
            row.note("the title of the group's first item was used for the product", self.heads["name"], title)
        if barcode := row.cell("gtin"):
            said["barcode"] = barcode
        begin, _, end = row.cell(_SALE_DATES).partition("/")
        head = self.header.head(_SALE_DATES)
        sale, faults = self.sales.price(row, row.cell("sale price"), begin, end, head)
        said |= read_prices(row, row.cell("price"), sale, "price")
        said |= read_stock(row)
        weight, head = row.cell(*_COLUMNS["weight_g"]), self.heads["weight_g"]
        grams, more = read_weight(weight, head)
        faults += more
        if grams:
            said["weight_g"] = str(grams)
            row.note("weights were turned into grams", head, weight)
        if not sku:
            head = self.heads["sku"]
            faults += (Fault(head, ProblemCode.MISSING_VALUE, f"The item has no {head}, so it was left out."),)
        pictures = pictures_of(row, is_first=self.met.get(group) == number)
        return (NativeRow(number, said, pictures=pictures, faults=faults, heads=sale_head(row, sale)),)

    def product_title(self, group: str) -> str:
        """What the titles of a group's items say of the product; empty where they have nothing in common."""
        shared = self.titles.get(group, "")
        return shared if len(shared) > 2 else ""

    def variant_name(self, group: str, options: list[str], title: str, sku: str) -> str:
        """What tells a variant from its siblings: its options, else what its title adds to the product's."""
        own = title[len(self.product_title(group)) :].strip(_TITLE_PARTS + ")")
        parts = options + ([own or sku] if group in self.alike and own not in options else [])
        return " / ".join(parts) or own or title


def product_words(row: ForeignRow, *, has_material: bool) -> dict[str, str]:
    said = row.words({name: _COLUMNS[name] for name in ("name", "description", "brand")})
    # Of several, the feed names the main one first.
    types = row.cell("product type").split("\n")
    if category := leaf_of(types[0]) or leaf_of(row.cell("google product category")):
        said["category"] = category
    if status := status_of(row):
        said["status"] = status
    if has_material and (material := row.cell("material")):
        said["material"] = material
    return said


def status_of(row: ForeignRow) -> str:
    """The state that Meta's catalogues add: archived, or not shown to anybody."""
    if row.cell("status").lower() == "archived":
        return "archived"
    return "draft" if row.cell("visibility").lower() in ("hidden", "staging") else ""


def read_stock(row: ForeignRow) -> dict[str, str]:
    """A feed says whether, seldom how many: out of stock is 0, any other state leaves the shop's number alone."""
    availability, head = row.cell("availability"), row.header.head("availability")
    if quantity := row.cell("quantity"):
        return {"stock": quantity}
    state = re.sub(r"[\s_]+", " ", availability.lower())
    if state == "out of stock":
        row.note("out of stock was read as a stock of 0", head, availability)
        return {"stock": "0"}
    if availability:
        row.note(f"{state} without a quantity: the shop's stock was left unchanged", head, availability)
    return {}


def pictures_of(row: ForeignRow, *, is_first: bool) -> tuple[tuple[int, str], ...]:
    """An item's picture and the further ones; those of a group's first item come first."""
    found = [row.cell("image link"), *split_pictures(row.cell("additional image link"))]
    place = 0 if is_first else 100
    return tuple((place + step, picture_cell(address)) for step, address in enumerate(found) if address)


def common_begin(one: str, other: str) -> str:
    """What two titles begin with alike, up to the end of a part of them."""
    if one == other:
        return one
    length = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    shared = one[:length]
    if length < len(one) and one[length] not in _TITLE_PARTS and (length == 0 or shared[-1] not in _TITLE_PARTS):
        # Not in the middle of a word.
        shared = shared[: max(shared.rfind(sign) for sign in _TITLE_PARTS) + 1]
    return shared.rstrip(_TITLE_PARTS)
