"""The GraphQL endpoint itself: what it takes, what it refuses, and in what form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from graphql import get_introspection_query

from storefront.catalog.models import Channel
from tests.builders import open_shop
from tests.graphql.asking import ask, post

NAME = "{ __typename }"


def answer_of(response: Any) -> Any:
    """The answer without what the query cost."""
    answer = response.json()
    for one in answer if isinstance(answer, list) else [answer]:
        assert one.pop("extensions")["cost"]["maximumAvailable"] == 50_000
    return answer


def message_of(response: Any) -> str:
    """The message of an answer that is nothing but a refusal."""
    answer = response.json()
    assert set(answer) == {"errors"}
    assert [set(error) >= {"message", "extensions"} for error in answer["errors"]] == [True]
    return str(answer["errors"][0]["message"])


# --- requests -----------------------------------------------------------------------------------------------


def test_a_query_is_answered_with_json() -> None:
    response = post({"query": NAME})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert answer_of(response) == {"data": {"__typename": "Query"}}


def test_an_array_of_one_is_answered_with_an_array_of_one() -> None:
    assert answer_of(post([{"query": NAME}])) == [{"data": {"__typename": "Query"}}]


@pytest.mark.parametrize("count", [0, 2])
def test_an_array_of_another_length_is_refused(count: int) -> None:
    response = post([{"query": NAME}] * count)

    assert response.status_code == 400
    assert message_of(response) == "An array may hold one operation."


def test_of_several_operations_the_named_one_runs() -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}

    assert answer_of(post(body)) == {"data": {"b": "Query"}}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_post_asks(method: str) -> None:
    response = getattr(Client(), method)("/graphql/")

    assert response.status_code == 405
    assert message_of(response) == "Method not allowed"


def test_get_asks_nothing_where_there_is_no_graphiql(settings: Any) -> None:
    settings.GRAPHIQL = False

    response = Client().get("/graphql/", {"query": NAME})

    assert response.status_code == 405
    assert message_of(response) == "Method not allowed"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "The request is not valid JSON."),
        (b"\xff\xfe", "The request is not valid JSON."),
        ("3", "The request must be a JSON object with a query."),
        ("[3]", "The request must be a JSON object with a query."),
        ("{}", "Must provide a query string."),
        ('{"query": ""}', "Must provide a query string."),
        ('{"query": 3}', "Must provide a query string."),
        ('{"query": "{ __typename }", "variables": []}', "Variables must be an object."),
        ('{"query": "{ __typename }", "operationName": 1}', "operationName must be a string."),
    ],
)
def test_what_is_no_graphql_request_is_refused(body: str | bytes, message: str) -> None:
    response = post(body)

    assert response.status_code == 400
    assert message_of(response) == message


def test_another_content_type_is_refused() -> None:
    response = post('{"query": "{ __typename }"}', content_type="text/plain")

    assert response.status_code == 400
    assert message_of(response) == "Send the request as application/json."


@pytest.mark.parametrize(
    "query",
    [
        "{ nothing }",
        "{ product(slug: 3) { name } }",
        '{ product(slug: "x") { unknown } }',
        "{ products(first: 1) }",
        "{",
    ],
)
def test_a_query_that_does_not_fit_the_schema_is_refused_with_400(query: str) -> None:
    response = post({"query": query})

    assert response.status_code == 400
    assert set(response.json()) == {"errors"}
    assert all(error["extensions"]["exception"]["code"] for error in response.json()["errors"])


def test_a_variable_of_the_wrong_type_is_refused_with_400() -> None:
    query = "query ($n: Int) { products(first: $n) { totalCount } }"

    response = post({"query": query, "variables": {"n": "many"}})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith("Variable '$n' got invalid value 'many'")


def test_an_unknown_operation_is_refused_with_400() -> None:
    response = post({"query": "query A { __typename }", "operationName": "B"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "Unknown operation named 'B'."


@pytest.mark.django_db
def test_an_error_says_where_it_is_and_the_rest_is_answered() -> None:
    open_shop()

    answer = answer_of(post({"query": '{ __typename page(id: "?") { title } }'}))

    assert answer == {
        "errors": [
            {
                "message": "Invalid ID: ?. Expected: Page.",
                "locations": [{"line": 1, "column": 14}],
                "path": ["page"],
                "extensions": {"exception": {"code": "GraphQLError"}},
            }
        ],
        "data": {"__typename": "Query", "page": None},
    }


# --- bounds -------------------------------------------------------------------------------------------------


def nested(depth: int) -> str:
    """A query whose innermost field lies in so many others."""
    return '{ bodyArea(slug: "full-body") %s }' % ("{ parent " * (depth - 1) + "{ slug }" + " }" * (depth - 1))


@pytest.mark.django_db
def test_a_query_of_the_greatest_depth_is_answered_and_a_deeper_one_refused() -> None:
    open_shop()

    assert post({"query": nested(15)}).status_code == 200
    response = post({"query": nested(16)})

    assert response.status_code == 400
    assert "exceeds maximum operation depth of 15" in message_of(response)


def test_a_query_of_too_many_words_is_refused() -> None:
    response = post({"query": "{ %s }" % ("__typename " * 4000)})

    assert response.status_code == 400
    assert "4000 tokens" in message_of(response)


def test_too_large_a_request_is_refused() -> None:
    response = post({"query": NAME, "variables": {"x": "x" * 256 * 1024}})

    assert response.status_code == 400
    assert message_of(response) == "The request is larger than 256 KiB."


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"query": "{ __typename }", "variables": {"x": ' + "[" * 50_000 + "]" * 50_000 + "}}",
        {"query": "{ a" * 1500 + "}" * 1500},
        {"query": "{ product(slug: %s) { name } }" % ("[" * 1500 + "]" * 1500)},
        {"query": "query ($x: %s) { __typename }" % ("[" * 1500 + "Int" + "]" * 1500)},
    ],
    ids=["array", "variables", "selections", "list value", "list type"],
)
def test_what_is_nested_too_deep_to_be_read_is_refused(body: Any) -> None:
    response = post(body)

    assert response.status_code == 400
    assert response.json()["errors"]


def test_the_schema_can_be_introspected() -> None:
    found = ask(get_introspection_query())

    assert found["__schema"]["queryType"]["name"] == "Query"
    assert found["__schema"]["mutationType"] is None


def test_there_is_nothing_to_change() -> None:
    response = post({"query": "mutation { productDelete }"})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == "Schema is not configured to execute mutation operation."


# --- bugs ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_a_bug_says_is_not_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_term RENAME TO secret_name")

    response = post({"query": "{ __typename bodyAreas { slug } }"})

    assert response.status_code == 200
    assert "catalog_term" not in response.content.decode()
    assert [error["message"] for error in response.json()["errors"]] == ["Internal Server Error"]


# --- who may ask --------------------------------------------------------------------------------------------


def test_any_page_may_ask_without_credentials() -> None:
    response = Client().options("/graphql/")

    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert post({"query": NAME})["Access-Control-Allow-Origin"] == "*"


def test_asking_needs_no_csrf_token_and_sets_no_cookie() -> None:
    response = Client(enforce_csrf_checks=True).post("/graphql/", {"query": NAME}, content_type="application/json")

    assert response.status_code == 200
    assert response.cookies == {}


def test_graphiql_is_served_from_this_host_alone() -> None:
    response = Client().get("/graphql/", headers={"accept": "text/html"})

    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="graphiql"' in html
    assert re.findall(r"(?:src|href)=[\"'](?!/static/)[^\"']*", html) == []
    assert "//" not in re.sub(r"<!doctype[^>]*>", "", html)
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.django_db
def test_a_shop_without_a_channel_answers_with_an_error_not_a_crash() -> None:
    Channel.objects.all().delete()

    response = post({"query": "{ products(first: 1) { totalCount } }"})

    assert response.status_code == 200
    assert len(response.json()["errors"]) == 1


FIELDS = "name slug id brand material seoTitle created updatedAt isAvailable warrantyYears"


@pytest.mark.parametrize(
    "query",
    [
        "{ bodyAreas { guides { targetAreas { guides { targetAreas { guides { title } } } } } } }",
        "{ bodyAreas { products(first: 100) { edges { node { targetAreas {"
        " products(first: 100) { totalCount } } } } } } }",
        "{ "
        + " ".join(
            f'a{n}: products(first: 100, search: "{n}") {{ edges {{ node {{ {FIELDS} }} }} }}' for n in range(40)
        )
        + " }",
        "query Q($n: Int) { bodyAreas { products(first: $n) { edges { node { variants { product { name }"
        " targetAreas: product { variants { name } } } } } } } }",
    ],
    ids=["lists in lists", "pages in pages", "aliases", "variables"],
)
def test_a_short_query_that_asks_for_very_much_is_refused(query: str) -> None:
    response = post({"query": query, "variables": {"n": 100}})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith("The query exceeds the maximum allowed cost of 50000.")
    assert response.json()["extensions"]["cost"]["requestedQueryCost"] > 50_000


def test_a_fragment_costs_where_it_is_spread() -> None:
    spread = "{ products(first: 10) { edges { node { ...F } } } } fragment F on Product { name slug }"
    written = "{ products(first: 10) { edges { node { name slug } } } }"

    costs = [post({"query": query}).json()["extensions"]["cost"]["requestedQueryCost"] for query in (spread, written)]

    # The list's price, and for each of ten: edges, node, name, slug.
    assert costs == [90, 90]


def test_a_number_that_is_none_is_refused() -> None:
    response = post({"query": '{ products(first: 2, where: { price: { range: { gte: "NaN" } } }) { totalCount } }'})

    assert response.status_code == 400
    assert "finite" in response.json()["errors"][0]["message"]
