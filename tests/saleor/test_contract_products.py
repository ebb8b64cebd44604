"""What the import relies on of products, on the fake and on a real Saleor."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storefront.saleor.client.errors import RequestFailed
from storefront.saleor.read import queries
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from tests.saleor import dashboard
from tests.saleor.world import World, paragraph, values_of

Json = dict[str, Any]


def full(world: World) -> Json:
    """A product with something in every field that we write."""
    reference, value = world.references, world.values
    guides = [world.a_page(title="First"), world.a_page(title="Second")]
    chosen = {"externalReference": reference["size"], "dropdown": {"externalReference": value["size:small"]}}
    return world.product_input(
        **world.listed(),
        description=paragraph("Rolls <b>well</b>."),
        seo={"title": "A ball", "description": "It rolls."},
        weight="0.25",
        privateMetadata=[{"key": documents.DIGEST_KEY, "value": "1"}],
        attributes=[
            {
                "externalReference": reference["areas"],
                "multiselect": [
                    {"externalReference": value["areas:jaw"]},
                    {"externalReference": value["areas:neck"]},
                ],
            },
            {"externalReference": reference["tool"], "dropdown": {"externalReference": value["tool:ball"]}},
            {"externalReference": reference["brand"], "plainText": "Acme"},
            {"externalReference": reference["notes"], "richText": paragraph("Not <i>hot</i>.")},
            {"externalReference": reference["warranty"], "numeric": "2.50"},
            {"externalReference": reference["fsa"], "boolean": True},
            {"externalReference": reference["since"], "date": "2026-02-03"},
            {"externalReference": reference["guide"], "reference": guides[1]},
            {"externalReference": reference["guides"], "references": [guides[1], guides[0]]},
        ],
        variants=[
            world.variant_input(
                **world.sold("12.50", 7),
                weight=0.25,
                attributes=[chosen],
                metadata=[{"key": "barcode", "value": "4006381333931"}],
            )
        ],
    )


def test_a_product_made_in_bulk_is_read_back_whole(world: World) -> None:
    given = full(world)

    payload = world.create(given)

    assert payload["errors"] == []
    [row] = payload["results"]
    assert row["errors"] == []
    assert row["product"]["externalReference"] == given["externalReference"]
    [product] = world.read(row["product"]["id"])
    assert {
        name: product[name] for name in ("name", "slug", "seoTitle", "seoDescription", "digest", "state", "base")
    } == {
        "name": "Ball",
        "slug": given["slug"],
        "seoTitle": "A ball",
        "seoDescription": "It rolls.",
        "digest": "1",
        "state": None,
        "base": None,
    }
    assert json.loads(product["description"]) == json.loads(given["description"])
    assert product["category"]["id"] == given["category"]
    assert product["productType"]["id"] == given["productType"]
    assert product["media"] == []
    [listing] = product["channelListings"]
    assert listing.pop("publishedAt")
    assert listing | {"id": ""} == {
        "id": "",
        "isPublished": True,
        "visibleInListings": True,
        "isAvailableForPurchase": True,
        "channel": {"slug": "default-channel"},
    }


def test_values_are_read_back_in_their_kinds_and_order(world: World) -> None:
    given = full(world)
    [product] = world.read(world.create(given)["results"][0]["product"]["id"])
    references = {entry["externalReference"]: entry for entry in given["attributes"]}

    def found(name: str, *fields: str) -> list[Any]:
        rows = values_of(product, world.references[name])
        return [tuple(row[field] for field in fields) if len(fields) > 1 else row[fields[0]] for row in rows]

    assert found("areas", "name", "externalReference") == [
        ("Jaw", world.values["areas:jaw"]),
        ("Neck", world.values["areas:neck"]),
    ]
    assert found("tool", "slug") == ["ball"]
    assert found("brand", "plainText", "name") == [("Acme", "Acme")]
    assert [json.loads(text) for text in found("notes", "richText")] == [json.loads(paragraph("Not <i>hot</i>."))]
    assert found("warranty", "name") == ["2.50"]
    assert found("fsa", "boolean") == [True]
    assert found("since", "date", "dateTime") == [("2026-02-03", None)]
    assert found("guide", "reference") == [references[world.references["guide"]]["reference"]]
    assert found("guides", "reference") == references[world.references["guides"]]["references"]
    assert found("guides", "name") == ["Second", "First"]


def test_a_variant_made_with_its_product_is_read_back_whole(world: World) -> None:
    given = full(world)
    [product] = world.read(world.create(given)["results"][0]["product"]["id"])

    [variant] = product["variants"]
    sku = given["variants"][0]["sku"]
    assert (variant["sku"], variant["externalReference"], variant["name"]) == (sku, sku, "Firm")
    assert variant["weight"] == {"unit": "KG", "value": 0.25}
    assert variant["barcode"] == "4006381333931"
    [size] = values_of(variant, world.references["size"])
    assert size["externalReference"] == world.values["size:small"]
    [price] = variant["channelListings"]
    assert price["price"] == {"amount": 12.5}
    assert price["priorPrice"] is None
    assert price["channel"] == {"slug": "default-channel", "currencyCode": "USD"}
    [stock] = variant["stocks"]
    assert (stock["quantity"], stock["warehouse"]) == (7, {"slug": "default-warehouse"})


def test_rejected_rows_leave_the_others(world: World) -> None:
    good, bad = world.product_input(), world.product_input(weight=-1)

    payload = world.create(bad, good)

    assert [bool(row["product"]) for row in payload["results"]] == [False, True]
    found = world.ask(documents.SLUGS_TAKEN, slugs=[good["slug"], bad["slug"]], first=10)["products"]["edges"]
    assert [edge["node"]["slug"] for edge in found] == [good["slug"]]


def test_a_request_that_fails_as_a_whole_saves_nothing(world: World) -> None:
    good, one, two = world.product_input(), world.product_input(), world.product_input()

    with pytest.raises(RequestFailed) as failed:
        world.create(good, one, two | {"slug": one["slug"]})

    assert failed.value.has_code("IntegrityError")
    assert world.ask(documents.SLUGS_TAKEN, slugs=[good["slug"]], first=1)["products"]["edges"] == []


def test_an_unknown_value_fails_the_whole_request_in_its_payload(world: World) -> None:
    bad = {"externalReference": world.references["tool"], "dropdown": {"externalReference": world.name("none")}}
    good = world.product_input()

    payload = world.create(good, world.product_input(attributes=[bad]))

    assert payload["results"] == []
    assert [error["message"] for error in payload["errors"]] == [
        "Attribute value with given externalReference can't be found"
    ]
    assert world.ask(documents.SLUGS_TAKEN, slugs=[good["slug"]], first=1)["products"]["edges"] == []


def test_products_are_looked_up_by_reference(world: World) -> None:
    given = world.product_input(privateMetadata=[{"key": documents.DIGEST_KEY, "value": "7"}])
    gid = world.create(given)["results"][0]["product"]["id"]

    found = world.ask(documents.outlines_by_reference(2), r0=given["externalReference"], r1=world.name("none"))

    assert found["a0"] | {"updatedAt": ""} == {
        "id": gid,
        "externalReference": given["externalReference"],
        "digest": "7",
        "updatedAt": "",
    }
    assert found["a1"] is None


def test_a_reference_is_compared_exactly(world: World) -> None:
    given = world.product_input()
    world.create(given)

    found = world.ask(documents.outlines_by_reference(1), r0=given["externalReference"].upper())

    assert found["a0"] is None


def test_products_are_paged_by_slug(world: World) -> None:
    slugs = [world.name(letter) for letter in "cab"]
    ids = [world.a_product(slug=slug) for slug in slugs]

    found = list(world.saleor.pages(documents.PRODUCT_IDS, {}, "products", size=2))

    mine = [node["id"] for node in found if node["id"] in ids]
    assert mine == [gid for _, gid in sorted(zip(slugs, ids, strict=True))]
    assert len({node["id"] for node in found}) == len(found)


def test_owners_of_skus_are_found(world: World) -> None:
    variant = world.variant_input()
    gid = world.a_product(variants=[variant])

    found = world.ask(documents.SKU_OWNERS, skus=[variant["sku"], world.name("none")], first=10)

    assert [edge["node"] for edge in found["productVariants"]["edges"]] == [
        {"sku": variant["sku"], "product": {"id": gid}}
    ]


def test_a_deleted_product_does_not_break_the_paging(world: World) -> None:
    slugs = sorted(world.name("paged") for _ in range(4))
    ids = [world.a_product(slug=slug) for slug in slugs]
    pages = "query ($slugs: [String!]!, $first: Int!, $after: String) { products(first: $first, after: $after, where:"
    pages += " { slug: { oneOf: $slugs } }) { edges { node { id } } pageInfo { endCursor } } }"
    cursor = world.ask(pages, slugs=slugs, first=2)["products"]["pageInfo"]["endCursor"]

    world.do(documents.PRODUCT_BULK_DELETE, ids=[ids[1]])
    found = world.ask(pages, slugs=slugs, first=2, after=cursor)["products"]

    assert [edge["node"]["id"] for edge in found["edges"]] == ids[2:]


def test_no_ids_slugs_or_skus_find_nothing(world: World) -> None:
    world.a_product(variants=[world.variant_input()])

    assert world.ask(documents.PRODUCTS_BY_ID, ids=[], first=10)["products"]["edges"] == []
    assert world.ask(documents.SLUGS_TAKEN, slugs=[], first=10)["products"]["edges"] == []
    assert world.ask(documents.PAGES_BY_SLUG, slugs=[], first=10)["pages"]["edges"] == []


def test_ids_are_found_in_the_order_of_slugs_and_unknown_ones_left_out(world: World) -> None:
    slugs = [world.name(letter) for letter in "zy"]
    ids = [world.a_product(slug=slug) for slug in slugs]
    by_slug = [gid for _, gid in sorted(zip(slugs, ids, strict=True))]

    found = world.ask(documents.OUTLINES_BY_ID, ids=[*reversed(by_slug), "UHJvZHVjdDo5OTk5OTk5"], first=10)

    assert [edge["node"]["id"] for edge in found["products"]["edges"]] == by_slug


def test_products_may_have_no_reference(world: World) -> None:
    first = world.product_input(externalReference=None)
    second = world.product_input(externalReference=None)

    payload = world.create(first, second)

    assert [row["errors"] for row in payload["results"]] == [[], []]
    assert [row["product"]["externalReference"] for row in payload["results"]] == [None, None]


# Changes -------------------------------------------------------------------------------------------------------------


def change(world: World, gid: str, **given: Any) -> Json:
    world.do(documents.PRODUCT_UPDATE, id=gid, input=given)
    return world.read(gid)[0]


def test_what_an_update_leaves_out_stays(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    [before] = world.read(gid)

    after = change(world, gid, name="New")

    assert after["name"] == "New"
    assert after | {"name": "", "updatedAt": ""} == before | {"name": "", "updatedAt": ""}


def test_attributes_that_an_update_leaves_out_stay_and_empty_ones_are_cleared(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    reference = world.references

    after = change(
        world,
        gid,
        attributes=[
            {"externalReference": reference["areas"], "multiselect": []},
            {"externalReference": reference["guides"], "references": []},
            {"externalReference": reference["guide"], "reference": None},
            {"externalReference": reference["brand"], "plainText": None},
            {"externalReference": reference["notes"], "richText": None},
            {"externalReference": reference["warranty"], "numeric": None},
            {"externalReference": reference["fsa"], "boolean": None},
            {"externalReference": reference["since"], "date": None},
        ],
    )

    filled = [entry["attribute"]["slug"] for entry in after["attributes"] if entry["values"]]
    assert filled == [reference["tool"]]


def test_a_dropdown_is_cleared_by_an_empty_choice(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]

    after = change(world, gid, attributes=[{"externalReference": world.references["tool"], "dropdown": None}])

    assert values_of(after, world.references["tool"]) == []


def test_an_empty_text_is_kept(world: World) -> None:
    gid = world.a_product()

    after = change(world, gid, attributes=[{"externalReference": world.references["brand"], "plainText": ""}])

    [value] = values_of(after, world.references["brand"])
    assert value["plainText"] == ""


def test_the_order_of_values_is_changed_by_an_update(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    order = ["areas:back", "areas:neck", "areas:jaw"]
    given = [{"externalReference": world.values[name]} for name in order]

    after = change(world, gid, attributes=[{"externalReference": world.references["areas"], "multiselect": given}])

    found = [value["externalReference"] for value in values_of(after, world.references["areas"])]
    assert found == [world.values[name] for name in order]


def test_descriptions_and_weights_are_taken_away_by_null(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]

    after = change(world, gid, description=None, seo={"title": None, "description": ""}, category=None)

    assert after["description"] is None
    assert not after["seoTitle"]
    assert not after["seoDescription"]
    assert after["category"] is None


def test_metadata_given_with_an_update_are_merged(world: World) -> None:
    gid = world.a_product(privateMetadata=[{"key": documents.DIGEST_KEY, "value": "1"}])

    after = change(world, gid, privateMetadata=[{"key": documents.STATE_KEY, "value": "2"}])

    assert (after["digest"], after["state"]) == ("1", "2")


def test_four_changes_in_a_document_are_done_one_by_one(world: World) -> None:
    first, second = world.a_product(), world.a_product()
    calls = [
        Call(documents.PRODUCT_UPDATE, {"id": first, "input": {"name": "One"}}),
        Call(documents.PRODUCT_UPDATE, {"id": first, "input": {"slug": ""}}),
        Call(documents.PRODUCT_UPDATE, {"id": second, "input": {"name": "Two"}}),
    ]

    answer = world.saleor.send(*document_of(calls), may_repeat=False)

    assert [bool(answer.data[f"m{number}"]["errors"]) for number in range(3)] == [False, True, False]
    assert [product["name"] for product in world.read(first, second)] == ["One", "Two"]


# What moves `updatedAt` ----------------------------------------------------------------------------------------------


def stamp(world: World, gid: str) -> str:
    return str(world.read(gid)[0]["updatedAt"])


def test_an_empty_update_moves_the_stamp(world: World) -> None:
    gid = world.a_product()
    before = stamp(world, gid)

    world.do(documents.PRODUCT_UPDATE, id=gid, input={})

    assert stamp(world, gid) > before


def test_private_metadata_move_the_stamp(world: World) -> None:
    gid = world.a_product()
    before = stamp(world, gid)
    world.do(documents.PRIVATE_METADATA, id=gid, input=[{"key": documents.DIGEST_KEY, "value": "2"}])
    between = stamp(world, gid)

    world.do(documents.DELETE_PRIVATE_METADATA, id=gid, keys=[documents.DIGEST_KEY])

    assert before < between < stamp(world, gid)


def test_an_update_of_a_variant_in_the_dashboard_moves_the_stamp(world: World) -> None:
    gid = world.a_product(variants=[world.variant_input()])
    [before] = world.read(gid)

    world.do(dashboard.VARIANT_UPDATE, id=before["variants"][0]["id"], input={"name": "Soft"})

    [after] = world.read(gid)
    assert after["variants"][0]["name"] == "Soft"
    assert after["updatedAt"] > before["updatedAt"]


def test_new_variants_move_the_stamp_and_deleted_ones_do_not(world: World) -> None:
    gid = world.a_product(variants=[world.variant_input()])
    [before] = world.read(gid)

    world.do(documents.VARIANT_BULK_CREATE, product=gid, variants=[world.variant_input()])
    between = stamp(world, gid)
    world.do(documents.VARIANT_BULK_DELETE, ids=[before["variants"][0]["id"]])

    assert before["updatedAt"] < between
    assert stamp(world, gid) == between


def test_prices_stocks_publication_and_values_do_not_move_the_stamp(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    [before] = world.read(gid)
    [variant] = before["variants"]
    change = {
        "id": variant["id"],
        "stocks": {"update": [{"stock": variant["stocks"][0]["id"], "quantity": 3}]},
        "channelListings": {"update": [{"channelListing": variant["channelListings"][0]["id"], "price": "9.99"}]},
    }

    world.do(documents.VARIANT_BULK_UPDATE, product=gid, variants=[change])
    hidden = {"channelId": world.channel["id"], "isPublished": False}
    world.do(documents.PRODUCT_LISTING_UPDATE, id=gid, input={"updateChannels": [hidden]})
    world.do(dashboard.VALUE_CREATE, attribute=world.attributes["tool"], input={"name": world.name("new")})

    [after] = world.read(gid)
    assert after["updatedAt"] == before["updatedAt"]
    assert [stock["quantity"] for stock in after["variants"][0]["stocks"]] == [3]
    assert after["variants"][0]["channelListings"][0]["price"] == {"amount": 9.99}
    assert after["channelListings"][0]["isPublished"] is False


# Listing, deleting ---------------------------------------------------------------------------------------------------


def test_an_archived_product_keeps_its_prices(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    archived = {"channelId": world.channel["id"], "isPublished": False, "isAvailableForPurchase": False}

    world.do(documents.PRODUCT_LISTING_UPDATE, id=gid, input={"updateChannels": [archived]})

    [after] = world.read(gid)
    [listing] = after["channelListings"]
    assert (listing["isPublished"], listing["visibleInListings"], listing["isAvailableForPurchase"]) == (
        False,
        True,
        False,
    )
    assert after["variants"][0]["channelListings"][0]["price"] == {"amount": 12.5}


def test_a_channel_taken_away_takes_the_prices_along(world: World) -> None:
    gid = world.create(full(world))["results"][0]["product"]["id"]
    channel = world.channel["id"]

    world.do(documents.PRODUCT_LISTING_UPDATE, id=gid, input={"removeChannels": [channel]})
    world.do(documents.PRODUCT_LISTING_UPDATE, id=gid, input={"updateChannels": [{"channelId": channel}]})

    [after] = world.read(gid)
    assert [listing["isPublished"] for listing in after["channelListings"]] == [False]
    assert after["variants"][0]["channelListings"] == []


def test_products_are_deleted_in_bulk_with_their_variants(world: World) -> None:
    given = [world.product_input(variants=[world.variant_input()]) for _ in range(2)]
    ids = [row["product"]["id"] for row in world.create(*given)["results"]]

    payload = world.do(documents.PRODUCT_BULK_DELETE, ids=ids)

    assert payload["count"] == 2
    assert world.read(*ids) == []
    skus = [product["variants"][0]["sku"] for product in given]
    assert world.ask(documents.SKU_OWNERS, skus=skus, first=10)["productVariants"]["edges"] == []


def test_a_product_without_orders_says_so(world: World) -> None:
    gid = world.a_product(**world.listed(), variants=[world.variant_input(**world.sold())])

    assert queries.allocated_units(world.saleor, [gid]) == {}


def test_a_category_that_is_deleted_leaves_its_products_unpublished(world: World) -> None:
    category = world.make(documents.CATEGORY_CREATE, "category", input=world.named("category"))
    gid = world.a_product(category=category, **world.listed())

    world.do(dashboard.CATEGORY_DELETE, id=category)

    [after] = world.read(gid)
    assert after["category"] is None
    assert [listing["isPublished"] for listing in after["channelListings"]] == [False]


def test_a_product_is_put_into_a_collection(world: World) -> None:
    gid = world.a_product()
    collection = world.make(documents.COLLECTION_CREATE, "collection", input=world.named("collection"))

    world.do(documents.COLLECTION_ADD, collectionId=collection, products=[gid])
    world.do(documents.COLLECTION_ADD, collectionId=collection, products=[gid])

    found = world.ask(dashboard.PRODUCT, id=gid)["product"]["collections"]
    assert [row["id"] for row in found] == [collection]
