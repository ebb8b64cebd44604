"""JSON of other systems' APIs, and workbooks' hidden sheets and formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from catalog_import.sources.formats.workbook import shown_as
from catalog_import.sources.problems import ProblemCode
from tests.catalog_import.sources import read, read_text

BULK = [
    {
        "id": "gid://shopify/Product/1",
        "title": "Cork ball",
        "handle": "cork-ball",
        "vendor": "Quill",
        "status": "ACTIVE",
    },
    {
        "id": "gid://shopify/ProductVariant/11",
        "sku": "CB-S",
        "price": "12.50",
        "compareAtPrice": "15.00",
        "inventoryQuantity": 4,
        "selectedOptions": [{"name": "Firmness", "value": "Soft"}],
        "__parentId": "gid://shopify/Product/1",
    },
    {
        "id": "gid://shopify/MediaImage/21",
        "image": {"url": "https://cdn.example/a.jpg"},
        "__parentId": "gid://shopify/Product/1",
    },
    {"id": "gid://shopify/Product/2", "title": "Draft cane", "handle": "cane", "vendor": "Quill", "status": "DRAFT"},
    {"id": "gid://shopify/ProductVariant/12", "sku": "C-1", "price": "29.90", "__parentId": "gid://shopify/Product/2"},
]
SALEOR = {
    "id": "UHJvZHVjdDo2MQ==",
    "name": "Cork ball",
    "description": json.dumps({"blocks": [{"type": "paragraph", "data": {"text": "For <b>feet</b>."}}]}),
    "category": {"name": "Balls"},
    "productType": {"name": "Tool"},
    "media": [{"url": "https://cdn.example/a.jpg", "alt": "A ball"}],
    "channelListings": [{"channel": {"slug": "default-channel"}, "isPublished": False}],
    "attributes": [{"attribute": {"slug": "material"}, "values": [{"name": "Cork"}]}],
    "variants": [
        {
            "id": "UHJvZHVjdFZhcmlhbnQ6MQ==",
            "sku": "CB-S",
            "name": "Soft",
            "attributes": [{"attribute": {"slug": "firmness"}, "values": [{"name": "Soft"}]}],
            "channelListings": [{"channel": {"slug": "default-channel"}, "price": {"amount": 12.5, "currency": "EUR"}}],
            "stocks": [{"warehouse": {"slug": "default"}, "quantity": 40}],
            "weight": {"value": 0.085, "unit": "KG"},
        }
    ],
}


def test_shopifys_bulk_lines_belong_to_their_products(tmp_path: Path) -> None:
    found = read_text(tmp_path, "\n".join(map(json.dumps, BULK)), "bulk.jsonl")

    ball, cane = found.records["cork-ball"], found.records["cane"]
    assert (ball.status, cane.status) == ("active", "draft")
    assert found.variants["CB-S"].options == {"Firmness": "Soft"}
    assert (str(found.prices["CB-S"].amount), str(found.prices["CB-S"].compare_at)) == ("12.50", "15.00")
    assert found.variants["CB-S"].stock == {"default-warehouse": 4}
    assert [media.location for media in ball.media] == ["https://cdn.example/a.jpg"]
    assert found.errors == []


def test_a_product_that_saleor_does_not_sell_now_is_told(tmp_path: Path) -> None:
    product = {name: value for name, value in SALEOR.items() if name != "channelListings"} | {"isAvailable": False}

    found = read_text(tmp_path, json.dumps([product]), "saleor.json")

    assert (0, "isAvailable", ProblemCode.UNKNOWN_COLUMN) in found.told


def test_saleors_answer_is_read(tmp_path: Path) -> None:
    answer = {"data": {"products": {"totalCount": 1, "edges": [{"node": SALEOR}]}}}

    found = read_text(tmp_path, json.dumps(answer), "saleor.json")

    ball, variant = found.records["UHJvZHVjdDo2MQ=="], found.variants["CB-S"]
    assert (ball.name, ball.description, ball.category, ball.material) == (
        "Cork ball",
        "For **feet**.",
        "Balls",
        "Cork",
    )
    assert ball.status == "draft"
    assert (ball.media[0].location, ball.media[0].alt) == ("https://cdn.example/a.jpg", "A ball")
    assert (variant.options, variant.weight_g) == ({"firmness": "Soft"}, 85)
    assert variant.stock == {"default-warehouse": 40}
    assert (str(found.prices["CB-S"].amount), found.prices["CB-S"].currency) == ("12.5", "EUR")


def test_woocommerces_store_api_counts_in_cents(tmp_path: Path) -> None:
    prices = {"price": "990", "regular_price": "1250", "sale_price": "990", "currency_code": "EUR"}
    product = {
        "id": 7,
        "sku": "W-7",
        "name": "Ball",
        "type": "simple",
        "permalink": "https://shop.example/ball",
        "prices": prices | {"currency_minor_unit": 2},
        "is_in_stock": False,
    }

    found = read_text(tmp_path, json.dumps([product]), "store.json")

    assert (str(found.prices["W-7"].amount), str(found.prices["W-7"].compare_at)) == ("9.90", "12.50")
    assert found.variants["W-7"].stock == {"default-warehouse": 0}


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        hidden, shown = book.add_worksheet("Old prices"), book.add_worksheet("Products")
        padded = book.add_format({"num_format": "00000"})
        for sheet, price in ((hidden, 1), (shown, 2)):
            sheet.write_row(0, 0, ["sku", "name", "price"])
            sheet.write_number(1, 0, 123, padded)
            sheet.write_row(1, 1, ["Ball", price])
        shown.write_row(2, 0, ["B-2"])
        shown.write_formula(2, 1, "=NA()", None, "#N/A")
        shown.write_number(2, 2, 3)
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
    return path


def test_a_hidden_sheet_is_not_read_and_a_number_is_as_shown(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "book.xlsx"))

    assert {sku: str(price.amount) for sku, price in found.prices.items()} == {"00123": "2"}
    assert ("", "hidden sheets were not read") in found.noted


def test_the_error_of_a_formula_is_a_problem(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "book.xlsx"))

    assert [(problem.row, problem.column, problem.value) for problem in found.problems] == [(3, "name", "#N/A")]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('#,##0.00 "€"', "9.5 €"),
        ("[$€-407] #,##0.00", "9.5 €"),
        ("[$CHF] #,##0.00;[Red]-#,##0.00", "9.5 CHF"),
        ('"$"#,##0.00', "9.5 $"),
        ("0.00%", "950 %"),
        ("#,##0.00", ""),
        ("[$-409]0.00", ""),
        ('0.00;-0.00 "€"', ""),
    ],
)
def test_a_number_is_what_its_format_shows(code: str, shown: str) -> None:
    assert shown_as("9.5", code) == shown


@pytest.mark.parametrize(("code", "read_as"), [('#,##0.00 "€"', "9.5 EUR"), ("0%", "invalid-value")])
def test_a_price_is_read_with_what_its_format_shows(tmp_path: Path, code: str, read_as: str) -> None:
    path = tmp_path / "products.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["sku", "name", "price"])
        sheet.write_row(1, 0, ["A", "Ball"])
        sheet.write_number(1, 2, 9.5, book.add_format({"num_format": code}))

    found = read(path)

    prices = [f"{price.amount} {price.currency}" for price in found.prices.values()]
    assert [*prices, *(one.code.value for one in found.problems)] == [read_as]
