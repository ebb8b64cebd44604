"""Tables: a CSV file's bytes as rows that know their place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from catalog_import.problems import Place, Problem, ProblemCode, problem_at

# A cell of the csv module ends at 128 KiB by default; descriptions may be long, but not without end.
MAX_CELL_CHARACTERS = 1_000_000
csv.field_size_limit(MAX_CELL_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: its cells by the header's text, trimmed; a cell that is not there is not in it."""

    place: Place
    cells: Mapping[str, str]


def decode(content: bytes) -> str:
    """Bytes of a text file as text: a byte order mark decides, then UTF-8, then the likeliest encoding.

    Raises `UnicodeError` when the bytes are no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise
        guess = from_bytes(content[:1_000_000], cp_isolation=["cp1252", "latin_1", "cp1250", "mac_roman"]).best()
        return content.decode(guess.encoding if guess else "cp1252")


def read_csv(path: Path) -> tuple[list[str], list[Row], list[Problem]]:
    """(header, rows, problems) of a comma-, semicolon- or tab-separated file."""
    whole = Place(path.name)
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        message = f"The file cannot be read ({error.strerror}). Check its name and that you may read it."
        return [], [], [problem_at(whole, "", ProblemCode.UNREADABLE_FILE, message)]
    except UnicodeError:
        message = "The file is not text. Save it as CSV in UTF-8 and try again."
        return [], [], [problem_at(whole, "", ProblemCode.UNREADABLE_FILE, message)]
    if "\0" in text:
        message = "The file holds NUL characters, as a damaged or binary file does. Export it again as CSV in UTF-8."
        return [], [], [problem_at(whole, "", ProblemCode.UNREADABLE_FILE, message)]
    lines = numbered_records(path.name, text)
    header: list[str] = []
    problems: list[Problem] = []
    rows: list[Row] = []
    for place, cells in lines:
        if isinstance(cells, Problem):
            problems.append(cells)
        elif not any(cells):
            continue
        elif not header:
            header = cells
        elif len(cells) > len(header) and any(cells[len(header) :]):
            message = (
                f"The row has {len(cells)} cells, the header {len(header)}. "
                "A text with a separator in it must stand in double quotes."
            )
            problems.append(problem_at(place, "", ProblemCode.DAMAGED_ROW, message, value=cells[len(header)]))
        else:
            # Of two columns with one header the first is read.
            rows.append(Row(place, dict(reversed(list(zip(header, cells, strict=False))))))
    if not header and not problems:
        message = "The file is empty. It needs a header row with at least the column sku."
        problems.append(problem_at(whole, "", ProblemCode.EMPTY_FILE, message))
    return header, rows, problems


def numbered_records(file: str, text: str) -> Iterator[tuple[Place, list[str] | Problem]]:
    """The trimmed cells of each record with its place: a record is one row, however many lines it spans."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    number = 0
    while True:
        number += 1
        place = Place(file, number)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = (
                f"The row cannot be read ({error}). Check its quotation marks: a quote inside a quoted text is doubled."
            )
            yield place, problem_at(place, "", ProblemCode.DAMAGED_ROW, message)
        else:
            yield place, [cell.strip() for cell in cells]


def delimiter_of(text: str) -> str:
    """The separator that the first line with any of them has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)
