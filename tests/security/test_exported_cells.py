"""Cells of exported tables run nowhere, and come back as they were."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from catalog_import.exports.files import write_csv
from catalog_import.sources.formats.csv_table import records
from catalog_import.sources.formats.encoding import Encoding, garbled
from storefront.formulas import defused, restored

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", " =", "＝")
texts = st.one_of(st.text(), st.text(alphabet="'=+-@\t a1"))


@given(texts)
@example("'=1")
@example("''")
@example("-5")
@example("+49 30 123")
@example("'")
def test_any_text_is_defused_and_restored(text: str) -> None:
    assert restored(defused(text)) == text
    assert text == "-" or not defused(text).startswith(RUNS)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "'=1"])
def test_what_would_run_gets_one_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["-5", "-", "+49 30 123", "'90s style", "'", "rock 'n' roll", "=1", "12.50"])
def test_a_cell_that_was_not_defused_is_read_as_it_stands(cell: str) -> None:
    assert restored(cell) == cell


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))) | st.text("'=+-@ \",;"), min_size=2))
def test_a_table_comes_back_as_it_was(cells: list[str]) -> None:
    # A text that looks as if it was converted twice is refused on purpose (`encoding.garbled`).
    assume(not any(map(garbled, cells)))
    columns = [f"c{number}" for number in range(len(cells))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_csv(path, columns, [dict(zip(columns, cells, strict=True))])
        rows = [row for _, row in records(path, Encoding("utf-8"), ",", len(cells))]
        with path.open(encoding="utf-8", newline="") as file:
            written = list(csv.reader(file))[1]

    assert rows[1] == cells
    assert not any(cell.startswith(RUNS) for cell in written if cell != "-")
