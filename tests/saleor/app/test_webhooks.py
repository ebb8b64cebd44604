"""Webhooks: what Saleor signed just now is taken as "this changed"; everything else changes nothing."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import jwt
import pytest

from catalog_import.models import ImportRun
from storefront.saleor.app import jwks
from storefront.saleor.models import Change, Installation
from tests.saleor.app.conftest import AppHome, an_event, rows
from tests.saleor.fake.signing import Signer, detached, rsa_key
from tests.saleor.fake.state import App

NOW = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": "saleor-1", "typ": "JWT"}


def body_of(**changes: Any) -> bytes:
    return json.dumps(an_event(**changes)).encode()


def ago(**said: float) -> str:
    return (datetime.now(UTC) - timedelta(**said)).isoformat()


def marks() -> list[tuple[str, str]]:
    return list(Change.objects.order_by("pk").values_list("kind", "saleor_id"))


# --- believed -----------------------------------------------------------------------------------------------


def test_what_saleor_signed_is_marked_and_a_worker_sent(
    installed: AppHome, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as sent:
        answer = installed.deliver(an_event())

    assert (answer.status_code, answer.json(), marks()) == (200, {}, [("product", "UHJvZHVjdDox")])
    assert len(sent) == 1


def test_many_events_of_one_thing_are_one_mark(installed: AppHome) -> None:
    for _ in range(3):
        assert installed.deliver(an_event()).status_code == 200

    assert len(marks()) == 1


def test_an_event_of_nothing_that_is_followed_is_taken_and_marks_nothing(installed: AppHome) -> None:
    assert installed.deliver(an_event(__typename="InvoiceSent")).status_code == 200
    assert marks() == []


def test_a_broker_that_is_down_loses_no_mark(installed: AppHome, monkeypatch: pytest.MonkeyPatch) -> None:
    from celery import current_app

    monkeypatch.setitem(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    from storefront.saleor.follow.enqueue import enqueue_follow

    enqueue_follow()
    assert installed.deliver(an_event()).status_code == 200
    assert len(marks()) == 1


@pytest.mark.parametrize(
    ("kind", "who", "is_running", "is_marked"),
    [
        ("ProductUpdated", "us", True, False),
        ("PageUpdated", "us", True, False),
        ("CategoryUpdated", "us", True, True),
        ("ProductUpdated", "us", False, True),
        ("ProductUpdated", "QXBwOjk5", True, True),
        ("ProductUpdated", None, True, True),
    ],
)
def test_what_our_import_writes_is_read_back_by_the_import(
    installed: AppHome, app: App, kind: str, who: str | None, is_running: bool, is_marked: bool
) -> None:
    if is_running:
        ImportRun.objects.create(source="main", status=ImportRun.Status.RUNNING)
    principal = {"__typename": "App", "id": app.id if who == "us" else who} if who else None
    thing = kind.removesuffix("Updated").lower()
    event = an_event(__typename=kind, issuingPrincipal=principal, product=None) | {thing: {"id": "WDox"}}

    assert installed.deliver(event).status_code == 200
    assert bool(marks()) == is_marked


def test_no_import_runs_in_a_fresh_shop(installed: AppHome, app: App) -> None:
    event = an_event(issuingPrincipal={"__typename": "App", "id": app.id})

    assert installed.deliver(event).status_code == 200
    assert len(marks()) == 1


# --- not believed -------------------------------------------------------------------------------------------

Forgery = Callable[[AppHome], Any]


def signed(signer: Signer | None = None, body: bytes | None = None, **header: Any) -> Forgery:
    """A fresh event with another signature."""

    def deliver(home: AppHome) -> Any:
        sent = body_of()
        return home.deliver(sent, Saleor_Signature=(signer or home.fake.signer).sign(body or sent, **header))

    return deliver


def signature(made: Callable[[str], Any]) -> Forgery:
    """A fresh event whose good signature was changed."""

    def deliver(home: AppHome) -> Any:
        body = body_of()
        return home.deliver(body, Saleor_Signature=made(home.fake.signer.sign(body)))

    return deliver


def changed(made: Callable[[bytes], bytes]) -> Forgery:
    """A body that was changed after it was signed."""

    def deliver(home: AppHome) -> Any:
        body = body_of()
        return home.deliver(made(body), Saleor_Signature=home.fake.signer.sign(body))

    return deliver


def issued(said: Any) -> Forgery:
    return lambda home: home.deliver(an_event(issuedAt=said() if callable(said) else said))


def under(**headers: Any) -> Forgery:
    return lambda home: home.deliver(an_event(), **headers)


def with_hmac(home: AppHome) -> Any:
    """Signed with the public key as if it were a secret."""
    body = body_of()
    key = json.dumps(home.fake.signer.jwk()).encode()
    header = base64.urlsafe_b64encode(json.dumps(NOW | {"alg": "HS256"}).encode()).rstrip(b"=")
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(header + b"." + body, key)
    encoded = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    return home.deliver(body, Saleor_Signature=f"{header.decode()}..{encoded}")


def with_payload_inside(home: AppHome) -> Any:
    """An ordinary JWS of the body in the place of a detached one."""
    body = body_of()
    token = jwt.PyJWS().encode(body, home.fake.signer.key, algorithm="RS256", headers={"kid": "saleor-1"})
    return home.deliver(body, Saleor_Signature=token)


def without_installation(home: AppHome) -> Any:
    Installation.objects.all().delete()
    return home.deliver(an_event())


def with_a_short_key(home: AppHome) -> Any:
    signer = Signer("short", rsa_key("short", 1024))
    home.fake.jwks["keys"].append(signer.jwk())
    return signed(signer)(home)


def with_a_key_of(**changes: Any) -> Forgery:
    """A key that Saleor tells, and that is not for signing events."""

    def deliver(home: AppHome) -> Any:
        signer = Signer("other-use", rsa_key("other use"))
        home.fake.jwks["keys"].append(signer.jwk(**changes))
        return signed(signer)(home)

    return deliver


STRANGER = Signer("stranger", rsa_key("stranger"))
FOREIGN = Signer("saleor-1", rsa_key("stranger"))

FORGERIES: dict[str, Forgery] = {
    "no signature": under(Saleor_Signature=None),
    "an empty signature": under(Saleor_Signature=""),
    "some text as signature": under(Saleor_Signature="sha256=abc"),
    "a signature of another body": signed(body=b"{}"),
    "a foreign key under its own id": signed(STRANGER),
    "a foreign key under Saleor's id": signed(FOREIGN),
    "a key too short": with_a_short_key,
    "a key for encryption": with_a_key_of(use="enc"),
    "a key without a use": with_a_key_of(use=None),
    "a key for another algorithm": with_a_key_of(alg="RS512"),
    "alg none": signed(alg="none"),
    "alg None, no signature": signature(lambda said: said.rpartition(".")[0] + "."),
    "alg HS256 in the header": signed(alg="HS256"),
    "alg RS512 in the header": signed(alg="RS512"),
    "alg missing": signed(alg=None),
    "HMAC with the public key": with_hmac,
    "b64 true": signed(b64=True),
    "b64 missing": signed(b64=None),
    "crit missing": signed(crit=None),
    "crit of more": signed(crit=["b64", "exp"]),
    "crit as a text": signed(crit="b64"),
    "kid missing": signed(kid=None),
    "kid empty": signed(kid=""),
    "kid a number": signed(kid=1),
    "kid a list": signed(kid=["saleor-1"]),
    "kid a path": signed(kid="../../saleor-1"),
    "another header, old signature": signature(
        lambda said: detached(rsa_key("stranger"), NOW, b"").split("..")[0] + "x.." + said.split("..")[1]
    ),
    "a header that is no JSON": signature(lambda said: "AAAA.." + said.split("..")[1]),
    "a header that is a list": signature(lambda said: "W10.." + said.split("..")[1]),
    "a signature cut short": signature(lambda said: said[:-4]),
    "half a signature": signature(lambda said: said[: len(said) // 2]),
    "a signature with one letter changed": signature(
        lambda said: said[:-9] + ("A" if said[-9] != "A" else "B") + said[-8:]
    ),
    "a signature with signs between": signature(lambda said: said[:-9] + "!" + said[-9:]),
    "a signature with padding": signature(lambda said: said + "=="),
    "a signature with more after it": signature(lambda said: said + ".AAAA"),
    "a signature with blanks": signature(lambda said: f"{said} x"),
    "a very long signature": signature(lambda said: said + "A" * 5000),
    "the payload inside the signature": with_payload_inside,
    "a body with one more byte": changed(lambda body: body + b" "),
    "a body cut short": changed(lambda body: body[:-1]),
    "half a body": changed(lambda body: body[: len(body) // 2]),
    "no body": changed(lambda _: b""),
    "another product": changed(lambda body: body.replace(b"UHJvZHVjdDox", b"UHJvZHVjdDoy")),
    "a younger date": changed(lambda body: body.replace(b"20", b"21", 1)),
    "another Saleor": under(Saleor_Api_Url="https://other.example/graphql/"),
    "no Saleor": under(Saleor_Api_Url=None),
    "Saleor's address with more": under(Saleor_Api_Url="http://127.0.0.1/graphql/?"),
    "replayed after more than an hour": issued(lambda: ago(minutes=61)),
    "replayed after a day": issued(lambda: ago(days=1)),
    "of the future": issued(lambda: ago(minutes=-6)),
    "without a date": issued(None),
    "with a date that is none": issued("yesterday"),
    "with a date that is a number": issued(1763600000),
    "with a date without a zone": issued("2026-11-20T10:00:00"),
    "the app is not installed": without_installation,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_webhook_is_refused_and_changes_nothing(
    installed: AppHome, forgery: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jwks, "PAUSE_S", 0)
    assert installed.deliver(an_event(product={"id": "before"})).status_code == 200
    before = rows()

    answer = FORGERIES[forgery](installed)

    if forgery == "the app is not installed":
        before[0] = []
    assert (answer.status_code, rows()) == (401, before)
    assert "UHJvZHVjdDo" not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"null", 400),
        (b'"text"', 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"a": ' * 3000, 400),
        (body_of(product={"id": "x" * 121}), 400),
        (body_of(product={"id": "a\x00b"}), 400),
        (body_of(more="x" * 1024 * 1024), 413),
    ],
    ids=["list", "null", "text", "cut", "no utf-8", "deep", "long id", "nul", "too large"],
)
def test_what_saleor_signed_and_is_no_event_changes_nothing(installed: AppHome, body: bytes, status: int) -> None:
    before = rows()

    assert (installed.deliver(body).status_code, rows()) == (status, before)


def test_only_posts_are_taken(installed: AppHome) -> None:
    assert installed.client.get("/saleor/webhooks").status_code == 405


# --- Saleor's keys ------------------------------------------------------------------------------------------


def test_keys_are_fetched_once(installed: AppHome) -> None:
    for _ in range(3):
        installed.deliver(an_event())

    assert installed.fake.jwks_asked == 1


def test_another_process_uses_what_one_fetched(installed: AppHome) -> None:
    installed.deliver(an_event())
    jwks.forget_keys()

    assert installed.deliver(an_event()).status_code == 200
    assert installed.fake.jwks_asked == 1


def test_a_new_key_of_saleors_is_found(installed: AppHome, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.deliver(an_event())
    monkeypatch.setattr(jwks, "PAUSE_S", 0)
    old, installed.fake.signer = installed.fake.signer, Signer("saleor-2", rsa_key("next"))
    installed.fake.jwks = {"keys": [installed.fake.signer.jwk()]}

    assert installed.deliver(an_event()).status_code == 200
    installed.fake.signer = old
    assert installed.deliver(an_event()).status_code == 401


def test_made_up_key_ids_make_saleor_no_work(installed: AppHome) -> None:
    installed.deliver(an_event())

    for number in range(20):
        assert signed(Signer(f"made-up-{number}", rsa_key("stranger")))(installed).status_code == 401
    assert installed.fake.jwks_asked == 1
    assert installed.deliver(an_event()).status_code == 200


def test_many_threads_fetch_a_key_once(installed: AppHome) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(jwks.key_by_id, ["saleor-1"] * 64))

    assert (len(found), installed.fake.jwks_asked) == (64, 1)


def test_a_slow_fetch_holds_one_thread_alone(installed: AppHome, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.deliver(an_event())
    monkeypatch.setattr(jwks, "PAUSE_S", 0)
    begun, go_on, fetch = Event(), Event(), jwks.fetch

    def slow(url: str) -> bytes:
        begun.set()
        assert go_on.wait(20)
        return fetch(url)

    monkeypatch.setattr(jwks, "fetch", slow)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(jwks.key_by_id, "made-up")
        assert begun.wait(20)
        try:
            started = time.monotonic()
            codes = [signed(Signer("made-up", rsa_key("stranger")))(installed).status_code for _ in range(20)]
            assert (codes, time.monotonic() - started < jwks.WAIT_S * 10) == ([503] * 20, True)
            assert installed.deliver(an_event()).status_code == 200
        finally:
            go_on.set()
        with pytest.raises(jwks.KeyUnknown):
            first.result()


@pytest.mark.parametrize("answer", [None, [], {}, {"keys": 5}, {"keys": [], "more": "x" * 70_000}])
def test_while_keys_cannot_be_had_saleor_is_asked_to_come_again(installed: AppHome, answer: Any) -> None:
    installed.fake.jwks, kept = answer, installed.fake.jwks
    before = rows()

    assert [installed.deliver(an_event()).status_code for _ in range(3)] == [503] * 3
    assert (rows(), installed.fake.jwks_asked) == (before, 1)

    installed.fake.jwks = kept
    jwks.forget_keys()
    assert installed.deliver(an_event()).status_code == 200


@pytest.mark.parametrize(
    "strange", [None, 5, {}, {"kid": 5}, {"kid": "x", "kty": "EC"}, {"kid": "x", "kty": "RSA", "use": "sig", "n": "!"}]
)
def test_keys_that_cannot_be_used_are_passed_over(installed: AppHome, strange: Any) -> None:
    installed.fake.jwks["keys"].insert(0, strange)

    assert installed.deliver(an_event()).status_code == 200
