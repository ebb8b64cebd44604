"""Records as flat fields and back: the form in which files, base and shop are compared."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog.fields import (
    Fields,
    decimal_text,
    guide_fields,
    guide_record,
    product_fields,
    product_record,
    variant_fields,
)
from storefront.catalog.records import (
    Caution,
    CautionKind,
    GuideRecord,
    MediaRecord,
    Money,
    ProductRecord,
    SourceCitation,
    Status,
    VariantRecord,
)
from tests.builders import COMPARE_AT, CURRENCIES, PRICE, a_price, a_product, a_variant

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
keys = st.text("abcXYZ019-é", min_size=1, max_size=8)
amounts = st.decimals(min_value=0, max_value=1_000_000, places=2)
cautions = st.builds(Caution, kind=st.sampled_from(CautionKind), text=texts)


def some(record: type[Any], required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Records that say any part of the optional fields."""
    return st.fixed_dictionaries(required, optional=optional).map(record.model_validate)


prices = some(Money, {"amount": amounts, "currency": st.just("USD")}, {"compare_at": st.none() | amounts})
variants = some(
    VariantRecord,
    {"reference": keys, "sku": keys},
    {
        "name": texts,
        "options": st.dictionaries(keys, texts, min_size=1, max_size=2),
        "prices": st.dictionaries(st.sampled_from(["default-channel", "eu"]), prices, min_size=1),
        "stock": st.dictionaries(st.sampled_from(["default-warehouse", "attic"]), st.integers(0, 99), min_size=1),
        "weight_g": st.none() | st.integers(0, 9999),
        "barcode": texts,
    },
)
slugs = st.lists(keys, max_size=3).map(tuple)
products = some(
    ProductRecord,
    {"reference": keys},
    {
        **dict.fromkeys(("name", "slug", "description", "brand", "category", "seo_title", "material"), texts),
        "tool_type": st.none() | keys,
        "target_areas": slugs,
        **dict.fromkeys(("conditions", "techniques", "contraindications"), slugs),
        "fsa_hsa_condition": texts,
        "cautions": st.lists(cautions, max_size=2).map(tuple),
        "guide": st.none() | keys,
        "related_guides": slugs,
        "media": st.lists(st.builds(MediaRecord, location=keys, alt=texts, digest=texts), max_size=2).map(tuple),
        "warranty_years": st.none() | st.decimals(min_value=0, max_value=99, places=2),
        "fsa_hsa_eligible": st.none() | st.booleans(),
        "attributes": st.dictionaries(keys, texts, min_size=1, max_size=2),
        "status": st.sampled_from(Status),
        "variants": st.lists(variants, min_size=1, max_size=3, unique_by=lambda found: found.reference).map(tuple),
    },
)
guides = some(
    GuideRecord,
    {"slug": keys},
    {
        **dict.fromkeys(("title", "summary", "body"), texts),
        **dict.fromkeys(("target_areas", "tool_types", "conditions", "techniques"), slugs),
        "cautions": st.lists(cautions, max_size=2).map(tuple),
        "sources": st.lists(
            st.builds(SourceCitation, title=texts, citation=texts, url=texts, supports=texts), max_size=2
        ).map(tuple),
        "reviewed_on": st.none() | st.dates(),
        "status": st.sampled_from(Status),
    },
)
BOTH_CURRENCIES = {"default-channel": "USD", "eu": "USD"}


@given(products)
def test_a_product_comes_back_from_its_fields_as_it_was(record: ProductRecord) -> None:
    found = product_record(record.reference, product_fields(record), BOTH_CURRENCIES)

    assert found == record
    assert found.stated_fields().keys() == record.stated_fields().keys()


@given(guides)
def test_a_guide_comes_back_from_its_fields_as_it_was(record: GuideRecord) -> None:
    found = guide_record(record.slug, guide_fields(record))

    assert found == record
    assert found.stated_fields().keys() == record.stated_fields().keys()


@given(products)
def test_fields_are_plain_json(record: ProductRecord) -> None:
    fields = product_fields(record)

    assert Fields.model_validate(json.loads(json.dumps(fields.model_dump()))) == fields


@given(products)
def test_fields_of_a_record_from_its_fields_are_the_same(record: ProductRecord) -> None:
    fields = product_fields(record)

    assert product_fields(product_record(record.reference, fields, BOTH_CURRENCIES)) == fields


@given(amounts, st.integers(0, 6))
def test_decimals_are_equal_whatever_their_zeros(amount: Decimal, zeros: int) -> None:
    with_zeros = Decimal(f"{amount}{'0' * zeros}")

    assert decimal_text(with_zeros) == decimal_text(amount)
    assert Decimal(decimal_text(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"), [("12.50", "12.5"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0"), ("-0", "0")]
)
def test_a_decimal_is_written_plainly(amount: str, text: str) -> None:
    assert decimal_text(Decimal(amount)) == text


def test_a_cleared_field_is_there_with_its_empty_value() -> None:
    record = a_product(brand="", target_areas=(), warranty_years=None, guide=None, attributes={"Speeds": ""})

    own = product_fields(record).own

    assert {name: own[name] for name in ("brand", "target_areas", "warranty_years", "guide", "attribute: Speeds")} == {
        "brand": "",
        "target_areas": [],
        "warranty_years": None,
        "guide": None,
        "attribute: Speeds": "",
    }


def test_a_field_that_is_not_said_is_not_there() -> None:
    assert product_fields(ProductRecord(reference="R", variants=(a_variant(prices={}),))) == Fields(
        own={}, variants={"R-1": {"sku": "R-1"}}
    )


def test_a_price_before_the_reduction_is_a_field_only_where_it_is_said() -> None:
    assert COMPARE_AT not in variant_fields(a_variant())
    ended = variant_fields(a_variant(prices={"default-channel": a_price(compare_at=None)}))
    reduced = variant_fields(a_variant(prices={"default-channel": a_price("15.00", compare_at="19.90")}))

    assert (ended[COMPARE_AT], reduced[COMPARE_AT], reduced[PRICE]) == (None, "19.9", "15")


def test_fields_are_named_like_the_columns_of_a_file() -> None:
    variant = a_variant(options={"Size": "S"}, stock={"attic": 2})

    assert variant_fields(variant) == {
        "sku": "R-1",
        "option: Size": "S",
        "price: default-channel": "19.9",
        "stock: attic": 2,
    }


def test_dates_and_enums_are_texts() -> None:
    fields = guide_fields(GuideRecord(slug="g", reviewed_on=date(2026, 3, 1), status=Status.DRAFT))

    assert fields.own == {"reviewed_on": "2026-03-01", "status": "draft"}


def test_a_price_comes_back_in_its_channels_currency() -> None:
    found = product_record("R", Fields(variants={"V": {"sku": "V", PRICE: "5"}}), CURRENCIES)

    assert found.variants[0].prices == {"default-channel": a_price("5")}
