"""The manifest, by which the app is installed."""

from __future__ import annotations

import struct
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client

from storefront.saleor.app.own_webhooks import queries_of
from storefront.saleor.client.installation import PERMISSIONS
from tests.saleor.app.conftest import AppHome


def manifest(client: Client, **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/saleor/manifest", headers=headers).json()
    return found


def test_it_says_who_we_are_and_what_we_want(home: AppHome) -> None:
    found = manifest(home.client)

    assert (found["id"], found["name"], found["requiredSaleorVersion"]) == ("knotwise", "Knotwise", "^3.23")
    assert found["permissions"] == list(PERMISSIONS)
    webhooks = {one["identifier"]: (one["query"], one["isActive"]) for one in found["webhooks"]}
    assert webhooks == {name: (query, True) for name, query in queries_of(has_orders=False).items()}


def test_browsers_and_saleors_server_each_have_an_address(home: AppHome, settings: Any) -> None:
    settings.PUBLIC_URL, settings.INTERNAL_URL = "https://knotwise.example", "http://web:8000"

    found = manifest(home.client)

    assert found["appUrl"] == "https://knotwise.example/saleor/dashboard"
    assert found["brand"]["logo"]["default"] == "http://web:8000/static/saleor/logo.png"
    assert found["tokenTargetUrl"] == "http://web:8000/saleor/register"
    assert found["webhooks"][0]["targetUrl"] == "http://web:8000/saleor/webhooks"


def test_without_an_address_it_is_the_one_that_was_asked(home: AppHome, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["kw.example"]

    assert manifest(home.client, host="kw.example:81")["tokenTargetUrl"] == "http://kw.example:81/saleor/register"
    assert home.client.get("/saleor/manifest", headers={"host": "other.example"}).status_code == 400


def test_several_stages_have_ids_of_their_own(home: AppHome, settings: Any) -> None:
    settings.SALEOR_APP_ID = "knotwise-staging"

    assert manifest(home.client)["id"] == "knotwise-staging"


def test_the_logo_is_as_large_as_saleor_wants_it() -> None:
    path = finders.find("saleor/logo.png")
    assert isinstance(path, str)

    with open(path, "rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])

    assert (width, height) == (512, 512)


def test_without_a_saleor_there_is_no_app(client: Client, db: None) -> None:
    answers = [
        client.get("/saleor/manifest"),
        client.post("/saleor/register", {}, content_type="application/json"),
        client.post("/saleor/webhooks", {}, content_type="application/json"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "SALEOR_API_URL is not set" in answers[0].json()["error"]["message"]
