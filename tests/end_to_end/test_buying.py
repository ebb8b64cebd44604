"""Buying in a real browser: with and without JavaScript, by keyboard alone, and to people who cannot see the page."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.test_browse import PHONE, Visit, either, visit, visitor
from tests.shops import ShopProcess

__all__ = ["either", "visitor"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shop")]

PRODUCT = "/products/littlemum-massage-ball/"
ADDRESS = {
    "First name": "Ada",
    "Last name": "Byron",
    "Street and number": "1 Main Street",
    "ZIP code": "94043",
    "City": "Mountain View",
}


def fill_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name="Use this country").click()
    for label, text in ADDRESS.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("State").select_option("CA")
    page.get_by_label("By invoice, within 14 days").check()
    page.get_by_label("I agree to the terms").check()


def test_a_person_buys_a_tool_and_cancels_the_order(either: Visit) -> None:
    page = either.open(PRODUCT)

    page.get_by_role("button", name="Add to cart").click()
    if page.url.endswith(PRODUCT):
        page.get_by_role("link", name="Go to the cart").click()
    page.get_by_role("link", name="Go to checkout").click()
    fill_in(page)
    page.get_by_role("button", name="Order with obligation to pay").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your order is placed.")
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("was cancelled$"))
    assert (either.errors, either.foreign) == ([], [])


def test_mistakes_take_the_focus_and_lead_to_their_fields(visitor: Visit) -> None:
    page = visitor.open(PRODUCT)
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Go to the cart").click()
    page.get_by_role("link", name="Go to checkout").click()

    page.get_by_role("button", name="Order with obligation to pay").press("Enter")

    expect(page).to_have_title(re.compile("^Error: Checkout"))
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_every_step_is_accessible_and_fits_a_phone(shop: ShopProcess, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, bypass_csp=True)
    page = visit(shop, context).open(PRODUCT)
    wrong = []

    def look(step: str) -> None:
        wrong.extend((step, found["id"]) for found in Axe().run(page).response["violations"])
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wrong.append((step, f"{width} wide"))

    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Go to the cart").click()
    look("cart")
    page.get_by_role("link", name="Go to checkout").click()
    look("checkout")
    page.get_by_role("button", name="Order with obligation to pay").click()
    look("mistakes")
    fill_in(page)
    page.get_by_role("button", name="Order with obligation to pay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your order is placed.")
    look("order")
    page.goto(f"{shop.address}/orders/find/")
    look("find")
    context.close()
    assert wrong == []
