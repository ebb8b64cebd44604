"""Which column of a table is which of ours, once each has its name: twice the same, currencies, what is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from catalog_import.sources.cells import shown
from catalog_import.sources.dialects.headers import MONEY, our_column, stated_currencies, stated_unit
from catalog_import.sources.dialects.table_rows import Layout, is_option_column
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.problems import Place, Problem, ProblemCode, warning_at

# Each of several columns is read.
_MAY_REPEAT = frozenset({"image"})


def build_layout(
    table: Table, named: Sequence[str | None], known: Collection[str], currency: str, *, continues: bool = False
) -> tuple[Layout, list[Problem]]:
    """Return a table's layout from our name for each of its columns, and what is wrong with it.

    `currency`: what prices have to be in, where that is known; of several price columns it chooses one.
    """
    place = Place(table.file, table.header_row, table.sheet)
    problems: list[Problem] = []
    names: list[str | None] = []
    heads: dict[str, str] = {}
    currencies: dict[str, tuple[str, ...]] = {}
    stated = [price_column(head, name, known) for head, name in zip(table.header, named, strict=True)]
    for head, (name, codes) in zip(table.header, stated, strict=True):
        others = [other for column, other in stated if column == name and other]
        if name in MONEY and codes and len(set(others)) > 1:
            chosen = next((other for other in others if currency in other), others[0])
            if codes != chosen:
                why = f"the shop sells in {currency}" if currency else "give --currency to choose another one"
                message = f"There are prices in several currencies; those in {chosen[0]} were read ({why})."
                problems.append(warning_at(place, head, ProblemCode.DUPLICATE_COLUMN, message))
                names.append(None)
                continue
        if name and name in heads and name not in _MAY_REPEAT:
            first = shown(heads[name])
            rule = "what keeps a product off sale counts" if name == "status" else "the first filled one was used"
            message = f'"{first}" and "{shown(head)}" are both {name}; in each row {rule}.'
            problems.append(warning_at(place, head, ProblemCode.DUPLICATE_COLUMN, message))
        names.append(name)
        if name:
            heads.setdefault(name, head)
            if codes:
                currencies.setdefault(name, codes)
    units = {"weight_g": unit} if (unit := stated_unit(heads.get("weight_g", ""))) not in ("", "g") else {}
    return Layout(names, heads, currencies, continues, units), problems


def price_column(head: str, name: str | None, known: Collection[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return our column without the currency that its name or the file's header states, and what that may be."""
    if not name:
        return None, ()
    if is_option_column(name):
        return name, ()
    ours = our_column(name, known) or name
    codes = stated_currencies(name, known) or (stated_currencies(head, known) if ours in MONEY else ())
    return ours, codes
