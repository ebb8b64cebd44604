"""What was interpreted while reading, as data: nothing is guessed without being listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MAX_EXAMPLE = 80


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One reading that was not literal: in which column, what was understood, where first, how often.

    `row` and `example` are those of the first time; row 0 and an empty column mean the file as a whole.
    """

    file: str
    sheet: str
    row: int
    column: str
    what: str
    example: str = ""
    count: int = 1


@dataclass(slots=True)
class Notes:
    """Gathers interpretations of one file, one for each column and kind however many rows it concerns."""

    file: str = ""
    sheet: str = ""
    # (sheet, column, what) → row and example of the first time, and how often.
    _first: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    _times: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, what: str, *, row: int = 0, column: str = "", example: str = "", is_whole: bool = False) -> None:
        """Note a reading; `is_whole`: the example is kept in full, since nothing else lists what is in it."""
        key = (self.sheet, column, what)
        self._times[key] += 1
        if key not in self._first:
            self._first[key] = row, example if is_whole or len(example) <= MAX_EXAMPLE else example[:MAX_EXAMPLE] + "…"

    def interpretations(self) -> list[Interpretation]:
        return [
            Interpretation(self.file, sheet, row, column, what, example, self._times[sheet, column, what])
            for (sheet, column, what), (row, example) in self._first.items()
        ]
