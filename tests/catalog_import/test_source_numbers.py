"""Numbers as people write them."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_import.sources.numbers import NumberError, decimal_sign, read_grams, read_money, read_number
from tests.catalog_import.sources import read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", "12.50"),
        ("12,50", "12.50"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1’234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,23,456.78", "123456.78"),
        ("0,500", "0.500"),
        (".5", "0.5"),
        ("−3", "-3"),
        ("+7", "7"),
    ],
)
def test_a_number_is_read_in_any_dress(text: str, value: str) -> None:
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "-", ",", "1,2,3", "12,34,5", "1.2.3", "1e3", "NaN", "١٢", "1_000", "9" * 60, "12,", "1.2 3", "1,2'3"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        read_number(text)


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_a_lone_separator_before_three_digits_is_refused_where_nothing_shows_what_it_means(text: str) -> None:
    with pytest.raises(NumberError, match=r"may mean 1234 or 1\.234"):
        read_number(text)


@pytest.mark.parametrize(("decimal", "value"), [(",", "1234"), (".", "1.234")])
def test_the_column_shows_what_a_lone_point_means(decimal: str, value: str) -> None:
    assert read_number("1.234", decimal).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("€ 9,90", "9.90", "EUR"),
        ("9.90 USD", "9.90", "USD"),
        ("$12.50", "12.50", "USD"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("12,- €", "12", "EUR"),
        ("£5", "5", "GBP"),
        ("-€5", "-5", "EUR"),
    ],
)
def test_an_amount_may_have_its_currency_beside_it(text: str, value: str, currency: str) -> None:
    money = read_money(text)

    assert (money.value, money.currencies[0]) == (Decimal(value), currency)


@pytest.mark.parametrize(
    ("text", "grams"),
    [("450 g", 450), ("0.45 kg", 450), ("0,45kg", 450), ("1 lb", 454), ("16 oz", 454), ("1.250 kg", 1250), ("85", 85)],
)
def test_a_weight_becomes_grams(text: str, grams: int) -> None:
    assert read_grams(text) == grams


@pytest.mark.parametrize("text", ["", "heavy", "5 stone", "kg", "1 2 3 g"])
def test_what_is_no_weight_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        read_grams(text)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    for reads in (read_number, read_money, read_grams):
        with contextlib.suppress(NumberError):
            reads(text)
    assert decimal_sign(text) in ("", ".", ",")


@given(st.decimals(min_value=0, max_value=999_999, places=2))
def test_an_amount_survives_being_written_the_european_way(amount: Decimal) -> None:
    written = f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")

    assert read_money(f"{written} €").value == amount


def test_what_was_understood_of_a_column_is_listed_once(tmp_path: Path) -> None:
    rows = "".join(f'R-{number};Ball;"1.{number:03d},50";1.200\n' for number in range(100, 200))

    found = read_text(tmp_path, "SKU;Name;Preis EUR;Stock\n".replace("Preis EUR", "Price") + rows)

    assert found.problems == []
    assert str(found.prices["R-150"].amount) == "1150.50"
    by_kind = {(note.column, note.what): (note.row, note.example, note.count) for note in found.interpretations}
    assert by_kind["Price", "decimal comma"] == (2, "1.100,50", 100)
    assert by_kind["Stock", "separators between thousands"] == (2, "1.200", 100)


def test_other_cells_of_the_column_decide_what_a_lone_point_means(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku;name;price\nA;a;1.234\nB;b;12,50\n")

    assert {sku: str(price.amount) for sku, price in found.prices.items()} == {"A": "1234", "B": "12.50"}


def test_a_price_in_another_currency_than_the_channels_is_a_problem(tmp_path: Path) -> None:
    found = read_text(tmp_path, 'sku,name,price\nA,a,"€5"\nB,b,$5\n', currencies={"default-channel": "USD"})

    assert set(found.prices) == {"B"}
    assert [(row, column, code.value) for row, column, code in found.told] == [(2, "price", "wrong-currency")]


def test_a_currency_beside_the_number_must_agree_with_the_rows(tmp_path: Path) -> None:
    found = read_text(tmp_path, "sku,name,price,currency\nA,a,€5,USD\nB,b,€5,EUR\n")

    assert {sku: price.currency for sku, price in found.prices.items()} == {"B": "EUR"}
    assert [(row, column, code.value) for row, column, code in found.told] == [(2, "currency", "wrong-currency")]
