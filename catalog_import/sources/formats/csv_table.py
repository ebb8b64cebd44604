"""Text tables: a CSV file's bytes as rows, whatever its encoding and separator, and however damaged."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from catalog_import.sources.formats.encoding import Encoding, garbled
from catalog_import.sources.formats.tables import Damaged, Line, Table, find_header, rows_below
from catalog_import.sources.notes import Notes
from storefront.formulas import restored, unwrapped

# A cell of the csv module ends at 128 KiB by default; descriptions may be long, but not without end.
MAX_CELL_CHARACTERS = 1_000_000
MAX_LINE_CHARACTERS = 4_000_000
# An unclosed quotation mark must not swallow the rest of the file.
MAX_LINES_OF_A_RECORD = 2_000
# Lines that are read a second time after a damaged record, over the whole file: it bounds the work.
MAX_REREAD_CHARACTERS = 100_000_000
csv.field_size_limit(MAX_CELL_CHARACTERS)
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE = 1 << 16
# A header whose cells are filled up with spaces: quotes in such a table have spaces round them, too.
_PADDED = re.compile(r"\A(?:[^\n,;\"]*[^\n,;\"\s] {2,}[,;]){2,}")
_PADDING = re.compile(r'(?:(?<=[,;])|\A) +(")|(") +(?=[,;\r\n]|\Z)')
# What a cell begins with that may be there for the spreadsheet alone.
_MARKS = ("'", "=")


def open_csv(path: Path, encoding: Encoding, score: Callable[[list[str]], int], notes: Notes) -> Table | None:
    """The table in a text file; None when it has no row. `score` knows a header when it sees one."""
    sample = text_sample(path, encoding)
    is_padded = _PADDED.match(sample) is not None
    stated = sample[4:5] if sample[:4].lower() == "sep=" and sample[4:5] in SEPARATORS else ""
    delimiter = stated or delimiter_of(sample, score)

    def lines(width: int = 0) -> Iterator[Line]:
        return records(path, encoding, delimiter, width, skip_first=bool(stated), is_padded=is_padded)

    found = find_header(lines(), score)
    if found is None:
        return None
    row, header, above = found
    if encoding.what:
        notes.add(encoding.what)
    if delimiter != ",":
        notes.add(f"the cells are separated by {SEPARATORS[delimiter]}")
    if above:
        notes.add("rows above the header were skipped", row=row, example=above[0])
    return Table(path.name, "", header, row, lambda: rows_below(lines(len(header)), row, len(header)))


def text_sample(path: Path, encoding: Encoding) -> str:
    with path.open("rb") as file:
        text = file.read(_SAMPLE).decode(encoding.name, errors="replace")
    return text.removeprefix("\ufeff")


def delimiter_of(sample: str, score: Callable[[list[str]], int]) -> str:
    """The separator that gives a known header, else the one that gives rows of the same number of cells."""

    def fitness(delimiter: str) -> tuple[int, float, int]:
        rows = sample_rows(sample, delimiter)
        widths = Counter(len(cells) for cells in rows if len(cells) > 1)
        if not widths:
            return 0, 0.0, 0
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        return max(map(score, rows), default=0), count / len(rows), width

    return max(SEPARATORS, key=fitness)


def sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cells):
                rows.append([cell.strip() for cell in cells[:500]])
            if len(rows) >= 30:
                break
    except csv.Error:
        pass
    return rows


def records(
    path: Path,
    encoding: Encoding,
    delimiter: str,
    width: int = 0,
    *,
    skip_first: bool = False,
    is_padded: bool = False,
) -> Iterator[Line]:
    """Each record with its number: a record is one row, however many lines it spans.

    A record that cannot be read is `Damaged`, and reading goes on at the next line that is a whole row (of `width`
    cells, where that is known).
    """
    with (
        path.open("rb") as binary,
        io.TextIOWrapper(binary, encoding=encoding.name, errors="replace", newline="") as text,
    ):
        feed = _Lines(text, is_padded=is_padded)
        number = 0
        if skip_first:
            next(feed, None)
            number = 1
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        while True:
            feed.taken.clear()
            number += 1
            broken = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong) as error:
                broken = damaged(str(error))
            else:
                count = len(feed.taken)
                if 0 < len(cells) < width and count and feed.taken[-1][-1:] not in "\r\n":
                    broken = Damaged(
                        f"The file ends in the middle of this row: it has {len(cells)} of {width} cells and no line "
                        "end. Perhaps it was cut off on its way. Export or download it again.",
                        delimiter.join(cells)[:100],
                    )
                elif count > 1 and width and len(cells) != width and feed.has_whole_row(delimiter, width):
                    broken = damaged(f"it has {len(cells)} cells over {count} lines")
            if broken is not None:
                yield number, broken
                feed.read_again(delimiter, width)
                reader = csv.reader(feed, delimiter=delimiter, strict=True)
            elif odd := oddity(feed.taken, is_damaged=encoding.is_damaged):
                yield number, odd
            elif any("'" in line or '="' in line for line in feed.taken):
                yield number, [as_meant(cell) if cell[:1] in _MARKS else cell for cell in cells]
            else:
                yield number, cells


def as_meant(cell: str) -> str:
    """Return the text of a cell that a spreadsheet was kept from reading in its own way."""
    return restored(cell) if cell[0] == "'" else unwrapped(cell)


class _TooLong(Exception):
    """A line or record without end."""


class _Lines:
    """Gives lines to the csv module and remembers those of the record at hand, so that they can be given again."""

    def __init__(self, text: io.TextIOWrapper, *, is_padded: bool) -> None:
        self.text = text
        self.is_padded = is_padded
        self.taken: list[str] = []
        self.again: list[str] = []
        self.reread = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.again.pop() if self.again else self.text.readline(MAX_LINE_CHARACTERS)
        if not line:
            raise StopIteration
        if self.is_padded:
            line = _PADDING.sub(lambda found: found[1] or found[2], line)
        taken = self.taken
        taken.append(line)
        if len(line) >= MAX_LINE_CHARACTERS and line[-1] not in "\r\n":
            self.skip_line()
            raise _TooLong("a line has more than four million characters")
        if len(taken) > MAX_LINES_OF_A_RECORD:
            raise _TooLong("it does not end")
        return line

    def skip_line(self) -> None:
        while (rest := self.text.readline(MAX_LINE_CHARACTERS)) and rest[-1] not in "\r\n":
            pass

    def has_whole_row(self, delimiter: str, width: int) -> bool:
        return any(is_whole_row(line, delimiter, width) for line in self.taken[1:])

    def read_again(self, delimiter: str, width: int) -> None:
        """Go back to the first line after the damaged one that is a whole row; without one, go on behind them."""
        lines = self.taken
        candidates = (place for place in range(1, len(lines)) if is_whole_row(lines[place], delimiter, width))
        # Without one, the last line may be the begin of a good record of several lines.
        at = next(candidates, max(1, len(lines) - 1)) if width else 1
        if self.reread < MAX_REREAD_CHARACTERS:
            self.reread += sum(map(len, lines[at:]))
            self.again.extend(reversed(lines[at:]))
        self.taken = []


def is_whole_row(line: str, delimiter: str, width: int) -> bool:
    """Whether a line alone is a row of as many cells as the header."""
    if line.count(delimiter) < width - 1:
        return False
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width and width > 1


def oddity(lines: Sequence[str], *, is_damaged: bool) -> Damaged | None:
    """What makes a well-formed row unusable: NUL characters, or bytes that are no text."""
    for line in lines:
        if "\0" in line:
            return Damaged("The row holds NUL characters, as a damaged or binary file does. Export the file again.")
        if is_damaged and "\ufffd" in line:
            return Damaged("The row holds bytes that are not UTF-8. Export the file again in one encoding.")
        if why := garbled(line):
            return Damaged(why, line[:100].strip())
    return None


def damaged(why: str) -> Damaged:
    if "field larger than" in why:
        return Damaged(f"A cell has more than {MAX_CELL_CHARACTERS:,} characters. Shorten it, or check its quotes.")
    return Damaged(
        f"The row cannot be read ({why}). Check its quotation marks: a quote inside a quoted text is doubled."
    )
