"""How long a request may take, and how much of a process one client may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.urls import reverse

from storefront.catalog.models import Product
from storefront.config.timeouts import limit_statements
from storefront.graphql.limits.admission import Admission, TooBusy, admission
from tests.builders import open_shop, sell_named
from tests.graphql.asking import post

LIST = "{ products(first: 1) { totalCount } }"


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def share(clock: list[float], settings: Any) -> Admission:
    settings.GRAPHQL_SECONDS_PER_MINUTE = 60
    settings.GRAPHQL_EXPENSIVE_AT_ONCE = 2
    return Admission(clock=lambda: clock[0])


# --- share --------------------------------------------------------------------------------------------------


def test_an_address_that_spent_its_seconds_waits_until_they_have_come_back(
    share: Admission, clock: list[float]
) -> None:
    with share.spending("a"):
        clock[0] += 10

    with pytest.raises(TooBusy) as refusal:
        share.check("a")
    assert refusal.value.seconds == 5
    share.check("b")

    clock[0] += 5.1
    share.check("a")


def test_what_was_saved_up_has_an_end(share: Admission, clock: list[float]) -> None:
    share.check("a")
    clock[0] += 10_000
    with share.spending("a"):
        clock[0] += 11

    with pytest.raises(TooBusy):
        share.check("a")


def test_few_expensive_requests_of_an_address_run_at_once(share: Admission) -> None:
    with share.expensive("a"), share.expensive("a"):
        with pytest.raises(TooBusy), share.expensive("a"):
            pass
        with share.expensive("b"):
            pass
    with share.expensive("a"):
        pass


def test_a_refused_client_is_told_when_to_come_back(settings: Any) -> None:
    settings.GRAPHQL_SECONDS_PER_MINUTE = 1
    with admission.spending("127.0.0.1"):
        admission._account("127.0.0.1", admission.clock()).seconds = -2

    response = post({"query": "{ __typename }"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 60
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json()["errors"][0]["extensions"]["exception"]["code"] == "GraphQLError"


def test_another_client_is_answered_meanwhile(settings: Any) -> None:
    admission._account("127.0.0.1", admission.clock()).seconds = -1000

    response = Client(REMOTE_ADDR="127.0.0.2").post(
        "/graphql/", {"query": "{ __typename }"}, content_type="application/json"
    )

    assert response.status_code == 200


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_whose_time_is_up_is_answered_with_503(settings: Any) -> None:
    open_shop()
    settings.GRAPHQL_DEADLINE_S = -1

    response = post({"query": LIST})

    assert response.status_code == 503
    assert response["Retry-After"]
    assert [error["message"] for error in response.json()["errors"]] == [
        "The request took too long and was stopped. Ask for less."
    ]


@contextmanager
def no_answer_from_products() -> Iterator[None]:
    """Have every statement that reads products wait, for longer than a statement may take."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(f"LOCK TABLE {Product._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/graphql/", "/tools/?q=ball", "/products/ball/"])
def test_a_cancelled_statement_is_answered_with_503(path: str) -> None:
    open_shop()
    sell_named("Ball")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 100")

    try:
        client = Client(raise_request_exception=False)
        with no_answer_from_products():
            response = post({"query": LIST}) if path == "/graphql/" else client.get(path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")

    assert response.status_code == 503
    assert response["Retry-After"]


def test_only_a_web_server_limits_statements() -> None:
    assert "options" not in configured.DATABASES["default"]["OPTIONS"]
    database: dict[str, Any] = {"OPTIONS": {"options": "-c search_path=shop"}}

    limit_statements(database, 7)

    assert database["OPTIONS"]["options"] == "-c statement_timeout=7000 -c search_path=shop"


# --- the shop's pages ---------------------------------------------------------------------------------------


ODD = [
    *("", "\0", "a\0b", "x" * 5000, "%ff%fe", "\ud800", "😀" * 300, "' OR 1=1 --", ":*&|!()<->"),
    *("W10=", "WyJhIiwxXQ==", "WzFlOTk5OTk5LDFd", "W3RydWUsdHJ1ZV0=", "[" * 3000),
]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["q", "after", "before"])
def test_whatever_a_pages_address_brings_is_no_bug(name: str, value: str) -> None:
    open_shop()
    sell_named("Ball", "neck")
    client = Client()

    for path in (reverse("pages:products"), reverse("pages:area", args=["neck"])):
        text = value.encode("utf-8", "surrogatepass")
        given = {name: text, "q": text} if name != "q" else {name: text}
        assert client.get(path, given).status_code in (200, 400)
        assert client.get(path, {name: [text, text, "x"]}).status_code in (200, 400)
