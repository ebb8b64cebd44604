"""Knotwise in the dashboard, in a real browser: framed from another site, without cookies, by Saleor's permissions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from storefront.saleor.client.installation import PERMISSIONS
from tests.builders import csv_text
from tests.saleor.app.conftest import APP_TOKEN
from tests.saleor.app.player import Player
from tests.saleor.fake import FakeSaleor
from tests.shops import ShopProcess, run_import, start_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("dashboard shop")]

SOON = 30_000
A_ROLLER = {
    "sku": "FERN-1",
    "name": "Fern Calf Roller",
    "price": "24.90",
    "description": "A firm roller of cork for tight calves. Roll slowly.",
}
A_BALL = A_ROLLER | {"sku": "OAK-1", "name": "Oak Ball", "description": "A small ball for tired feet. Roll slowly."}


@pytest.fixture(scope="module")
def module_fake(made_up: bytes) -> Iterator[FakeSaleor]:
    with FakeSaleor() as fake:
        fake.shop.restore(made_up)
        fake.add_app(APP_TOKEN, PERMISSIONS, identifier="knotwise")
        yield fake


@pytest.fixture(scope="module")
def player(module_fake: FakeSaleor) -> Iterator[Player]:
    def token(said: dict[str, str]) -> str:
        return module_fake.signer.dashboard_token(
            module_fake.url,
            module_fake.apps[APP_TOKEN].id,
            email="ida@example.com",
            exp=int(time.time()) + int(said.get("life", "300")),
            permissions=said.get("may", "MANAGE_PRODUCTS MANAGE_PAGES").split(),
        )

    with Player(token) as running:
        yield running


@pytest.fixture(scope="module")
def shop(module_fake: FakeSaleor, player: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopProcess]:
    """A whole shop that the app is installed in."""
    variables = {"SALEOR_API_URL": module_fake.url, "SALEOR_DASHBOARD_URL": f"{player.origin}/dashboard/"}
    running = start_shop(tmp_path_factory.mktemp("dashboard") / "home", "--no-sample", environment=variables)
    try:
        running.wait_until_ready()
        answer = httpx.post(
            f"{running.address}/saleor/register",
            json={"auth_token": APP_TOKEN},
            headers={"Saleor-Api-Url": module_fake.url},
        )
        assert answer.json() == {"success": True}
        yield running
    finally:
        running.interrupt()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(accept_downloads=True)
    yield found
    assert found.cookies() == []
    found.close()


def open_app(context: BrowserContext, shop: ShopProcess, player: Player, place: str = "/imports", **said: str) -> Page:
    """The dashboard with our frame in it, at a place of the manifest."""
    page = context.new_page()
    more = {name: said.pop(name) for name in ("productId", "theme") if name in said}
    path, _, shown = place.partition("#")
    query = urlencode({"saleorApiUrl": "x", "id": "y"} | more)
    app = f"{shop.address}/saleor/dashboard{path}?{query}" + (f"#{shown}" if shown else "")
    page.goto(f"{player.origin}/?{urlencode({'app': app} | said)}")
    return page


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("#app")


def a_table(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "products.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def test_an_import_is_brought_looked_at_and_applied_in_the_frame(
    context: BrowserContext, shop: ShopProcess, player: Player, module_fake: FakeSaleor, tmp_path: Path
) -> None:
    page = open_app(context, shop, player)
    app = framed(page)
    expect(app.get_by_role("heading", name="Imports")).to_be_visible()
    expect(app.get_by_role("link", name="Imports")).to_have_attribute("aria-current", "true")

    app.get_by_role("link", name="New import").click()
    app.get_by_label("Products", exact=True).set_input_files(a_table(tmp_path, A_ROLLER))
    app.get_by_role("button", name="Create plan").click()
    expect(app.get_by_role("heading", name="Nothing is written yet")).to_be_visible(timeout=SOON)
    expect(app.get_by_text("ida@example.com")).to_be_visible()

    app.get_by_role("link", name="Create 1").click()
    expect(app.get_by_role("link", name="Create 1")).to_have_attribute("aria-current", "true")
    app.get_by_role("link", name="Fern Calf Roller").click()
    expect(app.locator("mark", has_text="tight calves")).to_be_visible()
    page.evaluate("history.back()")
    expect(app.get_by_role("link", name="Create 1")).to_be_visible()

    app.get_by_role("button", name="Apply").click()
    expect(app.get_by_role("heading", name="The plan was applied")).to_be_visible(timeout=SOON)
    assert "Fern Calf Roller" in [one.name for one in module_fake.shop.products]

    with page.expect_download() as download:
        app.get_by_role("link", name="plan").first.click()
    assert download.value.suggested_filename.endswith("plan.json")


def test_the_widget_says_what_a_product_is_for(
    context: BrowserContext, shop: ShopProcess, player: Player, module_fake: FakeSaleor, tmp_path: Path
) -> None:
    imported = run_import(shop, "apply", a_table(tmp_path, A_BALL), "--yes")
    assert imported.returncode == 0, imported.stderr
    product = next(one for one in module_fake.shop.products if one.name == A_BALL["name"])

    page = open_app(context, shop, player, "/product", productId=product.id, theme="dark", may="MANAGE_PRODUCTS")

    app = framed(page)
    expect(app.locator(".chip", has_text="Feet")).to_be_visible()
    expect(app.locator("mark", has_text="feet")).to_be_visible()
    expect(app.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_function("seen.some((one) => one.type === 'widgetResize' && one.payload.height > 100)")

    app.get_by_role("link", name="Show all").click()
    app.get_by_role("link", name="in Saleor").click()
    page.wait_for_function("seen.some((one) => one.type === 'redirect')")
    assert page.evaluate("seen.find((one) => one.type === 'redirect').payload.to").startswith("/products/")


def test_who_manages_products_alone_is_shown_that_it_may_not_import(
    context: BrowserContext, shop: ShopProcess, player: Player
) -> None:
    app = framed(open_app(context, shop, player, "/import", may="MANAGE_PRODUCTS"))

    expect(app.get_by_role("heading", name="You don’t have permission to do this")).to_be_visible()
    app.get_by_role("link", name="Go back").click()
    expect(app.get_by_role("heading", name="Imports")).to_be_visible()
    expect(app.get_by_role("link", name="New import")).to_have_count(0)


def test_a_token_that_ran_out_is_renewed_by_the_dashboard(
    context: BrowserContext, shop: ShopProcess, player: Player
) -> None:
    page = open_app(context, shop, player, life="8", mode="once")
    app = framed(page)
    expect(app.get_by_role("heading", name="Imports")).to_be_visible()
    page.wait_for_timeout(4000)

    app.get_by_role("link", name="Schedules").click()
    page.wait_for_timeout(300)
    expect(app.get_by_role("heading", name="Imports")).to_be_visible()
    page.evaluate("refresh()")

    expect(app.get_by_role("heading", name="Schedules")).to_be_visible()


def test_a_part_of_a_page_waits_for_a_new_token_too(
    context: BrowserContext, shop: ShopProcess, player: Player, tmp_path: Path
) -> None:
    page = open_app(context, shop, player, "/import", life="9")
    app = framed(page)
    app.get_by_label("Products", exact=True).set_input_files(a_table(tmp_path, A_ROLLER | {"name": "Fern Roller"}))
    app.get_by_role("button", name="Create plan").click()
    expect(app.get_by_role("heading", name="Nothing is written yet")).to_be_visible(timeout=SOON)
    page.wait_for_timeout(9000)
    before = page.evaluate("shaken")

    app.get_by_role("searchbox").fill("nothing of the kind")
    app.get_by_role("button", name="Search").click()

    expect(app.locator("#items")).not_to_contain_text("Fern Roller")
    assert page.evaluate("shaken") > before


def test_a_page_that_is_not_there_is_said_and_left_again(
    context: BrowserContext, shop: ShopProcess, player: Player
) -> None:
    page = open_app(context, shop, player, "/imports#/staff/imports/987654/")
    app = framed(page)
    expect(app.get_by_role("heading", level=1)).to_contain_text("not")
    assert app.locator("link[data-page]").count() > 0

    app.get_by_role("link", name="Review").click()

    expect(app.get_by_role("heading", name="Review")).to_be_visible()
    expect(app.locator("link[href*='shop.css']")).to_have_count(0)
    page.frames[1].evaluate("location.reload()")
    expect(app.get_by_role("heading", name="Review")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("place", ["/imports", "/import"])
def test_pages_in_the_frame_are_accessible(
    context: BrowserContext, shop: ShopProcess, player: Player, place: str, theme: str
) -> None:
    page = open_app(context, shop, player, place, theme=theme)
    expect(framed(page).get_by_role("heading", level=1)).to_be_visible()

    found = Axe().run(page.frames[1])

    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found.response["violations"]] == []


def test_who_is_not_the_dashboard_is_not_listened_to(
    context: BrowserContext, shop: ShopProcess, player: Player
) -> None:
    with Player(player.token, host="127.0.0.1") as stranger:
        token = player.token({})
        page = open_app(
            context, shop, player, mode="silent", stranger=f"{stranger.origin}/stranger?{urlencode({'token': token})}"
        )
        app = framed(page)
        expect(app.get_by_text("Waiting for Saleor’s dashboard")).to_be_visible()
        page.wait_for_timeout(1000)
        expect(app.get_by_text("Waiting for Saleor’s dashboard")).to_be_visible()

        # The dashboard itself is, at any time.
        page.evaluate("shake()")
        expect(app.get_by_role("heading", name="Imports")).to_be_visible()


def test_no_other_site_can_frame_it(context: BrowserContext, shop: ShopProcess, player: Player) -> None:
    with Player(player.token) as stranger:
        page = open_app(context, shop, stranger)
        page.wait_for_timeout(1000)

        assert page.evaluate("seen") == []
        assert shop.address not in [frame.url for frame in page.frames if frame.parent_frame]


def test_alone_it_says_where_it_belongs(context: BrowserContext, shop: ShopProcess, player: Player) -> None:
    page = context.new_page()
    page.goto(f"{shop.address}/saleor/dashboard/")

    expect(page.get_by_text("only works inside Saleor’s dashboard")).to_be_visible()
