"""Attributes and their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.saleor.fake.fields import check_columns, check_slug_kept, new_slug, set_columns
from tests.saleor.fake.refusals import Refused, error, not_found
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Attribute, Shop, Value, parse_id
from tests.saleor.fake.texts import slug_of
from tests.saleor.fake.values import drop_values

Given = Mapping[str, Any]
Json = dict[str, Any]

WITH_CHOICES: Final = ("DROPDOWN", "MULTISELECT", "SWATCH")
KEEPERS: Final = {
    "PRODUCT_TYPE": "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",
    "PAGE_TYPE": "MANAGE_PAGE_TYPES_AND_ATTRIBUTES",
}
ENTITY_TYPES: Final = {"PAGE": "PageType", "PRODUCT": "ProductType", "PRODUCT_VARIANT": "ProductType"}


# An older permission is enough for values.
FOR_NEW_VALUES: Final = ("MANAGE_PRODUCTS",)
FOR_VALUES: Final = ("MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES",)


def require_keeper(asked: Asked, kind: str, *older: str) -> None:
    asked.require(KEEPERS[kind], *older)


def require_any(asked: Asked, *older: str) -> None:
    asked.require(*KEEPERS.values(), "MANAGE_CUSTOMER_TYPES_AND_ATTRIBUTES", *older)


def find_attribute(shop: Shop, id: str | None, external_reference: str | None = None) -> Attribute:
    found = shop.node(id, "Attribute") if id else shop.attributes.first(external_reference=external_reference)
    if found is None:
        raise not_found(str(id or external_reference), "id" if id else "externalReference")
    return found


@performs("attributeCreate")
def attribute_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    require_keeper(asked, input["type"])
    kind = input.get("input_type") or "DROPDOWN"
    if kind in ("REFERENCE", "SINGLE_REFERENCE") and not input.get("entity_type"):
        raise Refused(error("entityType", "REQUIRED", "Entity type is required for reference input type."))
    allowed = reference_types(shop, input, kind, input.get("entity_type"))
    attribute = Attribute(
        name=input["name"],
        slug=new_slug(shop, "Attribute", input),
        type=input["type"],
        input_type=kind,
        entity_type=input.get("entity_type"),
        external_reference=input.get("external_reference"),
        value_required=bool(input.get("value_required")),
        unit=input.get("unit"),
        allowed=allowed,
    )
    values = clean_values(shop, input.get("values"), kind, "values", [])
    check_columns(shop, "Attribute", {**input, "slug": attribute.slug})
    shop.attributes.add(attribute)
    for value in values:
        shop.values.add(add_value(shop, attribute, value))
    return {"attribute": attribute}


def reference_types(shop: Shop, given: Given, kind: str, entity: str | None) -> list[tuple[str, int]]:
    ids = given.get("reference_types") or ()
    if not ids:
        return []
    if kind not in ("REFERENCE", "SINGLE_REFERENCE"):
        message = "Reference types can only be specified for `REFERENCE` and `SINGLE_REFERENCE` attributes."
        raise Refused(error("referenceTypes", "INVALID", message))
    found = []
    for gid in ids:
        parsed = parse_id(gid)
        if parsed is None or parsed[0] != ENTITY_TYPES.get(entity or ""):
            raise Refused(
                error("referenceTypes", "INVALID", f"Expecting a list of {ENTITY_TYPES[entity or 'PAGE']} IDs.")
            )
        if shop.node(gid) is None:
            raise not_found(gid, "referenceTypes")
        found.append(parsed)
    return found


def clean_values(
    shop: Shop, given: Sequence[Given] | None, kind: str, field: str, present: Sequence[Value]
) -> Sequence[Given]:
    """The values given for an attribute that has these already."""
    if not given:
        return ()
    if kind not in WITH_CHOICES:
        # Saleor says the type's name as it stands in its database: "plain-text".
        message = f"Values cannot be used with input type {kind.lower().replace('_', '-')}."
        raise Refused(error(field, "INVALID", message))
    for value in given:
        reference = value.get("external_reference")
        if value.get("name") is None:
            raise Refused(error(field, "REQUIRED", "The name field is required."))
        if reference is not None and shop.values.first(external_reference=reference):
            message = "Attribute value with this External reference already exists."
            raise Refused(error(field, "INVALID", message))
    names = [value["name"].lower().strip() for value in given]
    taken = {value.name.lower().strip() for value in present}
    for name, value in zip(names, given, strict=True):
        if name in taken:
            message = f"Value {value['name']} already exists within this attribute."
            raise Refused(error(field, "ALREADY_EXISTS", message))
    if len(set(names)) < len(names):
        raise Refused(error(field, "UNIQUE", "Provided values are not unique."))
    return given


def add_value(shop: Shop, attribute: Attribute, given: Given) -> Value:
    taken = {value.slug for value in shop.values.where(attribute=attribute.pk)}
    return Value(
        attribute=attribute.pk,
        name=given["name"],
        slug=slug_of(given["name"], taken),
        external_reference=given.get("external_reference"),
        value=given.get("value") or "",
    )


@performs("attributeUpdate")
def attribute_update(asked: Asked, input: Given, id: str | None = None, external_reference: str | None = None) -> Json:
    shop = asked.shop
    require_any(asked)
    attribute = find_attribute(shop, id, external_reference)
    require_keeper(asked, attribute.type)
    check_slug_kept(input)
    present = list(shop.values.where(attribute=attribute.pk))
    values = clean_values(shop, input.get("add_values"), attribute.input_type, "addValues", present)
    removed = values_of(shop, attribute, input.get("remove_values") or ())
    allowed = reference_types(shop, input, attribute.input_type, attribute.entity_type)
    check_columns(shop, "Attribute", input, pk=attribute.pk)
    change_attribute(attribute, input, allowed)
    drop_values(shop, removed)
    for value in values:
        shop.values.add(add_value(shop, attribute, value))
    return {"attribute": attribute}


def change_attribute(attribute: Attribute, given: Given, allowed: list[tuple[str, int]]) -> None:
    set_columns(attribute, given, "name", "slug", "unit", "external_reference")
    if given.get("value_required") is not None:
        attribute.value_required = given["value_required"]
    if "reference_types" in given:
        attribute.allowed = allowed


def values_of(shop: Shop, attribute: Attribute, ids: Sequence[str]) -> list[Value]:
    found = []
    for gid in ids:
        value = shop.node(gid, "AttributeValue")
        if value is None or value.attribute != attribute.pk:
            message = f"Value {gid} does not belong to this attribute."
            raise Refused(error("removeValues", "INVALID", message))
        found.append(value)
    return found


@performs("attributeDelete")
def attribute_delete(asked: Asked, id: str | None = None, external_reference: str | None = None) -> Json:
    shop = asked.shop
    require_any(asked)
    attribute = find_attribute(shop, id, external_reference)
    require_keeper(asked, attribute.type)
    drop_values(shop, shop.values.where(attribute=attribute.pk))
    for kind in shop.product_types:
        kind.product_attributes = [pk for pk in kind.product_attributes if pk != attribute.pk]
        kind.variant_attributes.pop(attribute.pk, None)
    for page_type in shop.page_types:
        page_type.attributes = [pk for pk in page_type.attributes if pk != attribute.pk]
    for owner in (*shop.pages, *shop.products, *shop.variants):
        owner.assigned.pop(attribute.pk, None)
    shop.attributes.remove([attribute])
    return {}


# Values --------------------------------------------------------------------------------------------------------------


def find_value(shop: Shop, id: str | None, external_reference: str | None = None) -> Value:
    found = shop.node(id, "AttributeValue") if id else shop.values.first(external_reference=external_reference)
    if found is None:
        raise not_found(str(id or external_reference), "id" if id else "externalReference")
    return found


@performs("attributeValueCreate")
def attribute_value_create(asked: Asked, attribute: str, input: Given) -> Json:
    require_any(asked, *FOR_NEW_VALUES)
    owner = find_attribute(asked.shop, attribute)
    require_keeper(asked, owner.type, *FOR_NEW_VALUES)
    check_columns(asked.shop, "AttributeValue", input)
    value = asked.shop.values.add(add_value(asked.shop, owner, input))
    return {"attribute": owner, "attributeValue": value}


@performs("attributeValueUpdate")
def attribute_value_update(
    asked: Asked, input: Given, id: str | None = None, external_reference: str | None = None
) -> Json:
    shop = asked.shop
    require_any(asked, *FOR_VALUES)
    value = find_value(shop, id, external_reference)
    attribute = shop.attributes[value.attribute]
    require_keeper(asked, attribute.type, *FOR_VALUES)
    check_columns(shop, "AttributeValue", input, pk=value.pk)
    if input.get("name") is not None:
        taken = {other.slug for other in shop.values.where(attribute=attribute.pk) if other.pk != value.pk}
        value.slug = slug_of(input["name"], taken)
    set_columns(value, input, "name", "external_reference", "value")
    return {"attribute": attribute, "attributeValue": value}


@performs("attributeValueDelete")
def attribute_value_delete(asked: Asked, id: str | None = None, external_reference: str | None = None) -> Json:
    require_any(asked, *FOR_VALUES)
    value = find_value(asked.shop, id, external_reference)
    require_keeper(asked, asked.shop.attributes[value.attribute].type, *FOR_VALUES)
    drop_values(asked.shop, [value])
    return {}


# In bulk -------------------------------------------------------------------------------------------------------------


@performs("attributeBulkUpdate")
def attribute_bulk_update(asked: Asked, attributes: Sequence[Given], error_policy: str = "REJECT_EVERYTHING") -> Json:
    shop = asked.shop
    references = Counter(
        value.get("external_reference") for given in attributes for value in given["fields"].get("add_values") or ()
    )
    twice = {reference for reference, count in references.items() if reference and count > 1}
    rows = [clean_change(asked, given, twice) for given in attributes]
    failed = any(faults for _, _, faults in rows)
    if failed and error_policy == "REJECT_EVERYTHING":
        return {"count": 0, "results": [{"attribute": None, "errors": faults} for _, _, faults in rows]}
    results: list[Json] = []
    for given, (attribute, values, faults) in zip(attributes, rows, strict=True):
        if attribute is None or (faults and error_policy == "REJECT_FAILED_ROWS"):
            results.append({"attribute": None, "errors": faults})
            continue
        change_attribute(attribute, given["fields"], attribute.allowed)
        drop_values(shop, values_of(shop, attribute, given["fields"].get("remove_values") or ()))
        for value in values:
            shop.values.add(add_value(shop, attribute, value))
        results.append({"attribute": attribute, "errors": faults})
    return {"count": sum(1 for result in results if result["attribute"]), "results": results}


def said_inside(permission: str) -> str:
    """A permission as Saleor's code writes it, which slips out here."""
    owner = "PageTypePermissions" if "PAGE" in permission else "ProductTypePermissions"
    return f"<{owner}.{permission}: '{'page' if 'PAGE' in permission else 'product'}.{permission.lower()}'>"


def clean_change(asked: Asked, given: Given, twice: set[str]) -> tuple[Attribute | None, list[Given], list[Json]]:
    """The attribute, the values that can be added to it, and what is wrong."""
    shop = asked.shop
    faults: list[Json] = []
    gid, reference = given.get("id"), given.get("external_reference")
    attribute = shop.node(gid, "Attribute") if gid else shop.attributes.first(external_reference=reference)
    if attribute is None:
        path = "id" if gid else "externalReference"
        return None, [], [error(None, "NOT_FOUND", "Couldn't resolve to an object.", path=path)]
    if not asked.may(KEEPERS[attribute.type]):
        message = (
            "You have no permission to manage this type of attributes. "
            f"You need one of the following permissions: ({said_inside(KEEPERS[attribute.type])},)"
        )
        return None, [], [error(None, "REQUIRED", message, path=None)]
    values = []
    added = given["fields"].get("add_values") or ()
    names = Counter((value.get("name") or "").lower().strip() for value in added)
    for number, value in enumerate(added):
        path = f"addValues.{number}"
        known = value.get("external_reference")
        if value.get("name") is None:
            faults.append(error(None, "REQUIRED", "The name field is required.", path=f"{path}.name"))
        elif names[value["name"].lower().strip()] > 1:
            faults.append(error(None, "DUPLICATED_INPUT_ITEM", "Duplicated name.", path=f"{path}.name"))
        elif known in twice:
            message = "Duplicated external reference."
            faults.append(error(None, "DUPLICATED_INPUT_ITEM", message, path=f"{path}.externalReference"))
        elif known and shop.values.first(external_reference=known):
            message = "External reference already exists."
            faults.append(error(None, "UNIQUE", message, path=f"{path}.externalReference"))
        else:
            values.append(value)
    return attribute, values, faults
