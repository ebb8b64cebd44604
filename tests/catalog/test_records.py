"""The kernel's records: frozen, compared by value, and saying only what their file says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from storefront.catalog.records import Money, ProductRecord, VariantRecord, normalise_key
from tests.builders import a_guide, a_product, a_variant


def test_a_record_says_only_what_it_was_given() -> None:
    record = ProductRecord(reference="R", name="Ball", brand="")

    assert record.stated_fields() == {"reference": "R", "name": "Ball", "brand": ""}
    assert record.material == ""


def test_said_keeps_the_order_of_the_fields_whatever_the_order_of_the_file() -> None:
    record = ProductRecord.model_validate({"brand": "Quill", "name": "Ball", "reference": "R"})

    assert list(record.stated_fields()) == ["reference", "name", "brand"]


def test_records_are_equal_by_value() -> None:
    assert a_product() == a_product()
    assert a_product(brand="Quill") != a_product()


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_product().name = "Other"  # type: ignore[misc]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="body_parts"):
        a_product(body_parts=("neck",))


@pytest.mark.parametrize(
    ("text", "key"),
    [("  R-1 ", "R-1"), ("cafe\u0301", "caf\u00e9"), ("A b", "A b"), ("r-1", "r-1"), ("\tR\n", "R")],
)
def test_a_key_is_trimmed_and_composed_and_otherwise_exact(text: str, key: str) -> None:
    assert normalise_key(text) == key
    assert VariantRecord(sku=text, reference=text).sku == key
    assert a_guide(slug=text).slug == key


@pytest.mark.parametrize("text", ["", "   ", "x" * 251])
def test_a_key_has_between_1_and_250_characters(text: str) -> None:
    with pytest.raises(ValidationError):
        VariantRecord(sku=text, reference="R")


def test_prices_are_decimals() -> None:
    assert Money(amount="0.10", currency="USD").amount + Decimal("0.20") == Decimal("0.30")  # type: ignore[arg-type]


def test_a_record_survives_being_stored_as_json() -> None:
    record = a_product(variants=(a_variant(stock={"default-warehouse": 1}),), warranty_years="2.50")

    assert ProductRecord.model_validate_json(record.model_dump_json(exclude_unset=True)) == record
