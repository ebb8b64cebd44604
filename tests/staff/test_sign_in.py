"""Signing in to the staff pages: who gets in, where to, and how often one may try."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from storefront.callers import client_address, network_of
from storefront.staff.attempts import KNOWN_BROWSER, SIGN_IN
from tests.builders import open_shop
from tests.staff.people import PASSWORD, a_person, signed_in

pytestmark = pytest.mark.django_db

SIGN_IN_PAGE = "/staff/sign-in/"


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def sign_in(client: Client | None = None, *, name: str = "mia", password: str = PASSWORD, **more: str) -> HttpResponse:
    headers = {key: more.pop(key) for key in list(more) if key.isupper()}
    answer: Any = (client or Client()).post(
        SIGN_IN_PAGE, {"username": name, "password": password} | more, headers=None, **headers
    )
    return answer  # type: ignore[no-any-return]


def test_staff_get_to_the_page_that_they_asked_for() -> None:
    a_person()
    client = Client()

    asked = client.get("/staff/shop/catalog/product/?q=ball")
    page = client.get("/staff/password/")
    answer = sign_in(client, next="/staff/password/")

    assert asked["Location"].startswith("/staff/shop/login/")
    assert page["Location"] == "/staff/sign-in/?next=/staff/password/"
    assert answer["Location"] == "/staff/password/"
    assert client.get("/staff/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_way_on_never_leaves_the_shop(target: str) -> None:
    a_person()

    assert sign_in(next=target)["Location"] == "/staff/"


def test_a_wrong_password_and_a_name_that_is_not_there_get_the_same_answer() -> None:
    a_person()
    a_person("customer", is_staff=False)
    a_person("gone", is_active=False)

    answers = [
        sign_in(password="wrong"),
        sign_in(name="nobody"),
        sign_in(name="customer"),
        sign_in(name="gone"),
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert "Wrong name or password" in answer.content.decode()
        assert "sessionid" not in answer.cookies


def test_after_too_many_tries_even_the_right_password_has_to_wait() -> None:
    a_person()
    client = Client()

    tries = [sign_in(client, password="wrong").status_code for _ in range(SIGN_IN.of_account)]
    answer = sign_in(client)

    assert tries == [200] * SIGN_IN.of_account
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 15 * 60 + 1
    assert "Too many attempts. Try again in" in answer.content.decode()
    assert "sessionid" not in client.cookies


def test_a_name_that_is_not_there_has_as_many_tries_as_one_that_is() -> None:
    answers = [sign_in(name="nobody").status_code for _ in range(SIGN_IN.of_account + 1)]

    assert answers == [200] * SIGN_IN.of_account + [429]


def test_capital_or_full_width_letters_and_spaces_give_no_further_tries() -> None:
    names = ["mia", "MIA", " mia ", "ｍｉａ", "\u3000mIa", "ＭＩＡ"]

    assert [sign_in(name=name).status_code for name in names][-1] == 429


def test_one_address_cannot_try_one_account_after_the_other() -> None:
    answers = [sign_in(name=f"person {number}").status_code for number in range(SIGN_IN.of_address + 1)]

    assert answers[-1] == 429
    assert sign_in(name="somebody", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_somebody_elses_tries_do_not_lock_a_person_out() -> None:
    a_person()
    for _ in range(SIGN_IN.of_account + 1):
        sign_in(password="wrong", REMOTE_ADDR="192.0.2.7")

    assert sign_in().status_code == 302


def test_a_right_password_takes_the_tries_back() -> None:
    a_person()
    for _ in range(2):
        for _ in range(SIGN_IN.of_account - 1):
            sign_in(password="wrong")
        assert sign_in().status_code == 302


@pytest.mark.parametrize(
    "cache",
    [
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
        {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    ],
    ids=["unreachable", "none"],
)
def test_without_the_cache_staff_get_in_and_tries_are_still_limited(settings: Any, cache: dict[str, str]) -> None:
    settings.CACHES = settings.CACHES | {"default": cache}
    a_person()

    assert sign_in().status_code == 302
    assert [sign_in(password="wrong").status_code for _ in range(SIGN_IN.of_account + 1)][-1] == 429


def test_djangos_own_sign_in_is_no_way_around_the_limit() -> None:
    a_person()

    answer = Client().post("/staff/shop/login/?next=/staff/shop/", {"username": "mia", "password": PASSWORD})

    assert answer["Location"] == "/staff/sign-in/?next=%2Fstaff%2Fshop%2F"
    assert "sessionid" not in answer.cookies


def test_the_session_is_new_after_signing_in_and_ends_after_a_working_day() -> None:
    a_person()
    client = Client()
    client.get(SIGN_IN_PAGE)
    before = client.session.session_key

    answer = sign_in(client)

    cookie = answer.cookies["sessionid"]
    assert client.session.session_key != before
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 12 * 60 * 60)


def test_signing_out_needs_a_form_and_ends_the_session() -> None:
    client = signed_in()

    assert client.get("/staff/sign-out/").status_code == 405
    assert client.post("/staff/sign-out/")["Location"] == SIGN_IN_PAGE
    assert client.get("/staff/")["Location"] == "/staff/sign-in/?next=/staff/"


def test_who_is_signed_in_goes_straight_on() -> None:
    assert signed_in().get("/staff/sign-in/?next=/staff/password/")["Location"] == "/staff/password/"


def test_an_account_that_is_no_longer_staff_is_out_at_once() -> None:
    client = signed_in()
    User.objects.update(is_staff=False)

    assert client.get("/staff/").status_code == 302
    assert client.get("/staff/shop/").status_code == 302


def test_a_form_of_another_site_is_refused() -> None:
    a_person()

    answer = Client(enforce_csrf_checks=True).post(SIGN_IN_PAGE, {"username": "mia", "password": PASSWORD})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("proxies", "said", "expected"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_what_a_client_says_of_its_address_counts_only_behind_proxies(
    settings: Any, proxies: int, said: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    assert client_address(RequestFactory().get("/", headers={"X-Forwarded-For": said})) == expected


def test_an_ipv6_client_counts_with_its_whole_network() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"


def test_another_port_is_no_other_client() -> None:
    assert {network_of(said) for said in ("192.0.2.7", "192.0.2.7:80", "192.0.2.7:4711")} == {"192.0.2.7"}
    assert network_of("[2001:db8::1]:80") == network_of("2001:db8::1") == "2001:db8::"


@pytest.mark.parametrize("page", ["/staff/sign-in/", "/staff/imports/new/"])
def test_nothing_is_written_to_disk_for_who_has_not_signed_in(
    client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    monkeypatch.setattr(uploadedfile.tempfile, "NamedTemporaryFile", lambda **options: written.append(options))

    answer = client.post(page, {"products": SimpleUploadedFile("p.csv", b"x" * 3_000_000)})

    assert answer.status_code in (200, 302)
    assert written == []


def test_many_addresses_together_have_no_more_tries_for_one_account() -> None:
    a_person()
    answers = [
        sign_in(password="wrong", REMOTE_ADDR=f"192.0.2.{number}").status_code
        for number in range(SIGN_IN.of_account_everywhere + 1)
    ]

    assert answers == [200] * SIGN_IN.of_account_everywhere + [429]
    assert sign_in(REMOTE_ADDR="192.0.2.200").status_code == 429
    assert sign_in(name="somebody else", REMOTE_ADDR="192.0.2.200").status_code == 200


def test_a_browser_that_the_person_has_used_before_still_gets_in() -> None:
    a_person()
    known = Client()
    assert sign_in(known).status_code == 302
    known.post("/staff/sign-out/")
    for number in range(SIGN_IN.of_account_everywhere + 1):
        sign_in(password="wrong", REMOTE_ADDR=f"192.0.2.{number}")

    assert sign_in(known, REMOTE_ADDR="192.0.2.200").status_code == 302
    # It is known for this account alone, and its own tries are counted.
    assert sign_in(known, name="other", password="wrong").status_code == 200
    assert [sign_in(known, password="wrong").status_code for _ in range(SIGN_IN.of_account + 1)][-1] == 429


def test_a_session_of_ones_own_gives_no_further_tries_for_another_account() -> None:
    a_person("victim")
    client = signed_in()

    answers = [sign_in(client, name="victim", password="wrong") for _ in range(SIGN_IN.of_account + 1)]

    assert [answer.status_code for answer in answers] == [200] * SIGN_IN.of_account + [429]
    assert [answer for answer in answers if KNOWN_BROWSER in answer.cookies] == []
