"""Tables as staff save them: any encoding and separator, and rows that count as in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_import.sources.problems import ProblemCode, Severity
from tests.builders import read_file

HEAD = "sku,name,price,description\n"


def read(folder: Path, content: str | bytes) -> tuple[list[tuple[int, str, str]], list[tuple[int, ProblemCode]]]:
    """(row, SKU, name) of each product of a file, and (row, code) of its errors."""
    path = folder / "a file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    products, problems = read_file(path)
    assert {product.place.file for product in products} <= {"a file.csv"}
    assert {problem.file for problem in problems} <= {"a file.csv"}
    return (
        [(product.place.row, product.record.variants[0].sku, product.record.name) for product in products],
        [(problem.row, problem.code) for problem in problems if problem.severity is Severity.ERROR],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encoding_that_spreadsheets_save(tmp_path: Path, encoding: str) -> None:
    text = HEAD + "R-1,Café – Größe 5 €,1.00,\n"

    assert read(tmp_path, text.encode(encoding)) == ([(2, "R-1", "Café – Größe 5 €")], [])


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_both_orders_of_utf_16_are_read(tmp_path: Path, mark: bytes, encoding: str) -> None:
    assert read(tmp_path, mark + (HEAD + "R-1,Größe,1.00,\n").encode(encoding)) == ([(2, "R-1", "Größe")], [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    text = (HEAD + "R-1,Ball,1.00,Round\n").replace(",", separator)

    assert read(tmp_path, text) == ([(2, "R-1", "Ball")], [])


def test_other_separators_may_stand_in_cells(tmp_path: Path) -> None:
    assert read(tmp_path, "sku;name;price\nR-1;Soft, round, small;1.00\n") == ([(2, "R-1", "Soft, round, small")], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_read(tmp_path: Path, end: str) -> None:
    text = (HEAD + "A,One,1.00,\nB,Two,1.00,").replace("\n", end)

    assert read(tmp_path, text) == ([(2, "A", "One"), (3, "B", "Two")], [])


def test_a_record_of_several_lines_is_one_row(tmp_path: Path) -> None:
    text = HEAD + 'A,One,1.00,"one\n\nthree, ""four"""\nB,Two,1.00,\n'

    assert read(tmp_path, text) == ([(2, "A", "One"), (3, "B", "Two")], [])


def test_the_lines_of_a_cell_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + 'A,One,1.00,"one\n\n- three"\n')

    products, _ = read_file(path)

    assert products[0].record.description == "one\n\n- three"


def test_empty_rows_are_left_out_but_counted(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "\n,,,\n , ,,\nA,One,1.00,\n") == ([(5, "A", "One")], [])


def test_a_header_may_stand_below_empty_rows(tmp_path: Path) -> None:
    assert read(tmp_path, "\n" + HEAD + "A,One,1.00,\n") == ([(3, "A", "One")], [])


def test_cells_are_trimmed(tmp_path: Path) -> None:
    assert read(tmp_path, " sku , name, price\n A ,\u00a0One , 1.00 \n") == ([(2, "A", "One")], [])


def test_a_row_with_fewer_cells_says_less(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "A\n") == ([(2, "A", "")], [])


def test_a_row_with_too_many_cells_is_damaged_and_the_others_are_read(tmp_path: Path) -> None:
    text = HEAD + "A,Soft, round, small,1.00,\nB,Two,1.00,\n"

    assert read(tmp_path, text) == ([(3, "B", "Two")], [(2, ProblemCode.DAMAGED_ROW)])


def test_empty_cells_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "A,One,1.00,,,\n") == ([(2, "A", "One")], [])


def test_of_two_columns_with_one_header_the_first_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "sku,name,name,price\nA,first,second,1.00\n") == ([(2, "A", "first")], [])


def test_a_damaged_quotation_does_not_take_the_rows_below_along(tmp_path: Path) -> None:
    text = HEAD + 'A,"Soft"x,1.00,\nB,Two,1.00,\n'

    assert read(tmp_path, text) == ([(3, "B", "Two")], [(2, ProblemCode.DAMAGED_ROW)])


def test_a_quotation_that_never_ends_is_told_at_its_row(tmp_path: Path) -> None:
    _, problems = read(tmp_path, HEAD + 'A,One,1.00,\nB,"Two,1.00,\nC,Three,1.00,\n')

    assert problems == [(3, ProblemCode.DAMAGED_ROW)]


def test_a_cell_without_end_is_told(tmp_path: Path) -> None:
    text = HEAD + "A,One,1.00," + "x" * 1_000_001 + "\nB,Two,1.00,\n"

    assert read(tmp_path, text) == ([(3, "B", "Two")], [(2, ProblemCode.DAMAGED_ROW)])


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_told(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == ([], [(0, ProblemCode.EMPTY_FILE)])


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD) == ([], [])


def test_a_row_with_a_nul_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    products, problems = read(tmp_path, HEAD.encode() + b"A,a\0b,1.00,\nB,Two,1.00,\n")

    assert "A" not in [sku for _, sku, _ in products]
    assert problems


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\xff\0\x01", b"%PDF-1.7\n\0\xff\xfe\0"], ids=["picture", "PDF"]
)
def test_what_is_no_text_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == ([], [(0, ProblemCode.UNREADABLE_FILE)])


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    products, problems = read_file(tmp_path / "nothing.csv")

    assert products == []
    assert [(problem.file, problem.row, problem.code) for problem in problems] == [
        ("nothing.csv", 0, ProblemCode.UNREADABLE_FILE)
    ]
    assert "No such file" in problems[0].message


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    products, problems = read_file(tmp_path)

    assert (products, [problem.code for problem in problems]) == ([], [ProblemCode.UNREADABLE_FILE])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.csv"
    path.write_bytes(content)

    products, problems = read_file(path)

    assert products or problems or content.strip()


LINES = ["A,One,1.00,", 'B,"x', '"', "C,Two,1.00,", ",,,,,,", "", 'D,Three,1.00,"a"b']


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_a_damaged_table_is_read_to_its_end_and_every_place_is_one_of_its_rows(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.csv"
    path.write_text(HEAD + "\n".join(lines))

    products, problems = read_file(path)

    rows = [product.place.row for product in products]
    assert len(rows) == len(set(rows))
    assert all(2 <= row <= len(lines) + 1 for row in rows)
    assert all(2 <= problem.row <= len(lines) + 1 for problem in problems)
