"""The code from an app besides the password: asked for where the setting says so, and never skipped."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.builders import open_shop
from tests.staff.people import signed_in

pytestmark = pytest.mark.django_db
PAGES = ["/staff/", "/staff/imports/", "/staff/review/", "/staff/password/", "/staff/shop/", "/staff/shop/auth/user/"]


@pytest.fixture(autouse=True)
def _asked_for(settings: Any) -> None:
    open_shop()
    settings.STAFF_SECOND_FACTOR = True


def code_of(device: TOTPDevice, *, later_s: int = 0) -> str:
    found = TOTP(device.bin_key, device.step, device.t0, device.digits)
    found.time = time.time() + later_s
    return f"{found.token():06}"


def enrolled() -> tuple[Client, TOTPDevice, list[str]]:
    """A manager who has set the app up: their browser, the device and the codes on paper."""
    client = signed_in("Managers")
    client.get("/staff/second-factor/")
    device = TOTPDevice.objects.get()
    answer = client.post("/staff/second-factor/", {"code": code_of(device)})
    return client, device, re.findall(r"<li><code>(\w+)</code>", answer.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_the_password_alone_opens_no_page(page: str) -> None:
    answer = signed_in("Managers").get(page, follow=True)

    assert answer.redirect_chain[-1][0].startswith("/staff/second-factor/?next=")
    assert answer.status_code == 200


def test_the_first_time_the_app_is_set_up_and_ten_codes_are_shown() -> None:
    client, _, codes = enrolled()

    assert len(set(codes)) == 10
    assert [client.get(page).status_code for page in PAGES] == [200, 200, 302, 200, 200, 200]


def test_the_next_time_the_code_is_asked_for_and_works_once() -> None:
    _, device, _ = enrolled()
    client = Client()
    client.force_login(device.user)

    page = client.get("/staff/second-factor/?next=/staff/review/").content.decode()
    code = code_of(device, later_s=30)
    TOTPDevice.objects.update(tolerance=2)
    answer = client.post("/staff/second-factor/", {"code": code, "next": "/staff/review/"})
    other = Client()
    other.force_login(device.user)
    again = other.post("/staff/second-factor/", {"code": code})

    assert "<svg" not in page
    assert answer["Location"] == "/staff/review/"
    assert again.status_code == 422
    assert other.get("/staff/").status_code == 302


def test_a_code_on_paper_works_once() -> None:
    _, device, codes = enrolled()

    answers = []
    for _ in range(2):
        client = Client()
        client.force_login(device.user)
        answers.append(client.post("/staff/second-factor/", {"code": codes[0]}).status_code)

    assert answers == [302, 422]


def test_wrong_codes_have_to_wait() -> None:
    _, device, _ = enrolled()
    client = Client()
    client.force_login(device.user)

    client.post("/staff/second-factor/", {"code": "000000"})
    answer = client.post("/staff/second-factor/", {"code": code_of(device)})

    assert "Try again in" in answer.content.decode()
    assert client.get("/staff/").status_code == 302


def test_another_sites_page_is_no_place_to_go_on_to() -> None:
    client = signed_in("Managers")
    client.get("/staff/second-factor/")
    device = TOTPDevice.objects.get()

    client.post("/staff/second-factor/", {"code": code_of(device)})
    answer = client.get("/staff/second-factor/?next=https://evil.example/")

    assert answer["Location"] == "/staff/"


def test_strangers_are_sent_to_the_sign_in() -> None:
    answer = Client().get("/staff/second-factor/")

    assert answer["Location"].startswith("/staff/sign-in/")


def test_without_the_setting_the_password_is_enough(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False

    assert signed_in("Managers").get("/staff/").status_code == 200
