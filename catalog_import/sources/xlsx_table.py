"""Excel workbooks: each sheet's cells as text, as they would stand in a CSV file."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import python_calamine

from catalog_import.sources.archive import UnsafeArchive, check_entries
from catalog_import.sources.notes import Notes
from catalog_import.sources.tables import Damaged, Line, Table, find_header, rows_below

# The parser holds a sheet as one rectangle: a lone cell at the far corner would fill the memory.
MAX_CELLS = 30_000_000
SPARSE_FROM = 500_000
MAX_SPARSE = 20
MAX_CELL_CHARACTERS = 1_000_000
_CELL = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{0,7})\$?([0-9]{1,20})["']""")
_COUNT = re.compile(rb"""[cC]ount\s{0,9}=\s{0,9}["']([0-9]{1,40})""")
_CHUNK = 1 << 20
_OVERLAP = 64


class BadWorkbook(Exception):
    """The workbook cannot be read; the text is for staff."""


def open_xlsx(path: Path, score: Callable[[list[str]], int], notes: Notes) -> list[Table]:
    """The tables of a workbook: the sheets with a header that `score` knows, or else the first with any row."""
    check_workbook(path)
    try:
        workbook = python_calamine.load_workbook(str(path))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except BaseException as error:
        # A panic of the parser is no Exception; what stops a program is not held back.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise BadWorkbook(f"The workbook cannot be read ({str(error)[:200]}). Save it again as .xlsx.") from error
    found: list[tuple[Table, int]] = []
    for name, sheet in sheets:
        header = find_header(sheet_lines(sheet), score)
        if header is None:
            continue
        row, heads, above = header
        found.append((sheet_table(path.name, name, sheet, heads, row), score(heads)))
        if above:
            notes.sheet = name
            notes.add("rows above the header were skipped", row=row, example=above[0])
            notes.sheet = ""
    known = [table for table, points in found if points]
    tables = known or [table for table, _ in found[:1]]
    if skipped := [table.sheet for table, _ in found if table not in tables]:
        notes.add("sheets without a products table were skipped", example=", ".join(skipped))
    if len(tables) > 1:
        notes.add("several sheets were read as one table", example=", ".join(table.sheet for table in tables))
    return tables


def sheet_table(file: str, name: str, sheet: Any, header: list[str], row: int) -> Table:
    return Table(file, name, header, row, lambda: rows_below(sheet_lines(sheet), row, len(header)))


def sheet_lines(sheet: Any) -> Iterator[Line]:
    # Empty rows above the first filled one are given too.
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = ["" if value == "" else text_of(value) for value in values]
        if odd := next((cell for cell in cells if "\0" in cell or len(cell) > MAX_CELL_CHARACTERS), None):
            yield number, Damaged("The row holds NUL characters, or a cell without end. Check it.", odd[:50])
        else:
            yield number, cells


def text_of(value: Any) -> str:
    """A cell as people would type it: 12 rather than 12.0, dates as 2026-11-20, yes and no."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Excel itself shows fifteen digits; the sixteenth is noise of binary fractions.
        text = f"{value:.15g}"
        return f"{value:.0f}" if "e+" in text and abs(value) < 1e15 else text
    if isinstance(value, datetime.datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def check_workbook(path: Path) -> None:
    """Refuse what would grow beyond all bounds when it is read. Raises `BadWorkbook`."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_entries(archive.infolist(), path.stat().st_size)
            for entry in archive.infolist():
                # A sheet may have any name, so all but the pictures is looked at.
                if not entry.filename.startswith("xl/media/"):
                    check_counts(archive, entry)
                    check_sheet(archive, entry.filename)
    except UnsafeArchive as error:
        raise BadWorkbook(str(error)) from error
    except Exception as error:
        raise BadWorkbook("The workbook is damaged. Open it in Excel and save it again as .xlsx.") from error


def check_sheet(archive: zipfile.ZipFile, name: str) -> None:
    """Look at every cell's place in the sheet's XML, before the parser makes a rectangle of them."""
    last_row = last_column = cells = 0
    for text in overlapping_chunks(archive, name):
        places = _CELL.findall(text)
        if places:
            cells += len(places)
            last_row = max(last_row, max(int(row) for _, row in places))
            last_column = max(last_column, max(map(column_number, {letters for letters, _ in places})))
    rectangle = last_row * last_column
    if rectangle > MAX_CELLS or rectangle > max(SPARSE_FROM, MAX_SPARSE * cells):
        raise UnsafeArchive(
            f"A sheet reaches to row {last_row:,} and column {last_column:,}, which is too large for what is in it. "
            "Delete the empty rows and columns behind the table, or save it as CSV."
        )


def check_counts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """The parser makes room for as many things as a file says it has; each takes a byte of the file at least."""
    for text in overlapping_chunks(archive, entry.filename):
        if any(len(count) > 9 or int(count) > entry.file_size for count in _COUNT.findall(text)):
            raise UnsafeArchive("The workbook says that it has more than it can have. Save it again as .xlsx.")


def overlapping_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    rest = b""
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


def column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
