"""Taking the app's token: proved, kept encrypted, and of one Saleor alone."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from storefront.cli import saleor as cli
from storefront.saleor.app import views
from storefront.saleor.client.connection import open_saleor, saleor_token
from storefront.saleor.client.errors import SaleorError, SaleorRefused
from storefront.saleor.client.installation import PERMISSIONS, installed_app_id, installed_token
from storefront.saleor.models import Installation
from tests.saleor.app.conftest import APP_TOKEN, AppHome, rows
from tests.saleor.fake import FakeSaleor
from tests.saleor.fake.state import App


def test_the_token_that_saleor_gives_is_used_from_then_on(home: AppHome, app: App, settings: Any) -> None:
    settings.SALEOR_TOKEN = "made by hand"

    assert home.register().json() == {"success": True}

    assert installed_app_id() == app.id
    assert saleor_token() == APP_TOKEN
    with open_saleor() as saleor:
        assert saleor.ask("{ app { id } }") == {"app": {"id": app.id}}


def test_it_is_encrypted_at_rest(installed: AppHome) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM saleor_installation")
        kept = str(cursor.fetchall())

    assert APP_TOKEN not in kept
    assert installed_token() == APP_TOKEN


@pytest.mark.parametrize("said", ["https://other.example/graphql/", "", "{url}?", "{url}x", " {url}/"])
def test_another_saleor_is_refused_with_the_reason(home: AppHome, said: str) -> None:
    before = rows()

    answer = home.register(**{"Saleor-Api-Url": said.format(url=home.fake.url)})

    assert (answer.status_code, answer.json()["success"]) == (403, False)
    assert f"serves {home.fake.url} alone" in answer.json()["error"]["message"]
    assert (rows(), home.fake.seen) == (before, [])


def test_a_token_that_saleor_does_not_know_is_refused(home: AppHome) -> None:
    before = rows()

    answer = home.register("made up")

    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Saleor does not know this token.")
    assert rows() == before


@pytest.mark.parametrize("identifier", [None, "another-app"])
def test_the_token_of_another_app_is_refused(home: AppHome, identifier: str | None) -> None:
    home.fake.add_app("other", PERMISSIONS, identifier=identifier)
    before = rows()

    answer = home.register("other")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "TOKEN_REFUSED")
    assert rows() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"auth_token": ',
        b'{"auth_token": 5}',
        b'{"auth_token": ""}',
        b'{"auth_token": "a\\nHost: b"}',
        b'{"auth_token": "' + b"a" * 501 + b'"}',
        b'{"auth_token": "a", "more": "' + b"a" * 9000 + b'"}',
    ],
    ids=lambda body: body[:20],
)
def test_a_body_without_a_token_is_refused(home: AppHome, body: bytes) -> None:
    before = rows()

    answer = home.client.post(
        "/saleor/register", body, content_type="application/json", headers={"Saleor-Api-Url": home.fake.url}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "NO_TOKEN")
    assert (rows(), home.fake.seen) == (before, [])


def test_a_saleor_that_does_not_answer_leaves_what_was_there(
    installed: AppHome, settings: Any, impatient: None
) -> None:
    settings.SALEOR_URL = "http://127.0.0.1:1/graphql/"
    before = rows()

    assert installed.register("b" * 30).status_code == 503
    assert rows() == before


def test_installing_again_brings_another_token_once_it_is_proved(installed: AppHome) -> None:
    assert installed.register("made up").status_code == 403
    assert installed_token() == APP_TOKEN

    app = installed.fake.add_app("b" * 30, PERMISSIONS, identifier="knotwise")
    assert installed.register("b" * 30).status_code == 200

    assert (installed_app_id(), installed_token()) == (app.id, "b" * 30)
    assert Installation.objects.count() == 1


def test_an_installer_may_grant_less(home: AppHome, fake: FakeSaleor, caplog: pytest.LogCaptureFixture) -> None:
    fake.add_app("b" * 30, {"MANAGE_PRODUCTS"}, identifier="knotwise")

    assert home.register("b" * 30).status_code == 200
    assert "without the permissions MANAGE_CHANNELS, MANAGE_MENUS" in caplog.text


def test_an_installation_in_a_former_saleor_counts_for_nothing(installed: AppHome, settings: Any) -> None:
    settings.SALEOR_API_URL = "https://new.example/graphql/"

    assert installed_app_id() == ""
    with pytest.raises(SaleorRefused, match=r"Install it as an app .* or set SALEOR_TOKEN"):
        saleor_token()


# --- keys ---------------------------------------------------------------------------------------------------


def test_a_key_is_rotated_without_installing_again(installed: AppHome, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert installed_token() == APP_TOKEN

    answer = CliRunner().invoke(cli.app, ["rotate"])

    settings.SECRET_KEY_FALLBACKS = []
    assert (answer.exit_code, installed_token()) == (0, APP_TOKEN), answer.output


def test_a_key_that_is_gone_is_told_in_words(installed: AppHome, settings: Any) -> None:
    settings.SECRET_KEY = "a new key"

    with pytest.raises(SaleorError, match="SECRET_KEY_FALLBACKS"):
        open_saleor()
    answer = CliRunner().invoke(cli.app, ["rotate"])
    assert (answer.exit_code, "SECRET_KEY_FALLBACKS" in answer.output) == (4, True)


def test_there_may_be_nothing_to_rotate(home: AppHome) -> None:
    assert "No app is installed" in CliRunner().invoke(cli.app, ["rotate"]).output


@pytest.mark.parametrize("has_cache", [True, False])
def test_many_tries_do_not_have_saleor_asked(home: AppHome, settings: Any, has_cache: bool) -> None:
    backend = f"django.core.cache.backends.{'locmem.LocMemCache' if has_cache else 'dummy.DummyCache'}"
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": backend, "KEY_PREFIX": uuid.uuid4().hex}}
    now = time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views.time, "time", lambda: now)
        codes = [home.register("made up").status_code for _ in range(21)]
        asked = len(home.fake.seen)

        assert codes == [403] * 20 + [429]
        assert home.register().json()["error"]["code"] == "TOO_OFTEN"
        assert len(home.fake.seen) == asked
        # Who comes from elsewhere has tries of its own.
        home.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
        assert home.register().json() == {"success": True}
        home.client.defaults["REMOTE_ADDR"] = "127.0.0.1"
        now += 60
        assert home.register().json() == {"success": True}
