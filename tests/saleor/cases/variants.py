"""Variants that are changed, and new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor.asking import Asking, call
from tests.saleor.cases.registry import (
    CASES,
    NO_CHANNEL,
    NO_ID,
    NO_VARIANT,
    NO_WAREHOUSE,
    case,
    loosely,
)
from tests.saleor.world import World


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
