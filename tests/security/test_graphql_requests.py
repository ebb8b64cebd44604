"""Requests that no client would write: each is refused in GraphQL's form, and none is a bug's answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import open_shop, publish, sell_named
from tests.graphql.asking import post

LIST = "query ($where: ProductWhereInput) { products(first: 1, where: $where) { totalCount } }"
FILTER = "query ($filter: ProductFilterInput) { products(first: 1, filter: $filter) { totalCount } }"


def nested(levels: int, inner: Any = None, key: str | None = "AND") -> Any:
    value = inner
    for _ in range(levels):
        value = [value] if key is None else {key: [value]}
    return value


def check_answer(response: Any) -> Any:
    """An answer in GraphQL's form that is nobody's bug."""
    answer = response.json()
    assert response.status_code in (200, 400), answer
    for error in answer.get("errors", []):
        assert error["message"] != "Internal Server Error", answer
        assert error["extensions"]["exception"]["code"]
    assert response.status_code == 200 or answer["errors"]
    return answer


@pytest.fixture
def _a_shop(db: None) -> None:
    open_shop()
    sell_named("Ball", "neck")
    publish()


@pytest.mark.parametrize(
    "body",
    [
        {"query": LIST, "variables": {"where": nested(150)}},
        {"query": LIST, "variables": {"where": nested(10)}},
        {"query": LIST, "variables": {"where": {"OR": nested(300, key=None)}}},
        {"query": "{ __typename }", "variables": {"x": nested(400, key=None)}},
        {"query": "{ __typename }", "variables": {"x": nested(150, key="x")}},
        {"query": "{ __typename }", "extensions": nested(150, key="x")},
        {"query": "{ __typename }", "extensions": 3},
        {"query": "{ __typename }", "extensions": "x"},
        {"query": "{ products(first: 1, where: " + "{ AND: " * 190 + "{}" + " }" * 190 + ") { totalCount } }"},
        {"query": "query ($a: " + "[" * 190 + "Int" + "]" * 190 + ") { __typename }"},
        {"query": "query ($a: Int = " + "[" * 190 + "]" * 190 + ") { __typename }"},
        {"query": "{ a" * 190 + "}" * 190},
        {"query": "{ " + "... { " * 190 + "__typename" + " }" * 191},
        {"query": "{ __typename @skip(if: " + "[" * 190 + "]" * 190 + ") }"},
        {"query": "{ products(first: " + "9" * 3000 + ") { totalCount } }"},
        {"query": "{ __typename }", "operationName": ["x"]},
        {"query": "{ __typename }", "operationName": {"x": 1}},
        {"query": ["{ __typename }"]},
        {"query": "\ud800"},
        {"query": "{ \0 }"},
    ],
)
def test_a_malformed_request_is_refused(body: Any) -> None:
    response = post(body)

    assert response.status_code == 400, response.content
    check_answer(response)


def test_a_number_of_too_many_digits_is_refused() -> None:
    response = post('{"query": "{ __typename }", "variables": {"x": ' + "9" * 5000 + "}}")

    assert response.status_code == 400
    check_answer(response)


@pytest.mark.usefixtures("_a_shop")
@pytest.mark.parametrize(
    "number", ["1E+999999", "-1E+999999", "1E-999999", "9" * 400, "1e308", "0." + "1" * 400, 1e308, -1e308, 2**63]
)
@pytest.mark.parametrize("way", ["eq", "oneOf", "gte", "lte", "filter"])
def test_a_number_beyond_all_prices_finds_nothing_or_is_refused(number: Any, way: str) -> None:
    price = {
        "eq": {"eq": number},
        "oneOf": {"oneOf": [number]},
        "gte": {"range": {"gte": number}},
        "lte": {"range": {"lte": number}},
    }
    if way == "filter":
        response = post({"query": FILTER, "variables": {"filter": {"price": {"gte": number}}}})
    else:
        response = post({"query": LIST, "variables": {"where": {"price": price[way]}}})

    check_answer(response)


@pytest.mark.usefixtures("_a_shop")
@pytest.mark.parametrize("raw", ["1E+999999", "-1E+999999", "NaN", "Infinity", "1e400"])
def test_a_number_that_json_cannot_hold_is_no_bug(raw: str) -> None:
    for query, name in ((LIST, "where"), (FILTER, "filter")):
        body = json.dumps({"query": query, "variables": {name: {"price": "NUMBER"}}})
        part = f'{{"range": {{"gte": {raw}}}}}' if name == "where" else f'{{"gte": {raw}}}'
        check_answer(post(body.replace('"NUMBER"', part)))


@pytest.mark.usefixtures("_a_shop")
@pytest.mark.parametrize("text", ["\0", "\ud800", "a\0b", "\uffff", "x" * 900, "😀" * 200, "'\"\\%_", "-", ":*&|!()"])
def test_a_text_that_the_database_cannot_hold_finds_nothing(text: str) -> None:
    for variables in (
        {"filter": {"search": text}},
        {"filter": {"slugs": [text], "categories": [text], "guides": [text], "ids": [text]}},
    ):
        check_answer(post({"query": FILTER, "variables": variables}))
    query = """query ($x: String, $id: ID) {
        products(first: 1, after: $x, search: $x) { totalCount }
        product(slug: $x) { name } page(id: $id) { title } category(slug: $x) { name } menu(name: $x) { name }
        collections(first: 1, channel: $x, filter: { search: $x }) { totalCount }
        categories(last: 1, before: $x, filter: { search: $x }) { totalCount } bodyArea(id: $id) { name }
    }"""
    check_answer(post({"query": query, "variables": {"x": text, "id": text}}))


# --- anything at all ----------------------------------------------------------------------------------------

NAMES = ["AND", "OR", "eq", "oneOf", "range", "gte", "lte", "price", "ids", "slug", "name", "category", "targetAreas",
         "toolType", "conditions", "guides", "isAvailable", "stockAvailability", "search", "field"]  # fmt: skip
TEXTS = st.text(max_size=12) | st.sampled_from(["neck", "ball", "\0", "\ud800", "1E+999999", "NaN", "x" * 300, "Og=="])
NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, 100, 101, 10**400, 1e308])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
LEAVES = ["name", "slug", "totalCount", "__typename", "id", "title", "...F", "content", "a: name", "@skip(if: $b)"]
FIELDS = ["products(first: 2)", "products(first: $n, where: $w)", "product(slug: $s)", "bodyAreas", "edges", "node",
          "category", "categories(first: 3)", "pages(first: 2, filter: $f)", "children(first: 1)", "parent", "guides",
          "primaryGuide", "collections(first: 1)", "... on Product", "x: products(last: 1, after: $s)", "__schema",
          "menu(slug: $s)", "items", "targetAreas", "products(first: 1, sortBy: $o)", "pageInfo"]  # fmt: skip
SELECTIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(
        lambda field, parts: f"{field} {{ {' '.join(parts)} }}",
        st.sampled_from(FIELDS),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=25,
)
HEAD = "query Q($n: Int, $s: String, $b: Boolean = false, $w: ProductWhereInput, $f: PageFilterInput, $o: ProductOrder)"
USING = "query Q($n: Int, $s: String, $w: ProductWhereInput, $f: ProductFilterInput, $o: ProductOrder)"
USES = """{ products(first: $n, after: $s, where: $w, filter: $f, sortBy: $o, search: $s) { totalCount
    edges { cursor node { name category { products(last: $n, before: $s, where: $w) { totalCount } } } } }
    product(slug: $s) { name } menu(slug: $s) { name } }"""


@pytest.mark.usefixtures("_a_shop")
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    document=st.lists(SELECTIONS, min_size=1, max_size=3).map(lambda parts: f"{HEAD} {{ {' '.join(parts)} }}")
    | st.just(USING + USES)
    | st.text(alphabet="{}[]()$:!.\"ab1 \\u\0", max_size=60),
    fragment=st.sampled_from(["", " fragment F on Product { name ...F }", " fragment F on Query { __typename }"]),
    variables=st.fixed_dictionaries({}, optional=dict.fromkeys("nsbwfo", VALUES)),
    operation=st.none() | TEXTS | VALUES,
)  # fmt: skip
def test_whatever_is_asked_is_answered_with_few_statements(
    document: str, fragment: str, variables: Any, operation: Any
) -> None:
    with CaptureQueriesContext(connection) as asked:
        response = post({"query": document + fragment, "variables": variables, "operationName": operation})

    check_answer(response)
    assert len(asked) < 150
