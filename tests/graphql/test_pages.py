"""Pages and guides over GraphQL."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from storefront.catalog.models import Page, PageType
from storefront.catalog.records import LinkRole, Status
from tests.builders import a_guide, a_link, open_shop, publish, sell_named, tags
from tests.graphql.asking import ask, names, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def listed(arguments: str = "first: 9") -> list[str]:
    return names(ask("{ pages(GIVEN) { edges { node { title } } } }".replace("GIVEN", arguments))["pages"])


def test_a_guide_has_saleors_fields_and_ours() -> None:
    row = publish(
        a_guide(
            body="# Roll\n\nSlowly.",
            cautions=({"kind": "stop", "text": "Pain"},),
            sources=({"title": "A book", "citation": "Doe 2020", "url": "https://example.org", "supports": "All"},),
            reviewed_on=date(2026, 3, 1),
        ),
        tags_=tags("feet", tool_type="foam-roller"),
    )

    found = ask(
        """{ page(slug: "calm-feet") { id title slug content isPublished summary reviewedOn pageType { name slug }
            sources { title citation url supports } cautions { kind text }
            targetAreas { slug } toolTypes { slug } } }"""
    )["page"]

    assert json.loads(found.pop("content"))["blocks"] == [
        {"type": "header", "data": {"text": "Roll", "level": 1}},
        {"type": "paragraph", "data": {"text": "Slowly."}},
    ]
    assert found == {
        "id": row.public_id,
        "title": "Calm feet",
        "slug": "calm-feet",
        "isPublished": True,
        "summary": "Slow rolling.",
        "reviewedOn": "2026-03-01",
        "pageType": {"name": "Guide", "slug": "guide"},
        "sources": [{"title": "A book", "citation": "Doe 2020", "url": "https://example.org", "supports": "All"}],
        "cautions": [{"kind": "STOP", "text": "Pain"}],
        "targetAreas": [{"slug": "feet"}],
        "toolTypes": [{"slug": "foam-roller"}],
    }


def test_a_guides_products_come_with_those_it_is_primary_for_first() -> None:
    publish()
    publish(a_guide(slug="other"))
    sell_named("A related", links=[a_link("other"), a_link(role=LinkRole.RELATED)])
    sell_named("B primary", links=[a_link()])

    found = ask('{ page(slug: "calm-feet") { products(first: 9) { totalCount edges { node { name } } } } }')["page"]

    assert found["products"]["totalCount"] == 2
    assert names(found["products"]) == ["B primary", "A related"]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_hidden_guide_is_null_and_in_no_list(status: Status) -> None:
    row = publish(a_guide(status=status))
    sell_named("Ball", links=[a_link()])

    assert ask('{ page(slug: "calm-feet") { title } }') == {"page": None}
    assert ask("query ($id: ID) { page(id: $id) { title } }", id=row.public_id) == {"page": None}
    assert listed() == []
    assert ask('{ product(slug: "ball") { primaryGuide { title } } }') == {"product": {"primaryGuide": None}}


def test_a_page_is_found_by_its_id() -> None:
    row = publish()

    assert ask("query ($id: ID) { page(id: $id) { title } }", id=row.public_id) == {"page": {"title": "Calm feet"}}


def test_an_unknown_page_is_null_and_a_broken_id_an_error() -> None:
    assert ask('{ page(slug: "nothing") { title } }') == {"page": None}
    assert refused('{ page(id: "?") { title } }') == ["Invalid ID: ?. Expected: Page."]


def three_pages() -> dict[str, Any]:
    about = Page.objects.create(
        public_id="about", slug="about", title="B about", page_type=PageType.objects.get(slug="page")
    )
    return {
        "about": about,
        "c": publish(a_guide(slug="c", title="C back", body="On sciatica."), "lower-back"),
        "a": publish(a_guide(slug="z", title="A feet"), "feet"),
    }


def test_pages_are_listed_by_slug_as_in_saleor() -> None:
    three_pages()

    assert listed() == ["B about", "C back", "A feet"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [("TITLE", ["A feet", "B about", "C back"]), ("SLUG", ["B about", "C back", "A feet"])],
)
def test_pages_can_be_sorted_both_ways(field: str, expected: list[str]) -> None:
    three_pages()

    assert listed("first: 9, sortBy: {field: GIVEN, direction: ASC}".replace("GIVEN", field)) == expected
    assert listed("first: 9, sortBy: {field: GIVEN, direction: DESC}".replace("GIVEN", field)) == expected[::-1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('filter: {slugs: ["z", "about"]}', ["B about", "A feet"]),
        ('filter: {ids: ["about"]}', ["B about"]),
        ('filter: {targetAreas: ["back"]}', ["C back"]),
        ('filter: {search: "sciatica"}', ["C back"]),
        ('search: "feet"', ["A feet"]),
        ('where: {slug: {eq: "c"}}', ["C back"]),
        ('where: {OR: [{slug: {eq: "c"}}, {ids: ["about"]}]}', ["B about", "C back"]),
        ('where: {AND: [{slug: {oneOf: ["c", "z"]}}, {slug: {eq: "z"}}]}', ["A feet"]),
    ],
)
def test_pages_can_be_filtered(arguments: str, expected: list[str]) -> None:
    three_pages()

    assert listed("first: 9, " + arguments) == expected


def test_pages_can_be_filtered_by_their_type() -> None:
    three_pages()
    guide_type = PageType.objects.get(slug="guide").public_id

    assert listed('first: 9, filter: {pageTypes: ["GIVEN"]}'.replace("GIVEN", guide_type)) == ["C back", "A feet"]
    assert listed('first: 9, where: {pageType: {eq: "GIVEN"}}'.replace("GIVEN", guide_type)) == ["C back", "A feet"]


def test_filter_and_where_together_are_refused() -> None:
    assert refused('{ pages(first: 1, filter: {slugs: ["c"]}, where: {slug: {eq: "c"}}) { totalCount } }') == [
        "Only one filtering argument (filter or where) can be specified."
    ]


def test_pages_can_be_walked() -> None:
    three_pages()
    query = """query ($after: String) { pages(first: 2, after: $after) { totalCount
        pageInfo { hasNextPage endCursor } edges { node { title } } } }"""

    first = ask(query)["pages"]
    second = ask(query, after=first["pageInfo"]["endCursor"])["pages"]

    assert (names(first), names(second)) == (["B about", "C back"], ["A feet"])
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"], first["totalCount"]) == (
        True,
        False,
        3,
    )


def test_a_broken_cursor_is_refused() -> None:
    assert refused('{ pages(first: 1, after: "?") { totalCount } }') == ["Received cursor is invalid."]
