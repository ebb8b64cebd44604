"""What several foreign formats share: a row by its columns' names, prices, weights, category paths, picture cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from catalog_import.sources.cells import as_part
from catalog_import.sources.dialects.headers import Header
from catalog_import.sources.dialects.native_rows import Fault
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import NumberError, read_grams
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.values.categories import as_category_cell, plain_name

# What other systems let anybody type: a bad cell there must not cost a whole export.
FORGIVING = frozenset({"barcode", "seo_title", "seo_description", "image", "weight_g"})


@dataclass(slots=True)
class ForeignRow:
    """A row of another system's table, and where it is noted what of it was not taken literally."""

    header: Header
    cells: list[str]
    number: int = 0
    notes: Notes = field(default_factory=Notes)

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for text in self.cells)

    def cell(self, *names: str) -> str:
        """The trimmed text of the first of these columns that is there and filled."""
        places, cells = self.header.places, self.cells
        for name in names:
            place = places.get(name)
            if place is not None and place < len(cells) and (text := cells[place].strip()):
                return text
        return ""

    def words(self, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Our column → text, of those of our columns that a column of theirs fills."""
        return {ours: text for ours, theirs in columns.items() if (text := self.cell(*theirs))}

    def note(self, what: str, column: str, example: str = "") -> None:
        self.notes.add(what, row=self.number, column=column, example=example)


def read_prices(row: ForeignRow, regular: str, sale: str, word: str) -> dict[str, str]:
    """The price, and the one before where there is a sale price, too; `word`: how the format calls the latter."""
    if not sale:
        return {"price": regular} if regular else {}
    row.note(f"the sale price was read as price, the {word} as the one before", row.header.head("sale price"), sale)
    return {"price": sale} | ({"compare_at_price": regular} if regular else {})


def sale_head(row: ForeignRow, sale: str) -> dict[str, str] | None:
    """The header of the price where it is taken from the sale price's column."""
    return {"price": row.header.head("sale price")} if sale else None


def read_weight(text: str, head: str, unit: str = "g") -> tuple[int | None, tuple[Fault, ...]]:
    """The grams of a weight, None without one; and the fault of one that is none: its row goes on without it."""
    if not text:
        return None, ()
    try:
        return read_grams(text, unit), ()
    except NumberError as error:
        message = f'"{text[:100]}" {error}. The cell was left out.'
        return None, (Fault(head, ProblemCode.INVALID_VALUE, message, text, is_fatal=False),)


def handle_of(text: str) -> str:
    """A text as a handle: "Extra Große" is ``extra-grosse``."""
    plain_text = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", "-", "".join(sign for sign in plain_text if not unicodedata.combining(sign))).strip("-")


def leaf_of(path: str) -> str:
    """The last part of a category's path, "Sport > Massage > Balls"; a bare number names no category."""
    leaf = plain_name(path.rpartition(">")[2])
    return "" if leaf.isdigit() else as_category_cell(leaf)


def picture_cell(location: str, alt: str = "") -> str:
    """A picture as one part of our list of them."""
    return as_part(f"{' '.join(alt.split())} | {location}" if alt else location)


def tell_unused(heads: Iterable[str], is_known: Callable[[str], bool], notes: Notes) -> None:
    """List all columns that have no place in the shop. `is_known`: whether the column of a header is read."""
    if unused := [head for head in heads if head and not is_known(head)]:
        what = "columns that the shop has no field for were left out"
        notes.add(what, example=", ".join(unused), is_whole=True)
