"""A products file opened: its tables, each with the translator of its rows, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from catalog_import.sources.dialects.json_objects.rows import JsonRows
from catalog_import.sources.dialects.mapping import (
    BadMapping,
    ColumnMapping,
    mapped_score,
    mapped_translator,
    read_mapping,
)
from catalog_import.sources.dialects.recognition import Translator, foreign_translator, header_score, native_translator
from catalog_import.sources.formats.csv_table import open_csv
from catalog_import.sources.formats.detect import FileKind, UnknownFile, kind_of
from catalog_import.sources.formats.json_table import open_json_array, open_json_lines
from catalog_import.sources.formats.tables import Damaged, Table
from catalog_import.sources.formats.xlsx_table import BadWorkbook, open_xlsx
from catalog_import.sources.formats.xml_table import KNOWN, BadFeed, open_xml
from catalog_import.sources.notes import Notes
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at

# Of a file in which no row can be read, so many are told.
MOST_FAULTS = 20
Score = Callable[[list[str]], int]


@dataclass(slots=True)
class Opened:
    tables: list[tuple[Table, Translator]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def open_tables(
    path: Path, known: Sequence[str], mapping: ColumnMapping | None, notes: Notes, currency: str = ""
) -> Opened:
    """Return the tables of a products file of any kind. `known`: the names of our columns; `currency`: what prices have
    to be in, where that is known."""
    opened = Opened()
    mapped: dict[str, str] = {}
    if mapping is not None:
        try:
            mapped = read_mapping(mapping, known)
        except BadMapping as error:
            place = Place(mapping.name if isinstance(mapping, Path) else "", error.line)
            opened.problems.append(problem_at(place, "", ProblemCode.BAD_MAPPING, str(error)))
            return opened
    score = mapped_score(mapped) if mapped else header_score(known)
    tables, problem = read_tables(path, score, notes)
    if problem is not None:
        opened.problems.append(problem)
    for table in tables:
        notes.sheet = table.sheet
        translator: Translator | None = None
        problems: list[Problem] = []
        if mapped:
            translator, problems = mapped_translator(table, mapped, known, notes, currency)
        else:
            translator, problems = foreign_translator(table, known, notes, currency)
            if translator is None and not problems:
                translator, problems = native_translator(table, known, notes, currency)
        notes.sheet = ""
        if translator is None and not table.header:
            # No row could be read, so there is no column either: what is wrong with the rows tells more.
            faults = [
                problem_at(replace(table.place, row=number), found.column, ProblemCode.DAMAGED_ROW, found.message)
                for number, found in islice(table.read(), MOST_FAULTS)
                if isinstance(found, Damaged)
            ]
            problems = faults or problems
        if translator is None and table.is_feed and not mapped:
            found = ", ".join(f"<{name[:50]}>" for name in table.header[:12])
            message = f"This XML is not a product feed we know: its items have {found}. {KNOWN}"
            problems = [problem_at(table.place, "", ProblemCode.UNREADABLE_FILE, message)]
        opened.problems += problems
        if translator is not None:
            opened.tables.append((table, translator))
    return opened


def read_tables(path: Path, score: Score, notes: Notes) -> tuple[list[Table], Problem | None]:
    """The tables of a file, or the problem why there are none. `score` knows a header when it sees one."""
    place = Place(path.name)
    try:
        kind, encoding = kind_of(path)
    except OSError as error:
        message = f"The file cannot be read ({error.strerror}). Check its name and that you may read it."
        return [], problem_at(place, "", ProblemCode.UNREADABLE_FILE, message)
    except UnknownFile as error:
        return [], problem_at(place, "", ProblemCode.UNREADABLE_FILE, str(error))
    if kind is FileKind.XLSX:
        try:
            tables = open_xlsx(path, score, notes)
        except BadWorkbook as error:
            return [], problem_at(place, "", ProblemCode.UNREADABLE_FILE, str(error))
    else:
        table: Table | None

        def rows_of() -> Callable[[dict[str, Any]], Iterable[dict[str, str] | Damaged]]:
            return JsonRows().rows

        if kind is FileKind.XML:
            try:
                table = open_xml(path, encoding)
            except BadFeed as error:
                return [], problem_at(place, "", ProblemCode.UNREADABLE_FILE, str(error))
        elif kind is FileKind.JSON_LINES:
            table = open_json_lines(path, encoding, rows_of)
        elif kind is FileKind.CSV:
            table = open_csv(path, encoding, score, notes)
        else:
            table = open_json_array(path, encoding, notes, rows_of, is_wrapped=kind is FileKind.JSON_OBJECT)
        tables = [table] if table is not None else []
    if kind is not FileKind.CSV:
        notes.add(f"the file is {kind.value}")
    if not tables:
        message = "The file is empty. It needs a header row with at least the column sku."
        return [], problem_at(place, "", ProblemCode.EMPTY_FILE, message)
    return tables, None
