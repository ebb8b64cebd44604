"""Any other table, with a mapping file: ``their column: our column`` in YAML."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import yaml

from catalog_import.sources.cells import guess, shown
from catalog_import.sources.dialects.headers import our_column, plain
from catalog_import.sources.dialects.layouts import build_layout
from catalog_import.sources.dialects.systems import system_of
from catalog_import.sources.dialects.table_rows import TableTranslator, is_option_column
from catalog_import.sources.formats.tables import Table
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at

MAX_BYTES = 1_000_000

# Their column → our column, or the YAML file that says it.
ColumnMapping = Path | Mapping[str, str]


class BadMapping(Exception):
    """The mapping file cannot be used; the text is for staff, `line` where it is wrong."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_mapping(mapping: ColumnMapping, known: Sequence[str]) -> dict[str, str]:
    """Return their header, in plain words → our column as the mapping calls it. Raise `BadMapping`."""
    found = {}
    for theirs, ours in (load_yaml(mapping) if isinstance(mapping, Path) else mapping).items():
        if ours is None or ours == "":
            continue
        name = str(ours) if is_option_column(str(ours)) else our_column(str(ours), known) and str(ours)
        if name is None:
            hint = guess(str(ours), known)
            raise BadMapping(f'"{shown(str(ours))}" (for "{shown(str(theirs))}") is not one of our columns.{hint}')
        found[plain(str(theirs))] = name
    return found


def load_yaml(path: Path) -> dict[object, object]:
    """Return what a mapping file lists. Raise `BadMapping`."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        listed = yaml.safe_load(content) if len(content) <= MAX_BYTES else None
    except OSError as error:
        raise BadMapping(f"The mapping file cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadMapping("The mapping file is not YAML.", mark.line + 1 if mark else 0) from error
    if not isinstance(listed, dict) or not listed:
        raise BadMapping('The mapping file is no list of columns. Write lines like "Artikelnummer: sku".')
    return listed


def mapped_translator(
    table: Table, mapping: Mapping[str, str], known: Collection[str], notes: Notes, currency: str
) -> tuple[TableTranslator | None, list[Problem]]:
    """The translator of a table with mapped columns; those that the mapping does not name are left out, and told."""
    place = Place(table.file, table.header_row, table.sheet)
    named = [mapping.get(plain(head)) if head else None for head in table.header]
    system = system_of(table.header)
    if system is not None and not {"product", "product_reference"} & set(named):
        # Which rows are one product is no matter of taste.
        keys = [name if name in ("product", "product_reference") else None for name in system.columns_for(table.header)]
        named = [name or key for name, key in zip(named, keys, strict=True)]
    layout, problems = build_layout(table, named, known, currency, continues=system is not None and system.continues)
    there = {plain(head) for head in table.header}
    for theirs in mapping:
        if theirs not in there:
            message = f'The mapping names a column "{shown(theirs)}", which the file does not have.'
            problems.append(warning_at(place, theirs, ProblemCode.BAD_MAPPING, message))
    if left_out := [head for head, name in zip(table.header, layout.names, strict=True) if head and not name]:
        notes.add("columns that the mapping leaves out", example=", ".join(left_out), is_whole=True)
    if "sku" not in layout.heads:
        message = "The mapping names no column of the file for sku. Every row needs its stock keeping unit."
        return None, [*problems, problem_at(place, "sku", ProblemCode.MISSING_COLUMN, message)]
    return TableTranslator(layout), problems


def mapped_score(mapping: Mapping[str, str]) -> Callable[[list[str]], int]:
    """How many of the mapped columns a row of cells names."""

    def score(cells: list[str]) -> int:
        return sum(1 for cell in cells if cell and len(cell) < 200 and plain(cell) in mapping)

    return score
