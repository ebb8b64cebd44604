"""Body areas over GraphQL: the tree, its products and its guides."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.catalog.models import Term
from storefront.catalog.public_ids import encode_public_id
from storefront.catalog.records import Status
from tests.builders import TAXONOMY, a_guide, open_shop, publish, sell_named, tags
from tests.graphql.asking import ask, names, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def area(slug: str, fields: str) -> Any:
    query = "query ($slug: String) { bodyArea(slug: $slug) { FIELDS } }".replace("FIELDS", fields)
    return ask(query, slug=slug)["bodyArea"]


def test_all_areas_are_listed_in_the_taxonomys_order_with_groups_before_what_is_inside() -> None:
    found = ask("{ bodyAreas { slug name sides parent { slug } } }")["bodyAreas"]

    assert [(row["slug"], row["name"], row["sides"]) for row in found] == [
        (entry.slug, entry.name, [side.value for side in entry.sides]) for entry in TAXONOMY.areas.values()
    ]
    seen: set[str | None] = {None}
    for row in found:
        assert (row["parent"] or {"slug": None})["slug"] in seen
        seen.add(row["slug"])


def test_listing_the_whole_tree_costs_one_query() -> None:
    with CaptureQueriesContext(connection) as asked:
        ask("{ bodyAreas { id parent { slug parent { slug } } children { slug children { slug } } } }")

    assert len(asked) == 1


def test_an_area_has_its_children_and_its_parent() -> None:
    assert area("back", "slug parent { slug } children { slug }") == {
        "slug": "back",
        "parent": {"slug": "full-body"},
        "children": [{"slug": "upper-back"}, {"slug": "mid-back"}, {"slug": "lower-back"}],
    }


def test_an_area_is_found_by_its_id() -> None:
    public_id = Term.objects.get(vocabulary="area", slug="neck").public_id

    assert ask("query ($id: ID) { bodyArea(id: $id) { id slug } }", id=public_id) == {
        "bodyArea": {"id": public_id, "slug": "neck"}
    }


def test_an_unknown_area_is_null_and_a_broken_id_an_error() -> None:
    assert ask('{ bodyArea(slug: "tail") { slug } }') == {"bodyArea": None}
    assert ask('{ bodyArea(slug: "massage-ball") { slug } }') == {"bodyArea": None}
    tail = encode_public_id("BodyArea", "tail")
    assert ask("query ($id: ID) { bodyArea(id: $id) { slug } }", id=tail) == {"bodyArea": None}
    assert refused('{ bodyArea(id: "?") { slug } }') == ["Invalid ID: ?. Expected: BodyArea."]


def test_an_areas_products_come_the_nearest_first_and_those_for_the_whole_apart() -> None:
    sell_named("A body", "full-body")
    sell_named("B whole back", "back")
    sell_named("C lower", "lower-back")
    sell_named("D hidden", "lower-back", status=Status.DRAFT)
    lists = (
        "products(first: 9) { totalCount edges { node { name } } } "
        "alsoForWhole(first: 9) { totalCount edges { node { name } } }"
    )

    back, lower = area("back", lists), area("lower-back", lists)

    assert (names(back["products"]), names(back["alsoForWhole"])) == (["B whole back", "C lower"], ["A body"])
    assert (names(lower["products"]), names(lower["alsoForWhole"])) == (["C lower"], ["B whole back", "A body"])
    assert (lower["products"]["totalCount"], lower["alsoForWhole"]["totalCount"]) == (1, 2)


def test_an_areas_products_can_be_walked() -> None:
    for name, slug in (("C", "back"), ("A", "lower-back"), ("B", "upper-back"), ("D", "back")):
        sell_named(name, slug)
    found, after = [], None

    while True:
        page = ask(
            """query ($after: String) { bodyArea(slug: "back") { products(first: 1, after: $after) {
                edges { node { name } } pageInfo { hasNextPage endCursor } } } }""",
            after=after,
        )["bodyArea"]["products"]
        found += names(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert found == ["C", "D", "A", "B"]


@pytest.mark.parametrize("field", ["products", "alsoForWhole"])
def test_an_areas_lists_want_to_know_how_much(field: str) -> None:
    assert refused('{ bodyArea(slug: "back") { GIVEN { totalCount } } }'.replace("GIVEN", field)) == [
        f"You must provide a `first` or `last` value to properly paginate the `{field}` connection."
    ]


def test_an_areas_guides_are_those_that_are_published() -> None:
    publish(a_guide(slug="a", title="Lower"), "lower-back")
    publish(a_guide(slug="b", title="Whole"), "back")
    publish(a_guide(slug="c", title="Draft", status=Status.DRAFT), "back")

    assert area("back", "guides { title }") == {"guides": [{"title": "Whole"}, {"title": "Lower"}]}


def test_a_tool_that_keeps_off_an_area_is_in_none_of_its_lists() -> None:
    sell_named("Gun", tags=tags("neck", "calves", tool_type="massage-gun"))
    sell_named("Whole gun", tags=tags("full-body", tool_type="massage-gun"))
    sell_named("Own word", tags=tags("neck", contraindications=["keep-off:neck"]))
    sell_named("Front only", tags=tags("neck", contraindications=["keep-off:front-of-neck"]))

    lists = (
        "products(first: 9) { totalCount edges { node { name } } } alsoForWhole(first: 9) { edges { node { name } } }"
    )
    neck, calves = area("neck", lists), area("calves", lists)
    filtered = ask(
        'query { products(first: 9, filter: {targetAreas: ["neck"]}, channel: "default-channel") '
        "{ edges { node { name } } } }"
    )

    assert (names(neck["products"]), neck["products"]["totalCount"]) == (["Front only"], 1)
    assert names(neck["alsoForWhole"]) == []
    assert names(filtered["products"]) == ["Front only"]
    assert (names(calves["products"]), names(calves["alsoForWhole"])) == (["Gun"], ["Whole gun"])
