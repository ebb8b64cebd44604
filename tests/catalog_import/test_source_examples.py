"""Each file of docs/examples goes through as the documentation says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.catalog_import.sources import EXAMPLES, read

FILES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_file() and not path.name.startswith("other"))


@pytest.mark.parametrize("name", FILES)
def test_an_example_has_no_error(name: str) -> None:
    found = read(EXAMPLES / name)

    assert found.errors == []
    assert found.products


@pytest.mark.parametrize("name", [name for name in FILES if name != "products.tsv"])
def test_the_ball_is_the_same_ball_in_every_format(name: str) -> None:
    found = read(EXAMPLES / name)

    assert found.prices["EX-BALL-S"].amount == Decimal("12.50")
    assert len({product.record.reference for product in found.products if len(product.record.variants) == 2}) == 1


def test_a_table_of_another_system_needs_its_mapping() -> None:
    assert read(EXAMPLES / "other.csv").products == []
    assert set(read(EXAMPLES / "other.csv", mapping=EXAMPLES / "other-mapping.yaml").variants) == {
        "EX-BALL-S",
        "EX-CANE",
    }


def test_a_folder_stands_for_its_products_and_guides() -> None:
    found = read(EXAMPLES)

    assert set(found.records) == {"example-cork-ball", "EX-CANE"}
    assert found.guides == ["example-sore-feet"]
    assert ("", "further tables were not read") in found.noted


def test_a_workbook_says_what_the_csv_says() -> None:
    from_csv, from_workbook = read(EXAMPLES / "products.csv"), read(EXAMPLES / "products.xlsx")

    assert from_workbook.records == from_csv.records


def test_reading_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes((EXAMPLES / "products.csv").read_bytes())

    read(tmp_path)

    assert [found.name for found in tmp_path.iterdir()] == ["products.csv"]
