"""Shopify's product CSV → native rows.

A product is a run of rows with one handle: the first has the product's words and its options' names, each further one
a variant, another picture, or both. Headers: Shopify's help centre, "Using CSV files to import and export products",
the older names (Handle, Body (HTML), Variant SKU …) and those of the template of 2025 (URL handle, Description, SKU …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

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

HANDLE = ("handle", "url handle")
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
_SKU = ("variant sku", "sku")
_GRAMS = ("variant grams", "weight value grams")
_BARCODE = ("variant barcode", "barcode")
_IMAGE = ("image src", "product image url")
_VARIANT_IMAGE = ("variant image", "variant image url")
_NO_OPTION = "default title"


def is_shopify(heads: set[str]) -> bool:
    old = {"handle", "title"} <= heads and bool(heads & {"variant sku", "variant price", "option1 name", "body html"})
    new = "url handle" in heads and bool(heads & {"option1 name", "product image url", "inventory quantity", "sku"})
    return old or new


class ShopifyTranslator:
    """State of one table: the option names of each handle, which only its first row has."""

    forgiving = FORGIVING
    needs_learning = False

    def __init__(self, header: Header, notes: Notes) -> None:
        self.header = header
        self.options: dict[str, tuple[str, ...]] = {}
        self.heads = {
            "sku": header.head(*_SKU),
            "product": header.head(*HANDLE),
            "weight_g": header.head(*_GRAMS),
            "barcode": header.head(*_BARCODE),
            "category": header.head("type", "product category"),
            "status": header.head("status", "published"),
            "image": header.head(*_IMAGE),
            **{name: header.head(*words) for name, words in (_PRODUCT | _VARIANT).items()},
        }
        known = {*HANDLE, *_SKU, *_GRAMS, *_BARCODE, *_IMAGE, *_VARIANT_IMAGE, *_UNUSED_BUT_READ}
        known.update(chain.from_iterable((_PRODUCT | _VARIANT).values()))
        tell_unused(header, known, notes)

    def learn(self, cells: list[str]) -> None: ...

    def translate(self, row: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        cell = self.header.cell
        handle = cell(cells, *HANDLE)
        if not handle:
            if any(text.strip() for text in cells):
                head = self.heads["product"]
                fault = Fault(head, ProblemCode.MISSING_VALUE, f"The row has no {head}, so it was left out.")
                return (NativeRow(row, {}, faults=(fault,)),)
            return ()
        said = {"product": handle}
        for name, words in _PRODUCT.items():
            if text := cell(cells, *words):
                said[name] = text
        if category := cell(cells, "type") or leaf_of(cell(cells, "product category")):
            said["category"] = category
        if status := self.status(cells):
            said["status"] = status
        pictures = self.pictures(cells, handle)
        values = [cell(cells, f"option{place} value") for place in (1, 2, 3)]
        variant = {name: text for name, words in _VARIANT.items() if (text := cell(cells, *words))}
        sku = cell(cells, *_SKU).removeprefix("'")
        if not (sku or any(values) or "price" in variant):
            return (NativeRow(row, said, is_variant=False, pictures=pictures),)
        said |= variant
        self.mend_variant(row, said, notes)
        options = self.option_cells(handle, cells, values)
        said |= options
        if options:
            said["variant"] = " / ".join(options.values())
        if not sku:
            sku = "-".join([handle, *map(handle_of, options.values())])
            notes.add(
                "there was no SKU, so one was made of the handle and the options",
                row=row,
                example=sku,
                column=self.heads["sku"] or "sku",
            )
        said["sku"] = sku
        if barcode := cell(cells, *_BARCODE).removeprefix("'"):
            said["barcode"] = barcode
        faults = self.read_weight(cells, said, row, notes)
        return (NativeRow(row, said, pictures=pictures, faults=faults),)

    def mend_variant(self, row: int, said: dict[str, str], notes: Notes) -> None:
        """Shopify writes 0.00 where there was no earlier price, and counts oversold units below zero."""
        if re.fullmatch(r"0+(?:[.,]0*)?", said.get("compare_at_price", "")):
            head = self.heads["compare_at_price"]
            notes.add(
                "an earlier price of 0 was taken for none", row=row, column=head, example=said["compare_at_price"]
            )
            del said["compare_at_price"]
        if re.fullmatch(r"-\d+", said.get("stock", "")):
            notes.add(
                "stock below 0 (oversold) was read as 0", row=row, column=self.heads["stock"], example=said["stock"]
            )
            said["stock"] = "0"

    def option_cells(self, handle: str, cells: list[str], values: list[str]) -> dict[str, str]:
        """`option: NAME` → value. A lone "Default Title" is Shopify's way to say that there are no options."""
        names = tuple(self.header.cell(cells, f"option{place} name") for place in (1, 2, 3))
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

    def status(self, cells: list[str]) -> str:
        """Active, draft or archived; what is active but not published to the online store is a draft here."""
        status = self.header.cell(cells, "status").lower()
        published = self.header.cell(cells, "published", "published on online store").lower()
        if published in ("false", "no", "0") and status in ("", "active"):
            return "draft"
        return "draft" if status == "unlisted" else status

    def pictures(self, cells: list[str], handle: str) -> tuple[tuple[int, str], ...]:
        found = []
        if source := self.header.cell(cells, *_IMAGE):
            position = self.header.cell(cells, "image position")
            alt = self.header.cell(cells, "image alt text")
            found.append((int(position) if re.fullmatch(r"[0-9]{1,4}", position) else 9_999, picture_cell(source, alt)))
        if source := self.header.cell(cells, *_VARIANT_IMAGE):
            found.append((10_000, picture_cell(source, "")))
        return tuple(found)

    def read_weight(self, cells: list[str], said: dict[str, str], row: int, notes: Notes) -> tuple[Fault, ...]:
        """Shopify counts in grams, whatever unit it shows; 0 says that nobody weighed it."""
        text = self.header.cell(cells, *_GRAMS)
        if not text:
            return ()
        try:
            grams = read_grams(text)
        except NumberError as error:
            return (unread_weight(self.heads["weight_g"], text, error),)
        if grams:
            said["weight_g"] = str(grams)
        else:
            notes.add("a weight of 0 was taken for none", row=row, column=self.heads["weight_g"], example=text)
        return ()


_UNUSED_BUT_READ = {
    *("type", "product category", "status", "published", "published on online store", "image position"),
    *("image alt text", *(f"option{place} {what}" for place in (1, 2, 3) for what in ("name", "value"))),
}
