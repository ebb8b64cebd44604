"""Documents that are short to write and long to validate or execute."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import get_introspection_query, parse

from storefront.catalog.models import Product
from storefront.graphql.limits.cost import CONDITION_PRICE, SEARCH_PRICE, cost_of
from storefront.graphql.limits.documents import MAX_SELECTIONS, check_limits
from tests.builders import a_product, a_variant, open_shop, publish, sell, sell_named
from tests.graphql.asking import ask, post


def doubling(levels: int, root: str = "Query", leaf: str = "__typename") -> str:
    """Fragments that each spread the next one twice: 2 ** levels fields in the end."""
    middle = " ".join(f"fragment F{n} on {root} {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{{ ...F0 }} {middle} fragment F{levels} on {root} {{ {leaf} }}"


def refusal(query: str, **variables: Any) -> str:
    response = post({"query": query, "variables": variables})
    assert response.status_code == 400, response.content
    return str(response.json()["errors"][0]["message"])


# --- fragments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [20, 60, 90])
def test_fragments_that_double_are_refused(levels: int) -> None:
    assert "too often" in refusal(doubling(levels))


def test_empty_fragments_that_double_are_refused() -> None:
    middle = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))

    message = refusal(f"{{ ...F0 }} {middle} fragment F60 on Query {{ __typename @skip(if: true) }}")

    assert "too often" in message or str(MAX_SELECTIONS) in message


def test_fields_that_double_in_fragments_are_refused() -> None:
    middle = " ".join(
        f"fragment F{n} on BodyArea {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}" for n in range(14)
    )

    message = refusal(f'{{ bodyArea(slug: "x") {{ ...F0 }} }} {middle} fragment F14 on BodyArea {{ slug }}')

    assert str(MAX_SELECTIONS) in message


def test_an_unknown_fragment_is_named() -> None:
    assert refusal("{ ...Nowhere }") == "Unknown fragment 'Nowhere'."


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment A on Query { ...A }",
        "fragment A on Query { ...B } fragment B on Query { ...A }",
        "fragment A on Query { ...B } fragment B on Query { ... { ...C } } fragment C on Query { __typename ...B }",
    ],
)
def test_circular_fragments_are_refused(fragments: str) -> None:
    assert "within itself" in refusal("{ ...A } " + fragments)


def test_a_fragment_is_measured_as_often_as_it_is_spread_and_no_more() -> None:
    fields = " ".join(f"f{n}: slug" for n in range(5))
    document = parse(
        "{ "
        + " ".join(f'a{n}: bodyArea(slug: "{n}") {{ ...F }}' for n in range(40))
        + f" }} fragment F on BodyArea {{ {fields} }}"
    )

    check_limits(document)


# --- how much a document may ask for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{" + " __typename" * 100 + "}", "too often"),
        ("{ " + " ".join(f'a{n}: bodyArea(slug: "{n}") {{ slug }}' for n in range(51)) + " }", "root fields"),
        ("{ " + " ".join(f"a{n}: bodyAreas {{ slug }}" for n in range(6)) + " }", "same arguments"),
        ('{ page(slug: "a") { ' + " ".join(f"a{n}: content" for n in range(6)) + " } }", "same arguments"),
        ("{ a: __schema { types { name } } b: __schema { types { name } } }", "'__schema' once"),
        ("{ " + " ".join(f'a{n}: __type(name: "{n}") {{ name }}' for n in range(11)) + " }", "'__type' 10 times"),
        ("{ __schema { a: types { name } b: types { name } } }", "once on each level"),
        ("{ __schema { types { fields { type { fields { name } } } } } }", "not inside itself"),
        ("{ a" * 45 + " }" * 45, "nested too deeply"),
        (" ".join(f"query Q{n} {{ __typename }}" for n in range(101)), "operations and fragments"),
    ],
    ids=[
        "repeats",
        "root",
        "aliases",
        "content",
        "schemas",
        "types",
        "introspection",
        "nested",
        "levels",
        "operations",
    ],
)
def test_a_document_beyond_a_limit_is_refused(query: str, message: str) -> None:
    assert message in refusal(query)


def test_a_client_may_introspect() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )

    assert ask(query)["__schema"]["types"]


# --- statements ---------------------------------------------------------------------------------------------


def statements(query: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask(query)
    return len(asked)


@pytest.fixture
def _open_shop(db: None) -> None:
    open_shop()


def sell_tool(name: str, category: str, *areas: str) -> None:
    variant = a_variant(sku=name.upper().replace(" ", "-"))
    sell(a_product(reference=name, name=name, category=category, variants=(variant,)), *areas)


def sell_in_categories(count: int) -> None:
    for number in range(count):
        sell_tool(f"Tool {number}", f"Category {number}", "neck")


NESTED = {
    "categories": "{ categories(first: 100) { edges { node { products(first: 1) {"
    " totalCount edges { node { name } } } } } } }",
    "searches": '{ categories(first: 100) { edges { node { products(first: 1, search: "tool") {'
    " edges { cursor } } } } } }",
    "deep": "{ categories(first: 20) { edges { node { products(first: 2) { edges { node { category {"
    " products(first: 2, sortBy: { field: NAME, direction: DESC }) { edges { node { name } } } } } } } } } } }",
}


@pytest.mark.usefixtures("_open_shop")
@pytest.mark.parametrize("query", NESTED.values(), ids=NESTED)
def test_statements_do_not_grow_with_the_rows_around_a_list(query: str) -> None:
    sell_in_categories(3)
    few = statements(query)

    Product.objects.all().delete()
    sell_in_categories(18)
    many = statements(query)

    assert many == few
    assert few < 40


@pytest.mark.usefixtures("_open_shop")
def test_a_list_in_a_list_has_what_it_has_by_itself() -> None:
    sell_in_categories(4)
    for number in range(3):
        sell_tool(f"Other {number}", "Category 1")

    for arguments in (
        "first: 2",
        "last: 2",
        'first: 2, search: "other"',
        "first: 3, sortBy: { field: PRICE, direction: DESC }",
    ):
        page_info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        fields = f"products({arguments}) {{ totalCount {page_info} edges {{ cursor node {{ name }} }} }}"
        together = ask(f"{{ categories(first: 100) {{ edges {{ node {{ slug {fields} }} }} }} }}")["categories"][
            "edges"
        ]

        assert len(together) == 4
        for edge in together:
            slug = edge["node"]["slug"]
            assert edge["node"] == {"slug": slug} | ask(f'{{ category(slug: "{slug}") {{ {fields} }} }}')["category"]


@pytest.mark.usefixtures("_open_shop")
@pytest.mark.parametrize(
    "field",
    [
        'product(slug: "{n}") {{ name }}',
        'page(slug: "{n}") {{ title }}',
        'category(slug: "{n}") {{ products(first: {n}) {{ totalCount }} }}',
        'collection(slug: "{n}") {{ name }}',
        'products(first: {n}, search: "x{n}") {{ totalCount }}',
        "pages(first: {n}) {{ totalCount }}",
    ],
)
def test_aliases_are_answered_together(field: str) -> None:
    sell_named("Ball")
    publish()

    def aliases(count: int) -> str:
        return "{ " + " ".join(f"a{n}: " + field.format(n=n) for n in range(1, count + 1)) + " }"

    assert statements(aliases(40)) <= statements(aliases(2)) + 3


@pytest.mark.usefixtures("_open_shop")
def test_areas_answer_their_lists_together() -> None:
    sell_named("Ball", "neck")
    publish()
    query = "{ bodyAreas { guides { title } products(first: 1) { totalCount } alsoForWhole(first: 1) { totalCount } } }"

    assert statements(query) < 30


@pytest.mark.usefixtures("_open_shop")
def test_equal_lists_are_read_once() -> None:
    sell_named("Ball")
    once = statements("{ products(first: 1) { totalCount } }")

    assert statements("{ a: products(first: 1) { totalCount } b: products(first: 1) { totalCount } }") == once


# --- what a client of Saleor's own storefront asks ----------------------------------------------------------


def storefront_fields() -> str:
    money = "{ gross { amount currency } }"
    return (
        "id name slug seoTitle seoDescription created category { id name slug } productType { slug }"
        " thumbnail(size: 1024, format: WEBP) { url alt } media { url(size: 2048, format: WEBP) alt type }"
        f" pricing {{ priceRange {{ start {money} stop {money} }}"
        f" priceRangeUndiscounted {{ start {money} stop {money} }} }}"
        f" variants {{ id name sku quantityAvailable pricing {{ price {money} priceUndiscounted {money} }} }}"
    )


@pytest.mark.usefixtures("_open_shop")
@pytest.mark.parametrize(("size", "share"), [(24, 0.35), (48, 0.7)])
def test_a_storefronts_list_costs_a_part_of_what_there_is(size: int, share: float) -> None:
    query = (
        "query ($first: Int, $where: ProductWhereInput) { products(first: $first, where: $where,"
        " sortBy: { field: PRICE, direction: ASC }) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor"
        f" endCursor }} edges {{ cursor node {{ {storefront_fields()} }} }} }} }}"
    )
    where = {
        "AND": [
            {"category": {"oneOf": ["Q2F0ZWdvcnk6MQ=="]}},
            {"price": {"range": {"gte": 1, "lte": 100}}},
            {"OR": [{"targetAreas": {"eq": "neck"}}, {"targetAreas": {"eq": "back"}}, {"toolType": {"eq": "ball"}}]},
        ]
    }

    response = post({"query": query, "variables": {"first": size, "where": where}})

    assert response.status_code == 200, response.content
    assert response.json()["extensions"]["cost"]["requestedQueryCost"] < 50_000 * share


def test_the_documents_in_the_docs_are_within_the_limits() -> None:
    from tests.shops import PROJECT

    for name in ("docs/graphql.md", "README.md"):
        for part in (PROJECT / name).read_text().split("```graphql\n")[1:]:
            check_limits(parse(part.split("```")[0]))


# --- filters ------------------------------------------------------------------------------------------------


def where_of(count: int, join: str = "OR") -> dict[str, Any]:
    return {join: [{"targetAreas": {"eq": "neck"}} for _ in range(count)]}


LIST = "query ($where: ProductWhereInput) { products(first: 1, where: $where) { totalCount } }"


@pytest.mark.parametrize("count", [21, 80, 900])
@pytest.mark.parametrize("join", ["AND", "OR"])
def test_too_many_conditions_are_refused(count: int, join: str) -> None:
    assert refusal(LIST, where=where_of(count, join)).startswith(("A filter may have", "The request is larger"))


def test_too_many_conditions_in_the_document_are_refused() -> None:
    part = '{ targetAreas: { eq: "neck" } }'

    assert "20 conditions" in refusal(f"{{ products(first: 1, where: {{ OR: [{part * 60}] }}) {{ totalCount }} }}")


def test_conditions_nested_too_deeply_are_refused() -> None:
    where: dict[str, Any] = {"isAvailable": True}
    for _ in range(7):
        where = {"AND": [where]}

    assert "levels deep" in refusal(LIST, where=where)


@pytest.mark.parametrize(
    "query",
    [
        "query ($ids: [ID!]) { products(first: 1, where: { ids: $ids }) { totalCount } }",
        "query ($ids: [ID!]) { pages(first: 1, filter: { ids: $ids }) { totalCount } }",
        "query ($ids: [String!]) { categories(first: 1, filter: { slugs: $ids }) { totalCount } }",
    ],
)
def test_too_many_values_are_refused(query: str) -> None:
    assert "500 values" in refusal(query, ids=["x"] * 501)


@pytest.mark.usefixtures("_open_shop")
def test_equal_conditions_are_asked_for_once() -> None:
    sell_named("Ball", "neck")

    def sent(count: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert ask(LIST, where=where_of(count))["products"]["totalCount"] == 1
        return sum(len(query["sql"]) for query in asked)

    assert sent(20) == sent(1)


def test_conditions_and_searches_have_a_price() -> None:
    def cost(arguments: str) -> int:
        inner = f"products(first: 1, {arguments}) {{ edges {{ node {{ name }} }} }}"
        query = f"query Q {{ categories(first: 100) {{ edges {{ node {{ {inner} }} }} }} }}"
        return cost_of(parse(query), None, None)

    bare = cost("channel: null")
    assert cost("where: { AND: [{ isAvailable: true }, { isAvailable: false }] }") == bare + 100 * 4 * CONDITION_PRICE
    assert cost('search: "x"') == bare + 100 * SEARCH_PRICE
    assert cost('filter: { search: "x" }') == bare + 100 * (SEARCH_PRICE + CONDITION_PRICE)


@pytest.mark.usefixtures("_open_shop")
def test_merged_members_mean_what_they_meant() -> None:
    sell_tool("Ball", "Balls", "neck")
    sell_tool("Mat", "Mats", "feet")
    neck, feet = {"targetAreas": {"eq": "neck"}}, {"targetAreas": {"eq": "feet"}}

    assert ask(LIST, where={"OR": [neck, neck, {"AND": [feet] * 3}]})["products"]["totalCount"] == 2
    assert ask(LIST, where={"AND": [neck, neck, feet]})["products"]["totalCount"] == 0
