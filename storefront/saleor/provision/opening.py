"""`storefront saleor open-shop`: what a fresh Saleor lacks before anybody can buy from it.

Saleor sells a variant where its channel has a warehouse, a shipping zone covers the country from that warehouse, and
a way of delivery in that zone has a price in the channel. A fresh one has a channel and a warehouse that know nothing
of each other, and no zone. Only what is missing is made, so that it may be run again at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.client.mutations import MutationRejected, do_one
from storefront.saleor.client.transport import PAGE, Saleor
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call

DELIVERY: Final = "Standard"


def sign_in(url: str, email: str, password: str, patience_s: float) -> str:
    """Return a token of this member of staff, valid for some minutes. Raise `SaleorRefused` where Saleor gives none."""
    with Saleor(url, "nobody yet", 1, patience_s=patience_s) as saleor:
        del saleor.http.headers["Authorization"]
        try:
            found = do_one(saleor, Call(documents.TOKEN_CREATE, {"email": email, "password": password}))
        except MutationRejected as error:
            raise SaleorRefused(
                f"Saleor does not let {email} sign in. Check SALEOR_STAFF_EMAIL and SALEOR_STAFF_PASSWORD."
            ) from error
    return str(found["token"])


def open_shop(saleor: Saleor, countries: Sequence[str], price: float) -> Iterator[str]:
    """Make what is missing for each active channel; return in words what was made, as it is.

    `countries`: where to deliver; without any each channel's default country. Raise `SaleorRefused`, before anything is
    made, where one of them is no country of Saleor's, or where the shop has no warehouse at all: only its owner knows
    its address.
    """
    require_countries(saleor, countries)
    found = saleor.ask(documents.PLACES, {"first": PAGE})
    warehouses = nodes(found["warehouses"])
    zones = nodes(found["shippingZones"])
    if not warehouses:
        raise SaleorRefused("The shop has no warehouse. Create one in the dashboard (Configuration → Warehouses).")
    for channel in found["channels"]:
        if channel["isActive"]:
            yield from open_channel(saleor, channel, warehouses, zones, countries, price)


def require_countries(saleor: Saleor, countries: Sequence[str]) -> None:
    """Raise `SaleorRefused` where any of these is not the code of a country that Saleor knows."""
    if not countries:
        return
    known = {country["code"] for country in saleor.ask(documents.COUNTRIES)["shop"]["countries"]}
    if unknown := [code for code in countries if code not in known]:
        raise SaleorRefused(
            f"Saleor does not know the country {', '.join(unknown)}; nothing was created. Use codes of two letters, "
            "such as US,CA,DE (the United Kingdom is GB)."
        )


def open_channel(
    saleor: Saleor,
    channel: Mapping[str, Any],
    warehouses: Sequence[Mapping[str, Any]],
    zones: Sequence[Mapping[str, Any]],
    countries: Sequence[str],
    price: float,
) -> Iterator[str]:
    id, name = channel["id"], channel["name"]
    stocked = [warehouse["id"] for warehouse in channel["warehouses"]]
    if not stocked:
        stocked = [warehouses[0]["id"]]
        do_one(saleor, Call(documents.CHANNEL_UPDATE, {"id": id, "input": {"addWarehouses": stocked}}))
        yield f'the channel "{name}" sells from the warehouse "{warehouses[0]["name"]}"'
    mine = [zone for zone in zones if any(sold_in["id"] == id for sold_in in zone["channels"])]
    if not mine:
        where = list(countries) or [channel["defaultCountry"]["code"]]
        given = {"name": f"Delivery, {name}", "countries": where, "addChannels": [id], "addWarehouses": stocked}
        made = do_one(saleor, Call(documents.SHIPPING_ZONE_CREATE, {"input": given}))
        mine = [{"id": made["shippingZone"]["id"], "shippingMethods": []}]
        yield f'the channel "{name}" delivers to {", ".join(where)}'
    methods = [method for zone in mine for method in zone["shippingMethods"] or ()]
    if not any(listing["channel"]["id"] == id for method in methods for listing in method["channelListings"] or ()):
        method = next((each["id"] for each in methods if each["name"] == DELIVERY), None) or make_delivery(
            saleor, mine[0]
        )
        listing = {"addChannels": [{"channelId": id, "price": str(price)}]}
        do_one(saleor, Call(documents.SHIPPING_LISTING_UPDATE, {"id": method, "input": listing}))
        yield f'a delivery costs {price:g} in the channel "{name}"'


def make_delivery(saleor: Saleor, zone: Mapping[str, Any]) -> str:
    given = {"name": DELIVERY, "type": "PRICE", "shippingZone": zone["id"]}
    made = do_one(saleor, Call(documents.SHIPPING_PRICE_CREATE, {"input": given}), may_repeat=False)
    return str(made["shippingMethod"]["id"])


def nodes(connection: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]
