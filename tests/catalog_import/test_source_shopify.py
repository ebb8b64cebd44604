"""Shopify's product CSV, old headers and new."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

from PIL import Image

from catalog_import.sources.problems import ProblemCode, Severity
from tests.catalog_import.sources import Read, read_text

HEAD = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value"),
    *("Option2 Name", "Option2 Value", "Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Price"),
    *("Variant Compare At Price", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "SEO Title"),
    *("Variant Image", "Variant Weight Unit", "Status"),
)


def shopify(folder: Path, *rows: dict[str, str]) -> Read:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEAD, restval="")
    writer.writeheader()
    writer.writerows({"Handle": "ball"} | row for row in rows)
    return read_text(folder, text.getvalue())


def test_rows_of_one_handle_are_one_product_with_options(tmp_path: Path) -> None:
    found = shopify(
        tmp_path,
        {
            "Title": "Ball",
            "Body (HTML)": "<p>Soft &amp; round</p>",
            "Vendor": "Quill",
            "Type": "Balls",
            "Option1 Name": "Size",
            "Option1 Value": "S",
            "Option2 Name": "Colour",
            "Option2 Value": "Red",
            "Variant SKU": "B-S",
            "Variant Price": "12.50",
            "Variant Compare At Price": "15",
            "Status": "active",
            "Variant Grams": "85.0",
            "Variant Inventory Qty": "4",
            "Variant Barcode": "'4006381333931",
        },
        {"Option1 Value": "L", "Option2 Value": "Red", "Variant SKU": "B-L", "Variant Price": "13"},
    )

    ball = found.records["ball"]
    assert (ball.name, ball.description, ball.brand, ball.category) == (*("Ball", "Soft & round", "Quill", "Balls"),)
    small, large = ball.variants
    assert (small.name, small.options) == ("S / Red", {"Size": "S", "Colour": "Red"})
    assert large.options == {"Size": "L", "Colour": "Red"}
    assert (small.weight_g, small.stock, small.barcode) == (85, {"default-warehouse": 4}, "4006381333931")
    assert found.prices["B-S"].compare_at == Decimal("15")
    assert ("", "the table is a Shopify product CSV") in found.noted
    assert found.told == []


def test_rows_with_a_picture_only_add_it_in_its_position(tmp_path: Path) -> None:
    for name in ("1.png", "2.png", "3.png"):
        (tmp_path / name).write_bytes(a_png())

    found = shopify(
        tmp_path,
        {"Title": "Ball", "Variant SKU": "B", "Variant Price": "1", "Image Src": "2.png", "Image Position": "2"},
        {"Image Src": "3.png", "Image Position": "3", "Image Alt Text": "From; the side"},
        {"Image Src": "1.png", "Image Position": "1"},
    )

    media = found.records["ball"].media
    assert [(picture.location, picture.alt) for picture in media] == [
        ("1.png", ""),
        ("2.png", ""),
        ("3.png", "From; the side"),
    ]
    assert found.problems == []


def test_default_title_is_no_option(tmp_path: Path) -> None:
    row = {"Title": "Ball", "Option1 Name": "Title", "Option1 Value": "Default Title", "Variant Price": "1"}

    (variant,) = shopify(tmp_path, row | {"Variant SKU": "B"}).records["ball"].variants

    assert (variant.name, variant.options) == ("", {})


def test_a_missing_sku_is_made_up_and_told(tmp_path: Path) -> None:
    found = shopify(
        tmp_path,
        {"Title": "Ball", "Option1 Name": "Size", "Option1 Value": "Extra Größe", "Variant Price": "1"},
        {"Option1 Value": "S", "Variant Price": "1"},
    )

    assert set(found.variants) == {"ball-extra-grosse", "ball-s"}
    (note,) = [note for note in found.interpretations if note.column == "Variant SKU"]
    assert (note.row, note.example, note.count) == (2, "ball-extra-grosse", 2)


def test_what_is_not_published_is_a_draft(tmp_path: Path) -> None:
    rows = [
        {"Handle": "a", "Variant SKU": "A", "Variant Price": "1", "Published": "FALSE", "Status": "active"},
        {"Handle": "b", "Variant SKU": "B", "Variant Price": "1", "Published": "TRUE", "Status": "archived"},
        {"Handle": "c", "Variant SKU": "C", "Variant Price": "1", "Published": "TRUE", "Status": "active"},
    ]

    found = shopify(tmp_path, *rows)

    assert [found.records[handle].status.value for handle in "abc"] == ["draft", "archived", "active"]


def test_a_code_that_is_no_gtin_costs_the_code_only(tmp_path: Path) -> None:
    found = shopify(tmp_path, {"Variant SKU": "B", "Variant Price": "1", "Variant Barcode": "30235"})

    assert found.variants["B"].barcode == ""
    assert found.told == [(2, "Variant Barcode", ProblemCode.BAD_BARCODE)]
    assert found.problems[0].severity is Severity.WARNING


def test_oversold_stock_and_an_earlier_price_of_nothing_are_understood(tmp_path: Path) -> None:
    row = {"Variant SKU": "B", "Variant Price": "5", "Variant Inventory Qty": "-3", "Variant Compare At Price": "0.00"}

    found = shopify(tmp_path, row)

    assert found.variants["B"].stock == {"default-warehouse": 0}
    assert "compare_at" not in found.prices["B"].stated_fields()
    assert {"Variant Inventory Qty", "Variant Compare At Price"} <= {column for column, _ in found.noted}


def test_a_bad_price_names_the_files_column(tmp_path: Path) -> None:
    found = shopify(tmp_path, {"Title": "Ball", "Variant SKU": "B", "Variant Price": "free"})

    assert found.told == [(2, "Variant Price", ProblemCode.INVALID_VALUE)]


def test_columns_without_a_field_are_listed_once(tmp_path: Path) -> None:
    found = shopify(tmp_path, {"Variant SKU": "B", "Variant Price": "1", "Tags": "a, b"})

    (note,) = [note for note in found.interpretations if "no field" in note.what]
    assert note.example == "Tags"


def test_a_row_without_a_handle_is_told(tmp_path: Path) -> None:
    found = shopify(tmp_path, {"Handle": "", "Title": "Ball", "Variant SKU": "B", "Variant Price": "1"})

    assert found.products == []
    assert found.told == [(2, "Handle", ProblemCode.MISSING_VALUE)]


def a_png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (2, 2)).save(content, "PNG")
    return content.getvalue()
