"""Problems as a CSV file for a spreadsheet. A cell that would run as a formula there is defused."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from catalog_import.sources.problems import Problem, grouped, row_list
from storefront.formulas import defused

# A cell of a spreadsheet holds some 32,000 characters.
MOST_ROWS = 2000


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Write a CSV file with a row for each thing to be said, errors first, with its count and all its rows.

    UTF-8 with a mark, so that spreadsheets read it rightly.
    """
    names = [field.name for field in fields(Problem)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "count", "rows"])
        for group in grouped(problems):
            said = group.first.as_json()
            rows = row_list(group.rows, most=MOST_ROWS)
            writer.writerow([*(defused(str(said[name])) for name in names), group.count, rows])
