"""New passwords: by the old one, or by a link that is mailed and works once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from storefront.config.celery import app
from storefront.staff.attempts import RESET
from tests.builders import open_shop
from tests.staff.people import PASSWORD, a_person, signed_in

pytestmark = pytest.mark.django_db

NEW = "warm stones by the river"


@pytest.fixture(autouse=True)
def _work_is_done_at_once() -> Iterator[None]:
    open_shop()
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


def ask(address: str, client: Client | None = None) -> str:
    """Ask for a link; gives the page that comes then."""
    answer = (client or Client()).post("/staff/password/reset/", {"email": address}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def mailed_link() -> str:
    (message,) = mail.outbox
    (link,) = re.findall(r"http://testserver(/\S+)", str(message.body))
    return link


def test_a_mailed_link_gives_a_new_password_and_works_once() -> None:
    a_person(email="mia@example.org")
    ask("MIA@example.org")
    client = Client()

    form = client.get(mailed_link())["Location"]
    done = client.post(form, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    again = Client().get(mailed_link(), follow=True).content.decode()

    assert "Your password is changed. Sign in with it." in done.content.decode()
    assert "This link is used up" in again
    assert Client().login(username="mia", password=NEW)
    assert "Your name there: mia" in str(mail.outbox[0].body)


def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail() -> None:
    a_person(email="mia@example.org")
    a_person("customer", email="customer@example.org", is_staff=False)
    a_person("gone", email="gone@example.org", is_active=False)

    pages = [ask(f"{name}@example.org", Client(REMOTE_ADDR="192.0.2.7")) for name in ("nobody", "customer", "gone")]

    assert mail.outbox == []
    assert {re.sub(r"\s+", " ", page) for page in pages} == {re.sub(r"\s+", " ", ask("mia@example.org"))}


def test_nobody_is_flooded_with_mail() -> None:
    a_person(email="mia@example.org")

    for _ in range(RESET.of_account):
        ask("mia@example.org")
    answer = Client().post("/staff/password/reset/", {"email": "mia@example.org"})

    assert answer.status_code == 429
    assert len(mail.outbox) == RESET.of_account


def test_the_page_says_where_mail_goes_without_a_mail_server() -> None:
    assert "written into the folder <code>mail/</code>" in ask("nobody@example.org")


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions() -> None:
    here = signed_in()
    elsewhere = Client()
    elsewhere.login(username="mia", password=PASSWORD)
    said = {"new_password1": NEW, "new_password2": NEW}

    refused = here.post("/staff/password/", said | {"old_password": "wrong"})
    changed = here.post("/staff/password/", said | {"old_password": PASSWORD})

    assert refused.status_code == 200
    assert changed["Location"] == "/staff/"
    assert here.get("/staff/").status_code == 200
    assert elsewhere.get("/staff/").status_code == 302


def test_a_weak_password_is_refused_with_the_reason() -> None:
    page = signed_in().post(
        "/staff/password/", {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"}
    )

    assert "entirely numeric" in page.content.decode()


def test_a_link_leads_to_the_shops_own_address_whatever_host_was_asked_for(settings: Any) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    a_person(email="mia@shop.example")

    Client().post("/staff/password/reset/", {"email": "mia@shop.example"}, headers={"Host": "evil.example:8081"})

    assert "https://shop.example/staff/password/reset/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("password", "is_taken"), [("short-1!", False), ("eleven-char", False), ("five words of mine", True)]
)
def test_a_password_has_twelve_characters_and_may_be_a_sentence(password: str, is_taken: bool) -> None:
    client = signed_in()

    client.post(
        "/staff/password/",
        {"old_password": PASSWORD, "new_password1": password, "new_password2": password},
    )

    assert User.objects.get().check_password(password) == is_taken
