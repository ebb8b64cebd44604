"""Plain pages, categories, collections and the shop's menus, as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.catalog.models import Category, Channel, Product
from storefront.catalog.writer.remote.categories import project_categories
from storefront.catalog.writer.remote.collections import project_collections
from storefront.catalog.writer.remote.menus import project_menus
from storefront.catalog.writer.remote.pages import project_pages
from storefront.pages.views import lists
from tests.builders import a_guide, open_shop, publish, sell_named
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
from tests.pages.test_pages import get, words

pytestmark = pytest.mark.django_db

OUTER = a_category("outer", description="For **all**.")
INNER = a_category("inner", parent=OUTER.id, level=1)


@pytest.fixture(autouse=True)
def _open_shop(settings: Any) -> None:
    """One with a Saleor: there are no menus without."""
    settings.SALEOR_API_URL = "https://saleor.example/graphql/"
    open_shop()


def menu(html: str, label: str) -> list[tuple[str, str]]:
    """The links of a menu: address and words."""
    found = re.search(rf'<nav[^>]*aria-label="{label}">(.*?)</nav>', html, re.DOTALL)
    return re.findall(r'<a href="([^"]*)">([^<]*)</a>', found.group(1)) if found else []


# Plain pages ----------------------------------------------------------------------------------------------------------


def test_a_plain_page_shows_its_text_safely() -> None:
    page = a_page("about", title="<b>Us</b>", body="# We\n\n<script>alert(1)</script>\n\nWe *sell*.")
    project_pages([PLAIN], [page], now())

    html = get("/pages/about/")

    assert "<h1>&lt;b&gt;Us&lt;/b&gt;</h1>" in html
    assert "<em>sell</em>" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("changes", [{"is_published": False}, {"published_at": LATER}])
def test_a_page_that_is_not_published_is_nowhere(changes: dict[str, Any]) -> None:
    hidden = a_page("about", title="Secret plans", **changes)
    project_pages([PLAIN], [hidden], now())
    inside = an_item("Below", url="/guides/", parent=an_item("Secret plans").id, level=1)
    for_all = a_menu("navbar", an_item("Secret plans", page=hidden.id))
    footer = a_menu("footer", an_item("Secret footer", page=hidden.id))
    project_menus([for_all.model_copy(update={"items": (*for_all.items, inside)}), footer], now())

    get("/pages/about/", status=404)
    for path in ("/", "/tools/", "/guides/", "/tools/?q=words"):
        html = get(path)
        assert "Secret" not in html
        assert "Below" not in html


def test_a_guide_that_is_published_later_is_nowhere() -> None:
    row = publish(a_guide(title="Secret guide"))
    row.published_at = LATER
    row.save()
    project_menus([a_menu("navbar", an_item("Secret guide", page=row.public_id))], now())

    get(f"/guides/{row.slug}/", status=404)
    for path in ("/", "/guides/", "/tools/?q=secret"):
        assert "Secret guide" not in get(path)


def test_a_guide_has_one_address_and_a_search_lists_guides_alone() -> None:
    guide = publish()
    project_pages([PLAIN], [a_page("about", body="Slow rolling.")], now())

    get(f"/pages/{guide.slug}/", status=404)
    get("/guides/about/", status=404)
    html = get("/tools/?q=rolling")
    assert f"/guides/{guide.slug}/" in html
    assert "/guides/about/" not in html


# Listings -------------------------------------------------------------------------------------------------------------


def test_a_category_lists_its_products_and_those_inside_it() -> None:
    project_categories([OUTER, INNER], now())
    inside = sell_named("Inside")
    sell_named("Elsewhere")
    Product.objects.filter(pk=inside.pk).update(category=Category.objects.get(slug="inner"))

    html = get("/categories/outer/")

    assert "<h1>Outer</h1>" in html
    assert "<strong>all</strong>" in html
    assert 'href="/categories/inner/"' in html
    assert "1 tool" in words(html)
    assert ("Inside" in html, "Elsewhere" in html) == (True, False)
    assert 'href="/categories/outer/"' in get("/categories/inner/")
    get("/categories/none/", status=404)


def test_an_empty_category_says_so() -> None:
    project_categories([OUTER], now())

    assert "There is nothing here yet." in words(get("/categories/outer/"))


def test_a_collection_lists_its_products_in_its_order_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [sell_named(name) for name in ("Ape", "Bee", "Cat")]
    project_collections([a_collection("set", *(row.public_id for row in reversed(rows)))], now())
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)

    html = get("/collections/set/")

    assert html.index("Cat") < html.index("Bee")
    assert "Ape" not in html
    after = re.search(r'href="(\?after=[^"]*)"', html)
    assert after is not None
    second = get(f"/collections/set/{after.group(1)}")
    assert ("Ape" in second, "Cat" in second) == (True, False)


def test_a_collection_that_is_not_published_here_is_not_found() -> None:
    channel = Channel.objects.create(public_id="other", slug="other", name="Other", currency="EUR")
    elsewhere = hidden_listing(is_published=True, channel=channel.public_id)
    later = hidden_listing(is_published=True, published_at=LATER)
    hidden = [
        a_collection("draft", listings=[hidden_listing()]),
        a_collection("elsewhere", listings=[elsewhere]),
        a_collection("later", listings=[later]),
    ]
    project_collections(hidden, now())
    project_menus([a_menu("navbar", *(an_item(one.slug, collection=one.id) for one in hidden))], now())

    for one in hidden:
        get(f"/collections/{one.slug}/", status=404)
    assert menu(get("/"), "Shop") == []


# Menus ----------------------------------------------------------------------------------------------------------------


def test_a_shop_without_menus_shows_none() -> None:
    html = get("/")

    assert 'class="menu"' not in html
    assert "footer-menu" not in html


def test_without_a_saleor_no_page_looks_for_menus(settings: Any) -> None:
    settings.SALEOR_API_URL = ""
    project_menus([a_menu("navbar", an_item("Old", url="https://example.org/"))], now())

    with CaptureQueriesContext(connection) as queries:
        assert menu(get("/"), "Shop") == []

    assert not [one for one in queries if "catalog_menu" in one["sql"]]


def test_menus_lead_to_what_they_name() -> None:
    guide = publish()
    project_categories([OUTER], now())
    project_pages([PLAIN], [a_page("about")], now())
    project_collections([a_collection("set")], now())
    heading = an_item("More")
    inside = an_item("Inside", url="https://example.org/?a=1&b=2", parent=heading.id, level=1)
    own = an_item("Own", category=OUTER.id)
    below = an_item("Below own", url="/guides/", parent=own.id, level=1)
    placed = a_menu("navbar", heading, own)
    footer = a_menu(
        "footer",
        an_item("Guide", page=guide.public_id),
        an_item("Page", page=a_page("about").id),
        an_item("Set", collection=a_collection("set").id),
    )
    project_menus([placed.model_copy(update={"items": (*placed.items, inside, below)}), footer], now())

    html = get("/")

    assert menu(html, "Shop") == [
        ("https://example.org/?a=1&amp;b=2", "Inside"),
        ("/categories/outer/", "All of Own"),
        ("/guides/", "Below own"),
    ]
    assert "<summary>More</summary>" in html
    assert menu(html, "Footer") == [
        (f"/guides/{guide.slug}/", "Guide"),
        ("/pages/about/", "Page"),
        ("/collections/set/", "Set"),
    ]
    for address, _ in menu(html, "Footer"):
        get(address)
    assert menu(get("/none/", status=404), "Footer") == menu(html, "Footer")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JAVASCRIPT:alert(1)", "java\tscript:x", "//evil.example", "data:x"]
)
def test_an_address_that_may_not_be_followed_is_in_no_menu(url: str) -> None:
    project_menus([a_menu("navbar", an_item("Bad", url=url)), a_menu("footer", an_item("Bad too", url=url))], now())

    assert "Bad" not in get("/")


def test_names_and_addresses_in_menus_are_escaped() -> None:
    item = an_item('<img src=x onerror="alert(1)">', url="https://example.org/\"onclick='x'<b>")
    project_menus([a_menu("navbar", item), a_menu("footer", item.model_copy(update={"id": "other"}))], now())

    html = get("/")

    assert "<img src=x" not in html
    assert html.count("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;") == 2
    assert html.count('href="https://example.org/&quot;onclick=&#x27;x&#x27;&lt;b&gt;"') == 2


def test_menus_cost_the_same_number_of_queries_however_long() -> None:
    def count(length: int) -> int:
        pages = [a_page(f"p{number}") for number in range(length)]
        project_pages([PLAIN], pages, now())
        project_menus([a_menu("navbar", *(an_item(one.slug, page=one.id) for one in pages))], now())
        with CaptureQueriesContext(connection) as queries:
            get("/guides/")
        return len(queries)

    assert count(2) == count(9)
