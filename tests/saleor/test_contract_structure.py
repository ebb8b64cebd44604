"""What reading categories, collections, menus and plain pages relies on, on the fake and on a real Saleor."""

from __future__ import annotations

import json
from typing import Any

from storefront.saleor.schema import documents
from tests.saleor import dashboard
from tests.saleor.world import World, paragraph

Json = dict[str, Any]


def nodes(world: World, document: str, field: str, **variables: Any) -> list[Json]:
    return [dict(node) for node in world.saleor.pages(document, variables, field)]


def one(world: World, document: str, field: str, gid: str, **variables: Any) -> Json:
    return next(node for node in nodes(world, document, field, **variables) if node["id"] == gid)


def lines(world: World, menu: str) -> list[Json]:
    found: list[Json] = one(world, documents.MENUS, "menus", menu)["items"]
    return found


def test_a_category_tells_its_place_and_text(world: World) -> None:
    below = world.make(
        documents.CATEGORY_CREATE,
        "category",
        parent=world.category,
        input=world.named("below") | {"description": paragraph("Hello")},
    )

    found = one(world, documents.CATEGORIES_WHOLE, "categories", below)

    assert (found["level"], found["parent"], found["name"]) == (1, {"id": world.category}, "Below")
    assert json.loads(found["description"]) == json.loads(paragraph("Hello"))


def test_two_categories_may_have_one_name_but_not_one_slug(world: World) -> None:
    slug = world.name("twin")
    world.make(documents.CATEGORY_CREATE, "category", input={"name": "Twin", "slug": slug})
    world.make(documents.CATEGORY_CREATE, "category", input={"name": "Twin", "slug": world.name("other")})

    payload = world.attempt(documents.CATEGORY_CREATE, input={"name": "Twin", "slug": slug})

    assert [error["field"] for error in payload["errors"]] == ["slug"]


def test_with_a_category_go_those_inside_it(world: World) -> None:
    outer = world.make(documents.CATEGORY_CREATE, "category", input=world.named("outer"))
    inner = world.make(documents.CATEGORY_CREATE, "category", parent=outer, input=world.named("inner"))

    world.do(dashboard.CATEGORY_DELETE, id=outer)

    ids = {node["id"] for node in nodes(world, documents.CATEGORIES_WHOLE, "categories")}
    assert not {outer, inner} & ids


def test_a_collection_tells_its_products_in_their_order_whatever_their_state(world: World) -> None:
    first, second, third = world.a_product(), world.a_product(), world.a_product(**world.listed())
    collection = world.make(
        documents.COLLECTION_CREATE, "collection", input=world.named("set") | {"products": [first, second]}
    )
    world.do(documents.COLLECTION_ADD, collectionId=collection, products=[third])
    before = [edge["node"]["id"] for edge in products_of(world, collection)]

    moves = [{"productId": before[2], "sortOrder": -2}]
    world.do(dashboard.COLLECTION_REORDER, collectionId=collection, moves=moves)

    assert sorted(before) == sorted([first, second, third])
    assert [edge["node"]["id"] for edge in products_of(world, collection)] == [before[2], before[0], before[1]]
    paged = world.saleor.pages(documents.COLLECTION_PRODUCTS, {"id": collection}, "collection", "products", size=2)
    assert [node["id"] for node in paged] == [before[2], before[0], before[1]]


def products_of(world: World, collection: str) -> list[Json]:
    found: list[Json] = one(world, documents.COLLECTIONS_WHOLE, "collections", collection)["products"]["edges"]
    return found


def test_a_collection_tells_in_which_channels_it_is_published(world: World) -> None:
    collection = world.make(documents.COLLECTION_CREATE, "collection", input=world.named("set"))
    assert one(world, documents.COLLECTIONS_WHOLE, "collections", collection)["channelListings"] == []

    added = [{"channelId": world.channel["id"], "isPublished": True}]
    world.do(dashboard.COLLECTION_LISTING, id=collection, input={"addChannels": added})

    [listing] = one(world, documents.COLLECTIONS_WHOLE, "collections", collection)["channelListings"]
    assert (listing["isPublished"], listing["channel"]["id"]) == (True, world.channel["id"])
    assert listing["publishedAt"]


def test_a_menus_items_come_in_their_order_with_what_they_lead_to(world: World) -> None:
    collection = world.make(documents.COLLECTION_CREATE, "collection", input=world.named("set"))
    page = world.a_page()
    menu = world.make(dashboard.MENU_CREATE, "menu", input=world.named("menu"))

    def item(name: str, **more: Any) -> str:
        return world.make(dashboard.ITEM_CREATE, "menuItem", input={"name": name, "menu": menu, **more})

    outer = item("url", url="https://example.org/")
    item("category", category=world.category)
    item("page", page=page)
    last = item("collection", collection=collection)
    item("nothing")
    item("below", parent=outer, url="https://example.org/below")
    world.do(dashboard.ITEM_MOVE, menu=menu, moves=[{"itemId": last, "sortOrder": -3}])

    found = lines(world, menu)

    assert [one["name"] for one in found] == ["collection", "url", "category", "page", "nothing"]
    assert [one["url"] for one in found] == [None, "https://example.org/", None, None, None]
    assert [one["collection"] for one in found] == [{"id": collection}, None, None, None, None]
    assert [one["category"] for one in found] == [None, None, {"id": world.category}, None, None]
    assert [one["page"] for one in found] == [None, None, None, {"id": page}, None]
    assert [one["name"] for one in found[1]["children"]] == ["below"]


def test_a_menus_item_takes_addresses_of_the_web_alone(world: World) -> None:
    menu = world.make(dashboard.MENU_CREATE, "menu", input=world.named("menu"))

    for url in ("javascript:alert(1)", "/guides/", "data:text/html,x", "//example.org"):
        given = {"name": "x", "menu": menu, "url": url}
        assert [error["code"] for error in world.attempt(dashboard.ITEM_CREATE, input=given)["errors"]] == ["INVALID"]

    assert lines(world, menu) == []


def test_with_what_a_menus_item_leads_to_goes_the_item(world: World) -> None:
    page = world.a_page()
    menu = world.make(dashboard.MENU_CREATE, "menu", input=world.named("menu"))
    item = world.make(dashboard.ITEM_CREATE, "menuItem", input={"name": "x", "menu": menu, "page": page})
    below = {"name": "y", "menu": menu, "url": "https://example.org/", "parent": item}
    world.do(dashboard.ITEM_CREATE, input=below)

    world.do(documents.PAGE_DELETE, id=page)

    assert lines(world, menu) == []


def test_a_page_says_when_it_is_published(world: World) -> None:
    later = "2040-01-01T00:00:00+00:00"
    now = world.a_page(isPublished=True)
    planned = world.a_page(isPublished=True, publishedAt=later)
    hidden = world.a_page()

    found = {node["id"]: node for node in nodes(world, documents.PLAIN_PAGES, "pages", type=[world.page_type])}

    assert (found[now]["isPublished"], bool(found[now]["publishedAt"])) == (True, True)
    assert (found[planned]["isPublished"], found[planned]["publishedAt"]) == (True, later)
    assert (found[hidden]["isPublished"], found[hidden]["publishedAt"]) == (False, None)
    assert found[now]["pageType"] == {"id": world.page_type}


def test_a_product_type_tells_the_names_of_its_attributes(world: World) -> None:
    found = one(world, documents.PRODUCT_TYPES, "productTypes", world.product_type)

    names = {attribute["slug"]: attribute["name"] for attribute in found["productAttributes"]}
    assert names[world.references["brand"]] == "Brand"
    [option] = found["assignedVariantAttributes"]
    assert (option["attribute"]["slug"], option["attribute"]["name"]) == (world.references["size"], "Size")
