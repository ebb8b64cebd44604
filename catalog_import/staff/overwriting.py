"""The fields in which a file wins conflicts, as staff type them: by their column or as the pages call them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError

from catalog_import.actions.pin import shop_taxonomy
from catalog_import.sources.cells import nearest
from catalog_import.sources.columns import Kind, columns_of
from catalog_import.staff.display.changes import field_label
from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_WAREHOUSE, GuideRecord

ALL = "all"
FAMILIES = (ATTRIBUTE, OPTION, PRICE, COMPARE_AT, STOCK)


def overwritten(names: str, channel: str) -> tuple[str, ...]:
    """The fields of a list with commas; a plain price or stock is that of the channel or warehouse.

    Raises `ValidationError` for each that there is not, with what it was perhaps to be.
    """
    known = known_fields(channel)
    found: dict[str, None] = {}
    errors = []
    for name in filter(None, (" ".join(name.split()) for name in names.split(","))):
        fields = known.get(name.casefold()) or family_field(name)
        if not fields:
            near = nearest(name.casefold(), list(known))
            guess = f" Did you mean “{near}”?" if near else ""
            errors.append(f"“{name}” is no field of a file.{guess} An attribute is written like “attribute: {name}”.")
        found |= dict.fromkeys(fields)
    if errors:
        raise ValidationError(errors)
    return tuple(found)


def known_fields(channel: str) -> dict[str, tuple[str, ...]]:
    """What may be typed, in small letters → the fields that it means.

    A word of the pages may mean two: products have one tool type, guides several.
    """
    plain = {"price": PRICE + channel, "compare_at_price": COMPARE_AT + channel, "stock": STOCK + DEFAULT_WAREHOUSE}
    known: dict[str, tuple[str, ...]] = {name: (field,) for name, field in plain.items()}
    known |= {name: (field,) for name, field in named_fields()}
    for field in dict.fromkeys(field for _, field in named_fields()):
        label = field_label(field).casefold()
        known[label] = tuple(dict.fromkeys((*known.get(label, ()), field)))
    for family in (PRICE, COMPARE_AT):
        known[field_label(family + DEFAULT_CHANNEL).casefold()] = (family + channel,)
    return known | {ALL: (ALL,)}


def named_fields() -> Iterator[tuple[str, str]]:
    """(column, field) of all that is compared under a name of its own; of guides both are one."""
    yield "sku", "sku"
    for name, column in columns_of(shop_taxonomy()).items():
        if column.kind in (Kind.PRODUCT, Kind.VARIANT) and name != "variant_reference":
            yield name, column.field
            yield column.field, column.field
    for name in GuideRecord.model_fields:
        if name != "slug":
            yield name, name


def family_field(name: str) -> tuple[str, ...]:
    """A field of a channel, a warehouse, an attribute or an option: “price: us”, or “Price (us)” as on the pages."""
    for family in FAMILIES:
        of = re.escape(family.removesuffix(": "))
        label = re.escape(field_label(f"{family}*")).replace(re.escape("*"), r"(\S.*)")
        said = re.fullmatch(rf"{of} ?: ?(\S.*)", name, re.IGNORECASE)
        if said is None and family not in (ATTRIBUTE, OPTION):
            said = re.fullmatch(label, name, re.IGNORECASE)
        if said:
            return (family + said[1],)
    return ()
