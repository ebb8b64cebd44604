"""Narrowing, ordering and suggestions, as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storefront.catalog.models import Channel
from storefront.catalog.search import answer
from storefront.catalog.search.snippets import Piece, pieces_of
from storefront.catalog.search.suggestions import suggest
from tests.builders import a_guide, a_product, a_stored_picture, a_variant, open_shop, publish, sell, sell_named, tags
from tests.effort import tries
from tests.pages.test_pages import cards, get, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def channel() -> Channel:
    return open_shop()


def three_balls() -> None:
    sell_named("Cork", price="30", brand="Quill", tags=tags("feet", "neck", tool_type="massage-ball"))
    sell_named("Rubber", price="10", brand="Roost", units=0, tags=tags("feet", tool_type="massage-ball"))
    sell_named("Stick", price="20", brand="Quill", tags=tags("feet", tool_type="massage-stick"))


def links(html: str) -> dict[str, str]:
    """What filter links say → where they lead."""
    found = re.findall(r'<li class="depth-\d"><a href="([^"]*)"[^>]*>(.*?)</a>\s*<span class="count">(\d+)', html)
    return {f"{words(label)} {count}": unescape(address) for address, label, count in found}


@pytest.mark.parametrize("path", ["/areas/feet/", "/tools/", "/tools/?q=feet"])
def test_a_list_is_narrowed_by_links(path: str) -> None:
    three_balls()

    found = links(get(path))
    narrowed = get(path.partition("?")[0] + found["Quill 2"])

    assert sorted(cards(narrowed)) == ["Cork", "Stick"]
    again = links(narrowed)
    # Its own facet is counted as if nothing was chosen in it, the others as chosen.
    assert {"✓ Quill 2", "Roost 1", "Massage ball 1", "Massage stick 1"} <= set(again)
    both = get(path.partition("?")[0] + again["Massage ball 1"])
    assert cards(both) == ["Cork"]
    assert "Remove all filters" in both


def test_categories_and_kinds_of_tools_are_narrowed_too() -> None:
    three_balls()

    assert cards(get("/tools/massage-ball/?stock=in")) == ["Cork"]
    assert "Kind of tool" not in words(get("/tools/massage-ball/"))


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Cork", "Rubber", "Stick"]),
        ("price", ["Rubber", "Stick", "Cork"]),
        ("-price", ["Cork", "Stick", "Rubber"]),
        ("newest", ["Stick", "Rubber", "Cork"]),
    ],
)
@pytest.mark.parametrize("path", ["/areas/feet/?", "/tools/?", "/tools/?q=feet&"])
def test_a_list_is_ordered_by_links(path: str, sort: str, names: list[str]) -> None:
    three_balls()

    assert cards(get(f"{path}sort={sort}")) == names


def test_a_choice_that_nothing_has_finds_nothing_and_can_be_undone() -> None:
    three_balls()

    html = get("/areas/feet/?brand=Nobody&area=moon&price=free")

    assert cards(html) == []
    assert "No tool for this area fits all that you chose." in words(html)
    assert 'href="?">Remove all filters' in html


def test_an_areas_page_costs_few_statements() -> None:
    publish(a_guide(), "feet")
    for number in range(8):
        variants = (a_variant(sku=f"{number}-s", options={"Size": "S"}), a_variant(sku=f"{number}-l"))
        sell(
            a_product(name=f"Ball {number}", variants=variants, media=({"location": "a.png"},)),
            "feet",
            pictures={"a.png": a_stored_picture()},
        )
    sell_named("Whole legs", "full-body")
    get("/areas/feet/")

    with CaptureQueriesContext(connection) as captured:
        html = get("/areas/feet/?sort=price")
    assert len(cards(html)) == 9
    assert len(captured) <= 8


# --- suggestions and snippets --------------------------------------------------------------------------------


def suggested(text: str) -> list[tuple[str, str, str]]:
    response = Client().get("/tools/suggestions.json", {"q": text})
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=60"
    return [(each["kind"], each["name"], each["url"]) for each in response.json()["suggestions"]]


def test_what_is_typed_is_completed_by_the_taxonomy_products_and_guides() -> None:
    three_balls()
    sell_named("Neck Roller", tags=tags("neck", conditions=["neck-pain"]))
    publish(a_guide(slug="neck", title="A loose neck"), "neck")

    found = suggested("nec")

    assert found[0] == ("area", "Neck", "/areas/neck/")
    assert ("product", "Neck Roller", "/products/neck-roller/") in found
    assert ("guide", "A loose neck", "/guides/neck/") in found
    assert ("condition", "Neck pain", "/tools/?condition=neck-pain") in found
    assert suggested("massage ba")[0] == ("tool_type", "Massage ball", "/tools/massage-ball/")


def test_nothing_is_suggested_that_has_no_products() -> None:
    sell_named("Ball", "feet")

    assert [kind for kind, *_ in suggested("neck")] == []


def test_there_are_at_most_eight_suggestions() -> None:
    for number in range(12):
        sell_named(f"Footsie {number}", "feet")

    assert len(suggested("foot")) == 8


def test_a_snippet_has_the_words_of_the_search_marked() -> None:
    sell(a_product(name="Ball", description="<p>Rolls under the arch of the foot &amp; the sole.</p>"), "feet")

    (result,) = answer("ball for arch", open_shop()).results

    assert [piece.text for piece in result.snippet if piece.is_match] == ["arch"]
    assert "<mark>arch</mark>" in get("/tools/?q=ball+for+arch")


def test_marks_become_pieces() -> None:
    assert pieces_of("a \x02b\x03 c\x02d\x03") == (
        Piece("a "),
        Piece("b", is_match=True),
        Piece(" c"),
        Piece("d", is_match=True),
    )


HOSTILE = (
    "'; DROP TABLE x --",
    "a & | ! ( ) : * <->",
    "\x00\x02\x03",
    "🦶" * 400,
    "\u202eneck",
    "\ud800",
    "%s %(a)s",
    "{}",
)
texts = st.one_of(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(HOSTILE))


@given(texts, texts)
@example("n" * 200_000, "x" * 200_000)
@settings(max_examples=tries(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered(channel: Channel, text: str, value: str) -> None:
    assert len(suggest(text, channel)) <= 8

    given: dict[str, Any] = {
        "q": text.encode("utf-8", "replace")[:2000],
        "brand": value.encode("utf-8", "replace")[:2000],
    }
    for path in ("/tools/", "/areas/feet/"):
        response = Client(raise_request_exception=False).get(
            path, {**given, "option": given["brand"], "sort": given["q"]}
        )
        assert response.status_code == 200
