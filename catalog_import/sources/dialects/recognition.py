"""Dialects: whose table this is, by its headers, and who turns its rows into native rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from catalog_import.sources.cells import guess, shown
from catalog_import.sources.dialects.google import GoogleTranslator, is_google
from catalog_import.sources.dialects.headers import Header, column_name, likely_column, our_column
from catalog_import.sources.dialects.layouts import build_layout
from catalog_import.sources.dialects.native_rows import NativeRow
from catalog_import.sources.dialects.shopify import ShopifyTranslator, is_matrixify, is_shopify
from catalog_import.sources.dialects.systems import System, system_of
from catalog_import.sources.dialects.table_rows import TableTranslator
from catalog_import.sources.dialects.woocommerce import (
    WooCommerceTranslator,
    is_translated_woocommerce,
    is_woocommerce,
)
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at

FOREIGN_SCORE = 1_000


class Translator(Protocol):
    """Turns the rows of one table into native rows.

    `heads`: our column → the file's own header. `forgiving`, `currencies`: see `Origin`. `learn`, where there is one,
    sees every row before the first `translate`.
    """

    @property
    def heads(self) -> Mapping[str, str]: ...

    @property
    def forgiving(self) -> frozenset[str]: ...

    @property
    def learn(self) -> Callable[[list[str]], None] | None: ...

    @property
    def currencies(self) -> Mapping[str, tuple[str, ...]]: ...

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]: ...


def native_translator(
    table: Table, known: Sequence[str], notes: Notes, currency: str
) -> tuple[TableTranslator | None, list[Problem]]:
    """The translator of a native table and what is wrong with its header; None when it has no SKU."""
    at_header = Place(table.file, table.header_row, table.sheet)
    named = [our_column(head, known) if head else None for head in table.header]
    problems: list[Problem] = []
    for head, name in zip(table.header, named, strict=True):
        if head and name is None:
            hint = guess(column_name(head), known, alike=75)
            message = f'The column "{shown(head)}" is not known and was left out.{hint}'
            problems.append(warning_at(at_header, head, ProblemCode.UNKNOWN_COLUMN, message))
    layout, further = build_layout(table, named, known, currency)
    problems += further
    if "sku" not in layout.heads:
        message = (
            "The whole header is one cell, so the cells are parted by something else than commas, semicolons, tabs or "
            "bars, or each line stands in quotes as a whole. Save the file again as CSV with commas."
            if len(table.header) == 1 and len(shown(table.header[0]).split()) + table.header[0].count(",") > 1
            else "There is no column sku. Every row needs its stock keeping unit. "
            "If the file's columns have other names, let `catalog-import map` propose a mapping."
        )
        return None, [problem_at(at_header, "sku", ProblemCode.MISSING_COLUMN, message)]
    for name, head in layout.heads.items():
        if column_name(head) != name:
            stated = layout.currencies.get(name)
            how = f"the column was read as {name}" + (f" in {stated[0]}" if stated else "")
            notes.add(how, row=table.header_row, column=head)
    return TableTranslator(layout), problems


def system_translator(
    table: Table, system: System, known: Sequence[str], notes: Notes, currency: str
) -> tuple[TableTranslator | None, list[Problem]]:
    """The translator of another system's table that can be read as it stands, or the problem that refuses it."""
    at_header = Place(table.file, table.header_row, table.sheet)
    if not system.reads:
        way_out = (
            ""
            if not system.columns
            else (" Let `catalog-import map` propose a mapping, check it, and give it with --mapping.")
        )
        why = f" {system.why}" if system.why else ""
        article = "an" if system.name[0] in "AEOe" else "a"
        message = f"This looks like {article} {system.name}, which isn't read as it stands.{why}{way_out}"
        return None, [problem_at(at_header, "", ProblemCode.FOREIGN_FILE, message)]
    notes.add(f"the table is a {system.name}")
    named = system.columns_for(table.header)
    layout, problems = build_layout(table, named, known, currency, continues=system.continues)
    if left_out := [head for head, name in zip(table.header, layout.names, strict=True) if head and not name]:
        notes.add("columns that the shop has no field for were left out", example=", ".join(left_out), is_whole=True)
    # Several columns of pictures or of one field are how such a table is made.
    problems = [found for found in problems if "currencies" in found.message]
    if "sku" not in layout.heads:
        message = f"This {system.name} has no column with SKUs. Export it again with them."
        return None, [problem_at(at_header, "sku", ProblemCode.MISSING_COLUMN, message)]
    return TableTranslator(layout), problems


def header_score(known: Sequence[str]) -> Callable[[list[str]], int]:
    """How sure one can be that a row is a header: by our columns in it, or by another system's."""
    names = frozenset(known)

    def score(cells: list[str]) -> int:
        if foreign_name(cells):
            return FOREIGN_SCORE
        heads = [cell for cell in cells if cell and len(cell) < 100]
        ours = {name for cell in heads if (name := our_column(cell, names))}
        # One word of ours in a row is chance, unless it is the whole row.
        if "sku" in ours or len(ours) > 2:
            return len(ours)
        likely = ours | {name for cell in heads if (name := likely_column(cell))}
        return len(likely) if len(likely) > 2 else 0

    return score


def foreign_name(header: Sequence[str]) -> str:
    """The system whose table has such a header, if it is one that is known."""
    system = system_of(header)
    return system.name if system is not None else dialect_name(header)


def dialect_name(header: Sequence[str]) -> str:
    heads = [head for head in header if len(head) < 200]
    return next((name for name, (knows, _) in _DIALECTS.items() if knows(heads)), "")


_DIALECTS: dict[str, tuple[Callable[[Sequence[str]], bool], Callable[[Header, Notes], Translator]]] = {
    "Matrixify export": (is_matrixify, ShopifyTranslator),
    "Shopify product CSV": (is_shopify, ShopifyTranslator),
    "WooCommerce product CSV": (is_woocommerce, WooCommerceTranslator),
    "Google Merchant Center feed": (is_google, GoogleTranslator),
}


def foreign_translator(
    table: Table, known: Sequence[str], notes: Notes, currency: str
) -> tuple[Translator | None, list[Problem]]:
    """The translator of another system's table, or the problem that refuses it; neither when it is none that is
    known."""
    if (system := system_of(table.header)) is not None:
        return system_translator(table, system, known, notes, currency)
    if name := dialect_name(table.header):
        notes.add(f"the table is a {name}")
        _, make = _DIALECTS[name]
        return make(Header(table.header), notes), []
    if is_translated_woocommerce(table):
        message = (
            "This looks like a WooCommerce export in a language whose column names aren't known here. Set the shop's "
            "(or your profile's) language to English, export again, or give a mapping (`catalog-import map`)."
        )
        place = Place(table.file, table.header_row, table.sheet)
        return None, [problem_at(place, "", ProblemCode.FOREIGN_FILE, message)]
    return None, []
