"""WooCommerce's product CSV."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import Read, read_text

HEAD = (
    *("ID", "Type", "SKU", "Name", "Published", "Is featured?", "Short description", "Description", "In stock?"),
    *("Stock", "Weight (kg)", "Sale price", "Regular price", "Categories", "Images", "Parent", "Tax class"),
    *("Attribute 1 name", "Attribute 1 value(s)", "Attribute 2 name", "Attribute 2 value(s)"),
)
PARENT = {"ID": "7", "Type": "variable", "SKU": "BALL", "Name": "Ball", "Published": "1"}
SOFT = {"Type": "variation", "Parent": "BALL", "SKU": "B-S", "Regular price": "5"}


def woo(folder: Path, *rows: dict[str, str], head: tuple[str, ...] = HEAD) -> Read:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, head, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return read_text(folder, text.getvalue())


def test_variations_are_the_variants_of_their_variable_product(tmp_path: Path) -> None:
    firmness = {"Attribute 1 name": "Firmness"}

    found = woo(
        tmp_path,
        PARENT | firmness | {"Attribute 1 value(s)": "Soft, Firm", "Categories": "Tools > Balls, New"},
        SOFT | firmness | {"Attribute 1 value(s)": "Soft", "Weight (kg)": "0.085", "Stock": "4"},
        SOFT | firmness | {"Attribute 1 value(s)": "Firm", "SKU": "B-F", "Parent": "id:7", "Sale price": "4"},
    )

    ball = found.records["BALL"]
    assert (ball.name, ball.category, ball.attributes) == ("Ball", "Balls", {})
    soft, firm = ball.variants
    assert (soft.name, soft.options, soft.weight_g, soft.stock) == (
        *("Soft", {"Firmness": "Soft"}, 85, {"default-warehouse": 4}),
    )
    assert (found.prices["B-F"].amount, found.prices["B-F"].compare_at) == (Decimal(4), Decimal(5))
    assert firm.options == {"Firmness": "Firm"}
    assert ("Categories", "of several categories the first was taken") in found.noted
    assert found.told == []


def test_a_variable_product_may_stand_below_its_variations(tmp_path: Path) -> None:
    found = woo(tmp_path, SOFT | {"Parent": "id:7"}, PARENT)

    assert [variant.sku for variant in found.records["BALL"].variants] == ["B-S"]


def test_a_variation_without_its_product_is_told(tmp_path: Path) -> None:
    found = woo(tmp_path, SOFT | {"Parent": "id:99"})

    assert found.products == []
    assert found.told == [(2, "Parent", ProblemCode.MISSING_VALUE)]


def test_an_attribute_that_does_not_vary_belongs_to_the_product(tmp_path: Path) -> None:
    row = {"Type": "simple", "SKU": "A", "Name": "Ball", "Regular price": "1"}

    found = woo(tmp_path, row | {"Attribute 1 name": "Material", "Attribute 1 value(s)": "Cork\\, Oak, Elm"})

    assert found.records["A"].attributes == {"Material": "Cork, Oak, Elm"}


@pytest.mark.parametrize(("published", "status"), [("1", "active"), ("0", "draft"), ("-1", "draft")])
def test_what_is_published_is_active(tmp_path: Path, published: str, status: str) -> None:
    row = {"Type": "simple", "SKU": "A", "Name": "Ball", "Regular price": "1", "Published": published}

    assert woo(tmp_path, row).records["A"].status.value == status


def test_line_ends_are_written_as_two_signs(tmp_path: Path) -> None:
    row = {"Type": "simple", "SKU": "A", "Name": "Ball", "Regular price": "1", "Description": "One\\n\\nTwo"}

    assert woo(tmp_path, row | {"Short description": "Short."}).records["A"].description == "Short.\n\nOne\n\nTwo"


@pytest.mark.parametrize(("unit", "grams"), [("kg", 1500), ("g", 2), ("lbs", 680), ("oz", 43)])
def test_the_header_has_the_unit_of_the_weight(tmp_path: Path, unit: str, grams: int) -> None:
    head = tuple(name.replace("(kg)", f"({unit})") for name in HEAD)
    weight = "2" if unit == "g" else "1.5"

    found = woo(
        tmp_path,
        {"Type": "simple", "SKU": "A", "Name": "Ball", "Regular price": "1", f"Weight ({unit})": weight},
        head=head,
    )

    assert found.variants["A"].weight_g == grams


def test_what_this_shop_does_not_sell_is_left_out_and_told(tmp_path: Path) -> None:
    found = woo(tmp_path, {"Type": "grouped", "Name": "Set"}, {"Type": "external", "Name": "Elsewhere"})

    assert (found.products, found.told) == ([], [])
    assert sum("were left out" in what and column == "Type" for column, what in found.noted) == 2


def test_an_apostrophe_that_defuses_a_formula_is_taken_off(tmp_path: Path) -> None:
    row = {"Type": "simple", "SKU": "'-A", "Name": "'=Ball", "Regular price": "1"}

    assert woo(tmp_path, row).records["-A"].name == "=Ball"


def test_a_missing_sku_is_made_of_the_id(tmp_path: Path) -> None:
    found = woo(tmp_path, {"ID": "12", "Type": "simple", "Name": "Ball", "Regular price": "1"})

    assert set(found.variants) == {"id-12"}
    assert ("SKU", "there was no SKU, so one was made of the id or the name") in found.noted


def test_a_variable_product_without_variations_is_told(tmp_path: Path) -> None:
    found = woo(tmp_path, PARENT)

    assert found.products == []
    assert found.told == [(2, "", ProblemCode.MISSING_VALUE)]
