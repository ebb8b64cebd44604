"""Problems as a CSV file for a spreadsheet. A cell that would run as a formula there is defused."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from catalog_import.sources.formulas import defused
from catalog_import.sources.problems import Problem


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Write a CSV file with a row for each problem; UTF-8 with a mark, so that spreadsheets read it rightly."""
    names = [field.name for field in fields(Problem)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for problem in problems:
            said = problem.as_json()
            writer.writerow([defused(str(said[name])) for name in names])
