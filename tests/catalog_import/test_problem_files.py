"""Problems as a file for a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalog_import.exports.problem_files import write_problems
from catalog_import.sources.problems import Place, Problem, ProblemCode, Severity, problem_at
from storefront.formulas import defused


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
        "count": "1",
        "rows": "7",
    }


def test_equal_problems_are_one_row_and_errors_come_first(tmp_path: Path) -> None:
    def at(row: int, severity: Severity) -> Problem:
        return problem_at(Place("p.csv", row), "price", ProblemCode.INVALID_VALUE, severity.value, severity=severity)

    problems = [at(row, Severity.WARNING) for row in (2, 3, 4)]
    write_problems(tmp_path / "problems.csv", [*problems, at(9, Severity.ERROR), at(5, Severity.ERROR)])

    with (tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["severity"], row["count"], row["rows"]) for row in csv.DictReader(file)]
    assert rows == [("error", "2", "5, 9"), ("warning", "3", "2–4")]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_would_run_as_a_formula_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


def test_other_texts_stay_as_they_are() -> None:
    assert defused("12.5O") == "12.5O"
