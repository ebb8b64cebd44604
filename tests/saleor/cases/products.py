"""Products that are changed, listed and deleted."""

from __future__ import annotations

from typing import Any

from storefront.saleor.schema import documents as d
from tests.saleor import dashboard
from tests.saleor.asking import Asking, call
from tests.saleor.cases.registry import (
    BAD_TEXT,
    CASES,
    NO_CATEGORY,
    NO_CHANNEL,
    NO_ID,
    NO_PAGE,
    NO_VARIANT,
    case,
    change,
)
from tests.saleor.world import World


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
        CASES.setdefault("update", {})[name] = lambda world, changes=changes: change(world, **changes)


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
