"""A products file of any format → products, one after the other, in bounded memory.

The file is read several times: to find its header, to learn which row is the last of each product (and what else a
format spreads over rows), and to read the products, each of which is given when its last row was read. Only a number
for each product and each SKU is kept meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog_import.sources.columns import Specs
from catalog_import.sources.dialects.mapping import ColumnMapping
from catalog_import.sources.dialects.native_rows import NativeRow, Origin
from catalog_import.sources.dialects.recognition import Translator
from catalog_import.sources.dialects.soundness import sound
from catalog_import.sources.formats.tables import Damaged, Table
from catalog_import.sources.native import Reader, ReadProduct
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import MIXED, WHOLE, decimal_sign
from catalog_import.sources.opening import open_tables
from catalog_import.sources.problems import Problem, ProblemCode, problem_at
from catalog_import.sources.row_reader import Context
from catalog_import.sources.values.categories import Categories
from storefront.catalog.records import DEFAULT_CHANNEL
from storefront.catalog.taxonomy import Taxonomy
from storefront.catalog.twins import folded_key

# The columns whose cells are amounts of money, and those whose cells are numbers of units, begin with one of these.
MONEY = ("price", "compare_at_price")
NUMBERS = (*MONEY, "stock")


@dataclass(slots=True)
class ProductsReading:
    """The reading of one products file. Problems and notes are complete once `products` is exhausted."""

    path: Path
    taxonomy: Taxonomy
    currencies: Mapping[str, str]
    mapping: ColumnMapping | None = None
    categories: Categories = field(default_factory=Categories)
    problems: list[Problem] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    survey: Survey = field(default_factory=lambda: Survey())

    def lists(self, reference: str) -> bool:
        """Return whether the file has a row of the product with this reference, read or not yet."""
        return hash(folded_key(reference)) in self.survey.folded

    def products(self) -> Iterator[ReadProduct]:
        self.notes.file = self.path.name
        # One list of problems for all, so that they stand in the order of the rows.
        specs = Specs(self.taxonomy)
        reader = Reader(Context(specs, self.currencies, self.notes, self.problems, self.categories))
        currency = self.currencies.get(DEFAULT_CHANNEL, "")
        opened = open_tables(self.path, specs.names, self.mapping, self.notes, currency)
        self.problems += opened.problems
        sources = [
            (table, translator, Origin(table.place, translator.heads, {}, number, translator.forgiving))
            for number, (table, translator) in enumerate(opened.tables)
        ]
        survey = self.survey = Survey()
        for table, translator, _ in sources:
            survey.take(table, translator)
        count = 0
        for (table, translator, origin), decimals in zip(sources, survey.decimals, strict=True):
            self.notes.sheet = table.sheet
            origin = replace(origin, decimals=decimals, currencies=translator.currencies)
            for name, shown in decimals.items():
                if shown == MIXED:
                    self.notes.add(
                        "decimal points and decimal commas are mixed in one column", column=origin.head(name)
                    )
            for number, cells in table.read():
                if isinstance(cells, Damaged):
                    code = ProblemCode.INVALID_VALUE if cells.column else ProblemCode.DAMAGED_ROW
                    place, column = origin.at(number), cells.column
                    self.problems.append(problem_at(place, column, code, cells.message, value=cells.value))
                    continue
                for found in translator.translate(number, cells, self.notes):
                    row = sound(found, translator.forgiving)
                    count += 1
                    reader.add(row, origin)
                    reference = row.reference()
                    if survey.last[hash(reference)] == count and (product := reader.finish(reference, origin)):
                        yield product


class Survey:
    """What is to be known of all rows before the first is read in earnest.

    `last`: hash of a product's reference → number of its last row; `folded`: what the references are known by.
    `decimals`: for each table, column of numbers → what its cells show of separators beyond doubt (`numbers.py`).
    """

    def __init__(self) -> None:
        self.last: dict[int, int] = {}
        self.folded: set[int] = set()
        self.decimals: list[dict[str, str]] = []
        self.count = 0

    def take(self, table: Table, translator: Translator) -> None:
        if translator.learn is not None:
            for _, cells in table.read():
                if isinstance(cells, list):
                    translator.learn(cells)
        # Column → what its cells show; None for a column that is not of numbers.
        signs: dict[str, set[str] | None] = {}
        unheard = Notes()
        count = self.count
        for number, cells in table.read():
            if isinstance(cells, Damaged):
                continue
            for found in translator.translate(number, cells, unheard):
                row = sound(found, translator.forgiving)
                count += 1
                self.note_reference(row, count)
                for name, cell in row.cells.items():
                    if name not in signs:
                        signs[name] = set() if name.startswith(NUMBERS) else None
                    if (shown := signs[name]) is not None:
                        shown.add(shown_by(name, cell))
        self.count = count
        signs_of = {name: seen for name, seen in signs.items() if seen is not None}
        # Units have no decimals of their own, but may be written as the table's prices are.
        money = verdict({sign for name, seen in signs_of.items() if name.startswith(MONEY) for sign in seen})
        verdicts = {name: verdict(seen) or ("" if name.startswith(MONEY) else money) for name, seen in signs_of.items()}
        self.decimals.append({name: sign for name, sign in verdicts.items() if sign})

    def note_reference(self, row: NativeRow, count: int) -> None:
        reference = row.reference()
        key = hash(reference)
        if key not in self.last:
            self.folded.add(hash(folded_key(reference)))
        self.last[key] = count


def shown_by(name: str, cell: str) -> str:
    """What a cell shows of its column's separators: a decimal sign, or that units are whole."""
    if sign := decimal_sign(cell):
        return sign
    return WHOLE if name.startswith("stock") and cell.isdecimal() else ""


def verdict(seen: set[str]) -> str:
    signs = seen & {".", ","}
    return MIXED if len(signs) > 1 else next(iter(signs or seen & {WHOLE}), "")
