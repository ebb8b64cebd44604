"""A whole import in a real browser: by keyboard, on a phone, with and without JavaScript."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.builders import csv_text
from tests.end_to_end.test_browse import PHONE, Visit, visit
from tests.end_to_end.test_staff import sign_in
from tests.shops import PROJECT, ShopProcess, copy_home, start_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("import shop")]

PASSWORD = "a long walk on soft sand"
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, role in (("ida", "Importers"), ("vera", "Viewers")):
    person = User.objects.create_user(name, password="{PASSWORD}", is_staff=True)
    person.groups.set(Group.objects.filter(name=role))
"""
A_ROLLER = {
    "sku": "FERN-1",
    "name": "Fern Calf Roller",
    "price": "24.90",
    "description": "A firm roller of cork for tight calves. Roll slowly.",
}
FOREIGN = "Bestellnummer;Bezeichnung;VK brutto;Farbton\nSUP-1;Noppenball;12,90;rot\n"
READY, SOON = "Nothing is written yet", 90_000


@pytest.fixture(scope="module")
def import_shop(tmp_path_factory: pytest.TempPathFactory, sample_home: Path) -> Iterator[ShopProcess]:
    """A whole shop of these tests' own, since they write; a file may have 1 MB."""
    home = copy_home(sample_home, tmp_path_factory.mktemp("imports") / "home")
    running = start_shop(home, environment={"IMPORT_MAX_MB": "1"})
    try:
        running.wait_until_ready()
        subprocess.run(
            [sys.executable, "-m", "storefront", "manage", "shell", "-c", MAKE_PEOPLE],
            cwd=PROJECT,
            env=running.environment,
            check=True,
            capture_output=True,
        )
        yield running
    finally:
        running.interrupt()


def session_of(shop: ShopProcess, browser: Browser, name: str) -> Any:
    context = browser.new_context()
    page = visit(shop, context).open("/staff/")
    sign_in(page, name, PASSWORD)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def session(import_shop: ShopProcess, browser: Browser) -> Any:
    return session_of(import_shop, browser, "ida")


def on_phone(browser: Browser, session: Any = None, **options: Any) -> BrowserContext:
    return browser.new_context(
        **({"viewport": PHONE, "is_mobile": True, "has_touch": True, "storage_state": session} | options)
    )


@pytest.fixture
def importer(import_shop: ShopProcess, browser: Browser, session: Any) -> Iterator[Visit]:
    context = on_phone(browser, session)
    yield visit(import_shop, context)
    context.close()


def a_table(folder: Path, *rows: dict[str, str], name: str = "products.csv") -> Path:
    path = folder / name
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def a_long_table(folder: Path) -> Path:
    """One that takes a worker some seconds, so that there is something to watch."""
    rows = (A_ROLLER | {"sku": f"LONG-{number}", "name": f"Roller {number}"} for number in range(9000))
    return a_table(folder, *rows)


def bring(page: Page, path: Path) -> None:
    page.get_by_label("Products", exact=True).set_input_files(path)
    page.get_by_role("button", name="Create plan").click()


def a_plan(staff: Visit, path: Path) -> str:
    """Bring a file and wait for its plan; gives the address of the run."""
    page = staff.open("/staff/imports/new/")
    bring(page, path)
    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    return page.url.split("?")[0].removeprefix(staff.shop.address)


# --- the whole way ------------------------------------------------------------------------------------------


def test_an_importer_brings_looks_pins_applies_and_undoes_by_keyboard_on_a_phone(
    import_shop: ShopProcess, browser: Browser, tmp_path: Path
) -> None:
    path = a_table(tmp_path, A_ROLLER, {"sku": "LM-TRAP", "price": "31.50"})
    context = on_phone(browser)
    staff = visit(import_shop, context)
    page = staff.open("/staff/imports/new/")
    page.keyboard.type("ida")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    with page.expect_file_chooser() as chooser:
        page.get_by_label("Products", exact=True).press("Enter")
    chooser.value.set_files(path)
    page.get_by_role("button", name="Create plan").press("Enter")
    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    expect(page.get_by_text("1 new, 1 changed")).to_be_visible()
    run = page.url

    page.get_by_role("link", name="Create 1").press("Enter")
    expect(page.get_by_role("link", name="Create 1")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="Create 1")).to_be_focused()
    page.get_by_role("link", name="Fern Calf Roller").press("Enter")
    expect(page.locator("mark", has_text="tight calves")).to_be_visible()

    page.get_by_text("Change the areas").press("Enter")
    page.get_by_role("checkbox", name="Feet").press("Space")
    page.get_by_role("button", name="Pin these areas").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Pinned in this plan")).to_be_focused()
    expect(page.locator(".chip", has_text="Feet")).to_contain_text("pinned")

    page.goto(run)
    page.get_by_role("button", name="Apply").press("Enter")
    expect(page.get_by_role("heading", name="The plan was applied")).to_be_visible(timeout=SOON)
    assert "Fern Calf Roller" in import_shop.get("/areas/feet/")[1]

    page.get_by_role("link", name="Undo …").press("Enter")
    page.get_by_role("button", name="Show what it would do").press("Enter")
    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    expect(page.get_by_text("1 changed, 1 archived")).to_be_visible()
    page.get_by_role("button", name="Undo the import").press("Enter")
    expect(page.get_by_role("heading", name="The import was undone")).to_be_visible(timeout=SOON)
    assert "Fern Calf Roller" not in import_shop.get("/areas/feet/")[1]
    assert (staff.errors, staff.foreign) == ([], [])
    context.close()


def test_the_same_way_goes_without_javascript(
    import_shop: ShopProcess, browser: Browser, session: Any, tmp_path: Path
) -> None:
    path = a_table(tmp_path, A_ROLLER | {"sku": "OAK-1", "name": "Oak Roller"})
    context = on_phone(browser, session, java_script_enabled=False)
    staff = visit(import_shop, context)

    run = a_plan(staff, path)
    page = staff.page
    page.get_by_role("link", name="Create 1").click()
    page.get_by_role("link", name="Oak Roller").click()
    page.get_by_role("combobox", name="Tool type").select_option("Foam roller")
    page.get_by_role("button", name="Pin this type").click()
    expect(page.get_by_text("Pinned in this plan")).to_be_visible()
    staff.open(run)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="The plan was applied")).to_be_visible(timeout=SOON)
    assert "Oak Roller" in import_shop.get("/tools/?q=oak+roller")[1]

    page.get_by_role("link", name="Undo …").click()
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="The import was undone")).to_be_visible(timeout=SOON)
    context.close()


def test_a_table_of_other_columns_is_mapped(importer: Visit, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(FOREIGN, encoding="utf-8")
    page = importer.open("/staff/imports/new/")

    bring(page, path)
    expect(page.get_by_role("heading", name="What does each column mean?")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("combobox", name="Bestellnummer")).to_have_value("sku")
    page.get_by_role("button", name="Plan with these columns").click()

    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("link", name="Noppenball")).to_be_visible()
    assert importer.errors == []


def test_going_back_from_a_filter_shows_the_page_before(importer: Visit, tmp_path: Path) -> None:
    a_plan(
        importer,
        a_table(tmp_path, A_ROLLER | {"sku": "ASH-1", "name": "Ash Roller"}, {"sku": "LM-TRAP", "price": "33"}),
    )
    page = importer.page
    page.get_by_role("link", name="Update 1").click()
    expect(page.get_by_role("link", name="Ash Roller")).to_have_count(0)

    page.go_back()

    expect(page.get_by_role("link", name="Ash Roller")).to_be_visible()
    expect(page.get_by_role("heading", name=READY)).to_be_visible()
    assert importer.errors == []


# --- what is refused ----------------------------------------------------------------------------------------


TOO_LARGE = "This file is too large: the limit is 1 MB. Split the file."


def a_file_of(folder: Path, megabytes: int) -> Path:
    path = folder / "large.csv"
    path.write_bytes(b"sku,name\n" + b"R-1,Ball\n" * (megabytes * 1024**2 // 9))
    return path


def test_a_file_that_is_too_large_is_not_sent(importer: Visit, tmp_path: Path) -> None:
    page = importer.open("/staff/imports/new/")

    bring(page, a_file_of(tmp_path, 18))

    expect(page.locator("#messages")).to_have_text(TOO_LARGE)
    expect(page.get_by_label("Products", exact=True)).to_be_focused()
    assert page.url.endswith("/staff/imports/new/")


@pytest.mark.parametrize(
    ("megabytes", "told"), [(2, TOO_LARGE), (18, "The request is larger than this address accepts")]
)
def test_a_file_that_is_too_large_gets_an_answer_and_no_reset(
    import_shop: ShopProcess, browser: Browser, session: Any, tmp_path: Path, megabytes: int, told: str
) -> None:
    context = on_phone(browser, session, java_script_enabled=False)
    page = visit(import_shop, context).open("/staff/imports/new/")

    bring(page, a_file_of(tmp_path, megabytes))

    expect(page.get_by_text(told)).to_be_visible()
    context.close()


def test_an_empty_file_is_told_at_its_field(importer: Visit, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    page = importer.open("/staff/imports/new/")

    bring(page, path)

    expect(page.get_by_role("alert")).to_contain_text("This file is empty.")
    expect(page.get_by_label("Products", exact=True)).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"PK\x03\x04 broken"])
def test_what_is_no_table_ends_in_a_page_that_says_so(importer: Visit, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    page = importer.open("/staff/imports/new/")

    bring(page, path)

    expect(page.get_by_role("heading", name="Nothing could be read")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("1 error")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)


def test_a_viewer_looks_and_may_not(
    import_shop: ShopProcess, browser: Browser, importer: Visit, tmp_path: Path
) -> None:
    run = a_plan(importer, a_table(tmp_path, A_ROLLER))
    context = on_phone(browser, session_of(import_shop, browser, "vera"))
    viewer = visit(import_shop, context)

    page = viewer.open(run)

    expect(page.get_by_role("heading", name=READY)).to_be_visible()
    expect(page.get_by_text("Your role can only view imports.")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_text(["Search"])
    viewer.open("/staff/imports/new/")
    expect(page.get_by_role("heading", name="You don’t have permission to do this")).to_be_visible()
    context.close()


# --- every page ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(
    import_shop: ShopProcess, browser: Browser, session: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Each page and state, by name."""
    folder = tmp_path_factory.mktemp("files")
    foreign = folder / "liste.csv"
    foreign.write_text(FOREIGN, encoding="utf-8")
    with (PROJECT / "sample_data" / "products.csv").open(encoding="utf-8") as sample:
        (first, *_) = csv.DictReader(sample)
    context = browser.new_context(storage_state=session)
    staff = visit(import_shop, context)
    page = staff.page
    reworded = {"sku": first["sku"], "description": first["description"].replace("the", "this")}
    done = a_plan(staff, a_table(folder, A_ROLLER | {"sku": "DONE-1"}))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="The plan was applied")).to_be_visible(timeout=SOON)
    plan = a_plan(staff, a_table(folder, A_ROLLER, reworded, {"sku": "X-1", "name": "Ball", "price": "12.5O"}))
    staff.open("/staff/imports/new/")
    bring(page, foreign)
    expect(page.get_by_role("heading", name="What does each column mean?")).to_be_visible(timeout=SOON)
    mapping = page.url.removeprefix(import_shop.address)
    staff.open("/staff/imports/new/")
    page.get_by_text("Fetch from an address instead").click()
    page.get_by_label("Address of the products").fill("http://127.0.0.1/feed.csv")
    page.get_by_role("button", name="Create plan").click()
    expect(page.get_by_role("heading", name="The plan could not be made")).to_be_visible(timeout=SOON)
    failed = page.url.removeprefix(import_shop.address)
    staff.open("/staff/imports/schedules/new/")
    page.get_by_label("Name").fill("Supplier")
    page.get_by_label("Address of the products").fill("http://127.0.0.1/feed.csv")
    page.get_by_role("button", name="Save").click()
    context.close()
    return {
        "history": "/staff/imports/",
        "new": "/staff/imports/new/",
        "plan": plan,
        "problems": f"{plan}items/?show=problem",
        "a new item": f"{plan}items/0/",
        "a changed item": f"{plan}items/1/",
        "mapping": mapping,
        "failed": failed,
        "done": done,
        "undo": f"{done}undo/",
        "export": "/staff/imports/export/",
        "schedules": "/staff/imports/schedules/",
        "schedule": "/staff/imports/schedules/1/",
        "remove a schedule": "/staff/imports/schedules/1/remove/",
    }


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_accessible_and_fits(
    import_shop: ShopProcess, browser: Browser, session: Any, pages: dict[str, str], width: int
) -> None:
    context = browser.new_context(
        bypass_csp=True, viewport={"width": width, "height": 900}, storage_state=session, reduced_motion="reduce"
    )
    staff = visit(import_shop, context)
    found: dict[str, Any] = {}
    for name, path in pages.items():
        page = staff.open(path)
        for summary in page.locator("main summary").all():
            summary.evaluate("summary => { summary.parentElement.open = true }")
        violations = Axe().run(page).response["violations"]
        if told := [(one["id"], [node["target"] for node in one["nodes"]]) for one in violations]:
            found[name] = told
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[f"{name}, width"] = wide
    context.close()

    assert found == {}
    assert (staff.errors, staff.foreign) == ([], [])


def test_progress_is_announced_in_one_place_that_stays(importer: Visit, tmp_path: Path) -> None:
    """A region that is swapped each second is read out each second, or never."""
    page = importer.open("/staff/imports/new/")
    bring(page, a_long_table(tmp_path))
    page.evaluate("document.getElementById('milestone').dataset.stays = 'yes'")

    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)

    said = page.locator("#milestone[data-stays]")
    expect(said).to_have_text(re.compile("The plan is ready."))


def test_who_watches_is_told_when_the_shop_is_away_and_sees_it_come_back(importer: Visit, tmp_path: Path) -> None:
    page = importer.open("/staff/imports/new/")
    page.route("**/progress/**", lambda route: route.abort())
    bring(page, a_long_table(tmp_path))
    away = page.get_by_text("The shop cannot be reached.")
    expect(away).to_be_visible()

    page.unroute("**/progress/**")

    expect(page.get_by_role("heading", name=READY)).to_be_visible(timeout=SOON)
    expect(away).to_have_count(0)
