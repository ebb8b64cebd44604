"""What the import relies on of variants, their prices and stocks, on the fake and on a real Saleor."""

from __future__ import annotations

from typing import Any

from storefront.saleor.schema import documents
from tests.saleor import dashboard
from tests.saleor.world import World, values_of

Json = dict[str, Any]


def a_product(world: World) -> Json:
    gid = world.a_product(**world.listed(), variants=[world.variant_input(**world.sold())])
    return world.read(gid)[0]


def change(world: World, product: Json, **given: Any) -> Json:
    """The first variant after a change."""
    entry = {"id": product["variants"][0]["id"], **given}
    world.do(documents.VARIANT_BULK_UPDATE, product=product["id"], variants=[entry], errorPolicy="REJECT_FAILED_ROWS")
    variant: Json = world.read(product["id"])[0]["variants"][0]
    return variant


def test_what_a_change_leaves_out_stays(world: World) -> None:
    product = a_product(world)

    after = change(world, product, name="Soft")

    assert after == product["variants"][0] | {"name": "Soft"}


def test_prices_are_changed_taken_away_and_given_anew(world: World) -> None:
    product = a_product(world)
    [price] = product["variants"][0]["channelListings"]

    update = {"channelListing": price["id"], "price": "9.99", "priorPrice": "12.50"}
    changed = change(world, product, channelListings={"update": [update]})
    gone = change(world, product, channelListings={"remove": [price["id"]]})
    again = {"channelId": world.channel["id"], "price": 8.5}
    back = change(world, product, channelListings={"create": [again]})

    assert [(row["price"], row["priorPrice"]) for row in changed["channelListings"]] == [
        ({"amount": 9.99}, {"amount": 12.5})
    ]
    assert gone["channelListings"] == []
    assert [row["price"] for row in back["channelListings"]] == [{"amount": 8.5}]


def test_a_prior_price_is_taken_away_by_null(world: World) -> None:
    product = a_product(world)
    [price] = product["variants"][0]["channelListings"]
    change(world, product, channelListings={"update": [{"channelListing": price["id"], "priorPrice": "20"}]})

    after = change(world, product, channelListings={"update": [{"channelListing": price["id"], "priorPrice": None}]})

    assert [row["priorPrice"] for row in after["channelListings"]] == [None]


def test_stocks_are_changed_taken_away_and_given_anew(world: World) -> None:
    product = a_product(world)
    [stock] = product["variants"][0]["stocks"]

    changed = change(world, product, stocks={"update": [{"stock": stock["id"], "quantity": 0}]})
    gone = change(world, product, stocks={"remove": [stock["id"]]})
    back = change(world, product, stocks={"create": [{"warehouse": world.warehouse["id"], "quantity": 5}]})

    assert [row["quantity"] for row in changed["stocks"]] == [0]
    assert gone["stocks"] == []
    assert [row["quantity"] for row in back["stocks"]] == [5]


def test_a_negative_stock_is_saved(world: World) -> None:
    product = a_product(world)
    [stock] = product["variants"][0]["stocks"]

    after = change(world, product, stocks={"update": [{"stock": stock["id"], "quantity": -2}]})

    assert [row["quantity"] for row in after["stocks"]] == [-2]


def test_an_option_is_changed(world: World) -> None:
    product = a_product(world)
    large = {
        "externalReference": world.references["size"],
        "dropdown": {"externalReference": world.values["size:large"]},
    }

    after = change(world, product, attributes=[large])

    [value] = values_of(after, world.references["size"])
    assert value["externalReference"] == world.values["size:large"]


def test_metadata_of_a_variant_are_merged(world: World) -> None:
    product = a_product(world)
    change(world, product, metadata=[{"key": "barcode", "value": "1"}])

    after = change(world, product, metadata=[{"key": "other", "value": "2"}])

    assert after["barcode"] == "1"


def test_a_change_that_is_rejected_leaves_the_others(world: World) -> None:
    product = a_product(world)
    world.do(documents.VARIANT_BULK_CREATE, product=product["id"], variants=[world.variant_input()])
    first, second = world.read(product["id"])[0]["variants"]
    entries = [{"id": first["id"], "name": "A", "weight": -1}, {"id": second["id"], "name": "B"}]

    payload = world.attempt(
        documents.VARIANT_BULK_UPDATE, product=product["id"], variants=entries, errorPolicy="REJECT_FAILED_ROWS"
    )

    assert [bool(row["errors"]) for row in payload["results"]] == [True, False]
    assert [row["name"] for row in world.read(product["id"])[0]["variants"]] == ["Firm", "B"]


def test_results_come_in_the_order_of_the_request_and_variants_in_that_of_their_skus(world: World) -> None:
    product = a_product(world)
    given = [world.variant_input(**world.sold()) for _ in range(2)]
    given.reverse()

    payload = world.do(
        documents.VARIANT_BULK_CREATE, product=product["id"], variants=given, errorPolicy="REJECT_FAILED_ROWS"
    )

    found = world.read(product["id"])[0]["variants"]
    skus = [entry["sku"] for entry in given]
    assert [row["productVariant"]["sku"] for row in payload["results"]] == skus
    assert [row["sku"] for row in found] == sorted([product["variants"][0]["sku"], *skus])


def test_variants_are_deleted_in_bulk(world: World) -> None:
    product = a_product(world)
    ids = [row["id"] for row in product["variants"]]

    payload = world.do(documents.VARIANT_BULK_DELETE, ids=ids)

    assert payload["count"] == 1
    assert world.read(product["id"])[0]["variants"] == []


def test_a_variant_without_a_name_is_called_by_its_sku_only_if_its_product_was_there(world: World) -> None:
    gid = world.a_product(variants=[world.variant_input(name=None)])
    second = world.variant_input(name=None)

    world.do(documents.VARIANT_BULK_CREATE, product=gid, variants=[second])

    assert [row["name"] for row in world.read(gid)[0]["variants"]] == ["UHJvZHVjdFZhcmlhbnQ6Tm9uZQ==", second["sku"]]


def test_a_second_warehouse_and_channel_have_stocks_and_prices_of_their_own(world: World) -> None:
    address = {
        "streetAddress1": "1 Main St",
        "city": "New York",
        "postalCode": "10001",
        "country": "US",
        "countryArea": "NY",
    }
    given = world.named("warehouse") | {"address": address}
    warehouse = world.make(dashboard.WAREHOUSE_CREATE, "warehouse", input=given)
    given = world.named("channel") | {"currencyCode": "EUR", "defaultCountry": "DE", "isActive": True}
    channel = world.make(dashboard.CHANNEL_CREATE, "channel", input=given)
    product = a_product(world)
    listing = {"updateChannels": [{"channelId": channel, "isPublished": True}]}
    world.do(documents.PRODUCT_LISTING_UPDATE, id=product["id"], input=listing)

    after = change(
        world,
        product,
        stocks={"create": [{"warehouse": warehouse, "quantity": 1}]},
        channelListings={"create": [{"channelId": channel, "price": "11"}]},
    )

    assert sorted(row["quantity"] for row in after["stocks"]) == [1, 10]
    prices = {row["channel"]["currencyCode"]: row["price"]["amount"] for row in after["channelListings"]}
    assert prices == {"USD": 12.5, "EUR": 11.0}
