"""Text tables: what surrounds the rows is understood and listed, damage costs as little as possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_import.sources.formats import csv_table
from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import read, read_text

ROWS = "sku,name,price\nA,Größe – 5 €,1.00\nB,Two,2.00\n"


@pytest.mark.parametrize(
    ("encoding", "what"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "the text is UTF-16"),
        ("utf-16-le", "the text is UTF-16 (little endian)"),
        ("utf-16-be", "the text is UTF-16 (big endian)"),
        ("cp1252", "the text is Windows-1252, not UTF-8"),
    ],
)
def test_the_encoding_is_found_and_told(tmp_path: Path, encoding: str, what: str) -> None:
    found = read_text(tmp_path, ROWS.encode(encoding))

    assert found.records["A"].name == "Größe – 5 €"
    assert found.noted == ({("", what)} if what else set())


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_the_separator_is_found_and_told(tmp_path: Path, separator: str) -> None:
    found = read_text(tmp_path, ROWS.replace(",", separator))

    assert set(found.records) == {"A", "B"}
    assert found.noted == {("", f"the cells are separated by {csv_table.SEPARATORS[separator]}")}


def test_a_line_that_states_the_separator_is_believed(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sep=;\n" + ROWS.replace(",", ";"))

    assert [product.place.row for product in found.products] == [3, 4]


def test_a_title_above_the_header_is_skipped_and_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, "Our catalogue, spring\n\nprinted on,2026-11-20\n" + ROWS)

    assert [product.place.row for product in found.products] == [5, 6]
    (note,) = found.interpretations
    assert (note.what, note.row, note.example) == ("rows above the header were skipped", 4, "Our catalogue spring")


@pytest.mark.parametrize(
    ("head", "name"), [("Qty", "stock"), ("Body area(s)", "target_areas"), ("EAN", "barcode"), ("Vendor", "brand")]
)
def test_another_word_for_a_column_is_read_and_told(tmp_path: Path, head: str, name: str) -> None:
    cell = {"stock": "5", "target_areas": "feet", "barcode": "4006381333931", "brand": "Quill"}[name]

    found = read_text(tmp_path, f"sku,name,price,{head}\nA,a,1.00,{cell}\n")

    assert found.problems == []
    assert found.noted == {(head, f"the column was read as {name}")}


def test_a_problem_names_the_files_own_column(tmp_path: Path) -> None:
    found = read_text(tmp_path, "SKU,Title,Unit price,Qty\nA,a,much,few\n")

    assert {column for _, column, _ in found.told} == {"Unit price", "Qty"}


def test_entities_and_hard_spaces_are_no_part_of_a_plain_text(tmp_path: Path) -> None:
    found = read_text(
        tmp_path, "sku,name,price,brand,description\nA,Heat &amp; Cold,1,Calder&nbsp;Pike\u00a0,5 &lt; 6\n"
    )

    record = found.records["A"]
    assert (record.name, record.brand, record.description) == ("Heat & Cold", "Calder Pike", "5 < 6")
    assert {column for column, _ in found.noted} == {"name", "brand"}


def test_an_open_quotation_costs_its_own_row_only(tmp_path: Path) -> None:
    good = [f'R-{number},"Ball, ""soft"" {number}",1.00' for number in range(50)]
    lines = [*good[:20], 'BAD,"never closed,1.00', *good[20:]]

    found = read_text(tmp_path, "sku,name,price\n" + "\n".join(lines) + "\n")

    assert len(found.products) == 50
    assert found.told == [(22, "", ProblemCode.DAMAGED_ROW)]


def test_many_open_quotations_cost_their_own_rows_only(tmp_path: Path) -> None:
    lines = [f'R-{number},"open,1.00' if number % 10 == 0 else f"R-{number},Ball,1.00" for number in range(2_000)]

    found = read_text(tmp_path, "sku,name,price\n" + "\n".join(lines) + "\n")

    assert len(found.products) == 1_800
    assert len(found.told) == 200


def test_a_row_with_a_nul_is_damaged_and_the_others_are_read(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price\n" + "A,a,1\n" * 1 + "X,x,1\n" * 1_000 + "B,b\0,1\nC,c,1\n")

    assert {"A", "X", "C"} == set(found.variants)
    assert (1003, "", ProblemCode.DAMAGED_ROW) in found.told


def test_a_megabyte_in_a_cell_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    found = read_text(tmp_path, f"sku,name,price\nA,{'x' * 5_000_000},1\nB,{'y' * 1_500_000},1\nC,c,1\n")

    assert set(found.variants) == {"C"}
    assert {code for _, _, code in found.told} == {ProblemCode.DAMAGED_ROW}


def test_a_few_bad_bytes_do_not_turn_every_letter_into_two(tmp_path: Path) -> None:
    rows = "".join(f"R-{number},Größe für Füße,1\n" for number in range(100)).encode()

    found = read_text(tmp_path, b"sku,name,price\n" + rows + b"BAD,Gr\xf6\xdfe,1\n")

    assert {record.name for record in found.records.values()} == {"Größe für Füße"}
    assert found.told == [(102, "", ProblemCode.DAMAGED_ROW)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\0\1\2\3" * 100, "not text"),
    ],
)
def test_what_was_brought_by_mistake_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    found = read_text(tmp_path, content, "products.csv")

    assert [problem.code for problem in found.problems] == [ProblemCode.UNREADABLE_FILE]
    assert says in found.problems[0].message


def test_a_name_may_say_anything(tmp_path: Path) -> None:
    assert set(read_text(tmp_path, ROWS, "catalogue.zip").records) == {"A", "B"}
    assert set(read_text(tmp_path, '[{"sku": "A", "name": "a", "price": 1}]', "products.csv").records) == {"A"}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert [problem.code for problem in read(tmp_path / "none.csv").problems] == [ProblemCode.UNREADABLE_FILE]


def test_products_are_given_when_their_last_row_was_read(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,product,name,price\nA,ball,Ball,1\nX,,Other,1\nB,ball,,1\nY,,Last,1\n")

    assert [product.record.reference for product in found.products] == ["X", "ball", "Y"]


def test_a_barcode_that_a_spreadsheet_rounded_comes_with_advice(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,barcode\nA,a,1,4.0063E+12\n")

    assert found.told == [(2, "barcode", ProblemCode.BAD_BARCODE)]
    assert "Format the column as text" in found.problems[0].message


def test_a_price_above_the_one_before_the_reduction_is_a_warning(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,compare_at_price\nA,a,10,5\n")

    assert found.told == [(2, "compare_at_price", ProblemCode.COMPARE_AT_BELOW_PRICE)]
    assert found.errors == []


def test_a_semicolon_inside_a_part_of_a_list_is_escaped(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,cautions\nA,a,1,limit: One\\; or two; stop: Pain\n")

    assert [caution.text for caution in found.records["A"].cautions] == ["One; or two", "Pain"]


@pytest.mark.parametrize(
    ("cell", "description"),
    [
        ("<p>Soft, <em>round</em></p><ul><li>a</li><li>b</li></ul>", "Soft, *round*\n\n- a\n- b"),
        ("• a\n• b\n\nc", "• a  \n• b\n\nc"),
        ("__Soft__, 2 * 3 cm", "**Soft**, 2 * 3 cm"),
        ("-", ""),
    ],
)
def test_a_description_has_one_form(tmp_path: Path, cell: str, description: str) -> None:
    found = read_text(tmp_path, f'sku,name,price,description\nA,Ball,1,"{cell}"\n')

    assert found.records["A"].description == description
    assert found.problems == []
