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
from catalog_import.sources.dialects.native_rows import Origin
from catalog_import.sources.dialects.recognition import Translator
from catalog_import.sources.formats.tables import Damaged, Table
from catalog_import.sources.native import Reader, ReadProduct
from catalog_import.sources.notes import Notes
from catalog_import.sources.numbers import decimal_sign
from catalog_import.sources.opening import open_tables
from catalog_import.sources.problems import Problem, ProblemCode, problem_at
from catalog_import.sources.row_reader import Context
from storefront.catalog.taxonomy import Taxonomy

# The columns whose cells are amounts of money begin with one of these.
MONEY = ("price", "compare_at_price")


@dataclass(slots=True)
class ProductsReading:
    """The reading of one products file. Problems and notes are complete once `products` is exhausted."""

    path: Path
    taxonomy: Taxonomy
    currencies: Mapping[str, str]
    mapping: ColumnMapping | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def products(self) -> Iterator[ReadProduct]:
        self.notes.file = self.path.name
        # One list of problems for all, so that they stand in the order of the rows.
        reader = Reader(Context(Specs(self.taxonomy), self.currencies, self.notes, self.problems))
        opened = open_tables(self.path, reader.specs.names, self.mapping, self.notes)
        self.problems += opened.problems
        sources = [
            (table, translator, Origin(table.place, translator.heads, {}, number, translator.forgiving))
            for number, (table, translator) in enumerate(opened.tables)
        ]
        survey = Survey()
        for table, translator, _ in sources:
            survey.take(table, translator)
        count = 0
        for (table, translator, origin), decimals in zip(sources, survey.decimals, strict=True):
            self.notes.sheet = table.sheet
            origin = replace(origin, decimals=decimals)
            for number, cells in table.read():
                if isinstance(cells, Damaged):
                    self.problems.append(
                        problem_at(origin.at(number), "", ProblemCode.DAMAGED_ROW, cells.message, value=cells.value)
                    )
                    continue
                for row in translator.translate(number, cells, self.notes):
                    count += 1
                    reader.add(row, origin)
                    reference = row.reference()
                    if survey.last[hash(reference)] == count and (product := reader.finish(reference, origin)):
                        yield product


class Survey:
    """What is to be known of all rows before the first is read in earnest.

    `last`: hash of a product's reference → number of its last row. `decimals`: for each table, price column →
    decimal sign, where its cells show the same one beyond doubt.
    """

    def __init__(self) -> None:
        self.last: dict[int, int] = {}
        self.decimals: list[dict[str, str]] = []
        self.count = 0

    def take(self, table: Table, translator: Translator) -> None:
        if translator.learn is not None:
            for _, cells in table.read():
                if isinstance(cells, list):
                    translator.learn(cells)
        signs: dict[str, set[str]] = {}
        unheard = Notes()
        last, count = self.last, self.count
        for number, cells in table.read():
            if isinstance(cells, Damaged):
                continue
            for row in translator.translate(number, cells, unheard):
                count += 1
                last[hash(row.reference())] = count
                for name, cell in row.cells.items():
                    if name.startswith(MONEY) and (sign := decimal_sign(cell)):
                        signs.setdefault(name, set()).add(sign)
        self.count = count
        self.decimals.append({name: next(iter(seen)) for name, seen in signs.items() if len(seen) == 1})
