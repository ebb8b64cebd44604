"""What one cell says, or what staff should know of why it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_import.sources import cells
from catalog_import.sources.cells import CellError
from catalog_import.sources.problems import ProblemCode
from storefront.catalog.records import Caution, CautionKind, MediaRecord, Status


def refusal(parse: Callable[[str], Any], cell: str) -> str:
    with pytest.raises(CellError) as error:
        parse(cell)
    return str(error.value)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12.50", "12.5"),
        ("0", "0"),
        ("1000000", "1000000"),
        (".5", "0.5"),
        ("12,50", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234.50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("$5", "5"),
        ("9,90 €", "9.9"),
        ("CHF 9.90", "9.9"),
    ],
)
def test_a_price_is_read_as_people_write_it(cell: str, amount: str) -> None:
    assert cells.parse_price(cell) == Decimal(amount)


@pytest.mark.parametrize(("cell", "sign", "amount"), [("7.000", ".", "7"), ("7.000", ",", "7000"), ("7,000", ",", "7")])
def test_the_decimal_sign_of_the_column_settles_what_a_cell_leaves_open(cell: str, sign: str, amount: str) -> None:
    assert cells.parse_price(cell, sign) == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("12.5O", '"12.5O" is not a decimal number (a letter O?). Write it like 12.50.'),
        ("-1", '"-1" is not a price: it must be 0 or more.'),
        ("NaN", '"NaN" is not a decimal number. Write it like 12.50.'),
        ("Infinity", '"Infinity" is not a decimal number. Write it like 12.50.'),
        ("1000000.01", '"1000000.01" is above 1000000, which is probably a mistake. Check the decimal point.'),
        ("0.005", '"0.005" has more than two decimals. Round it.'),
        ("1.234", '"1.234" may mean 1234 or 1.234. Write it like 12.50.'),
        ("1,23,4", '"1,23,4" is not a decimal number: its groups of digits are uneven. Write it like 12.50.'),
    ],
)
def test_what_is_no_price_is_explained(cell: str, says: str) -> None:
    assert refusal(cells.parse_price, cell) == says


@pytest.mark.parametrize("cell", ["1_000", "1e3", "1E-1", "٣", "0x10", "1/2", "five"])
def test_what_only_a_program_would_read_is_no_price(cell: str) -> None:
    assert refusal(cells.parse_price, cell) == f'"{cell}" is not a decimal number. Write it like 12.50.'


@given(st.text(max_size=20))
def test_any_text_is_a_price_or_explained(cell: str) -> None:
    try:
        amount = cells.parse_price(cell)
    except CellError:
        return
    assert 0 <= amount <= cells.MAX_PRICE


@pytest.mark.parametrize(("cell", "units"), [("0", 0), ("25", 25), ("+5", 5), ("10000000", 10_000_000)])
def test_units_are_whole(cell: str, units: int) -> None:
    assert cells.parse_units(cell) == units


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("many", '"many" is not a whole number. Write the units like 25.'),
        ("2.5", '"2.5" is not a whole number. Write the units like 25.'),
        ("-1", '"-1" is below 0. Stock counts what can be sold: 0 when there is none.'),
        ("10000001", '"10000001" is more than 10,000,000 units, which is probably a mistake.'),
    ],
)
def test_what_are_no_units_is_explained(cell: str, says: str) -> None:
    assert refusal(cells.parse_units, cell) == says


def test_a_number_with_thousands_of_digits_is_explained() -> None:
    for parse in (cells.parse_units, cells.parse_grams, cells.parse_years, cells.parse_price):
        assert len(refusal(parse, "9" * 5000)) < 300


def test_grams_are_whole() -> None:
    assert cells.parse_grams("450") == 450
    assert cells.parse_grams("0,35 kg") == 350
    assert refusal(cells.parse_grams, "1 stone") == '"1 stone" is not a weight in whole grams. Write it like 450.'


@pytest.mark.parametrize(("cell", "years"), [("2", "2"), ("1.5", "1.5"), ("100", "100")])
def test_years_may_have_parts(cell: str, years: str) -> None:
    assert cells.parse_years(cell) == Decimal(years)


@pytest.mark.parametrize("cell", ["two", "-1", "101", "1.555", ""])
def test_what_are_no_years_is_explained(cell: str) -> None:
    assert refusal(cells.parse_years, cell).startswith(f'"{cell}" ')


@pytest.mark.parametrize(("cell", "value"), [("yes", True), ("No", False), ("TRUE", True), ("0", False)])
def test_yes_and_no_are_read_in_several_ways(cell: str, value: bool) -> None:
    assert cells.parse_yes_no(cell) is value


def test_maybe_is_neither() -> None:
    assert refusal(cells.parse_yes_no, "maybe") == '"maybe" is neither yes nor no.'


def test_a_status_is_one_of_three() -> None:
    assert cells.parse_status("Archived") is Status.ARCHIVED
    assert refusal(cells.parse_status, "sold") == '"sold" is not a status. It may be active, draft or archived.'


def test_a_currency_has_three_letters() -> None:
    assert cells.parse_currency("eur") == "EUR"
    assert refusal(cells.parse_currency, "€") == '"€" is not a currency. Write its three letters, like USD.'


@pytest.mark.parametrize("cell", ["96385074", "036000291452", "4006381333931", "10012345000017", "4 006381 333931"])
def test_a_barcode_has_a_right_check_digit(cell: str) -> None:
    assert cells.parse_barcode(cell) == cell.replace(" ", "")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("4006381333932", 'The last digit of "4006381333932" should be 1. Compare the number with the package.'),
        ("123", '"123" is not a GTIN: it has 8, 12, 13 or 14 digits.'),
        (
            "4.00638E+12",
            '"4.00638E+12" is what a spreadsheet makes of a long number, and its last digits are lost '
            "(400638… is left). Format the column as text and enter the barcode again.",
        ),
    ],
)
def test_what_is_no_barcode_is_explained(cell: str, says: str) -> None:
    assert refusal(cells.parse_barcode, cell) == says


@given(st.text("0123456789", min_size=12, max_size=12))
def test_of_ten_last_digits_one_is_right(body: str) -> None:
    good = []
    for digit in "0123456789":
        try:
            good.append(cells.parse_barcode(body + digit))
        except CellError:
            continue

    assert len(good) == 1


@pytest.mark.parametrize(
    ("cell", "parts"), [("a;b", ("a", "b")), (" a ;; b ; a", ("a", "b")), ("a, b", ("a, b",)), (";", ())]
)
def test_a_list_has_semicolons_and_each_part_once(cell: str, parts: tuple[str, ...]) -> None:
    assert cells.parse_lines(cell.strip()) == parts


@pytest.mark.parametrize(
    ("line", "caution"),
    [
        ("stop: Numbness", Caution(kind=CautionKind.STOP, text="Numbness")),
        ("Not-For : The spine", Caution(kind=CautionKind.NOT_FOR, text="The spine")),
        ("Two minutes", Caution(kind=CautionKind.LIMIT, text="Two minutes")),
        ("Note: two minutes", Caution(kind=CautionKind.LIMIT, text="Note: two minutes")),
        ("stop:", Caution(kind=CautionKind.LIMIT, text="stop:")),
        ("limit: 2:30 minutes", Caution(kind=CautionKind.LIMIT, text="2:30 minutes")),
    ],
)
def test_a_caution_has_its_kind_before_a_colon(line: str, caution: Caution) -> None:
    assert cells.parse_caution(line) == caution


def test_a_picture_may_have_a_text_before_a_bar() -> None:
    assert cells.parse_media("A ball | a.png; b.png; A | c | c.png; again | a.png") == (
        MediaRecord(location="a.png", alt="again"),
        MediaRecord(location="b.png"),
        MediaRecord(location="c.png", alt="A | c"),
    )


def test_a_text_is_kept_up_to_what_the_shop_keeps() -> None:
    assert cells.text_of(3)("abc") == "abc"
    assert refusal(cells.text_of(3), "abcd") == "The text has 4 characters, the shop keeps 3. Shorten it."


KNOWN = {"lower-back": 1, "neck": 2}


@pytest.mark.parametrize("cell", ["lower-back", "Lower Back", "LOWER_BACK", "  lower   back "])
def test_a_slug_is_read_whatever_its_case_and_spacing(cell: str) -> None:
    assert cells.known_slug(cell, "an area", KNOWN) == "lower-back"


def test_an_unknown_slug_comes_with_the_likeliest_if_there_is_one() -> None:
    parse = cells.slugs_of("an area", KNOWN)

    assert parse("neck; Lower Back; neck") == ("neck", "lower-back")
    assert refusal(parse, "neck; lowerback") == '"lowerback" is not an area. Did you mean "lower-back"?'
    assert refusal(parse, "xyz") == '"xyz" is not an area.'


def test_what_is_refused_carries_its_code_whatever_the_message_says() -> None:
    """The code was guessed from the column's name and from how the message began."""
    cases: list[tuple[Callable[[str], Any], str, ProblemCode]] = [
        (cells.text_of(3), "four", ProblemCode.TOO_LONG),
        (cells.parse_slug, "x" * 256, ProblemCode.TOO_LONG),
        (cells.parse_slug, "a b", ProblemCode.INVALID_VALUE),
        (cells.parse_picture, "x" * 2001, ProblemCode.TOO_LONG),
        (cells.slugs_of("a known body area", {"feet": 1}), ";".join(map(str, range(501))), ProblemCode.TOO_LONG),
        (cells.slug_of("a known body area", {"feet": 1}), "fete", ProblemCode.UNKNOWN_SLUG),
        (cells.parse_barcode, "123", ProblemCode.BAD_BARCODE),
        (cells.parse_barcode, "4,01235E+12", ProblemCode.BAD_BARCODE),
        (cells.parse_barcode, "4012345678902", ProblemCode.BAD_BARCODE),
        (cells.parse_price, "The text has 1", ProblemCode.INVALID_VALUE),
    ]
    for parse, cell, code in cases:
        with pytest.raises(CellError) as error:
            parse(cell)
        assert error.value.code is code, cell
