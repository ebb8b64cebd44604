"""Files as real shops and their programs make them: what is read of each, and what is told.

`real_files.yaml` has for each file of `cases/` its products (name, state, category, pictures), their variants (price
and the one before, stock, grams, options, barcode), and the problems by place. A fact that is not there is not said.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import ProblemCode
from catalog_import.sources.proposals import propose_mapping
from storefront.catalog.records import VariantRecord
from tests.catalog_import.sources import read

CASES = Path(__file__).parent / "cases"
EXPECTED: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "real_files.yaml").read_text(encoding="utf-8"))
PICTURES = (ProblemCode.MISSING_PICTURE, ProblemCode.PICTURE_NOT_FETCHED)


def product_facts(product: ReadProduct) -> dict[str, Any]:
    record = product.record
    facts: dict[str, Any] = {name: getattr(record, name) for name in ("name", "category") if getattr(record, name)}
    if "status" in record.model_fields_set:
        facts["status"] = record.status.value
    if record.media:
        facts["media"] = [media.location for media in record.media]
    if record.attributes:
        facts["attributes"] = dict(record.attributes)
    return facts | {"variants": {variant.sku: variant_facts(variant) for variant in record.variants}}


def variant_facts(variant: VariantRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {"options": dict(variant.options)} if variant.options else {}
    for channel, money in variant.prices.items():
        assert channel == "default-channel"
        facts["price"] = number(money.amount)
        if money.compare_at is not None:
            facts["before"] = number(money.compare_at)
    if variant.stock:
        facts["stock"] = sum(variant.stock.values())
    if variant.weight_g is not None:
        facts["grams"] = variant.weight_g
    if variant.barcode:
        facts["barcode"] = variant.barcode
    return facts


def number(amount: Decimal) -> float:
    return float(amount)


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_a_real_file_is_read_rightly(name: str) -> None:
    found = read(CASES / name)

    expected = EXPECTED[name]
    assert {product.record.reference: product_facts(product) for product in found.products} == expected["products"]
    told = [f"{row} {column}: {code}".replace(" :", ":") for row, column, code in found.told]
    assert told == expected["problems"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("amazon-flat.txt", "looks like an Amazon flat file"),
        ("shopify-inventory.csv", "looks like a Shopify inventory file"),
        ("xml-leading-blank.xml", "broken in line 3"),
        ("gbk.csv", "looks like GBK (simplified Chinese) (“软木按摩球"),
        ("cp1251.csv", "looks like Windows-1251 (Cyrillic) (“Массажный"),
        ("macroman.csv", "looks like Mac Roman (“Massagebälle"),
        ("cp437.csv", "looks like code page 437 (DOS) (“Massagebälle"),
        ("lone-comma.csv", '"1,250" may mean 1250 or 1.25'),
    ],
)
def test_what_is_refused_is_named_with_the_way_out(name: str, says: str) -> None:
    assert says in read(CASES / name).errors[0].message


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("shopify-2025.csv", "Warranty years (product.metafields.custom.warranty_years)"),
        ("matrixify.csv", "Metafield: custom.body_areas [list.single_line_text_field]"),
        ("saleor-export.csv", "default-channel (channel variant cost price)"),
        ("shopify-products.json", "Tags"),
        ("woo-german.csv", "Steuerklasse"),
    ],
)
def test_every_column_that_is_left_out_is_named(name: str, named: str) -> None:
    left_out = next(found for found in read(CASES / name).interpretations if "left out" in found.what)

    assert named in left_out.example


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        (
            "map-ean-upc.csv",
            {"Reference": "sku", "Name": "name", "UPC": None, "EAN13": "barcode", "Prix TTC": "price"},
        ),
        (
            "pricelist-title.csv",
            {
                "Artikelnummer": "sku",
                "Bezeichnung": "name",
                "VK brutto": "price",
                "Lagerbestand": "stock",
                "EAN": "barcode",
            },
        ),
        ("status-flags.csv", {"sku": "sku", "name": "name", "price": "price", "status": "status"}),
    ],
)
def test_a_mapping_finds_the_header_and_the_filled_columns(name: str, mapping: dict[str, str | None]) -> None:
    assert {column.theirs: column.ours for column in propose_mapping(CASES / name).columns} == mapping


@pytest.mark.parametrize("name", ["medusa.csv", "vendure.csv", "saleor-export.csv"])
def test_a_proposed_mapping_reads_what_the_table_says(tmp_path: Path, name: str) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(propose_mapping(CASES / name).as_yaml(), encoding="utf-8")

    mapped, itself = read(CASES / name, mapping=mapping), read(CASES / name)

    assert mapped.records == itself.records
    assert mapped.records
