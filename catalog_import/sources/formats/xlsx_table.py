"""Excel workbooks: each sheet's cells as text, as they would stand in a CSV file.

A process of its own reads them (`workbook.py`): what ends or fills it is a problem of the file, and nothing more.
"""

from __future__ import annotations

import mmap
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import orjson

from catalog_import.sources.formats.encoding import garbled
from catalog_import.sources.formats.tables import Damaged, Line, Table, find_header, rows_below
from catalog_import.sources.formats.workbook import MAX_SECONDS, BadWorkbook
from catalog_import.sources.notes import Notes

__all__ = ["BadWorkbook", "open_xlsx"]

# The process may have to wait for its share of the machine.
PATIENCE_S = 2 * MAX_SECONDS
WAY_OUT = "Open it in a spreadsheet and save it as CSV, or split it."
_ROW = ord("[")


class Sheet:
    """The lines of one sheet in what the process wrote; they can be read any number of times."""

    def __init__(self, name: str, content: mmap.mmap, start: int) -> None:
        self.name = name
        self._content = content
        self._start = start

    def lines(self) -> Iterator[Line]:
        for number, (start, end) in enumerate(places_of_lines(self._content, self._start), 1):
            said = orjson.loads(self._content[start:end])
            if isinstance(said, list):
                why = next(filter(None, map(garbled, said)), "")
                yield number, Damaged(why) if why else said
            elif isinstance(said, dict) and "damaged" in said:
                yield number, Damaged(said["damaged"], said["value"])
            else:
                return


def open_xlsx(path: Path, score: Callable[[list[str]], int], notes: Notes) -> list[Table]:
    """The tables of a workbook: the sheets with a header that `score` knows, or else the first with any row.

    Raises `BadWorkbook`.
    """
    found: list[tuple[Table, int]] = []
    sheets, hidden = sheets_of(path)
    if hidden:
        notes.add("hidden sheets were not read", example=", ".join(hidden), is_whole=True)
    for sheet in sheets:
        header = find_header(sheet.lines(), score)
        if header is None:
            continue
        row, heads, above = header
        found.append((sheet_table(path.name, sheet, heads, row), score(heads)))
        if above:
            notes.sheet = sheet.name
            notes.add("rows above the header were skipped", row=row, example=above[0])
            notes.sheet = ""
    known = [table for table, points in found if points]
    tables = known or [table for table, _ in found[:1]]
    if skipped := [table.sheet for table, _ in found if table not in tables]:
        notes.add("sheets without a products table were skipped", example=", ".join(skipped))
    if len(tables) > 1:
        notes.add("several sheets were read as one table", example=", ".join(table.sheet for table in tables))
    return tables


def sheet_table(file: str, sheet: Sheet, header: list[str], row: int) -> Table:
    return Table(file, sheet.name, header, row, lambda: rows_below(sheet.lines(), row, len(header)))


def sheets_of(path: Path) -> tuple[list[Sheet], list[str]]:
    """The sheets of a workbook, read whole, and the names of the hidden ones. Raises `BadWorkbook`."""
    with tempfile.TemporaryFile() as out:
        run_reader(path, out)
        # The mapping outlives the file, and goes with the last sheet.
        content = mmap.mmap(out.fileno(), 0, access=mmap.ACCESS_READ)
    sheets, hidden = [], []
    for start, end in places_of_lines(content, 0):
        if content[start] == _ROW:
            continue
        said = orjson.loads(content[start:end])
        if isinstance(said, str):
            sheets.append(Sheet(said, content, end))
        elif "refused" in said:
            raise BadWorkbook(said["refused"])
        elif "hidden" in said:
            hidden.append(said["hidden"])
    if hidden and not sheets:
        raise BadWorkbook("All sheets of the workbook are hidden. Show the one with the products and save it again.")
    return sheets, hidden


def run_reader(path: Path, out: IO[bytes]) -> None:
    """Have a process of its own read the workbook. Raises `BadWorkbook` where it ends before its time."""
    command = [sys.executable, "-m", "catalog_import.sources.formats.workbook", str(path.absolute())]
    # Nothing else of the environment: what reads a stranger's file needs to know no secret.
    environment = {"PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONSAFEPATH": "1"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadWorkbook(f"The workbook can't be read: it takes longer than {PATIENCE_S} s. {WAY_OUT}") from error
    if done.returncode != 0:
        raise BadWorkbook(f"The workbook can't be read: it asks for more memory or time than there is. {WAY_OUT}")


def places_of_lines(content: mmap.mmap, start: int) -> Iterator[tuple[int, int]]:
    """Where each line from a place on begins and ends."""
    while start < len(content):
        end = content.find(b"\n", start) + 1
        yield start, end
        start = end
