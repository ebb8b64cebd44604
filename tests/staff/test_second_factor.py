"""The code from an app besides the password: asked for where the setting says so, and never skipped."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from storefront.staff.roles import renew_roles
from tests.builders import open_shop
from tests.staff.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/staff/second-factor/"
PAGES = ["/staff/", "/staff/imports/", "/staff/review/", "/staff/password/", "/staff/shop/", "/staff/shop/auth/user/"]


@pytest.fixture(autouse=True)
def _asked_for(settings: Any) -> None:
    open_shop()
    settings.STAFF_SECOND_FACTOR = True


def code_of(device: TOTPDevice, *, later_s: int = 0) -> str:
    found = TOTP(device.bin_key, device.step, device.t0, device.digits)
    found.time = time.time() + later_s
    return f"{found.token():06}"


def shown(client: Client) -> TOTPDevice:
    """The app that this browser is shown the key of."""
    page = client.get(PAGE).content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found, page
    return TOTPDevice(key=b32decode(found[1].replace(" ", "")).hex())


def enrolled() -> tuple[Client, TOTPDevice, list[str]]:
    """A manager who has set the app up: their browser, the device and the recovery codes."""
    client = signed_in("Managers")
    answer = client.post(PAGE, {"code": code_of(shown(client))})
    return client, TOTPDevice.objects.get(), re.findall(r"<li><code>(\w+)</code>", answer.content.decode())


def another_browser(device: TOTPDevice) -> Client:
    client = Client()
    client.force_login(device.user)
    return client


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
    answer = client.post(PAGE, {"code": code, "next": "/staff/review/"})
    other = Client()
    other.force_login(device.user)
    again = other.post(PAGE, {"code": code})

    assert "<svg" not in page
    assert answer["Location"] == "/staff/review/"
    assert again.status_code == 422
    assert other.get("/staff/").status_code == 302


def test_a_recovery_code_works_once() -> None:
    _, device, codes = enrolled()

    answers = []
    for _ in range(2):
        client = Client()
        client.force_login(device.user)
        answers.append(client.post(PAGE, {"code": codes[0]}).status_code)

    assert answers == [302, 422]


def test_wrong_codes_have_to_wait() -> None:
    _, device, _ = enrolled()
    client = Client()
    client.force_login(device.user)

    client.post(PAGE, {"code": "000000"})
    answer = client.post(PAGE, {"code": code_of(device)})

    assert "Try again in" in answer.content.decode()
    assert client.get("/staff/").status_code == 302


def test_another_sites_page_is_no_place_to_go_on_to() -> None:
    client, _, _ = enrolled()

    answer = client.get("/staff/second-factor/?next=https://evil.example/")

    assert answer["Location"] == "/staff/"


def test_strangers_are_sent_to_the_sign_in() -> None:
    answer = Client().get(PAGE)

    assert answer["Location"].startswith("/staff/sign-in/")


def test_without_the_setting_the_password_is_enough(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False

    assert signed_in("Managers").get("/staff/").status_code == 200


def test_every_session_is_shown_a_key_of_its_own_and_the_same_until_it_is_used() -> None:
    first, second = signed_in("Managers", name="mia"), Client()
    second.force_login(User.objects.get(username="mia"))

    keys = [shown(first).key, shown(second).key, shown(first).key]
    wrong = first.post(PAGE, {"code": code_of(shown(second))})

    assert keys[0] == keys[2] != keys[1]
    assert wrong.status_code == 422
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("code", ["", "12", "none", "9" * 5000, "²²²²²²", "-12345"])
def test_what_is_no_code_sets_up_no_app(code: str) -> None:
    client = signed_in("Managers")

    assert client.post(PAGE, {"code": code}).status_code == 422
    assert not TOTPDevice.objects.exists()


def test_the_code_that_set_the_app_up_does_not_work_again() -> None:
    client = signed_in("Managers")
    code = code_of(shown(client))
    client.post(PAGE, {"code": code})

    again = another_browser(TOTPDevice.objects.get()).post(PAGE, {"code": code})

    assert again.status_code == 422


def test_of_two_sessions_that_set_an_app_up_the_first_wins() -> None:
    first, second = signed_in("Managers", name="mia"), Client()
    second.force_login(User.objects.get(username="mia"))
    late = code_of(shown(second))
    first.post(PAGE, {"code": code_of(shown(first))})

    assert second.post(PAGE, {"code": late}).status_code == 422
    assert TOTPDevice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_codes_that_arrive_together_are_looked_at_one_after_the_other() -> None:
    renew_roles()
    _, device, codes = enrolled()
    browsers = [another_browser(device) for _ in range(6)]

    def send(client: Client, code: str) -> int:
        try:
            return client.post(PAGE, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(send, browsers, [codes[0]] * len(browsers)))

    assert sorted(answers) == [302] + [422] * (len(browsers) - 1)


def test_a_code_is_looked_at_with_its_device_locked() -> None:
    _, device, _ = enrolled()
    client = another_browser(device)

    with CaptureQueriesContext(connection) as asked:
        client.post(PAGE, {"code": "000000"})

    locked = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert [table for table in ("otp_totp_totpdevice", "otp_static_staticdevice") if table not in "".join(locked)] == []


def test_who_lost_app_and_codes_sets_up_both_again() -> None:
    client, device, codes = enrolled()

    call_command("reset_second_factor", "mia", verbosity=0)
    answer = client.get("/staff/")
    key = shown(client).key
    client.post(PAGE, {"code": codes[0]})
    still_out = client.get("/staff/").status_code
    client.post(PAGE, {"code": code_of(shown(client))})

    assert answer["Location"].startswith(PAGE)
    assert key != device.key
    assert still_out == 302
    assert client.get("/staff/").status_code == 200


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="no account 'nobody'"):
        call_command("reset_second_factor", "nobody")
