"""What was interpreted while reading, as data: nothing is guessed without being listed."""

from __future__ import annotations

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
    _found: dict[tuple[str, str, str], list[int | str]] = field(default_factory=dict)

    def add(self, what: str, *, row: int = 0, column: str = "", example: str = "") -> None:
        known = self._found.get((self.sheet, column, what))
        if known is None:
            shown = example if len(example) <= MAX_EXAMPLE else example[:MAX_EXAMPLE] + "…"
            self._found[self.sheet, column, what] = [row, shown, 1]
        else:
            known[2] = int(known[2]) + 1

    def interpretations(self) -> list[Interpretation]:
        return [
            Interpretation(self.file, sheet, int(row), column, what, str(example), int(count))
            for (sheet, column, what), (row, example, count) in self._found.items()
        ]
