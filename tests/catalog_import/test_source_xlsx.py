"""Excel workbooks."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import Read, read

HEAD = ["sku", "name", "price", "stock"]


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Read:
    path = folder / "products.xlsx"
    book = xlsxwriter.Workbook(path, {"remove_timezone": True})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, value, dates)
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return read(path)


def test_numbers_come_as_people_see_them(tmp_path: Path) -> None:
    found = workbook(tmp_path, {"One": [[*HEAD, "barcode"], ["A", "a", 0.1 + 0.2, 12, 4006381333931]]})

    assert found.prices["A"].amount == Decimal("0.3")
    assert found.variants["A"].stock == {"default-warehouse": 12}
    assert found.variants["A"].barcode == "4006381333931"
    assert found.problems == []


def test_dates_and_truths_come_as_people_write_them(tmp_path: Path) -> None:
    row = ["A", "a", 1, 1, True, datetime.date(2026, 11, 20)]

    found = workbook(tmp_path, {"One": [[*HEAD, "fsa_hsa_eligible", "attribute: Since"], row]})

    assert found.records["A"].fsa_hsa_eligible is True
    assert found.records["A"].attributes == {"Since": "2026-11-20"}


def test_rows_count_as_in_the_sheet(tmp_path: Path) -> None:
    found = workbook(tmp_path, {"One": [[], ["Spring"], [], HEAD, [], ["A", "a", "much", 1]]})

    assert [(problem.sheet, problem.row, problem.column) for problem in found.problems] == [("One", 6, "price")]


def test_all_sheets_with_products_are_read_and_the_others_told(tmp_path: Path) -> None:
    found = workbook(
        tmp_path,
        {
            "About": [["Read me", "please"]],
            "Balls": [HEAD, ["A", "a", 1, 1]],
            "Sticks": [HEAD, ["B", "b", 1, 1], ["a", "c", 1, 1]],
        },
    )

    assert set(found.variants) == {"A", "B"}
    assert [(problem.sheet, problem.row, problem.code) for problem in found.problems] == [
        ("Sticks", 3, ProblemCode.DUPLICATE_SKU)
    ]
    assert {what for _, what in found.noted} >= {"sheets without a products table were skipped"}


def test_a_lone_cell_at_the_far_corner_is_told_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "products.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "sku")
    sheet.write(1_048_575, 16_383, "far")
    book.close()

    found = read(path)

    assert [problem.code for problem in found.problems] == [ProblemCode.UNREADABLE_FILE]
    assert "row 1,048,576" in found.problems[0].message


def test_a_workbook_that_boasts_is_told_not_believed(tmp_path: Path) -> None:
    workbook(tmp_path, {"One": [HEAD, ["A", "a", 1, 1]]})
    boasting = tmp_path / "boasting.xlsx"
    with zipfile.ZipFile(tmp_path / "products.xlsx") as source, zipfile.ZipFile(boasting, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == "xl/sharedStrings.xml":
                content = re.sub(rb'ount="\d+"', b'ount="4294967296"', content)
            target.writestr(entry, content)

    assert [problem.code for problem in read(boasting).problems] == [ProblemCode.UNREADABLE_FILE]


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_told(tmp_path: Path, name: str) -> None:
    whole, broken = tmp_path / "products.xlsx", tmp_path / "broken.xlsx"
    workbook(tmp_path, {"One": [HEAD, ["A", "a", 1, 1]]})
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, b"<broken" if entry == name else source.read(entry))

    assert {problem.code for problem in read(broken).problems} <= {
        ProblemCode.UNREADABLE_FILE,
        ProblemCode.EMPTY_FILE,
    }
    assert read(broken).problems
