"""Problems as a file for a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalog_import.exports.problem_files import write_problems
from catalog_import.sources.formulas import defused
from catalog_import.sources.problems import Place, ProblemCode, problem_at


def test_each_problem_is_a_row_with_all_its_facts(tmp_path: Path) -> None:
    problem = problem_at(Place("p.csv", 7, "Sheet 1"), "price", ProblemCode.INVALID_VALUE, "No number.", value="x")

    write_problems(tmp_path / "problems.csv", [problem])

    with (tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "file": "p.csv",
        "sheet": "Sheet 1",
        "row": "7",
        "column": "price",
        "severity": "error",
        "code": "invalid-value",
        "message": "No number.",
        "value": "x",
    }


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_run_as_a_formula_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


def test_other_texts_stay_as_they_are() -> None:
    assert defused("12.5O") == "12.5O"
