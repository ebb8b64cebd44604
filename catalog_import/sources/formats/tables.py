"""Tables: the rows of any file, with a header and their place, read as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from catalog_import.sources.formats.encoding import garbled
from catalog_import.sources.problems import Place

# How far down a header is looked for: above it stand titles, dates and notes.
HEADER_WITHIN = 25
MAX_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class Damaged:
    """A row that cannot be read; the message is for staff. `column`: where in it, if that is known."""

    message: str
    value: str = ""
    column: str = ""


Line = tuple[int, "list[str] | Damaged"]
# An entry of a file without a header: its number, and column → text.
Item = tuple[int, "dict[str, str] | Damaged"]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it. `read` begins at the first row each time; blank rows are not in it.

    `is_feed`: it is the items of an XML feed.
    """

    file: str
    sheet: str
    header: list[str]
    header_row: int
    read: Callable[[], Iterator[Line]]
    is_feed: bool = False

    @property
    def place(self) -> Place:
        return Place(self.file, 0, self.sheet)


def table_of(path: Path, items: Callable[[], Iterator[Item]]) -> Table | None:
    """The table of all columns that any item has. None when there is no item and nothing damaged."""
    columns: dict[str, int] = {}
    has_any = False
    for _, found in items():
        has_any = True
        if isinstance(found, dict):
            for name in found:
                if name not in columns and len(columns) < MAX_COLUMNS and is_text(name):
                    columns[name] = len(columns)
    if not has_any:
        return None

    def read() -> Iterator[Line]:
        for number, found in items():
            if isinstance(found, Damaged):
                yield number, found
                continue
            cells = [""] * len(columns)
            for name, text in found.items():
                if name in columns:
                    cells[columns[name]] = text
            if odd := next((text for text in cells if not is_text(text)), None):
                message = "The row contains invalid characters (NUL or half a surrogate pair). Export the file again."
                yield number, Damaged(message, odd[:50].encode("ascii", errors="replace").decode())
            elif why := next(filter(None, map(garbled, cells)), ""):
                yield number, Damaged(why)
            elif any(cells):
                yield number, cells

    return Table(path.name, "", list(columns), 0, read)


def is_text(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def find_header(lines: Iterator[Line], score: Callable[[list[str]], int]) -> tuple[int, list[str], list[str]] | None:
    """(row, header, texts above it): the first of the best rows by `score`, else the first with several cells."""
    rows: list[tuple[int, list[str]]] = [
        (number, [cell.strip() for cell in cells])
        for number, cells in islice(lines, HEADER_WITHIN)
        if isinstance(cells, list) and any(cells)
    ]
    if not rows:
        return None
    best = max(range(len(rows)), key=lambda place: (score(rows[place][1]), -place))
    if not score(rows[best][1]):
        best = next((place for place, (_, cells) in enumerate(rows) if filled(cells) > 1), 0)
    above = [" ".join(filter(None, cells)) for _, cells in rows[:best]]
    number, header = rows[best]
    while header and not header[-1]:
        header = header[:-1]
    return number, header[:MAX_COLUMNS], above


def filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def rows_below(lines: Iterator[Line], header_row: int, width: int) -> Iterator[Line]:
    """The rows below the header that are not blank; one with more cells than the header is damaged."""
    for line in lines:
        number, cells = line
        if number <= header_row:
            continue
        if isinstance(cells, Damaged):
            yield line
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            surplus = next(cell for cell in cells[width:] if cell.strip())
            yield (
                number,
                Damaged(
                    f"The row has {len(cells)} cells, the header {width}. "
                    "A text with a separator in it must stand in double quotes.",
                    surplus,
                ),
            )
        elif any(cells):
            yield line
