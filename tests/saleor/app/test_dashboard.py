"""Staff pages in the dashboard's frame: who Saleor says it is, for minutes, by a header and by no cookie."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog_import.models import ImportRun
from storefront.saleor.app import jwks
from storefront.saleor.models import Installation
from tests.builders import open_shop, publish, sell
from tests.saleor.app.conftest import APP_TOKEN, AppHome, rows
from tests.saleor.fake.signing import Signer, rsa_key

ORIGIN = "https://dashboard.example"
A_CSV = b"sku,name,price\nFERN-1,Fern Calf Roller,24.90\n"


@pytest.fixture
def framed(installed: AppHome, settings: Any) -> AppHome:
    settings.SALEOR_DASHBOARD_ORIGINS = [ORIGIN]
    open_shop()
    return installed


def app_id(home: AppHome) -> str:
    return home.fake.apps[APP_TOKEN].id


def token(home: AppHome, **claims: Any) -> str:
    return home.fake.signer.dashboard_token(home.fake.url, app_id(home), **claims)


def trade(home: AppHome, said: str | None) -> Any:
    headers = {} if said is None else {"Authorization": f"Bearer {said}"}
    return home.client.post("/saleor/dashboard/token", headers=headers)


def a_pass(home: AppHome, **claims: Any) -> str:
    return str(trade(home, token(home, **claims)).json()["pass"])


def get(home: AppHome, path: str, made: str, **headers: str) -> Any:
    return home.client.get(path, headers={"Authorization": f"Bearer {made}"} | headers)


def post(home: AppHome, path: str, made: str, data: Any = None) -> Any:
    return home.client.post(path, data or {}, headers={"Authorization": f"Bearer {made}"})


# --- the framed page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "/", "/imports", "/import/", "/product"])
def test_the_dashboard_alone_may_frame_the_page(framed: AppHome, place: str) -> None:
    answer = framed.client.get(f"/saleor/dashboard{place}?saleorApiUrl=x&id=y")

    policy = answer["Content-Security-Policy"]
    assert (answer.status_code, "X-Frame-Options" in answer, len(answer.cookies)) == (200, False, 0)
    assert f"frame-ancestors {ORIGIN}" in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_without_a_dashboard_nobody_may(framed: AppHome, settings: Any) -> None:
    settings.SALEOR_DASHBOARD_ORIGINS = []

    assert "frame-ancestors 'none'" in framed.client.get("/saleor/dashboard/")["Content-Security-Policy"]


def test_staff_pages_outside_of_it_are_framed_by_nobody(framed: AppHome) -> None:
    answer = framed.client.get("/staff/sign-in/")

    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


# --- Saleor's token for a pass ------------------------------------------------------------------------------


def test_saleors_token_is_traded_for_a_pass_of_minutes(framed: AppHome) -> None:
    answer = trade(framed, token(framed))

    assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert 290 < answer.json()["seconds"] <= 300


def test_a_pass_is_good_no_longer_than_the_token(framed: AppHome, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = trade(framed, token(framed, exp=int(time.time()) + 20)).json()
    assert 15 < answer["seconds"] <= 20
    assert get(framed, "/staff/imports/", answer["pass"]).status_code == 200

    later = time.time() + 21
    monkeypatch.setattr(time, "time", lambda: later)

    assert get(framed, "/staff/imports/", answer["pass"]).status_code == 401


Forgery = Callable[[AppHome], str | None]


def claiming(**claims: Any) -> Forgery:
    return lambda home: token(home, **claims)


def by(signer: Signer) -> Forgery:
    return lambda home: signer.dashboard_token(home.fake.url, app_id(home))


def headed(**headers: Any) -> Forgery:
    return lambda home: token(home, headers=headers)


def changed(made: Callable[[str], str]) -> Forgery:
    return lambda home: made(token(home))


def with_claims(said: str, **claims: Any) -> str:
    """The same signature under other claims."""
    header, payload, signature = said.split(".")
    found = json.loads(base64.urlsafe_b64decode(payload + "==")) | claims
    return f"{header}.{base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b'=').decode()}.{signature}"


def unsigned(home: AppHome) -> str:
    claims = jwt.decode(token(home), options={"verify_signature": False})
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "saleor-1"})


def with_hmac(home: AppHome) -> str:
    """Signed with the public key as if it were a secret."""
    _, payload, _ = token(home).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "saleor-1"}).encode()).rstrip(b"=").decode()
    key = json.dumps(home.fake.signer.jwk()).encode()
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(f"{header}.{payload}".encode(), key)
    return f"{header}.{payload}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def a_webhooks_signature(home: AppHome) -> str:
    return home.fake.signer.sign(b"{}")


def our_own_pass(home: AppHome) -> str:
    return a_pass(home)


def after_the_app_went(home: AppHome) -> str:
    said = token(home)
    Installation.objects.all().delete()
    return said


PAST = -600
FORGERIES: dict[str, Forgery] = {
    "no token": lambda _: None,
    "an empty token": lambda _: "",
    "some text": lambda _: "abc",
    "three parts of nothing": lambda _: "a.b.c",
    "expired": lambda home: token(home, exp=int(time.time()) - 10, iat=int(time.time()) - 310),
    "long expired": lambda home: token(home, exp=int(time.time()) + PAST),
    "issued in the future": lambda home: token(home, iat=int(time.time()) + 60),
    "not valid yet": lambda home: token(home, nbf=int(time.time()) + 60),
    "without an end": claiming(exp=None),
    "without a beginning": claiming(iat=None),
    "an end that is no time": claiming(exp="tomorrow"),
    "of another Saleor": claiming(iss="https://other.example/graphql/"),
    "of no Saleor": claiming(iss=None),
    "of another app": claiming(app="QXBwOjk5"),
    "of no app": claiming(app=None),
    "a person's access token": claiming(type="access"),
    "a refresh token": claiming(type="refresh"),
    "of no type": claiming(type=None),
    "of a customer": claiming(is_staff=False),
    "staff in words": claiming(is_staff="true"),
    "nothing about staff": claiming(is_staff=None),
    "of nobody": claiming(user_id=None),
    "of an empty person": claiming(user_id=""),
    "without an address": claiming(email=None),
    "an address of two lines": claiming(email="a@example.com\nb"),
    "without permissions": claiming(permissions=None),
    "permissions as a text": claiming(permissions="MANAGE_PRODUCTS"),
    "permissions of numbers": claiming(permissions=[1]),
    "for another audience": claiming(aud="somebody else"),
    "a foreign key under its own id": by(Signer("stranger", rsa_key("stranger"))),
    "a foreign key under Saleor's id": by(Signer("saleor-1", rsa_key("stranger"))),
    "without a key id": headed(kid=""),
    "unsigned": unsigned,
    "HMAC with the public key": with_hmac,
    "another algorithm in the header": headed(alg="RS512"),
    "a signature cut short": changed(lambda said: said[:-4]),
    "no signature": changed(lambda said: said.rpartition(".")[0] + "."),
    "with signs between": changed(lambda said: said[:-9] + "!" + said[-9:]),
    "with more after it": changed(lambda said: said + ".AAAA"),
    "more permissions": changed(lambda said: with_claims(said, permissions=["MANAGE_PRODUCTS", "MANAGE_STAFF"])),
    "a later end": changed(lambda said: with_claims(said, exp=int(time.time()) + 9999)),
    "very long": changed(lambda said: said + "A" * 20_000),
    "a webhook's signature": a_webhooks_signature,
    "our own pass": our_own_pass,
    "the app was deleted": after_the_app_went,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_gets_no_pass_and_changes_nothing(
    framed: AppHome, forgery: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jwks, "PAUSE_S", 0)
    said = FORGERIES[forgery](framed)
    before = rows()

    answer = trade(framed, said)

    assert (answer.status_code, "pass" in answer.json(), rows()) == (401, False, before)
    assert not said or len(said) < 4 or said not in caplog.text


def test_while_saleors_keys_cannot_be_had_it_is_said_to_come_again(framed: AppHome) -> None:
    framed.fake.jwks = None

    assert trade(framed, token(framed)).status_code == 503


# --- pages with a pass --------------------------------------------------------------------------------------


def test_a_pass_shows_pages_without_any_cookie(framed: AppHome) -> None:
    answer = get(framed, "/staff/imports/new/", a_pass(framed))

    assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert f"frame-ancestors {ORIGIN}" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert User.objects.count() == 0


def test_whoever_manages_products_and_pages_brings_files_and_is_named_by_their_address(framed: AppHome) -> None:
    file = SimpleUploadedFile("products.csv", A_CSV)
    data = {"products": file, "source": "main", "channel": "default-channel"}

    answer = post(framed, "/staff/imports/new/", a_pass(framed, email="ida@example.com"), data)

    assert (answer.status_code, len(answer.cookies)) == (302, 0)
    assert [run.started_by for run in ImportRun.objects.all()] == ["ida@example.com"]


@pytest.mark.parametrize(
    "permissions", [["MANAGE_PRODUCTS"], ["MANAGE_PAGES"], ["MANAGE_PAGE_TYPES_AND_ATTRIBUTES", "MANAGE_STAFF"]]
)
def test_other_staff_of_the_catalogue_look_and_do_nothing(framed: AppHome, permissions: list[str]) -> None:
    made = a_pass(framed, permissions=permissions)

    assert get(framed, "/staff/imports/", made).status_code == 200
    answer = post(framed, "/staff/imports/new/", made, {"products": SimpleUploadedFile("products.csv", A_CSV)})

    assert (answer.status_code, ImportRun.objects.count()) == (403, 0)
    assert "manage products" in answer.content.decode()


@pytest.mark.parametrize("permissions", [[], ["MANAGE_ORDERS", "MANAGE_STAFF"], ["MANAGE_CHANNELS", "MANAGE_MENUS"]])
def test_staff_that_have_nothing_to_do_with_the_catalogue_look_at_nothing(
    framed: AppHome, permissions: list[str]
) -> None:
    made = a_pass(framed, permissions=permissions)

    for path in ("imports/", "imports/new/", "imports/export/", "imports/schedules/", "review/", "review/widget/"):
        answer = get(framed, f"/staff/{path}", made)
        assert (answer.status_code, "manage products" in answer.content.decode()) == (403, True), path
        assert "Go back" not in answer.content.decode()


@pytest.mark.parametrize(
    ("permission", "pins_products", "pins_guides"), [("MANAGE_PRODUCTS", True, False), ("MANAGE_PAGES", False, True)]
)
def test_products_and_guides_are_pinned_by_who_manages_them(
    framed: AppHome, permission: str, pins_products: bool, pins_guides: bool
) -> None:
    product, guide = sell(), publish()
    made = a_pass(framed, permissions=[permission])

    widget = get(framed, f"/staff/review/widget/?productId={product.public_id}", made)
    answers = [
        post(framed, address, made, {"target_areas": "neck", "areas": "1"}).status_code
        for address in (f"/staff/review/products/{product.pk}/pin/", f"/staff/review/guides/{guide.pk}/pin/")
    ]

    assert (widget.status_code, "and pin" in widget.content.decode()) == (200, pins_products)
    assert answers == [302 if pins_products else 403, 302 if pins_guides else 403]


def test_what_is_said_after_a_redirect_is_said_without_a_cookie(framed: AppHome) -> None:
    run = ImportRun.objects.create(source="main", status=ImportRun.Status.PLANNED, files=[])
    made = a_pass(framed)

    assert post(framed, f"/staff/imports/{run.pk}/discard/", made)["Location"] == "/staff/imports/"
    other = a_pass(framed)

    assert "discarded" not in get(framed, "/staff/imports/", other).content.decode()
    assert "discarded" in get(framed, "/staff/imports/", made).content.decode()
    assert "discarded" not in get(framed, "/staff/imports/", made).content.decode()


@pytest.mark.parametrize(
    "path", ["/staff/", "/staff/shop/", "/staff/shop/auth/user/", "/staff/password/", "/staff/sign-in/"]
)
def test_a_pass_opens_imports_and_the_review_alone(framed: AppHome, path: str) -> None:
    assert get(framed, path, a_pass(framed)).status_code == 403


def forged_pass(**changes: Any) -> Callable[[AppHome], str]:
    def made(home: AppHome) -> str:
        said = {
            "id": "x",
            "user": "u",
            "email": "e@example.com",
            "permissions": ["MANAGE_PRODUCTS"],
            "app": app_id(home),
            "until": time.time() + 60,
        }
        return signing.dumps(said | changes, salt="storefront.saleor.dashboard.pass")

    return made


def uninstalled(home: AppHome) -> str:
    made = a_pass(home)
    Installation.objects.all().delete()
    return made


PASSES: dict[str, Callable[[AppHome], str]] = {
    "none": lambda _: "",
    "some text": lambda _: "abc",
    "Saleor's own token": token,
    "changed": lambda home: a_pass(home)[:-2] + "AA",
    "cut short": lambda home: a_pass(home)[:-5],
    "of another purpose": lambda home: signing.dumps({"app": app_id(home), "until": time.time() + 60}),
    "signed with another key": lambda home: signing.dumps(
        {"app": app_id(home), "until": time.time() + 60}, key="k", salt="storefront.saleor.dashboard.pass"
    ),
    "expired": forged_pass(until=1.0),
    "of another installation": forged_pass(app="QXBwOjk5"),
    "of an app that was deleted": uninstalled,
    "very long": lambda _: "A" * 10_000,
}


@pytest.mark.parametrize("kind", PASSES)
def test_a_bad_pass_is_refused_though_somebody_is_signed_in(framed: AppHome, kind: str) -> None:
    boss = User.objects.create_superuser("boss", password="x")
    framed.client.force_login(boss)
    run = ImportRun.objects.create(source="main", status=ImportRun.Status.PLANNED, files=[])
    made = PASSES[kind](framed)

    assert get(framed, "/staff/imports/", made).status_code == 401
    assert post(framed, f"/staff/imports/{run.pk}/discard/", made).status_code == 401
    assert ImportRun.objects.filter(pk=run.pk).exists()


def test_with_a_pass_the_session_counts_for_nothing(framed: AppHome) -> None:
    framed.client.force_login(User.objects.create_superuser("boss", password="x"))
    made = a_pass(framed, permissions=[])

    assert post(framed, "/staff/imports/new/", made).status_code == 403


def test_without_a_pass_forms_need_their_token_as_before(framed: AppHome) -> None:
    framed.client.force_login(User.objects.create_superuser("boss", password="x"))
    run = ImportRun.objects.create(source="main", status=ImportRun.Status.PLANNED, files=[])

    assert framed.client.post(f"/staff/imports/{run.pk}/discard/").status_code == 403
    assert (
        framed.client.post(f"/staff/imports/{run.pk}/discard/", headers={"Authorization": "Basic eA=="}).status_code
        == 403
    )
    assert ImportRun.objects.filter(pk=run.pk).exists()


def test_the_widget_needs_a_pass_like_all_pages(framed: AppHome) -> None:
    assert Client().get("/staff/review/widget/?productId=x").status_code == 302
    made = a_pass(framed, permissions=["MANAGE_PRODUCTS"])
    answer = get(framed, "/staff/review/widget/?productId=UHJvZHVjdDo5OTk%3D", made)
    assert "has not read this product yet" in answer.content.decode()
