"""Products made in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking
from tests.saleor.cases.registry import (
    BAD_TEXT,
    CASES,
    NO_ATTRIBUTE,
    NO_CATEGORY,
    NO_CHANNEL,
    NO_ID,
    NO_PAGE,
    NO_TYPE,
    NO_WAREHOUSE,
    WITH_CODE,
    WITH_COUNT,
    case,
    change,
    create,
    loosely,
)
from tests.saleor.world import World


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
