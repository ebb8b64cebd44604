"""Tables whose columns are ours, by their own names, by other words for them, or by a mapping → native rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog_import.sources.cells import as_part
from catalog_import.sources.dialects.native_rows import Fault, NativeRow
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.words import is_active, is_total

# Columns for the options of variants whose names stand in cells, too: one by one, or as lists.
OPTION_NAME = re.compile(r"option_(\d{1,2})_name")
OPTION_VALUE = re.compile(r"option_(\d{1,2})_value")
OPTION_LISTS = ("option_names", "option_values")
# "category:rollers|brand:Quillbrook".
FACETS = "facets"
_OPTION_COLUMN = re.compile(r"option_(?:\d{1,2}_(?:name|value)|names|values)|facets")
_DIGIT = re.compile(r"\d")
# A sentence below a table, rather than a SKU.
_FOOTER_WORDS = 3
BARCODE = frozenset({"barcode"})


def is_option_column(name: str) -> bool:
    """Return whether a column is a target of mappings that needs another one to be read."""
    return _OPTION_COLUMN.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell of a row is which column of ours. `names`: for each cell, None where it is left out.

    `heads`: our column → the file's header. `currencies`, `units`: our column → what its header states. `continues`: a
    row that names no product belongs to the one above it.
    """

    names: Sequence[str | None]
    heads: Mapping[str, str]
    currencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    continues: bool = False
    units: Mapping[str, str] = field(default_factory=dict)


def heading(number: int, text: str) -> NativeRow:
    """A row that is a heading rather than a product, with what is wrong with it."""
    message = f'"{text[:100]}" stands alone in its row, like a heading. Remove the row, or fill in what it says.'
    return NativeRow(number, {}, faults=(Fault("sku", ProblemCode.MISSING_VALUE, message, text),))


class TableTranslator:
    """State of one table: the product above, and the names of its options."""

    forgiving = BARCODE
    learn = None

    def __init__(self, layout: Layout) -> None:
        self.names = layout.names
        self.heads = dict(layout.heads)
        self.currencies = layout.currencies
        self.continues = layout.continues
        self.units = layout.units
        self.above: dict[str, str] = {}
        self.option_names: dict[str, dict[str, str]] = {}
        used = [name for name in layout.names if name]
        self.places = [(place, name) for place, name in enumerate(layout.names) if name]
        self.is_plain = len(set(used)) == len(used) and not any(map(is_option_column, used))

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        if self.is_plain:
            width = len(cells)
            said = {name: text for place, name in self.places if place < width and (text := cells[place].strip())}
            pictures: tuple[tuple[int, str], ...] = ()
        else:
            said, pictures = self.gathered(cells)
        if not said and not pictures:
            return ()
        if what := self.left_out(said, cells):
            notes.add(what, row=number, example=" ".join(filter(None, map(str.strip, cells))))
            return ()
        if len(said) == 1 and self.is_heading(said.get("sku", "")):
            return (heading(number, said["sku"]),)
        for name, unit in self.units.items():
            if name in said and said[name][-1].isdigit():
                said[name] += f" {unit}"
        if self.continues:
            self.continue_product(number, said, notes)
        if not self.is_plain:
            self.read_options(said)
        return (NativeRow(number, said, pictures=pictures),)

    def gathered(self, cells: list[str]) -> tuple[dict[str, str], tuple[tuple[int, str], ...]]:
        """The cells of a row by column. Of several columns for one thing the first filled one counts; pictures are
        taken from all."""
        said: dict[str, str] = {}
        pictures: list[str] = []
        for name, cell in zip(self.names, cells, strict=False):
            if name and (text := cell.strip()):
                if name == "image":
                    pictures.append(text)
                elif name == "status" and not is_active(text):
                    # "active: 1, visible: 0": what any column keeps off sale stays off sale.
                    said[name] = said[name] if name in said and not is_active(said[name]) else text
                else:
                    said.setdefault(name, text)
        if len(pictures) == 1:
            said["image"] = pictures.pop()
        return said, tuple(enumerate(pictures))

    def left_out(self, said: Mapping[str, str], cells: Sequence[str]) -> str:
        """Why a row is none of the table: a sum, a footer, the header once more; empty where it is one."""
        sku, name = said.get("sku", ""), said.get("name", "")
        if sku and sku == self.heads.get("sku") and (not name or name == self.heads.get("name")):
            return "the header was repeated; the row was left out"
        if sku and _DIGIT.search(sku) and " " not in sku:
            return "rows of sums were left out" if sku.isdigit() and name and is_total(name) else ""
        if any(map(is_total, filter(None, map(str.strip, cells)))) if not sku else is_total(sku):
            return "rows of sums were left out" if not name or is_total(name) else ""
        if name:
            return ""
        if len(said) == 1 and len(sku.split()) >= _FOOTER_WORDS and len(self.names) > 1:
            return "lines of text below the table were left out"
        return ""

    def is_heading(self, sku: str) -> bool:
        """Return whether a row with nothing but this SKU may be a heading: it is made of words, in a table that has
        more to say of each product."""
        is_word = sku != sku.upper() and not _DIGIT.search(sku)
        return is_word and len(self.heads) > 2 and "name" in self.heads

    def continue_product(self, number: int, said: dict[str, str], notes: Notes) -> None:
        """Give a row without a name and without its product's key to the product above it."""
        keys: dict[str, str] = {name: said[name] for name in ("product", "product_reference") if name in said}
        if keys or "name" in said or not self.above:
            self.above = keys
            return
        said |= self.above
        notes.add("rows that name no product were given to the product above", row=number, example=said.get("sku", ""))

    def read_options(self, said: dict[str, str]) -> None:
        """Turn cells with names and values of options, and with facets, into the columns that they mean."""
        key = said.get("product_reference") or said.get("product") or said.get("sku", "")
        names: dict[str, str] = {}
        values: dict[str, tuple[str, str]] = {}
        for column in [name for name in said if is_option_column(name)]:
            text = said.pop(column)
            if column in OPTION_LISTS:
                parts = {str(place): part for place, part in enumerate(map(str.strip, text.split("|")), 1) if part}
                if column == "option_names":
                    names |= parts
                else:
                    values |= {place: (part, column) for place, part in parts.items()}
            elif column == FACETS:
                self.read_facets(text, said)
            elif found := OPTION_NAME.fullmatch(column):
                names[found[1]] = text
            elif found := OPTION_VALUE.fullmatch(column):
                values[found[1]] = text, column
        names = self.option_names[key] = names or self.option_names.get(key, {})
        for place, (value, column) in values.items():
            name = f"option: {names.get(place) or f'Option {place}'}"
            said.setdefault(name, value)
            self.heads.setdefault(name, self.heads.get(column, column))
        if values and "variant" not in said:
            said["variant"] = " / ".join(value for value, _ in values.values())

    def read_facets(self, text: str, said: dict[str, str]) -> None:
        for part in text.split("|"):
            name, colon, value = (piece.strip() for piece in part.partition(":"))
            if colon and name and value:
                column = name.lower() if name.lower() in ("category", "brand") else f"attribute: {name}"
                said.setdefault(column, value if column != "category" else as_part(value))
                self.heads.setdefault(column, self.heads.get(FACETS, FACETS))
