"""`storefront saleor open-shop`: it makes what is missing, and nothing twice. Tried against a real Saleor 3.23.28."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from storefront.cli.saleor import app
from storefront.config import env as environment
from storefront.saleor.client.errors import SaleorRefused
from storefront.saleor.client.transport import Saleor
from storefront.saleor.provision import opening
from storefront.saleor.provision.opening import open_shop, sign_in

URL = "http://saleor.example/graphql/"
Json = dict[str, Any]


class Places:
    """As much of a Saleor as this is about: channels, warehouses, zones, and ways of delivery."""

    def __init__(self) -> None:
        self.channels: list[Json] = [channel("C1", "Default Channel")]
        self.warehouses = [{"id": "W1", "name": "Default Warehouse"}]
        self.zones: list[Json] = []
        self.done: list[str] = []
        self.authorizations: list[str | None] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.authorizations.append(request.headers.get("Authorization"))
        asked = orjson.loads(request.content)
        if "query Places" in asked["query"]:
            zones = [{key: value for key, value in zone.items() if key != "input"} for zone in self.zones]
            return answered(
                {"channels": self.channels, "warehouses": edges(self.warehouses), "shippingZones": edges(zones)}
            )
        if "query Countries" in asked["query"]:
            return answered({"shop": {"countries": [{"code": code} for code in ("US", "CA", "DE")]}})
        [name] = re.findall(r"m0: (\w+)", asked["query"])
        self.done.append(name)
        given = {key.removeprefix("m0_"): value for key, value in asked["variables"].items()}
        return answered({"m0": {"errors": [], **getattr(self, name)(**given)}})

    def tokenCreate(self, email: str, password: str) -> Json:
        if password != "right":
            return {"token": None, "errors": [{"field": "email", "code": "INVALID_CREDENTIALS", "message": "No."}]}
        return {"token": f"token of {email}"}

    def channelUpdate(self, id: str, input: Json) -> Json:
        self.channel(id)["warehouses"] += [{"id": one} for one in input["addWarehouses"]]
        return {"channel": {"id": id}}

    def shippingZoneCreate(self, input: Json) -> Json:
        zone = {"id": f"Z{len(self.zones)}", "name": input["name"], "shippingMethods": [], "input": input}
        self.zones.append(zone | {"channels": [{"id": one} for one in input["addChannels"]]})
        return {"shippingZone": {"id": zone["id"]}}

    def shippingPriceCreate(self, input: Json) -> Json:
        [zone] = [one for one in self.zones if one["id"] == input["shippingZone"]]
        method = {"id": f"M{zone['id']}", "name": input["name"], "channelListings": []}
        zone["shippingMethods"].append(method)
        return {"shippingMethod": {"id": method["id"]}}

    def shippingMethodChannelListingUpdate(self, id: str, input: Json) -> Json:
        [method] = [one for zone in self.zones for one in zone["shippingMethods"] if one["id"] == id]
        method["channelListings"] += [
            {"channel": {"id": one["channelId"]}, "price": one["price"]} for one in input["addChannels"]
        ]
        return {"shippingMethod": {"id": id}}

    def channel(self, id: str) -> Json:
        return next(one for one in self.channels if one["id"] == id)


def channel(id: str, name: str, **more: Any) -> Json:
    return {
        "id": id,
        "slug": id,
        "name": name,
        "isActive": True,
        "defaultCountry": {"code": "DE"},
        "warehouses": [],
    } | more


def edges(rows: list[Json]) -> Json:
    return {"edges": [{"node": row} for row in rows]}


def answered(data: Json) -> httpx.Response:
    return httpx.Response(200, json={"data": data})


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    found = Places()
    monkeypatch.setattr(opening, "Saleor", lambda *given, **more: client_of(found, *given, **more))
    return found


def client_of(places: Places, url: str, token: str, *given: Any, **more: Any) -> Saleor:
    saleor = Saleor(url, token, *given, **more)
    headers = saleor.http.headers
    saleor.http.close()
    saleor.http = httpx.Client(transport=httpx.MockTransport(places.answer), headers=headers)
    return saleor


@pytest.fixture
def saleor(places: Places) -> Iterator[Saleor]:
    with client_of(places, URL, "staff") as found:
        yield found


def test_a_channel_that_has_nothing_gets_all_of_it(places: Places, saleor: Saleor) -> None:
    said = list(open_shop(saleor, ["US", "CA"], 5))

    assert said == [
        'the channel "Default Channel" sells from the warehouse "Default Warehouse"',
        'the channel "Default Channel" delivers to US, CA',
        'a delivery costs 5 in the channel "Default Channel"',
    ]
    [zone] = places.zones
    assert zone["input"] == {
        "name": "Delivery, Default Channel",
        "countries": ["US", "CA"],
        "addChannels": ["C1"],
        "addWarehouses": ["W1"],
    }
    assert zone["shippingMethods"][0]["channelListings"] == [{"channel": {"id": "C1"}, "price": "5"}]


def test_a_second_time_makes_nothing(places: Places, saleor: Saleor) -> None:
    list(open_shop(saleor, [], 0))
    places.done.clear()

    assert list(open_shop(saleor, [], 0)) == []
    assert places.done == []


@pytest.mark.parametrize("broken_after", [1, 2, 3])
def test_one_that_broke_off_is_finished(places: Places, saleor: Saleor, broken_after: int) -> None:
    steps = ["channelUpdate", "shippingZoneCreate", "shippingPriceCreate", "shippingMethodChannelListingUpdate"]
    breaking = steps[broken_after]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, breaking, lambda **_: {"errors": [{"field": None, "code": "X", "message": "No."}]})
        with pytest.raises(Exception, match=f"rejected {breaking}"):
            list(open_shop(saleor, [], 0))
    places.done.clear()

    list(open_shop(saleor, [], 0))

    assert places.done == steps[broken_after:]
    assert len(places.zones) == 1
    assert len(places.zones[0]["shippingMethods"]) == 1


def test_an_unknown_country_is_said_before_anything_is_made(places: Places, saleor: Saleor) -> None:
    with pytest.raises(SaleorRefused, match="the country UK"):
        list(open_shop(saleor, ["US", "UK"], 5))

    assert places.done == []


def test_without_countries_it_is_the_channels_own(places: Places, saleor: Saleor) -> None:
    list(open_shop(saleor, [], 0))

    assert places.zones[0]["input"]["countries"] == ["DE"]


def test_what_is_there_is_left_alone(places: Places, saleor: Saleor) -> None:
    listing = {"channel": {"id": "C1"}, "price": "3"}
    method = {"id": "M", "name": "By mule", "channelListings": [listing]}
    places.channels = [channel("C1", "Mine", warehouses=[{"id": "W9"}]), channel("C2", "Closed", isActive=False)]
    places.zones = [{"id": "Z", "name": "Alps", "channels": [{"id": "C1"}], "shippingMethods": [method]}]

    assert list(open_shop(saleor, ["US"], 5)) == []


def test_a_shop_without_a_warehouse_is_told_so(places: Places, saleor: Saleor) -> None:
    places.warehouses = []

    with pytest.raises(SaleorRefused, match="no warehouse"):
        list(open_shop(saleor, [], 0))


def test_a_sign_in_sends_no_token_and_brings_one(places: Places) -> None:
    assert sign_in(URL, "a@b.example", "right", 1) == "token of a@b.example"
    assert places.authorizations == [None]


def test_a_wrong_password_is_said_in_a_line(places: Places) -> None:
    with pytest.raises(SaleorRefused, match=r"does not let a@b\.example sign in"):
        sign_in(URL, "a@b.example", "wrong", 1)


def test_without_a_sign_in_the_command_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALEOR_API_URL", URL)
    monkeypatch.delenv("SALEOR_STAFF_EMAIL", raising=False)
    environment.env.cache_clear()
    try:
        answer = CliRunner().invoke(app, ["open-shop"])
    finally:
        environment.env.cache_clear()

    assert answer.exit_code == 2
    assert "SALEOR_STAFF_PASSWORD" in answer.stderr
