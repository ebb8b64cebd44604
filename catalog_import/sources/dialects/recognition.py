"""Dialects: whose table this is, by its headers, and who turns its rows into native rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from catalog_import.sources.cells import guess, shown
from catalog_import.sources.dialects.google import GoogleTranslator, is_google
from catalog_import.sources.dialects.headers import Header, column_name, our_column, plain
from catalog_import.sources.dialects.native_rows import NativeRow
from catalog_import.sources.dialects.shopify import ShopifyTranslator, is_shopify
from catalog_import.sources.dialects.woocommerce import WooCommerceTranslator, is_woocommerce
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at

FOREIGN_SCORE = 1_000


class Translator(Protocol):
    """Turns the rows of one table into native rows.

    `heads`: our column → the file's own header. `forgiving`: see `Origin`. `learn`, where there is one, sees every row
    before the first `translate`.
    """

    @property
    def heads(self) -> Mapping[str, str]: ...

    @property
    def forgiving(self) -> frozenset[str]: ...

    @property
    def learn(self) -> Callable[[list[str]], None] | None: ...

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]: ...


class NativeTranslator:
    """A table with our own columns, under their names or other words for them."""

    forgiving: frozenset[str] = frozenset()
    learn = None

    def __init__(self, names: Sequence[str | None], heads: Mapping[str, str]) -> None:
        self.names = names
        self.heads = heads

    def translate(self, number: int, cells: list[str], notes: Notes) -> Iterable[NativeRow]:
        said = {name: text for name, cell in zip(self.names, cells, strict=False) if name and (text := cell.strip())}
        return (NativeRow(number, said),) if said else ()


def native_translator(
    table: Table, known: Sequence[str], notes: Notes
) -> tuple[NativeTranslator | None, list[Problem]]:
    """The translator of a native table and what is wrong with its header; None when it has no SKU."""
    at_header = Place(table.file, table.header_row, table.sheet)
    names: list[str | None] = []
    heads: dict[str, str] = {}
    problems: list[Problem] = []
    for head in table.header:
        name = our_column(head, known) if head else None
        if not head:
            names.append(None)
        elif name is None:
            hint = guess(column_name(head), known, alike=75)
            message = f'The column "{shown(head)}" is not known and was left out.{hint}'
            problems.append(warning_at(at_header, head, ProblemCode.UNKNOWN_COLUMN, message))
            names.append(None)
        elif name in heads:
            message = f'The column "{shown(head)}" appears twice; the first one was used.'
            problems.append(warning_at(at_header, head, ProblemCode.DUPLICATE_COLUMN, message))
            names.append(None)
        else:
            names.append(name)
            heads[name] = head
            if column_name(head) != name:
                notes.add(f"the column was read as {name}", row=table.header_row, column=head)
    if "sku" not in heads:
        message = (
            "There is no column sku. Every row needs its stock keeping unit. "
            "If the file's columns have other names, let `catalog-import map` propose a mapping."
        )
        return None, [problem_at(at_header, "sku", ProblemCode.MISSING_COLUMN, message)]
    return NativeTranslator(names, heads), problems


def header_score(known: Sequence[str]) -> Callable[[list[str]], int]:
    """How sure one can be that a row is a header: by our columns in it, or by another system's."""
    names = frozenset(known)

    def score(cells: list[str]) -> int:
        if foreign_name(cells):
            return FOREIGN_SCORE
        ours = {name for cell in cells if cell and len(cell) < 100 and (name := our_column(cell, names))}
        # One word of ours in a row is chance, unless it is the whole row.
        return len(ours) if "sku" in ours or len(ours) > 2 else 0

    return score


def foreign_name(header: Sequence[str]) -> str:
    """The system whose table has such a header, if it is one that is known."""
    heads = {plain(head) for head in header if len(head) < 100}
    return next((name for name, (knows, _) in _FOREIGN.items() if knows(heads)), "")


_FOREIGN: dict[str, tuple[Callable[[set[str]], bool], Callable[[Header, Notes], Translator]]] = {
    "Shopify product CSV": (is_shopify, ShopifyTranslator),
    "WooCommerce product CSV": (is_woocommerce, WooCommerceTranslator),
    "Google Merchant Center feed": (is_google, GoogleTranslator),
}


def foreign_translator(table: Table, notes: Notes) -> Translator | None:
    """The translator of another system's table; None when it is none that is known."""
    name = foreign_name(table.header)
    if not name:
        return None
    notes.add(f"the table is a {name}")
    _, make = _FOREIGN[name]
    return make(Header(table.header), notes)
