"""The staff pages in a real browser: by keyboard, on a phone, with and without JavaScript."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.test_browse import PHONE, Visit, visit
from tests.shops import PROJECT, ShopProcess

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shop")]

MAKE_VIEWER = """
from django.contrib.auth.models import Group, User
viewer = User.objects.create_user("viewer", password="only to look at", is_staff=True)
viewer.groups.set(Group.objects.filter(name="Viewers"))
"""
PAGES = {
    "overview": "/staff/",
    "review": "/staff/review/weak/",
    "areas": "/staff/review/areas/",
    "nothing to review": "/staff/review/no-area/",
    "product": "/staff/review/products/1/",
    "password": "/staff/password/",
    "editors": "/staff/shop/",
    "products": "/staff/shop/catalog/product/",
    "a product": "/staff/shop/catalog/product/1/change/",
    "a page": "/staff/shop/catalog/page/1/change/",
    "stock": "/staff/shop/catalog/stock/",
}
EDITORS = {
    "a product": "/staff/shop/catalog/product/1/change/",
    "stock": "/staff/shop/catalog/stock/",
    "a page": "/staff/shop/catalog/page/1/change/",
}
PUBLIC = {"sign-in": "/staff/sign-in/", "reset": "/staff/password/reset/", "reset sent": "/staff/password/reset/sent/"}
OURS = {name: path for name, path in PAGES.items() if not path.startswith("/staff/shop/")}


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="module")
def password(shop: ShopProcess) -> str:
    said = re.sub(r"\x1b\[[0-9;]*m", "", shop.said())
    return re.findall(r"user staff, password (\S+)", " ".join(said.split()))[0]


@pytest.fixture(scope="module")
def session(shop: ShopProcess, browser: Browser, password: str) -> Any:
    """The cookies of a signed-in superuser."""
    context = browser.new_context()
    page = visit(shop, context).open("/staff/")
    sign_in(page, "staff", password)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def staff(shop: ShopProcess, browser: Browser, session: Any) -> Iterator[Visit]:
    context = browser.new_context(storage_state=session)
    yield visit(shop, context)
    context.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def either(request: pytest.FixtureRequest, shop: ShopProcess, browser: Browser, session: Any) -> Iterator[Visit]:
    context = browser.new_context(storage_state=session, java_script_enabled=request.param)
    yield visit(shop, context)
    context.close()


def test_staff_sign_in_by_keyboard_alone_and_out_again(shop: ShopProcess, browser: Browser, password: str) -> None:
    context = browser.new_context()
    page = visit(shop, context).open("/staff/review/weak/")

    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("staff")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review", level=1)).to_be_visible()

    page.get_by_text("Your account: staff").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")

    expect(page.get_by_label("Password")).to_be_visible()
    context.close()


def test_a_wrong_password_is_told_where_a_screen_reader_hears_it(shop: ShopProcess, browser: Browser) -> None:
    context = browser.new_context()
    page = visit(shop, context).open("/staff/")

    sign_in(page, "nobody", "wrong")

    expect(page.get_by_role("alert")).to_contain_text("Wrong name or password")
    expect(page.get_by_label("Name")).to_have_value("nobody")
    context.close()


def test_a_weak_tag_is_pinned_and_the_pin_undone(either: Visit) -> None:
    page = either.open("/staff/review/weak/")
    first = page.locator(".row.split").first
    name = first.get_by_role("heading").inner_text()
    expect(first.locator("mark").first).to_be_visible()

    first.get_by_role("button", name="Pin these areas").click()
    done = page.locator(".row.settled")
    expect(done).to_contain_text(f"{name}: pinned")
    expect(page.get_by_role("heading", name=name, level=3)).to_have_count(0)

    done.get_by_role("button", name="Undo pin").click()
    expect(page.get_by_role("heading", name=name, level=3)).to_be_visible()
    assert either.errors == []


def test_pinning_and_undoing_works_by_keyboard_and_keeps_the_focus(staff: Visit) -> None:
    page = staff.open("/staff/review/weak/")
    first = page.locator(".row.split").first
    name = first.get_by_role("heading").inner_text()

    first.get_by_text("Change the areas").press("Enter")
    first.get_by_role("checkbox", name="Feet").press("Space")
    first.get_by_role("button", name="Pin these areas").press("Enter")
    done = page.locator(".row.settled")
    expect(done).to_be_focused()
    expect(done).to_contain_text("Feet")
    page.keyboard.press("Tab")
    expect(done.get_by_role("button", name="Undo pin")).to_be_focused()
    page.keyboard.press("Enter")

    row = page.locator(".row.split", has=page.get_by_role("heading", name=name))
    expect(row.get_by_role("button", name="Pin these areas")).to_be_focused()
    expect(row.locator(".chip", has_text="Feet")).to_have_count(0)
    assert (staff.errors, staff.foreign) == ([], [])


def test_a_viewer_looks_at_the_queue_and_has_no_buttons(shop: ShopProcess, browser: Browser) -> None:
    subprocess.run(
        [sys.executable, "-m", "storefront", "manage", "shell", "-c", MAKE_VIEWER],
        cwd=PROJECT,
        env=shop.environment,
        check=True,
        capture_output=True,
    )
    context = browser.new_context()
    page = visit(shop, context).open("/staff/review/weak/")

    sign_in(page, "viewer", "only to look at")

    expect(page.locator(".row mark").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Pin"))).to_have_count(0)
    expect(page.get_by_role("link", name="Accounts")).to_have_count(0)
    context.close()


def test_an_editor_saves_what_was_typed(staff: Visit) -> None:
    page = staff.open("/staff/shop/catalog/product/")
    page.get_by_role("searchbox").or_(page.locator("#searchbar")).first.fill("palm ball")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Quillbrook Palm Ball").click()

    # What was there comes back, as other tests look at this shop too.
    for brand in ("Quillbrook & Co", "Quillbrook"):
        page.get_by_label("Brand").fill(brand)
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()
        expect(page.get_by_label("Brand")).to_have_value(brand)
    assert (staff.errors, staff.foreign) == ([], [])


@pytest.mark.sweep
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_staff_page_fits_a_phone_and_has_no_errors(
    shop: ShopProcess, browser: Browser, session: Any, path: str
) -> None:
    context = browser.new_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, storage_state=session
    )
    staff = visit(shop, context)
    page = staff.open(path)
    page.wait_for_load_state("networkidle")

    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert widths == [PHONE["width"], PHONE["width"]]
    assert (staff.errors, staff.foreign) == ([], [])


@pytest.mark.sweep
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", (OURS | EDITORS | PUBLIC).values(), ids=(OURS | EDITORS | PUBLIC).keys())
def test_a_staff_page_is_accessible(shop: ShopProcess, browser: Browser, session: Any, path: str, width: int) -> None:
    context = browser.new_context(
        bypass_csp=True,
        viewport={"width": width, "height": 900},
        storage_state=None if path in PUBLIC.values() else session,
    )
    page = visit(shop, context).open(path)
    for summary in page.locator("summary").all():
        summary.evaluate("summary => { summary.parentElement.open = true }")

    found = Axe().run(page)
    context.close()
    assert [
        (violation["id"], [node["target"] for node in violation["nodes"]]) for violation in found.response["violations"]
    ] == []
