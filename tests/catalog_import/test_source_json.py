"""JSON arrays and JSON Lines."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import read_text

ROW = {"sku": "A", "name": "Ball", "price": 12.5}


def test_values_of_every_kind_are_cells(tmp_path: Path) -> None:
    row = {
        **ROW,
        "target_areas": ["neck", "feet"],
        "stock": 7,
        "fsa_hsa_eligible": True,
        "brand": None,
        "barcode": "-",
        "options": {"Size": "S"},
        "attributes": {"Speeds": 6},
        "price": {"default-channel": "1.5", "eu": 2},
        "cautions": [{"kind": "stop", "text": "Pain; or numbness"}, "limit: Two minutes"],
    }

    found = read_text(tmp_path, json.dumps([row]))

    record, variant = found.records["A"], found.variants["A"]
    assert (record.target_areas, record.fsa_hsa_eligible, record.attributes) == (
        ("neck", "feet"),
        True,
        {"Speeds": "6"},
    )
    assert [caution.text for caution in record.cautions] == ["Pain; or numbness", "Two minutes"]
    assert (variant.options, variant.stock, variant.barcode) == ({"Size": "S"}, {"default-warehouse": 7}, "")
    assert {channel: price.amount for channel, price in variant.prices.items()} == {
        "default-channel": Decimal("1.5"),
        "eu": Decimal(2),
    }
    assert "brand" not in record.stated_fields()
    assert found.problems == []


def test_rows_count_from_one_in_an_array_and_are_lines_in_json_lines(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"sku": "B", "price": "much"}]

    array = read_text(tmp_path, json.dumps(rows))
    lines = read_text(tmp_path, "\n\n".join(map(json.dumps, rows)))

    assert array.told == [(2, "price", ProblemCode.INVALID_VALUE)]
    assert lines.told == [(3, "price", ProblemCode.INVALID_VALUE)]


@pytest.mark.parametrize("indent", [None, 1])
def test_the_list_may_stand_under_a_key(tmp_path: Path, indent: int | None) -> None:
    found = read_text(tmp_path, json.dumps({"made": {"by": ["x"]}, "products": [ROW]}, indent=indent))

    assert set(found.records) == {"A"}
    assert ("", "the rows are the list under one key of the file") in found.noted


def test_a_bad_line_costs_itself_only(tmp_path: Path) -> None:
    found = read_text(tmp_path, f'{json.dumps(ROW)}\n{{"sku": \n[1]\n{json.dumps(ROW | {"sku": "B"})}\n')

    assert set(found.records) == {"A", "B"}
    assert found.told == [(2, "", ProblemCode.DAMAGED_ROW), (3, "", ProblemCode.DAMAGED_ROW)]


@pytest.mark.parametrize("form", ["{},{}", "[{},{}]"])
def test_a_key_with_two_values_is_told(tmp_path: Path, form: str) -> None:
    twice = json.dumps(ROW)[:-1] + ', "price": "99"}'
    good = json.dumps(ROW | {"sku": "B"})

    found = read_text(tmp_path, form.replace(",", "," if form[0] == "[" else "\n").format(twice, good))

    assert set(found.records) == {"B"}
    assert found.told == [(1, "price", ProblemCode.INVALID_VALUE)]


def test_a_key_with_the_same_value_twice_is_read(tmp_path: Path) -> None:
    found = read_text(tmp_path, f"[{json.dumps(ROW)[:-1]}, {json.dumps(ROW)[1:]}]")

    assert set(found.records) == {"A"}
    assert found.told == []


def test_an_array_that_breaks_off_keeps_what_was_whole(tmp_path: Path) -> None:
    found = read_text(tmp_path, json.dumps([ROW, ROW | {"sku": "B"}])[:-1] + ', {"sku": "C", "na')

    assert set(found.records) == {"A", "B"}
    assert found.told == [(3, "", ProblemCode.DAMAGED_ROW)]


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000"])
def test_what_is_no_text_is_damaged(tmp_path: Path, text: str) -> None:
    rows = f'{{"sku": "A", "name": "x{text}", "price": 1}}\n{json.dumps(ROW | {"sku": "B"})}\n'

    found = read_text(tmp_path, rows)

    assert set(found.records) == {"B"}
    assert found.told == [(1, "", ProblemCode.DAMAGED_ROW)]


@pytest.mark.parametrize("number", ["1e999999", "9" * 5_000, "NaN", "-Infinity"])
def test_a_number_beyond_all_numbers_is_told(tmp_path: Path, number: str) -> None:
    found = read_text(tmp_path, f'{{"sku": "A", "name": "x", "price": {number}}}\n{json.dumps(ROW | {"sku": "B"})}\n')

    assert set(found.records) == {"B"}
    assert [row for row, _, _ in found.told] == [1]


@pytest.mark.parametrize("content", ["[" * 200_000, '[{"a":' * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_brackets_without_end_are_told(tmp_path: Path, content: str) -> None:
    found = read_text(tmp_path, content)

    assert found.products == []
    assert found.errors


def test_one_value_larger_than_any_product_is_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, json.dumps([ROW, {"sku": "B", "name": "x" * 20_000_000}]))

    assert set(found.records) == {"A"}
    assert found.told == [(2, "", ProblemCode.DAMAGED_ROW)]
