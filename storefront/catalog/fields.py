"""A record as flat fields, named like the columns of a file: the form in which things are compared.

`name`, `price: default-channel`, `option: Size`: one name for a field in a plan, in the base of the
three-way comparison, in a before-image and on the page that staff read. Values are plain JSON.

    product_fields(record)          → Fields, only what the record says
    product_record(reference, f)    → the way back
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import Field

from storefront.catalog.records import GuideRecord, Money, ProductRecord, Record, VariantRecord

ATTRIBUTE = "attribute: "
OPTION = "option: "
PRICE = "price: "
COMPARE_AT = "compare_at_price: "
STOCK = "stock: "
# Fields of a variant that are columns, too.
VARIANT_COLUMNS = ("sku", "name", "weight_g", "barcode")


class Fields(Record):
    """The fields of a product (or guide) itself, and of its variants by their reference."""

    own: dict[str, Any] = Field(default_factory=dict)
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict)


def product_fields(record: ProductRecord) -> Fields:
    """Return what the record says, flat. A cleared field is there with its empty value."""
    return Fields(
        own=own_fields(record), variants={variant.reference: variant_fields(variant) for variant in record.variants}
    )


def own_fields(record: ProductRecord) -> dict[str, Any]:
    """Return what the record says of the product itself."""
    stated = record.stated_fields()
    own = {
        name: to_json(value) for name, value in stated.items() if name not in ("reference", "attributes", "variants")
    }
    own |= {ATTRIBUTE + slug: value for slug, value in stated.get("attributes", {}).items()}
    return own


def variant_fields(variant: VariantRecord) -> dict[str, Any]:
    stated = variant.stated_fields()
    fields: dict[str, Any] = {name: to_json(stated[name]) for name in VARIANT_COLUMNS if name in stated}
    fields |= {OPTION + name: value for name, value in stated.get("options", {}).items()}
    for channel, price in stated.get("prices", {}).items():
        fields[PRICE + channel] = decimal_text(price.amount)
        if "compare_at" in price.model_fields_set:
            fields[COMPARE_AT + channel] = to_json(price.compare_at)
    fields |= {STOCK + warehouse: units for warehouse, units in stated.get("stock", {}).items()}
    return fields


def guide_fields(record: GuideRecord) -> Fields:
    return Fields(own={name: to_json(value) for name, value in record.stated_fields().items() if name != "slug"})


def product_record(reference: str, fields: Fields, currencies: Mapping[str, str]) -> ProductRecord:
    """Return the record that says exactly these fields. `currencies`: channel slug → ISO 4217 code."""
    own = {name: value for name, value in fields.own.items() if not name.startswith(ATTRIBUTE)}
    attributes = with_prefix(fields.own, ATTRIBUTE)
    if attributes:
        own["attributes"] = attributes
    if fields.variants:
        own["variants"] = [variant_record(key, variant, currencies) for key, variant in fields.variants.items()]
    return ProductRecord.model_validate({"reference": reference} | own)


def variant_record(reference: str, fields: Mapping[str, Any], currencies: Mapping[str, str]) -> VariantRecord:
    stated: dict[str, Any] = {name: fields[name] for name in VARIANT_COLUMNS if name in fields}
    if options := with_prefix(fields, OPTION):
        stated["options"] = options
    compare_at = with_prefix(fields, COMPARE_AT)
    prices = {
        channel: Money.model_validate(
            {"amount": amount, "currency": currencies[channel]}
            | ({"compare_at": compare_at[channel]} if channel in compare_at else {})
        )
        for channel, amount in with_prefix(fields, PRICE).items()
    }
    if prices:
        stated["prices"] = prices
    if stock := with_prefix(fields, STOCK):
        stated["stock"] = stock
    return VariantRecord.model_validate({"reference": reference} | stated)


def guide_record(slug: str, fields: Fields) -> GuideRecord:
    return GuideRecord.model_validate({"slug": slug} | fields.own)


def with_prefix(fields: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Return the fields whose name begins so, by the rest of their name."""
    return {name.removeprefix(prefix): value for name, value in fields.items() if name.startswith(prefix)}


def decimal_text(value: Decimal) -> str:
    """Return one text for one number: 12.5, 12.50 and 12.500 are equal as fields."""
    return format(value.normalize() + 0, "f")


def to_json(value: Any) -> Any:
    """Return a field's value as plain JSON."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Record):
        return {name: to_json(part) for name, part in value.model_dump().items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    return value
