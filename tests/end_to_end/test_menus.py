"""The shop's own menus and listings in a real browser, on a phone and on a desk."""

from __future__ import annotations

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from storefront.catalog.models import Category, Product
from storefront.catalog.writer.remote.categories import project_categories
from storefront.catalog.writer.remote.collections import project_collections
from storefront.catalog.writer.remote.menus import project_menus
from storefront.catalog.writer.remote.pages import project_pages
from tests.builders import open_shop, publish, sell_named
from tests.catalog.structure import PLAIN, a_category, a_collection, a_menu, a_page, an_item, now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright's loop runs in the thread in which these tests fill the database; Django would refuse that.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

WIDE = "A category with quite a long name that has to wrap somewhere"


def fill() -> None:
    open_shop()
    guide = publish()
    rows = [sell_named(f"Ball {number}") for number in range(3)]
    outer = a_category("outer", name=WIDE, description="For **all**.")
    project_categories([outer, a_category("inner", parent=outer.id, level=1)], now())
    Product.objects.update(category=Category.objects.get(slug="inner"))
    project_collections([a_collection("set", *(row.public_id for row in rows), description="A set.")], now())
    project_pages([PLAIN], [a_page("about", body="# Who we are\n\nWe sell balls.\n\n- one\n- two")], now())
    heading = an_item("More")
    inside = an_item("Guide", page=guide.public_id, parent=heading.id, level=1)
    deeper = an_item("Deeper", url="https://example.org/", parent=inside.id, level=2)
    items = [an_item(WIDE, category=outer.id), an_item("Set", collection=a_collection("set").id), heading]
    top = a_menu("navbar", *items, *(an_item(f"Entry {number}", url=f"/tools/?q={number}") for number in range(4)))
    project_menus(
        [
            top.model_copy(update={"items": (*top.items, inside, deeper)}),
            a_menu("footer", an_item("About", page=a_page("about").id), an_item("Shipping", url="/tools/")),
        ],
        now(),
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_menus_can_be_followed_and_fit_the_screen(
    browser: Browser, live_server: Any, settings: Any, width: int
) -> None:
    # Menus are Saleor's.
    settings.SALEOR_API_URL = "https://saleor.example/graphql/"
    fill()
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(live_server.url)

    menu = page.get_by_role("navigation", name="Shop")
    menu.get_by_text("More").click()
    expect(menu.get_by_role("link", name="Guide")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not Axe().run(page).response["violations"]

    menu.get_by_role("link", name="Guide").click()
    expect(page.get_by_role("heading", name="Calm feet")).to_be_visible()
    page.get_by_role("navigation", name="Shop").get_by_role("link", name="Set").click()
    expect(page.get_by_role("heading", name="3 tools")).to_be_visible()
    page.get_by_role("navigation", name="Shop").get_by_role("link", name=WIDE).click()
    expect(page.get_by_role("link", name="Inner")).to_be_visible()
    page.get_by_role("navigation", name="Footer").get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="Who we are")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
