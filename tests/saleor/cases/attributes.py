"""Attributes, their values, and types."""

from __future__ import annotations

from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor import dashboard
from tests.saleor.asking import Asking, call
from tests.saleor.cases.registry import (
    NO_ATTRIBUTE,
    case,
)
from tests.saleor.world import World


def new_attribute(world: World, **given: Any) -> Asking:
    plain = {"type": "PRODUCT_TYPE", "inputType": "MULTISELECT"}
    return call(d.ATTRIBUTE_CREATE, input=world.named("attribute") | plain | given)


@case("attributes")
def an_attribute_slug_that_is_taken(world: World) -> Asking:
    return new_attribute(world, slug=world.attributes and world.references["areas"])


@case("attributes")
def an_attribute_reference_that_is_taken(world: World) -> Asking:
    return new_attribute(world, externalReference=world.attributes and world.references["areas"])


@case("attributes")
def a_value_reference_that_is_taken(world: World) -> Asking:
    taken = world.attributes and world.values["areas:neck"]
    return new_attribute(world, values=[{"name": "Neck", "externalReference": taken}])


@case("attributes")
def two_values_of_one_name(world: World) -> Asking:
    return new_attribute(world, values=[{"name": "Neck"}, {"name": "neck"}])


@case("attributes")
def values_of_a_plain_text(world: World) -> Asking:
    return new_attribute(world, inputType="PLAIN_TEXT", values=[{"name": "Neck"}])


@case("attributes")
def values_of_a_number(world: World) -> Asking:
    return new_attribute(world, inputType="NUMERIC", values=[{"name": "1"}])


@case("attributes")
def a_reference_attribute_without_an_entity(world: World) -> Asking:
    return new_attribute(world, inputType="SINGLE_REFERENCE")


@case("attributes")
def reference_types_of_the_wrong_kind(world: World) -> Asking:
    return new_attribute(world, inputType="REFERENCE", entityType="PAGE", referenceTypes=[world.product_type])


@case("attributes")
def an_attribute_name_too_long(world: World) -> Asking:
    return new_attribute(world, name="x" * 256)


@case("attributes")
def adding_values_to_an_unknown_attribute(_: World) -> Asking:
    return add_values("fk-none", [{"name": "x"}])


def add_values(reference: str, values: list[dict[str, Any]]) -> Asking:
    given = [{"externalReference": reference, "fields": {"addValues": values}}]
    return call(d.VALUES_ADD, attributes=given, errorPolicy="REJECT_FAILED_ROWS")


@case("attributes")
def adding_a_value_reference_that_is_taken(world: World) -> Asking:
    taken = world.attributes and world.values["areas:neck"]
    return add_values(world.references["areas"], [{"name": "Other", "externalReference": taken}, {"name": "Toe"}])


@case("attributes")
def adding_two_values_of_one_name(world: World) -> Asking:
    return add_values(world.attributes and world.references["areas"], [{"name": "Hip"}, {"name": "Hip"}])


@case("attributes")
def adding_values_with_one_reference(world: World) -> Asking:
    name = world.name("twice")
    values = [{"name": "Arm", "externalReference": name}, {"name": "Leg", "externalReference": name}]
    return add_values(world.attributes and world.references["areas"], values)


@case("attributes")
def adding_a_value_by_update_whose_name_is_there(world: World) -> Asking:
    return call(d.ATTRIBUTE_UPDATE, id=world.attributes["areas"], input={"addValues": [{"name": "Neck"}]})


@case("attributes")
def a_value_whose_name_is_there(world: World) -> Asking:
    given = {"name": "Roller", "externalReference": world.name("second")}
    return call(dashboard.VALUE_CREATE, attribute=world.attributes["tool"], input=given)


@case("attributes")
def renaming_a_value_to_a_reference_that_is_taken(world: World) -> Asking:
    given = {"attribute": world.attributes["tool"], "input": {"name": "Cane"}}
    gid = world.make(dashboard.VALUE_CREATE, "attributeValue", **given)
    return call(d.VALUE_UPDATE, id=gid, input={"externalReference": world.values["tool:ball"]})


@case("attributes")
def a_value_of_an_unknown_attribute(_: World) -> Asking:
    return call(dashboard.VALUE_CREATE, attribute=NO_ATTRIBUTE, input={"name": "x"})


@case("types")
def a_product_type_slug_that_is_taken(_: World) -> Asking:
    return call(d.PRODUCT_TYPE_CREATE, input={"name": "x", "slug": "default-type"})


@case("types")
def a_product_type_with_an_attribute_of_pages(world: World) -> Asking:
    given = world.named("type") | {"productAttributes": [world.attributes["summary"]]}
    return call(d.PRODUCT_TYPE_CREATE, input=given)


@case("types")
def assigning_an_attribute_again(world: World) -> Asking:
    operation = {"id": world.attributes["brand"], "type": "PRODUCT"}
    return call(d.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=world.product_type, operations=[operation])


@case("types")
def assigning_an_attribute_of_pages(world: World) -> Asking:
    operation = {"id": world.attributes["summary"], "type": "PRODUCT"}
    return call(d.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=world.product_type, operations=[operation])


@case("types")
def assigning_an_unknown_attribute(world: World) -> Asking:
    operation = {"id": NO_ATTRIBUTE, "type": "PRODUCT"}
    return call(d.PRODUCT_ATTRIBUTE_ASSIGN, productTypeId=world.product_type, operations=[operation])


@case("types")
def a_page_type_slug_that_is_taken(world: World) -> Asking:
    given = world.named("page-type")
    world.do(d.PAGE_TYPE_CREATE, input=given)
    return call(d.PAGE_TYPE_CREATE, input=given)


@case("types")
def a_page_type_with_an_attribute_of_products(world: World) -> Asking:
    given = world.named("page-type") | {"addAttributes": [world.attributes["brand"]]}
    return call(d.PAGE_TYPE_CREATE, input=given)


@case("types")
def adding_an_attribute_of_products_to_a_page_type(world: World) -> Asking:
    return call(d.PAGE_TYPE_UPDATE, id=world.other_page_type, input={"addAttributes": [world.attributes["brand"]]})


@case("types")
def an_unknown_page_type(_: World) -> Asking:
    return call(d.PAGE_TYPE_UPDATE, id="UGFnZVR5cGU6OTk5OTk5OQ==", input={"addAttributes": []})
