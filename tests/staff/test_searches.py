"""The search report's pages: who may see them, and what staff do there."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from storefront.catalog.models import SearchPin, SearchSynonym
from storefront.catalog.search.report import count_search
from storefront.staff.roles import IMPORTERS, MANAGERS, VIEWERS
from storefront.staff.searches import named_by_address
from tests.builders import a_guide, open_shop, publish, sell_named, tags
from tests.staff.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop() -> None:
    open_shop()
    sell_named("Cork Ball", tags=tags("feet", tool_type="massage-ball"))
    publish(a_guide(title="Calm Feet", slug="calm-feet"), "feet")


def html_of(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(browser: Client, path: str, /, **fields: str) -> HttpResponse:
    return browser.post(path, fields)  # type: ignore[return-value]


def test_the_report_shows_what_was_searched() -> None:
    count_search("zonk <b>", is_empty=True)
    count_search("feet", is_empty=False)

    html = html_of(signed_in(VIEWERS), "/staff/search/")

    assert "zonk b" in html
    assert "feet" in html
    assert "Add the synonym" not in html


@pytest.mark.parametrize("role", [IMPORTERS, MANAGERS])
def test_staff_add_a_synonym_and_remove_it(role: str) -> None:
    browser = signed_in(role)

    post(browser, "/staff/search/synonyms/", phrase="Zonk!", term="tool_type:massage-ball", q="zonk")

    assert "Cork Ball" in html_of(browser, "/staff/search/query/?q=zonk")
    assert "Cork Ball" in html_of(Client(), "/tools/?q=zonk")
    assert "zonk" in html_of(browser, "/staff/search/")
    post(browser, f"/staff/search/synonyms/{SearchSynonym.objects.get().pk}/remove/")
    assert not SearchSynonym.objects.exists()


def test_staff_pin_and_hide_from_the_page_of_a_search() -> None:
    browser = signed_in(IMPORTERS)

    post(
        browser, "/staff/search/pins/", q="bicycle tyre", address="http://shop.example/guides/calm-feet/", action="pin"
    )
    post(browser, "/staff/search/pins/", q="feet", address="/products/cork-ball/", action="hide")

    assert "Calm Feet" in html_of(Client(), "/tools/?q=bicycle+tyre")
    assert "Cork Ball" not in html_of(Client(), "/tools/?q=feet")
    assert "Hidden" in html_of(browser, "/staff/search/query/?q=feet")
    post(browser, "/staff/search/pins/", q="feet", address="/products/cork-ball/", action="pin")
    assert SearchPin.objects.get(query="feet").is_hidden is False
    post(browser, f"/staff/search/pins/{SearchPin.objects.get(query='feet').pk}/remove/")
    assert not SearchPin.objects.filter(query="feet").exists()


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/staff/search/synonyms/", {"phrase": "zonk", "term": "area:feet"}),
        ("/staff/search/synonyms/1/remove/", {}),
        ("/staff/search/pins/", {"q": "feet", "address": "/products/cork-ball/", "action": "pin"}),
        ("/staff/search/pins/1/remove/", {}),
    ],
)
def test_viewers_change_nothing(address: str, fields: dict[str, str]) -> None:
    assert post(signed_in(VIEWERS), address, **fields).status_code == 403
    assert not SearchSynonym.objects.exists()
    assert not SearchPin.objects.exists()


def test_others_do_not_see_the_report() -> None:
    assert Client().get("/staff/search/").status_code == 302
    assert signed_in().get("/staff/search/").status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"phrase": "", "term": "area:feet"},
        {"phrase": "!", "term": "area:feet"},
        {"phrase": "z" * 90, "term": "area:feet"},
        {"phrase": "zonk", "term": "area:tail"},
        {"phrase": "zonk", "term": "contraindication:never:pregnancy"},
        {"phrase": "zonk"},
    ],
)
def test_a_synonym_that_cannot_be_is_refused_with_the_reason(fields: dict[str, str]) -> None:
    browser = signed_in(IMPORTERS)

    answer = browser.post("/staff/search/synonyms/", fields, follow=True)

    assert 'class="notice error"' in answer.content.decode()
    assert not SearchSynonym.objects.exists()


@pytest.mark.parametrize(
    "address", ["", "/products/none/", "/tools/", "http://[", "/products/%00/", "javascript:alert(1)"]
)
def test_an_address_of_no_product_or_guide_is_refused(address: str) -> None:
    browser = signed_in(IMPORTERS)

    answer = browser.post("/staff/search/pins/", {"q": "feet", "address": address, "action": "pin"}, follow=True)

    assert "There is no such product or guide" in answer.content.decode()
    assert not SearchPin.objects.exists()


def test_addresses_of_the_shop_name_products_and_guides() -> None:
    assert named_by_address("https://shop.example/products/cork-ball/?from=x") == (False, "cork-ball")
    assert named_by_address(" /guides/calm-feet/ ") == (True, "calm-feet")
