"""What is wrong with a file, as data: one shape for the terminal, the pages, JSON and the downloads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class ProblemCode(StrEnum):
    """Stable names: tests, filters and docs rely on them. `docs/importing.md` explains each."""

    UNREADABLE_FILE = "unreadable-file"
    EMPTY_FILE = "empty-file"
    FOREIGN_FILE = "foreign-file"
    MISSING_COLUMN = "missing-column"
    UNKNOWN_COLUMN = "unknown-column"
    DUPLICATE_COLUMN = "duplicate-column"
    DAMAGED_ROW = "damaged-row"
    MISSING_VALUE = "missing-value"
    INVALID_VALUE = "invalid-value"
    TOO_LONG = "too-long"
    DUPLICATE_SKU = "duplicate-sku"
    DUPLICATE_REFERENCE = "duplicate-reference"
    CONFLICTING_VALUE = "conflicting-value"
    UNKNOWN_SLUG = "unknown-slug"
    WRONG_CURRENCY = "wrong-currency"
    UNKNOWN_CHANNEL = "unknown-channel"
    UNKNOWN_WAREHOUSE = "unknown-warehouse"
    BAD_BARCODE = "bad-barcode"
    MISSING_PICTURE = "missing-picture"
    PICTURE_NOT_FETCHED = "picture-not-fetched"
    BAD_FRONT_MATTER = "bad-front-matter"
    UNKNOWN_GUIDE = "unknown-guide"
    NO_AREA = "no-area"
    KEEP_OFF_AREA = "keep-off-area"
    NO_GUIDE = "no-guide"
    UNUSED_GUIDE = "unused-guide"
    SKU_TAKEN = "sku-taken"
    COMPARE_AT_BELOW_PRICE = "compare-at-below-price"
    HEALTH_CLAIM = "health-claim"
    EDIT_STAYS = "edit-stays"
    OUTDATED = "outdated"
    NOT_WRITTEN = "not-written"
    CANNOT_UNDO = "cannot-undo"
    UNSAFE_ARCHIVE = "unsafe-archive"
    BAD_MAPPING = "bad-mapping"
    LACKS = "new-product-lacks"
    VARIANT_GONE = "variant-gone"
    RENAMED = "renamed-product"
    OTHER_SPELLING = "other-spelling"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Rows count as in a spreadsheet: the header is row 1; in a guide, the line.

    Row 0 is the file as a whole.
    """

    file: str
    row: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        return self.file + (f", sheet {self.sheet}" if self.sheet else "") + (f", row {self.row}" if self.row else "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `message` is for staff: what was found, what was expected, what to do."""

    file: str
    sheet: str
    row: int
    column: str
    severity: Severity
    code: ProblemCode
    message: str
    value: str = ""

    @property
    def place(self) -> Place:
        return Place(self.file, self.row, self.sheet)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def problem_at(
    place: Place,
    column: str,
    code: ProblemCode,
    message: str,
    *,
    value: str = "",
    severity: Severity = Severity.ERROR,
) -> Problem:
    # A megabyte in a cell or a header is not repeated in full.
    return Problem(place.file, place.sheet, place.row, shortened(column), severity, code, message, shortened(value))


def shortened(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "…"


def warning_at(place: Place, column: str, code: ProblemCode, message: str, *, value: str = "") -> Problem:
    return problem_at(place, column, code, message, value=value, severity=Severity.WARNING)


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems that say the same, told once: of which column, how often, and in which rows."""

    first: Problem
    rows: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def where(self) -> str:
        """The place of the only one, or the rows of all."""
        first = self.first
        if self.count == 1:
            return f"{first.place}, {first.column}" if first.column else str(first.place)
        file = first.file + (f", sheet {first.sheet}" if first.sheet else "")
        rows = row_list(self.rows)
        return ", ".join(part for part in (file, rows and f"rows {rows}", first.column) if part)


def grouped(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """Return problems by what they say, errors first, then by their first place."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        key = (problem.severity, problem.file, problem.sheet, problem.column, problem.code, problem.message)
        groups.setdefault(key, []).append(problem)
    found = [ProblemGroup(group[0], tuple(problem.row for problem in group)) for group in groups.values()]
    return sorted(
        found, key=lambda group: (group.first.severity is Severity.WARNING, group.first.file, group.first.row)
    )


def row_list(rows: Iterable[int], most: int = 12) -> str:
    """Rows as people write them: "2–5, 9, 11"; the first ones of many."""
    spans: list[list[int]] = []
    for row in sorted(set(rows) - {0}):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    said = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:most]]
    return ", ".join(said) + (" …" if len(spans) > most else "")
