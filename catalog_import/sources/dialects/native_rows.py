"""Native rows: what a row of any file says in our columns' names, and where it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog_import.sources.cells import CLEAR
from catalog_import.sources.problems import Place, ProblemCode


@dataclass(frozen=True, slots=True)
class Fault:
    """What a translator found wrong with a row, in the file's own column. One that is not fatal costs its cell only."""

    column: str
    code: ProblemCode
    message: str
    value: str = ""
    is_fatal: bool = True


@dataclass(slots=True)
class NativeRow:
    """A row in our words: our column → trimmed text, filled cells only.

    A row that is no variant says something of its product alone. `pictures` (position, cell) are added to those of
    the product's other rows; a row with `faults` is left out. `heads`: our column → the file's header, where this
    row takes it from another column than the table's other rows. `made_up`: the SKU that the importer makes for such
    a row where there is none; it is no identity, but says which earlier row without a SKU this may be.
    """

    row: int
    cells: dict[str, str]
    is_variant: bool = True
    pictures: tuple[tuple[int, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    heads: Mapping[str, str] | None = None
    made_up: str = ""

    def reference(self) -> str:
        """What the row's product is known by; empty when the row does not say."""
        said = self.cells
        for name in ("product_reference", "product", "sku"):
            cell = said.get(name)
            if cell and cell != CLEAR:
                return key_of(cell)
        return ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The table that rows come from: its place, our column → its header, our column → what its cells show of separators
    and the currencies that its header states.

    `forgiving`: columns of which a bad cell is left out with a warning, instead of its row: another system filled them
    by rules of its own, and staff cannot be asked to fix thousands of cells.
    """

    place: Place
    heads: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    forgiving: frozenset[str] = frozenset()
    currencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def at(self, row: int) -> Place:
        return Place(self.place.file, row, self.place.sheet)

    def head(self, column: str) -> str:
        return self.heads.get(column) or column


def key_of(cell: str) -> str:
    """A reference or SKU as it is kept: trimmed, in Unicode NFC as in `normalise_key`, without invisible characters."""
    text = cell.strip()
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf").strip()
