"""Requests that Saleor refuses, or does in a way one would not guess. Each is recorded from a real one.

A case is a function that prepares what it needs and gives the request; its module's part of `recorded/` is named by
the group. To add one: write it here, and run ``python -m tests.saleor.record`` with a real Saleor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from storefront.saleor import documents as d
from tests.saleor import dashboard
from tests.saleor.asking import Asking, File, call
from tests.saleor.world import World, paragraph

Case = Callable[[World], Asking]
CASES: Final[dict[str, dict[str, Case]]] = {}

NO_ID: Final = "UHJvZHVjdDo5OTk5OTk5"  # Product:9999999
NO_PAGE: Final = "UGFnZTo5OTk5OTk5"
NO_WAREHOUSE: Final = "V2FyZWhvdXNlOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA=="
NO_CHANNEL: Final = "Q2hhbm5lbDo5OTk5OTk5"
NO_VARIANT: Final = "UHJvZHVjdFZhcmlhbnQ6OTk5OTk5OQ=="
NO_MEDIA: Final = "UHJvZHVjdE1lZGlhOjk5OTk5OTk="
NO_ATTRIBUTE: Final = "QXR0cmlidXRlOjk5OTk5OTk="
NO_TYPE: Final = "UHJvZHVjdFR5cGU6OTk5OTk5OQ=="
NO_CATEGORY: Final = "Q2F0ZWdvcnk6OTk5OTk5OQ=="
BAD_TEXT: Final = json.dumps({"blocks": [{"type": "code", "data": {"code": "x"}}]})
WITH_CODE: Final = d.Mutation(
    "productBulkCreate", d.PRODUCT_BULK_CREATE.arguments, "results { product { name } errors { path code } }"
)
WITH_COUNT: Final = d.Mutation(
    "productBulkCreate", d.PRODUCT_BULK_CREATE.arguments, "count results { errors { path } } errors { path message }"
)


def case(group: str) -> Callable[[Case], Case]:
    def register(found: Case) -> Case:
        CASES.setdefault(group, {})[found.__name__] = found
        return found

    return register


def create(*products: Any, policy: str = "REJECT_FAILED_ROWS", mutation: d.Mutation = d.PRODUCT_BULK_CREATE) -> Asking:
    return call(mutation, products=list(products), errorPolicy=policy)


def loosely(asking: Asking) -> Asking:
    return replace(asking, loose=True)


def change(world: World, **given: Any) -> Asking:
    return call(d.PRODUCT_UPDATE, id=world.a_product(), input=given)


# Products in bulk ----------------------------------------------------------------------------------------------------


def simple_bulk_cases() -> Iterator[tuple[str, Callable[[World], dict[str, Any]]]]:
    """Cases of one product that differs in some fields."""
    yield "an_unknown_product_type", lambda world: {"productType": NO_TYPE}
    yield "an_unknown_category", lambda world: {"category": NO_CATEGORY}
    yield "a_name_too_long", lambda world: {"name": "x" * 251}
    yield "no_name", lambda world: {"name": None}
    yield "a_slug_too_long", lambda world: {"slug": "x" * 256}
    yield "a_slug_with_a_space", lambda world: {"slug": world.name("a b")}
    yield "a_slug_with_letters_of_all_kinds", lambda world: {"slug": world.name("bälle-球")}
    yield "a_reference_too_long", lambda world: {"externalReference": "x" * 251}
    yield "a_seo_title_too_long", lambda world: {"seo": {"title": "x" * 71}}
    yield "a_seo_description_too_long", lambda world: {"seo": {"description": "x" * 301}}
    yield "a_negative_weight", lambda world: {"weight": -1}
    yield "a_bad_description", lambda world: {"description": BAD_TEXT}
    yield "a_nul_in_the_name", lambda world: {"name": "a\x00b"}
    yield "a_nul_in_the_metadata", lambda world: {"privateMetadata": [{"key": "k", "value": "a\x00b"}]}
    yield "an_empty_metadata_key", lambda world: {"privateMetadata": [{"key": " ", "value": "b"}]}
    yield "a_channel_that_is_not_there", lambda world: {"channelListings": [{"channelId": NO_CHANNEL}]}
    yield "a_channel_twice", lambda world: {"channelListings": [{"channelId": world.channel["id"]}] * 2}
    yield "media_without_anything", lambda world: {"media": [{"alt": "x"}]}
    yield "a_collection_that_is_not_there", lambda world: {"collections": ["Q29sbGVjdGlvbjo5OTk5OTk5"]}


def attribute_cases() -> Iterator[tuple[str, Callable[[World], dict[str, Any]]]]:
    """Cases of what is given for an attribute."""

    def of(name: str, **given: Any) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"externalReference": world.references[name], **given}

    yield "an_unknown_attribute", lambda world: {"externalReference": world.name("none"), "plainText": "x"}
    yield "an_attribute_without_name", lambda world: {"plainText": "x"}
    yield "an_attribute_id_that_is_not_there", lambda world: {"id": NO_ATTRIBUTE, "plainText": "x"}
    yield "an_attribute_of_pages", lambda world: {"id": world.attributes["summary"], "plainText": "x"}
    yield "an_unknown_value", of("tool", dropdown={"externalReference": "fk-none"})
    yield "an_unknown_value_of_many", of("areas", multiselect=[{"externalReference": "fk-none"}])
    yield (
        "a_value_reference_with_another_name",
        lambda world: {
            "externalReference": world.references["tool"],
            "dropdown": {"externalReference": world.values["tool:ball"], "value": "Other"},
        },
    )
    yield (
        "a_value_of_another_attribute",
        lambda world: {
            "externalReference": world.references["tool"],
            "dropdown": {"externalReference": world.values["areas:neck"]},
        },
    )
    yield (
        "a_value_twice",
        lambda world: {
            "externalReference": world.references["areas"],
            "multiselect": [{"externalReference": world.values["areas:neck"]}] * 2,
        },
    )
    yield "a_blank_value", of("tool", dropdown={"value": "  "})
    yield "a_value_too_long", of("tool", dropdown={"value": "x" * 251})
    yield "a_number_that_is_none", of("warranty", numeric="two")
    yield "a_bad_rich_text", of("notes", richText=BAD_TEXT)
    yield "a_reference_to_a_page_that_is_not_there", lambda world: {"id": world.guide, "reference": NO_PAGE}
    yield "a_reference_to_a_product", lambda world: {"id": world.guide, "reference": NO_ID}
    yield (
        "a_reference_to_a_page_of_another_type",
        lambda world: {"id": world.guide, "reference": world.a_page(pageType=world.other_page_type)},
    )
    yield "a_reference_twice", lambda world: {"id": world.guides, "references": [world.a_page()] * 2}


def variant_cases() -> Iterator[tuple[str, Callable[[World], dict[str, Any]]]]:
    """Cases of a product's one variant."""
    yield "a_variant_with_an_unknown_warehouse", lambda world: {"stocks": [{"warehouse": NO_WAREHOUSE, "quantity": 1}]}
    yield (
        "a_variant_with_a_warehouse_twice",
        lambda world: {"stocks": [{"warehouse": world.warehouse["id"], "quantity": 1}] * 2},
    )
    yield "a_variant_with_a_negative_stock", lambda world: world.sold(quantity=-1)
    yield "a_price_with_three_decimals", lambda world: world.sold("1.234")
    yield "a_price_too_high", lambda world: world.sold("1000000000000")
    yield (
        "a_variant_with_an_attribute_of_products",
        lambda world: {"attributes": [{"id": world.attributes["brand"], "plainText": "x"}]},
    )
    yield "a_variant_with_a_negative_weight", lambda world: {"weight": -1}
    yield "a_variant_name_too_long", lambda world: {"name": "x" * 256}
    yield "a_sku_too_long", lambda world: {"sku": "x" * 256}
    yield "a_variant_without_a_name", lambda world: {"name": None}


def wrong_variant_cases() -> Iterator[tuple[str, Callable[[World], dict[str, Any]]]]:
    """Cases of a variant that is not of the schema."""
    yield "a_variant_with_a_stock_too_large", lambda world: world.sold(quantity=2**31)
    yield "a_negative_price", lambda world: world.sold("-1")
    yield "a_price_that_is_no_number", lambda world: world.sold("a lot")


def register_bulk_cases() -> None:
    for name, given in simple_bulk_cases():
        CASES.setdefault("bulk", {})[name] = lambda world, given=given: create(world.product_input(**given(world)))
    for name, given in attribute_cases():
        CASES.setdefault("bulk_attributes", {})[name] = lambda world, given=given: create(
            world.product_input(attributes=[given(world)])
        )
        CASES.setdefault("update_attributes", {})[name] = lambda world, given=given: change(
            world, attributes=[given(world)]
        )
    for name, given in variant_cases():
        CASES.setdefault("bulk_variants", {})[name] = lambda world, given=given: create(
            world.product_input(**world.listed(), variants=[world.variant_input(**given(world))])
        )
    for name, given in wrong_variant_cases():
        CASES["bulk_variants"][name] = lambda world, given=given: loosely(
            create(world.product_input(**world.listed(), variants=[world.variant_input(**given(world))]))
        )


register_bulk_cases()


@case("bulk")
def a_slug_that_is_taken(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(slug=taken)
    return create(world.product_input(slug=taken), world.product_input())


@case("bulk")
def a_reference_that_is_taken(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(externalReference=taken)
    return create(world.product_input(externalReference=taken), world.product_input())


@case("bulk")
def one_bad_product_rejects_everything(world: World) -> Asking:
    return create(world.product_input(weight=-1), world.product_input(), policy="REJECT_EVERYTHING")


@case("bulk")
def ignoring_what_failed(world: World) -> Asking:
    bad = world.variant_input(**world.sold("1.234"))
    return create(world.product_input(**world.listed(), variants=[bad]), policy="IGNORE_FAILED")


@case("bulk")
def a_slug_twice_in_a_request(world: World) -> Asking:
    slug = world.name("twice")
    return create(world.product_input(slug=slug), world.product_input(slug=slug))


@case("bulk")
def a_reference_twice_in_a_request(world: World) -> Asking:
    name = world.name("twice")
    return create(world.product_input(externalReference=name), world.product_input(externalReference=name))


@case("bulk")
def no_products(_: World) -> Asking:
    return create()


@case("bulk")
def a_count_hides_the_reason(world: World) -> Asking:
    return create(world.product_input(description=BAD_TEXT), mutation=WITH_COUNT)


@case("bulk")
def a_null_code_beside_a_saved_row(world: World) -> Asking:
    bad = world.product_input(attributes=[{"id": world.attributes["notes"], "richText": BAD_TEXT}])
    return create(bad, world.product_input(), mutation=WITH_CODE)


@case("bulk")
def a_description_that_is_an_object(world: World) -> Asking:
    return loosely(create(world.product_input(description={"blocks": []})))


@case("bulk")
def a_description_that_is_no_json(world: World) -> Asking:
    return loosely(create(world.product_input(description="hello")))


@case("bulk")
def a_field_that_is_not_there(world: World) -> Asking:
    return loosely(create(world.product_input(colour="red")))


@case("bulk")
def attributes_without_a_required_one(world: World) -> Asking:
    kind, required = a_type_with_a_required_attribute(world)
    return create(
        world.product_input(productType=kind, attributes=[{"id": world.attributes["brand"], "plainText": "x"}]),
        world.product_input(productType=kind, attributes=[{"id": required, "plainText": ""}]),
        world.product_input(productType=kind),
    )


def a_type_with_a_required_attribute(world: World) -> tuple[str, str]:
    given = world.named("required") | {"type": "PRODUCT_TYPE", "inputType": "PLAIN_TEXT", "valueRequired": True}
    required = world.make(d.ATTRIBUTE_CREATE, "attribute", input=given)
    given = world.named("strict") | {"productAttributes": [required, world.attributes["brand"]]}
    return world.make(d.PRODUCT_TYPE_CREATE, "productType", input=given), required


@case("bulk_variants")
def a_sku_twice_in_a_request(world: World) -> Asking:
    sku = world.name("twice")
    return create(*(world.product_input(variants=[world.variant_input(sku=sku)]) for _ in range(2)))


@case("bulk_variants")
def a_sku_that_is_taken(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(variants=[world.variant_input(sku=taken)])
    return create(world.product_input(variants=[world.variant_input(sku=taken)]), world.product_input())


@case("bulk_variants")
def a_variant_reference_that_is_taken(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(variants=[world.variant_input(externalReference=taken)])
    return create(world.product_input(variants=[world.variant_input(externalReference=taken)]))


@case("bulk_variants")
def a_variant_reference_twice_in_a_request(world: World) -> Asking:
    name = world.name("twice")
    return create(
        world.product_input(variants=[world.variant_input(externalReference=name)]),
        world.product_input(variants=[world.variant_input(externalReference=name)]),
    )


@case("bulk_variants")
def a_price_where_the_product_is_not_listed(world: World) -> Asking:
    return create(world.product_input(variants=[world.variant_input(**world.sold())]))


# Products changed ----------------------------------------------------------------------------------------------------


@case("update")
def an_unknown_product(_: World) -> Asking:
    return call(d.PRODUCT_UPDATE, id=NO_ID, input={"name": "x"})


@case("update")
def a_product_id_of_another_kind(_: World) -> Asking:
    return call(d.PRODUCT_UPDATE, id=NO_PAGE, input={"name": "x"})


@case("update")
def a_product_id_that_is_none(_: World) -> Asking:
    return call(d.PRODUCT_UPDATE, id="none", input={"name": "x"})


@case("update")
def a_slug_of_another_product(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(slug=taken)
    return change(world, slug=taken)


@case("update")
def a_reference_of_another_product(world: World) -> Asking:
    taken = world.name("taken")
    world.a_product(externalReference=taken)
    return change(world, externalReference=taken)


def register_update_cases() -> None:
    given: dict[str, dict[str, Any]] = {
        "a_blank_slug": {"slug": ""},
        "a_blank_name": {"name": ""},
        "a_name_too_long": {"name": "x" * 251},
        "a_seo_title_too_long": {"seo": {"title": "x" * 71}},
        "a_negative_weight": {"weight": -1},
        "a_bad_description": {"description": BAD_TEXT},
        "an_unknown_category": {"category": NO_CATEGORY},
        "an_empty_metadata_key": {"privateMetadata": [{"key": "", "value": "x"}]},
        "nothing": {},
    }
    for name, changes in given.items():
        CASES["update"][name] = lambda world, changes=changes: change(world, **changes)


register_update_cases()


@case("listing")
def publishing_without_a_category(world: World) -> Asking:
    gid = world.a_product(category=None)
    update = {"channelId": world.channel["id"], "isPublished": True}
    return call(d.PRODUCT_LISTING_UPDATE, id=gid, input={"updateChannels": [update]})


@case("listing")
def listing_in_an_unknown_channel(world: World) -> Asking:
    update = {"channelId": NO_CHANNEL, "isPublished": True}
    return call(d.PRODUCT_LISTING_UPDATE, id=world.a_product(), input={"updateChannels": [update]})


@case("listing")
def listing_in_a_channel_twice(world: World) -> Asking:
    update = {"channelId": world.channel["id"], "isPublished": True}
    return call(d.PRODUCT_LISTING_UPDATE, id=world.a_product(), input={"updateChannels": [update, update]})


@case("listing")
def listing_and_removing_at_once(world: World) -> Asking:
    channel = world.channel["id"]
    given = {"updateChannels": [{"channelId": channel}], "removeChannels": [channel]}
    return call(d.PRODUCT_LISTING_UPDATE, id=world.a_product(), input=given)


@case("listing")
def listing_an_unknown_product(_: World) -> Asking:
    return call(d.PRODUCT_LISTING_UPDATE, id=NO_ID, input={"updateChannels": []})


@case("delete")
def deleting_products_that_are_not_there(_: World) -> Asking:
    return call(d.PRODUCT_BULK_DELETE, ids=[NO_ID])


@case("delete")
def deleting_pages_as_products(_: World) -> Asking:
    return call(d.PRODUCT_BULK_DELETE, ids=[NO_PAGE])


@case("delete")
def deleting_no_products(_: World) -> Asking:
    return call(d.PRODUCT_BULK_DELETE, ids=[])


@case("delete")
def deleting_variants_that_are_not_there(_: World) -> Asking:
    return call(d.VARIANT_BULK_DELETE, ids=[NO_VARIANT])


@case("delete")
def deleting_a_product_again(world: World) -> Asking:
    name = world.name("gone")
    world.a_product(externalReference=name)
    world.do(dashboard.PRODUCT_DELETE, externalReference=name)
    return call(dashboard.PRODUCT_DELETE, externalReference=name)


# Variants ------------------------------------------------------------------------------------------------------------


def a_sold_product(world: World) -> dict[str, Any]:
    gid = world.a_product(**world.listed(), variants=[world.variant_input(**world.sold())])
    return world.read(gid)[0]


def change_variant(world: World, product: dict[str, Any], **given: Any) -> Asking:
    entry = {"id": product["variants"][0]["id"], **given}
    return call(d.VARIANT_BULK_UPDATE, product=product["id"], variants=[entry], errorPolicy="REJECT_FAILED_ROWS")


def register_variant_change_cases() -> None:
    def given(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "a_stock_that_is_there", {"stocks": {"create": [{"warehouse": world.warehouse["id"], "quantity": 1}]}}
        yield "an_unknown_stock", {"stocks": {"update": [{"stock": "U3RvY2s6OTk5OTk5OQ==", "quantity": 1}]}}
        yield "removing_an_unknown_stock", {"stocks": {"remove": ["U3RvY2s6OTk5OTk5OQ=="]}}
        yield "an_unknown_warehouse", {"stocks": {"create": [{"warehouse": NO_WAREHOUSE, "quantity": 1}]}}
        listing = "UHJvZHVjdFZhcmlhbnRDaGFubmVsTGlzdGluZzo5OTk5OTk5"
        yield (
            "a_price_that_is_there",
            {"channelListings": {"create": [{"channelId": world.channel["id"], "price": "1.00"}]}},
        )
        yield "an_unknown_price", {"channelListings": {"update": [{"channelListing": listing, "price": "1"}]}}
        yield "removing_an_unknown_price", {"channelListings": {"remove": [listing]}}
        yield (
            "a_price_in_an_unknown_channel",
            {"channelListings": {"create": [{"channelId": NO_CHANNEL, "price": "1"}]}},
        )
        yield "a_weight_below_zero", {"weight": -1}
        yield "an_unknown_variant", {"id": NO_VARIANT}
        yield "nothing_new", {}

    names = [
        "a_stock_that_is_there",
        "an_unknown_stock",
        "removing_an_unknown_stock",
        "an_unknown_warehouse",
        "a_price_that_is_there",
        "an_unknown_price",
        "removing_an_unknown_price",
        "a_price_in_an_unknown_channel",
        "a_weight_below_zero",
        "an_unknown_variant",
        "nothing_new",
    ]
    for name in names:
        CASES.setdefault("variants", {})[name] = lambda world, name=name: change_variant(
            world, a_sold_product(world), **dict(given(world))[name]
        )


register_variant_change_cases()


@case("variants")
def a_price_with_too_many_decimals(world: World) -> Asking:
    product = a_sold_product(world)
    listing = product["variants"][0]["channelListings"][0]["id"]
    changes = {"update": [{"channelListing": listing, "price": "1.234"}]}
    return change_variant(world, product, channelListings=changes)


@case("variants")
def a_sku_of_another_variant(world: World) -> Asking:
    other = a_sold_product(world)
    return change_variant(world, a_sold_product(world), sku=other["variants"][0]["sku"])


@case("variants")
def a_variant_of_another_product(world: World) -> Asking:
    other = a_sold_product(world)
    return change_variant(world, a_sold_product(world), id=other["variants"][0]["id"])


@case("variants")
def a_new_variant_with_a_sku_that_is_taken(world: World) -> Asking:
    product = a_sold_product(world)
    given = [world.variant_input(sku=product["variants"][0]["sku"]), world.variant_input()]
    return call(d.VARIANT_BULK_CREATE, product=product["id"], variants=given, errorPolicy="REJECT_FAILED_ROWS")


@case("variants")
def a_new_variant_with_a_name_too_long(world: World) -> Asking:
    given = [world.variant_input(name="x" * 256), world.variant_input()]
    return call(d.VARIANT_BULK_CREATE, product=world.a_product(), variants=given, errorPolicy="REJECT_FAILED_ROWS")


@case("variants")
def a_variant_name_too_long(world: World) -> Asking:
    return change_variant(world, a_sold_product(world), name="x" * 256)


@case("variants")
def a_new_variant_where_the_product_is_not_listed(world: World) -> Asking:
    given = [world.variant_input(**world.sold())]
    return call(d.VARIANT_BULK_CREATE, product=world.a_product(), variants=given, errorPolicy="REJECT_FAILED_ROWS")


@case("variants")
def new_variants_with_one_sku(world: World) -> Asking:
    sku = world.name("twice")
    given = [world.variant_input(sku=sku), world.variant_input(sku=sku)]
    return call(d.VARIANT_BULK_CREATE, product=world.a_product(), variants=given)


@case("variants")
def new_variants_with_one_reference(world: World) -> Asking:
    name = world.name("twice")
    given = [world.variant_input(externalReference=name), world.variant_input(externalReference=name)]
    return call(d.VARIANT_BULK_CREATE, product=world.a_product(), variants=given)


@case("variants")
def a_new_variant_without_attributes_named(world: World) -> Asking:
    given = [{"sku": world.name("sku"), "name": "x"}]
    return loosely(call(d.VARIANT_BULK_CREATE, product=world.a_product(), variants=given))


@case("variants")
def a_new_variant_of_an_unknown_product(world: World) -> Asking:
    return call(d.VARIANT_BULK_CREATE, product=NO_ID, variants=[world.variant_input()])


# Attributes and types ------------------------------------------------------------------------------------------------


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
    return call(d.VALUE_CREATE, attribute=world.attributes["tool"], input=given)


@case("attributes")
def renaming_a_value_to_a_reference_that_is_taken(world: World) -> Asking:
    gid = world.make(d.VALUE_CREATE, "attributeValue", attribute=world.attributes["tool"], input={"name": "Cane"})
    return call(d.VALUE_UPDATE, id=gid, input={"externalReference": world.values["tool:ball"]})


@case("attributes")
def a_value_of_an_unknown_attribute(_: World) -> Asking:
    return call(d.VALUE_CREATE, attribute=NO_ATTRIBUTE, input={"name": "x"})


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


# Pages, categories, collections --------------------------------------------------------------------------------------


@case("pages")
def a_page_slug_that_is_taken(world: World) -> Asking:
    slug = world.name("taken")
    world.a_page(slug=slug)
    return call(d.PAGE_CREATE, input={"title": "x", "slug": slug, "pageType": world.page_type})


@case("pages")
def a_page_slug_with_letters_of_all_kinds(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"title": "x", "slug": world.name("nücken"), "pageType": world.page_type})


@case("pages")
def a_page_without_a_title(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"slug": world.name("page"), "pageType": world.page_type})


@case("pages")
def a_page_of_an_unknown_type(world: World) -> Asking:
    return call(d.PAGE_CREATE, input={"title": "x", "slug": world.name("page"), "pageType": "UGFnZVR5cGU6OTk5OTk5OQ=="})


@case("pages")
def a_page_with_a_bad_content(world: World) -> Asking:
    given = {"title": "x", "slug": world.name("page"), "pageType": world.page_type, "content": BAD_TEXT}
    return call(d.PAGE_CREATE, input=given)


@case("pages")
def a_page_with_an_attribute_of_products(world: World) -> Asking:
    given = [{"id": world.attributes["brand"], "plainText": "x"}]
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"attributes": given})


@case("pages")
def a_page_with_an_unknown_value(world: World) -> Asking:
    given = [{"id": world.attributes["page-areas"], "multiselect": [{"externalReference": "fk-none"}]}]
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"title": "Never", "attributes": given})


@case("pages")
def a_page_title_too_long(world: World) -> Asking:
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"title": "x" * 251})


@case("pages")
def an_unknown_page(_: World) -> Asking:
    return call(d.PAGE_UPDATE, id=NO_PAGE, input={"title": "x"})


@case("pages")
def deleting_an_unknown_page(_: World) -> Asking:
    return call(d.PAGE_DELETE, id=NO_PAGE)


@case("pages")
def a_page_slug_that_is_blank(world: World) -> Asking:
    return call(d.PAGE_UPDATE, id=world.a_page(), input={"slug": ""})


@case("places")
def a_category_slug_that_is_taken(_: World) -> Asking:
    return call(d.CATEGORY_CREATE, input={"name": "x", "slug": "default-category"})


@case("places")
def a_category_below_an_unknown_one(world: World) -> Asking:
    return call(d.CATEGORY_CREATE, parent=NO_CATEGORY, input=world.named("category"))


@case("places")
def a_collection_slug_that_is_taken(world: World) -> Asking:
    given = world.named("collection")
    world.do(d.COLLECTION_CREATE, input=given)
    return call(d.COLLECTION_CREATE, input=given)


@case("places")
def an_unknown_collection(world: World) -> Asking:
    return call(d.COLLECTION_ADD, collectionId="Q29sbGVjdGlvbjo5OTk5OTk5", products=[world.a_product()])


@case("places")
def an_unknown_product_in_a_collection(world: World) -> Asking:
    gid = world.make(d.COLLECTION_CREATE, "collection", input=world.named("collection"))
    return call(d.COLLECTION_ADD, collectionId=gid, products=[NO_ID])


# Metadata and media --------------------------------------------------------------------------------------------------


@case("metadata")
def metadata_without_a_key(world: World) -> Asking:
    return call(d.PRIVATE_METADATA, id=world.a_product(), input=[{"key": " ", "value": "x"}])


@case("metadata")
def metadata_of_what_is_not_there(_: World) -> Asking:
    return call(d.PRIVATE_METADATA, id=NO_ID, input=[{"key": "a", "value": "x"}])


@case("metadata")
def metadata_of_an_id_that_is_none(_: World) -> Asking:
    return call(d.PRIVATE_METADATA, id="none", input=[{"key": "a", "value": "x"}])


@case("metadata")
def deleting_metadata_that_is_not_there(world: World) -> Asking:
    return call(d.DELETE_PRIVATE_METADATA, id=world.a_product(), keys=["none"])


@case("media")
def media_of_nothing(world: World) -> Asking:
    return call(d.MEDIA_CREATE, input={"product": world.a_product(), "alt": "x"})


@case("media")
def an_alt_text_too_long(world: World) -> Asking:
    given = {"product": world.a_product(), "alt": "x" * 251, "mediaUrl": "https://example.com/a.png"}
    return call(d.MEDIA_CREATE, input=given)


def upload(product: str, name: str, mime_type: str, content: bytes) -> Asking:
    asking = call(d.MEDIA_CREATE, input={"product": product, "alt": "x", "image": None})
    file = File("m0_input.image", name, mime_type, content)
    return Asking(asking.document, asking.variables, file=file)


@case("media")
def a_picture_that_is_a_text(world: World) -> Asking:
    return upload(world.a_product(), "a.png", "image/png", b"hello")


@case("media")
def a_picture_without_an_ending(world: World) -> Asking:
    return upload(world.a_product(), "a", "image/png", b"hello")


@case("media")
def a_picture_with_the_ending_of_a_text(world: World) -> Asking:
    return upload(world.a_product(), "a.txt", "image/png", b"hello")


@case("media")
def a_file_that_is_no_picture(world: World) -> Asking:
    return upload(world.a_product(), "a.txt", "text/plain", b"hello")


@case("media")
def a_picture_of_an_unknown_product(_: World) -> Asking:
    return upload(NO_ID, "a.png", "image/png", b"hello")


@case("media")
def changing_an_unknown_picture(_: World) -> Asking:
    return call(d.MEDIA_UPDATE, id=NO_MEDIA, input={"alt": "x"})


@case("media")
def deleting_an_unknown_picture(_: World) -> Asking:
    return call(d.MEDIA_DELETE, id=NO_MEDIA)


@case("media")
def ordering_too_few_pictures(world: World) -> Asking:
    return call(d.MEDIA_REORDER, productId=world.a_product(), mediaIds=[NO_MEDIA])


# Limits, permissions, HTTP -------------------------------------------------------------------------------------------


@case("limits")
def five_mutations(_: World) -> Asking:
    found = d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})
    return Asking(*d.document_of([found] * 5))


@case("limits")
def four_mutations(_: World) -> Asking:
    found = d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})
    return Asking(*d.document_of([found] * 4))


@case("limits")
def hundred_and_one_aliases(_: World) -> Asking:
    return Asking("{ " + " ".join(f'a{n}: product(externalReference: "fk") {{ id }}' for n in range(101)) + " }")


@case("limits")
def hundred_look_ups_with_an_alias_each(_: World) -> Asking:
    return Asking(d.outlines_by_reference(99), {f"r{number}": "fk-none" for number in range(99)})


@case("limits")
def hundred_look_ups_by_reference(_: World) -> Asking:
    return Asking(d.outlines_by_reference(100), {f"r{number}": "fk-none" for number in range(100)})


@case("limits")
def a_page_of_more_than_hundred(_: World) -> Asking:
    return Asking(d.ALL_OUTLINES, {"first": 101})


@case("limits")
def a_page_of_none(_: World) -> Asking:
    return Asking(d.ALL_OUTLINES, {"first": 0})


@case("limits")
def a_page_of_unknown_size(_: World) -> Asking:
    return Asking("{ products { edges { node { id } } } }")


@case("limits")
def a_page_below_zero(_: World) -> Asking:
    return Asking(d.ALL_OUTLINES, {"first": -1})


@case("limits")
def a_cursor_that_is_none(_: World) -> Asking:
    return Asking(d.ALL_OUTLINES, {"first": 1, "after": "none"})


@case("limits")
def a_document_that_costs_too_much(_: World) -> Asking:
    return Asking(
        "{ attributes(first: 100) { edges { node { choices(first: 100) { edges { node { id } } }"
        " productTypes(first: 100) { edges { node { productAttributes { choices(first: 9) { totalCount } } } } }"
        " } } } }"
    )


def register_cost_cases() -> None:
    """What our queries cost."""
    given: dict[str, dict[str, Any]] = {
        "Attributes": {"slugs": ["fk-none"], "first": 50},
        "Choices": {"id": NO_ATTRIBUTE, "first": 100},
        "ProductsById": {"ids": [NO_ID], "first": 100},
        "OutlinesById": {"ids": [NO_ID], "first": 100},
        "SkuOwners": {"skus": ["fk-none"], "first": 100},
        "SlugsTaken": {"slugs": ["fk-none"], "first": 100},
        "MediaOf": {"id": NO_ID},
        "Ordered": {"ids": [NO_ID], "first": 100},
        "Pages": {"type": ["UGFnZVR5cGU6OTk5OTk5OQ=="], "first": 100},
        "PagesBySlug": {"slugs": ["fk-none"], "first": 100},
    }
    documents = {document.split("(")[0].split()[1]: document for document in d.QUERIES}
    for name in given:
        CASES["limits"][f"the_cost_of_{name}"] = lambda _, name=name: Asking(documents[name], given[name])


register_cost_cases()


@case("http")
def a_body_too_large(_: World) -> Asking:
    return Asking(body=json.dumps({"query": "{ shop { name } }", "pad": "x" * 2_700_000}).encode())


@case("http")
def two_in_a_batch(_: World) -> Asking:
    return Asking(body=json.dumps([{"query": "{ shop { name } }"}] * 2).encode())


@case("http")
def one_in_a_batch(_: World) -> Asking:
    return Asking(body=json.dumps([{"query": "{ shop { schemaVersion } }"}]).encode())


@case("http")
def a_body_that_is_no_json(_: World) -> Asking:
    return Asking(body=b"{")


@case("http")
def no_query(_: World) -> Asking:
    return Asking(body=b"{}")


@case("http")
def reading_by_get(_: World) -> Asking:
    return Asking(method="GET", loose=True)


@case("http")
def a_path_without_its_slash(_: World) -> Asking:
    return Asking("{ shop { name } }", strip_slash=True)


@case("http")
def a_syntax_error(_: World) -> Asking:
    return Asking("{ shop { ", loose=True)


@case("http")
def a_null_in_the_document(_: World) -> Asking:
    return Asking("{ product(id: null) { id } }", loose=True)


@case("http")
def an_unknown_field(_: World) -> Asking:
    return Asking("{ shop { colour } }", loose=True)


@case("http")
def a_variable_that_is_missing(_: World) -> Asking:
    return Asking(d.ORDERED, {"first": 1}, loose=True)


@case("http")
def a_variable_of_another_kind(_: World) -> Asking:
    return Asking(d.ALL_OUTLINES, {"first": "many"}, loose=True)


@case("http")
def an_id_of_another_kind(_: World) -> Asking:
    return Asking('{ product(id: "' + NO_PAGE + '") { id } }')


@case("http")
def an_id_that_is_none(_: World) -> Asking:
    return Asking('{ product(id: "none") { id } }')


@case("http")
def a_product_by_nothing(_: World) -> Asking:
    return Asking("{ product { id } }")


@case("http")
def products_by_ids_of_pages(_: World) -> Asking:
    return Asking(d.OUTLINES_BY_ID, {"ids": [NO_PAGE], "first": 1})


@case("http")
def a_wrong_token_asks_for_the_shop(_: World) -> Asking:
    return Asking("{ app { id } shop { schemaVersion } }", token="wrong")


@case("http")
def a_wrong_token_asks_who_it_is(_: World) -> Asking:
    return Asking(d.IDENTITY, token="wrong")


@case("http")
def nobody_asks_who_it_is(_: World) -> Asking:
    return Asking("{ app { id } }", token="none")


@case("http")
def a_wrong_token_asks_for_the_version(_: World) -> Asking:
    return Asking("{ shop { version } }", token="wrong")


@case("http")
def a_wrong_token_asks_for_channels(_: World) -> Asking:
    return Asking("{ channels { id } }", token="wrong")


@case("http")
def a_wrong_token_asks_for_warehouses(_: World) -> Asking:
    return Asking(d.WAREHOUSES, {"first": 1}, token="wrong")


@case("http")
def a_wrong_token_writes(_: World) -> Asking:
    return Asking(*d.document_of([d.Call(d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}})]), token="wrong")


@case("http")
def a_wrong_token_makes_an_attribute(world: World) -> Asking:
    asking = new_attribute(world)
    return Asking(asking.document, asking.variables, token="wrong")


@case("http")
def a_wrong_token_writes_metadata(world: World) -> Asking:
    asking = call(d.PRIVATE_METADATA, id=world.a_product(), input=[{"key": "a", "value": "b"}])
    return Asking(asking.document, asking.variables, token="wrong")


@case("http")
def a_wrong_token_reads_private_metadata(world: World) -> Asking:
    gid = world.a_product(**world.listed())
    query = 'query ($id: ID!) { product(id: $id, channel: "default-channel") { name privateMetadata { key } } }'
    return Asking(query, {"id": gid}, token="wrong")


# Permissions ---------------------------------------------------------------------------------------------------------


def register_permission_cases() -> None:
    """What an app may not that has only MANAGE_PRODUCTS. Mutations name what is not there, lest anything be made."""
    documents = {
        "warehouses": "{ warehouses(first: 1) { pageInfo { hasPreviousPage } } }",
        "order_settings": "{ channels { slug orderSettings { allowUnpaidOrders } } }",
        "private_metadata_of_types": "{ productTypes(first: 1) { edges { node { privateMetadata { key } } } } }",
        "private_metadata_of_channels": "{ channels { privateMetadata { key } } }",
    }
    for name, document in documents.items():
        CASES.setdefault("permissions", {})[f"{name}_are_asked_for"] = lambda _, document=document: Asking(
            document, token="limited"
        )
    calls: list[tuple[d.Mutation, dict[str, Any]]] = [
        (d.PAGE_DELETE, {"id": NO_PAGE}),
        (d.PAGE_UPDATE, {"id": NO_PAGE, "input": {}}),
        (d.PAGE_TYPE_UPDATE, {"id": "UGFnZVR5cGU6OTk5OTk5OQ==", "input": {}}),
        (d.PRODUCT_ATTRIBUTE_ASSIGN, {"productTypeId": NO_TYPE, "operations": []}),
        (d.ATTRIBUTE_UPDATE, {"id": NO_ATTRIBUTE, "input": {}}),
        (d.VALUE_UPDATE, {"id": "QXR0cmlidXRlVmFsdWU6OTk5OTk5OQ==", "input": {}}),
        (d.VALUE_CREATE, {"attribute": NO_ATTRIBUTE, "input": {"name": "x"}}),
        (d.PRODUCT_UPDATE, {"id": NO_ID, "input": {}}),
        (dashboard.CHANNEL_DELETE, {"id": NO_CHANNEL}),
        (dashboard.PRODUCT_TYPE_DELETE, {"id": NO_TYPE}),
        (dashboard.WAREHOUSE_DELETE, {"id": NO_WAREHOUSE}),
    ]
    for mutation, values in calls:
        CASES["permissions"][f"{mutation.field}_is_asked_for"] = lambda _, mutation=mutation, values=values: replace(
            call(mutation, **values), token="limited"
        )


register_permission_cases()


@case("permissions")
def values_are_added_by_an_app_that_may_not(world: World) -> Asking:
    given = [{"externalReference": world.attributes and world.references["areas"], "fields": {"addValues": []}}]
    return replace(call(d.VALUES_ADD, attributes=given), token="limited")


@case("permissions")
def private_metadata_of_a_page_are_asked_for(world: World) -> Asking:
    return replace(Asking(dashboard.PAGE, {"id": world.a_page(isPublished=True)}), token="limited")


@case("permissions")
def private_metadata_of_a_page_are_written(world: World) -> Asking:
    asking = call(d.PRIVATE_METADATA, id=world.a_page(), input=[{"key": "a", "value": "b"}])
    return replace(asking, token="limited")


@case("permissions")
def a_page_that_is_not_published_is_asked_for(world: World) -> Asking:
    return Asking("query ($id: ID!) { page(id: $id) { title } }", {"id": world.a_page()}, token="limited")


# Texts ---------------------------------------------------------------------------------------------------------------


@case("texts")
def texts_are_cleaned(world: World) -> Asking:
    dirty = {
        "time": 1,
        "version": "2",
        "extra": 1,
        "blocks": [
            {"id": "a", "type": "paragraph", "data": {"text": "a <script>x</script><b onclick='x'>b</b>", "odd": 1}},
            {"type": "paragraph", "data": {"text": "<a href='javascript:x' target='_blank'>c</a> & <mark>d</mark>"}},
            {"type": "header", "data": {"text": "<h1>e</h1>", "level": 2}},
            {"type": "list", "data": {"style": "unordered", "items": ["<i>f</i>", {"content": "g", "items": []}]}},
            {"type": "quote", "data": {"text": "h<br>", "caption": "<img src=x onerror=y>"}},
            {"type": "image", "data": {"file": {"url": "http://example.com/a.png"}, "caption": "<u>i</u>"}},
            {"type": "embed", "data": {"embed": "javascript:x", "service": "youtube", "width": 580}},
            {"type": "table", "data": {"withHeadings": True, "content": [["<s>j</s>", "k"]]}},
        ],
    }
    gid = world.a_page(content=json.dumps(dirty))
    return Asking("query ($id: ID!) { page(id: $id) { content } }", {"id": gid})


@case("texts")
def a_text_of_one_paragraph(world: World) -> Asking:
    gid = world.a_product(description=paragraph('see <a href="https://example.com/?a=1&b=2" rel="x">this</a>'))
    return Asking("query ($id: ID!) { product(id: $id) { description } }", {"id": gid})
