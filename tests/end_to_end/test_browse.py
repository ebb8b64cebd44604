"""The shop in a real browser: found, read and understood, on any screen, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.shops import ShopProcess

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shop")]

PHONE = {"width": 390, "height": 844}
PAGES = {
    "home": "/",
    "area": "/areas/neck/",
    "product": "/products/littlemum-trapezius-trigger-point-massager/",
    "guide": "/guides/neck-and-base-of-the-skull/",
    "guides": "/guides/",
    "tools": "/tools/",
    "search": "/tools/?q=massage+ball",
    "nothing found": "/tools/?q=nothinglikethis",
    "404": "/nothing-here/",
}


@dataclass
class Visit:
    """A page in the browser, and what went wrong on it."""

    shop: ShopProcess
    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.shop.address + path)
        return self.page


def visit(shop: ShopProcess, context: BrowserContext) -> Visit:
    found = Visit(shop, context.new_page())
    found.page.set_default_timeout(10_000)
    found.page.on("console", lambda said: found.errors.append(said.text) if said.type == "error" else None)
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    found.page.on(
        "request",
        lambda asked: None if asked.url.startswith((shop.address, "data:")) else found.foreign.append(asked.url),
    )
    return found


@pytest.fixture
def visitor(shop: ShopProcess, browser: Browser) -> Iterator[Visit]:
    context = browser.new_context()
    yield visit(shop, context)
    context.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def either(request: pytest.FixtureRequest, shop: ShopProcess, browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(java_script_enabled=request.param)
    yield visit(shop, context)
    context.close()


def test_a_person_gets_from_a_sore_place_to_a_tool_and_its_guide(either: Visit) -> None:
    page = either.open("/")

    page.get_by_role("main").get_by_role("link", name=re.compile("^Neck")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Neck")
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ tools for neck$"))).to_be_visible()

    page.locator(".cards .card a").first.click()
    expect(page.locator(".price strong")).to_have_text(re.compile(r"^\$\d+\.\d\d"))
    expect(page.get_by_role("region", name="Before you use it")).to_be_visible()

    page.locator("aside").get_by_role("link").first.click()
    expect(page.get_by_role("article").get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    expect(page.locator(".cards .card").first).to_be_visible()
    assert (either.errors, either.foreign) == ([], [])


def test_a_person_finds_a_tool_by_searching(either: Visit) -> None:
    page = either.open("/")

    page.get_by_label("Search tools and guides").fill("littlemum trap")
    page.get_by_role("button", name="Search").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “littlemum trap”")
    expect(page.locator(".card-name").first).to_have_text("LittleMum Trapezius Trigger Point Massager")
    expect(page.get_by_label("Search tools and guides")).to_have_value("littlemum trap")


def test_suggestions_come_while_typing_and_the_keyboard_chooses_one(visitor: Visit) -> None:
    page = visitor.open("/")
    box, options = page.get_by_role("combobox"), page.get_by_role("option")

    box.press_sequentially("nec")
    expect(options.first).to_have_text(re.compile("^Neck"))
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    expect(options.first).to_have_attribute("aria-selected", "true")

    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("nec")
    expect(box).to_have_attribute("aria-expanded", "false")

    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Neck")
    assert (visitor.errors, visitor.foreign) == ([], [])


def test_a_suggestion_can_be_touched_on_a_phone(shop: ShopProcess, browser: Browser) -> None:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, bypass_csp=True
    )
    page = visit(shop, context).open("/")

    page.get_by_role("combobox").press_sequentially("foam rol")
    page.get_by_role("option").first.wait_for()
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    found = Axe().run(page).response["violations"]
    page.get_by_role("option").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Foam roller")
    context.close()

    assert widths == [PHONE["width"], PHONE["width"]]
    assert found == []


def test_a_long_list_can_be_paged_there_and_back(either: Visit) -> None:
    page = either.open("/tools/")
    first = page.locator(".card-name").all_inner_texts()

    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    second = page.locator(".card-name").all_inner_texts()
    page.get_by_role("link", name="Previous").click()
    expect(page.locator(".card-name").first).to_have_text(first[0])

    assert set(first).isdisjoint(second)
    assert page.locator(".card-name").all_inner_texts() == first


@pytest.mark.sweep
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_has_no_errors_and_asks_no_other_host(visitor: Visit, path: str) -> None:
    visitor.open(path).wait_for_load_state("networkidle")

    expected = [message for message in visitor.errors if "404 (Not Found)" in message and path == PAGES["404"]]
    assert visitor.errors == expected
    assert visitor.foreign == []


@pytest.mark.parametrize("path", ["/", "/areas/neck/", "/tools/"])
def test_every_picture_is_shown(visitor: Visit, path: str) -> None:
    page = visitor.open(path)
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    broken = page.evaluate(
        "[...document.images].filter(image => !(image.complete && image.naturalWidth)).map(image => image.src)"
    )
    assert broken == []


@pytest.mark.sweep
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_fits_a_phone(shop: ShopProcess, browser: Browser, path: str) -> None:
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = visit(shop, context).open(path)

    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths == [PHONE["width"], PHONE["width"]]


@pytest.mark.sweep
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_accessible(shop: ShopProcess, browser: Browser, path: str, scheme: Any) -> None:
    # The policy of the pages forbids what axe does: it is put into them from outside.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    page = visit(shop, context).open(path)

    found = Axe().run(page)
    context.close()
    assert [
        (violation["id"], [node["target"] for node in violation["nodes"]]) for violation in found.response["violations"]
    ] == []


def test_the_keyboard_reaches_the_content_first(visitor: Visit) -> None:
    page = visitor.open("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.url.endswith("/#main")


def test_graphiql_opens_and_answers_without_another_host(visitor: Visit) -> None:
    page = visitor.open("/graphql/")

    expect(page.locator(".graphiql-container")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert visitor.foreign == []


def test_a_products_picture_comes_in_a_form_that_fits_and_nothing_jumps(visitor: Visit) -> None:
    page = visitor.open("/tools/")
    page.locator(".card a").first.click()
    picture = page.locator(".pictures img").first
    expect(picture).to_be_visible()

    top, width, height = picture.evaluate(
        "image => [image.getBoundingClientRect().top - image.closest('.pictures').getBoundingClientRect().top,"
        " image.getAttribute('width'), image.getAttribute('height')]"
    )
    assert top == 0
    assert int(width) > 0
    assert int(height) > 0
