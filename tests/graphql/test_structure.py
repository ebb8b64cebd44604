"""Categories, collections, menus and plain pages over GraphQL."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.catalog.models import Category, Product
from storefront.catalog.writer.remote.categories import project_categories
from storefront.catalog.writer.remote.collections import project_collections
from storefront.catalog.writer.remote.menus import project_menus
from storefront.catalog.writer.remote.pages import project_pages
from tests.builders import open_shop, publish, sell_named
from tests.catalog.structure import (
    LATER,
    PLAIN,
    a_category,
    a_collection,
    a_menu,
    a_page,
    an_item,
    hidden_listing,
    now,
)
from tests.graphql.asking import ask, names, refused

pytestmark = pytest.mark.django_db

OUTER = a_category("outer", description="**Bold**")
INNER = a_category("inner", parent=OUTER.id, level=1)
LEAF = a_category("leaf", parent=INNER.id, level=2)


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


# Categories -----------------------------------------------------------------------------------------------------------


def test_a_category_has_its_place_in_the_tree_and_its_products() -> None:
    project_categories([OUTER, INNER, LEAF], now())
    row = sell_named("Ball")
    Product.objects.filter(pk=row.pk).update(category=Category.objects.get(slug="leaf"))

    found = ask(
        """{ category(slug: "inner") { id name level description parent { slug level description }
            children(first: 5) { totalCount edges { node { name } } }
            ancestors(first: 5) { edges { node { name } } }
            products(first: 5, channel: "default-channel") {
              edges { node { name category { slug parent { parent { slug } } } } } } } }"""
    )["category"]

    blocks = json.loads(found["parent"].pop("description"))["blocks"]
    assert blocks == [{"type": "paragraph", "data": {"text": "<b>Bold</b>"}}]
    assert found == {
        "id": INNER.id,
        "name": "Inner",
        "level": 1,
        "description": None,
        "parent": {"slug": "outer", "level": 0},
        "children": {"totalCount": 1, "edges": [{"node": {"name": "Leaf"}}]},
        "ancestors": {"edges": [{"node": {"name": "Outer"}}]},
        "products": {
            "edges": [{"node": {"name": "Ball", "category": {"slug": "leaf", "parent": {"parent": {"slug": "outer"}}}}}]
        },
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("first: 9", ["Outer", "Inner", "Leaf"]),
        ("first: 1", ["Outer"]),
        ("last: 1", ["Leaf"]),
        ("first: 9, level: 1", ["Inner"]),
        ('first: 9, filter: {slugs: ["leaf", "none"]}', ["Leaf"]),
        ('first: 9, filter: {search: "inn"}', ["Inner"]),
        (f'first: 9, where: {{ids: ["{OUTER.id}"]}}', ["Outer"]),
        (f'first: 9, where: {{OR: [{{ids: ["{OUTER.id}"]}}, {{ids: ["{LEAF.id}"]}}]}}', ["Outer", "Leaf"]),
        ("first: 9, sortBy: {field: NAME, direction: DESC}", ["Outer", "Leaf", "Inner"]),
    ],
)
def test_categories_are_listed(arguments: str, expected: list[str]) -> None:
    project_categories([OUTER, INNER, LEAF], now())

    assert names(ask(f"{{ categories({arguments}) {{ edges {{ node {{ name }} }} }} }}")["categories"]) == expected


def test_children_are_paged() -> None:
    inside = [a_category(f"c{number}", parent=OUTER.id, level=1) for number in range(5)]
    project_categories([OUTER, *inside], now())
    document = """query ($after: String, $before: String, $first: Int, $last: Int) { category(slug: "outer") {
        children(first: $first, last: $last, after: $after, before: $before) {
            edges { node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

    def page(**variables: Any) -> tuple[list[str], Any]:
        found = ask(document, **variables)["category"]["children"]
        return [edge["node"]["slug"] for edge in found["edges"]], found["pageInfo"]

    first, info = page(first=2)
    second, after = page(first=2, after=info["endCursor"])
    back, _ = page(last=1, before=after["startCursor"])

    assert (first, second, back) == (["c0", "c1"], ["c2", "c3"], ["c1"])
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    assert (after["hasNextPage"], after["hasPreviousPage"]) == (True, True)
    assert refused(document, first=2, after="WyJ4Il0=") == ["Received cursor is invalid."]


def test_a_tree_of_categories_costs_the_same_number_of_queries_however_large() -> None:
    def count(width: int) -> int:
        found = [a_category(f"o{one}") for one in range(width)]
        found += [
            a_category(f"o{one}-{two}", parent=found[one].id, level=1) for one in range(width) for two in range(width)
        ]
        project_categories(found, now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(
                """{ categories(first: 50) { edges { node { name description parent { name }
                    ancestors(first: 5) { edges { node { name } } }
                    children(first: 5) { totalCount edges { node { name level parent { slug } } } } } } } }"""
            )
        return len(queries)

    assert count(2) == count(5)


# Collections ----------------------------------------------------------------------------------------------------------


def test_a_collection_gives_its_shown_products_by_slug_or_in_its_own_order() -> None:
    one, two, three = sell_named("A"), sell_named("B"), sell_named("C")
    project_collections([a_collection("set", three.public_id, "gone", one.public_id, description="Words.")], now())

    found = ask(
        """{ collection(slug: "set", channel: "default-channel") { id name slug channel description
            products(first: 5) { totalCount edges { node { name } } }
            own: products(first: 5, sortBy: {field: COLLECTION, direction: ASC}) { edges { node { name } } }
            turned: products(first: 5, sortBy: {field: COLLECTION, direction: DESC}) { edges { node { name } } }
            some: products(first: 5, filter: {search: "C"}) { edges { node { name } } } } }"""
    )["collection"]

    assert names(found["products"]) == ["A", "C"]
    assert (names(found["own"]), names(found["turned"]), names(found["some"])) == (["C", "A"], ["A", "C"], ["C"])
    assert found["products"]["totalCount"] == 2
    assert (found["name"], found["channel"]) == ("Set", "default-channel")
    assert two.name == "B"


def test_a_collection_that_is_not_published_in_the_channel_is_nowhere() -> None:
    row = sell_named("Ball")
    hidden = [
        a_collection("draft", row.public_id, listings=[hidden_listing()]),
        a_collection("later", row.public_id, listings=[hidden_listing(is_published=True, published_at=LATER)]),
        a_collection("elsewhere", row.public_id, listings=[hidden_listing(is_published=True, channel="other")]),
        a_collection("nowhere", row.public_id, listings=[]),
    ]
    project_collections([*hidden, a_collection("shown")], now())
    items = [an_item(one.slug, collection=one.id) for one in (*hidden, a_collection("shown"))]
    project_menus([a_menu("navbar", *items)], now())

    assert names(ask("{ collections(first: 9) { edges { node { name } } } }")["collections"]) == ["Shown"]
    for one in hidden:
        assert ask("query ($s: String) { collection(slug: $s) { id } }", s=one.slug) == {"collection": None}
        assert ask("query ($i: ID) { collection(id: $i) { id } }", i=one.id) == {"collection": None}
    found = ask('{ menu(slug: "navbar") { items { name collection { name products(first: 2) { totalCount } } } } }')
    assert found["menu"]["items"] == [{"name": "shown", "collection": {"name": "Shown", "products": {"totalCount": 0}}}]
    assert ask('{ collections(first: 9, channel: "none") { totalCount } }') == {"collections": {"totalCount": 0}}


def test_products_outside_a_collection_have_no_order_of_one() -> None:
    assert refused("{ products(first: 1, sortBy: {field: COLLECTION, direction: ASC}) { totalCount } }") == [
        "Sorting by COLLECTION is available only for the products of a collection."
    ]


# Menus ----------------------------------------------------------------------------------------------------------------


def test_a_menu_has_its_lines_with_what_they_lead_to() -> None:
    guide = publish()
    project_categories([OUTER], now())
    project_pages([PLAIN], [a_page("about")], now())
    heading = an_item("Heading")
    inside = an_item("Inside", url="/guides/", parent=heading.id, level=1)
    deeper = an_item("Deeper", url="https://example.org/?a=1", parent=inside.id, level=2)
    items = [
        heading,
        an_item("Category", category=OUTER.id),
        an_item("Guide", page=guide.public_id),
        an_item("Page", page=a_page("about").id),
        an_item("Bare heading"),
    ]
    placed = a_menu("navbar", *items)
    project_menus([placed.model_copy(update={"items": (*placed.items, inside, deeper)})], now())

    found = ask(
        """{ menu(slug: "navbar", channel: "default-channel") { name slug items {
            name level url category { slug level } collection { id }
            page { title targetAreas { slug } pageType { slug } }
            children { name level url children { name level url } } } } }"""
    )["menu"]

    nothing = {"url": None, "category": None, "page": None, "collection": None, "children": [], "level": 0}
    deepest = {"name": "Deeper", "level": 2, "url": "https://example.org/?a=1"}
    assert found["items"] == [
        nothing
        | {"name": "Heading", "children": [{"name": "Inside", "level": 1, "url": "/guides/", "children": [deepest]}]},
        nothing | {"name": "Category", "category": {"slug": "outer", "level": 0}},
        nothing | {"name": "Guide", "page": {"title": "Calm feet", "targetAreas": [], "pageType": {"slug": "guide"}}},
        nothing | {"name": "Page", "page": {"title": "About", "targetAreas": [], "pageType": {"slug": "plain"}}},
    ]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        "ftp://example.org/",
        "http://",
        "https:example",
        "guides",
        "http://[",
    ],
)
def test_an_address_that_may_not_be_followed_is_in_no_menu(url: str) -> None:
    bad = an_item("Bad", url=url)
    inside = an_item("Inside", url="/guides/", parent=bad.id, level=1)
    placed = a_menu("navbar", bad, an_item("Good", url="HTTPS://example.org/"))
    project_menus([placed.model_copy(update={"items": (*placed.items, inside)})], now())

    assert ask('{ menu(slug: "navbar") { items { name } } }') == {"menu": {"items": [{"name": "Good"}]}}


def test_menus_are_found_by_id_and_name_and_unknown_ones_are_null() -> None:
    project_menus([a_menu("navbar", name="Top")], now())
    gid = a_menu("navbar").id

    assert ask("query ($i: ID) { menu(id: $i) { slug items { name } } }", i=gid)["menu"] == {
        "slug": "navbar",
        "items": [],
    }
    assert ask('{ menu(name: "Top") { slug } }') == {"menu": {"slug": "navbar"}}
    assert ask('{ menu(slug: "none") { slug } }') == {"menu": None}
    assert refused("{ menu { slug } }") == ["Exactly one of the arguments 'id', 'name', 'slug' is required."]


def test_a_menu_costs_the_same_number_of_queries_however_long() -> None:
    def count(length: int) -> int:
        pages = [a_page(f"p{number}") for number in range(length)]
        categories = [a_category(f"c{number}") for number in range(length)]
        project_pages([PLAIN], pages, now())
        project_categories(categories, now())
        items = [an_item(one.slug, page=one.id) for one in pages]
        items += [an_item(one.slug, category=one.id) for one in categories]
        project_menus([a_menu("navbar", *items)], now())
        with CaptureQueriesContext(connection) as queries:
            found = ask('{ menu(slug: "navbar") { items { page { title pageType { name } } category { name } } } }')
        assert len(found["menu"]["items"]) == 2 * length
        return len(queries)

    assert count(2) == count(9)


# Plain pages ----------------------------------------------------------------------------------------------------------


def test_a_plain_page_is_listed_beside_the_guides() -> None:
    publish()
    project_pages([PLAIN], [a_page("about", body="# Us")], now())

    found = ask("{ pages(first: 9) { edges { node { title pageType { slug } } } } }")["pages"]["edges"]
    assert [(edge["node"]["title"], edge["node"]["pageType"]["slug"]) for edge in found] == [
        ("About", "plain"),
        ("Calm feet", "guide"),
    ]
    page = ask('{ page(slug: "about") { id content isPublished } }')["page"]
    assert (page["id"], page["isPublished"]) == (a_page("about").id, True)
    assert json.loads(page["content"])["blocks"] == [{"type": "header", "data": {"text": "Us", "level": 1}}]


@pytest.mark.parametrize("changes", [{"is_published": False}, {"published_at": LATER}])
def test_a_page_that_is_not_published_is_nowhere(changes: dict[str, Any]) -> None:
    hidden = a_page("about", **changes)
    project_pages([PLAIN], [hidden], now())
    project_menus([a_menu("navbar", an_item("About", page=hidden.id))], now())

    assert ask("{ pages(first: 9) { totalCount } }") == {"pages": {"totalCount": 0}}
    assert ask('{ pages(first: 9, search: "words") { totalCount } }') == {"pages": {"totalCount": 0}}
    assert ask('{ page(slug: "about") { title } }') == {"page": None}
    assert ask("query ($i: ID) { page(id: $i) { title } }", i=hidden.id) == {"page": None}
    assert ask('{ menu(slug: "navbar") { items { name } } }') == {"menu": {"items": []}}
