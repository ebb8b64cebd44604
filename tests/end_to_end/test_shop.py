"""The whole shop from outside: GraphQL over HTTP, the staff's sign-in, an import through the real worker."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_products_file
from tests.shops import PROJECT, ShopProcess, run_import

pytestmark = pytest.mark.xdist_group("shop")

SAMPLE = ("sample_data/products.csv", "--guides", "sample_data/guides")


def ask(shop: ShopProcess, query: str, **variables: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own http address
        f"{shop.address}/graphql/",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        found = json.load(answer)
    assert "errors" not in found, found
    return found["data"]


def test_products_are_answered_over_http(shop: ShopProcess) -> None:
    found = ask(
        shop,
        """{ products(first: 100) { totalCount edges { node {
            name primaryGuide { slug } targetAreas { slug } toolType { slug } thumbnail { url } } } } }""",
    )["products"]

    nodes = [edge["node"] for edge in found["edges"]]
    assert found["totalCount"] == len(nodes) >= 48
    for node in nodes:
        assert node["primaryGuide"]
        assert node["targetAreas"]
        assert node["toolType"]
        assert node["thumbnail"]["url"].startswith(f"{shop.address}/media/")


def test_every_area_has_products_and_guides(shop: ShopProcess) -> None:
    areas = ask(shop, "{ bodyAreas { slug products(first: 1) { totalCount } guides { slug } } }")["bodyAreas"]

    assert [area["slug"] for area in areas if not (area["products"]["totalCount"] and area["guides"])] == []


def test_a_picture_is_served(shop: ShopProcess) -> None:
    (edge,) = ask(shop, "{ products(first: 1) { edges { node { media { url } } } } }")["products"]["edges"]

    with urllib.request.urlopen(edge["node"]["media"][0]["url"], timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("image/")


def test_the_worker_makes_pictures_smaller(shop: ShopProcess) -> None:
    query = "{ products(first: 1) { edges { node { thumbnail(size: 320, format: WEBP) { url } } } } }"
    deadline = time.monotonic() + 120

    def url() -> str:
        (edge,) = ask(shop, query)["products"]["edges"]
        return str(edge["node"]["thumbnail"]["url"])

    while not url().endswith("-320.webp"):
        assert time.monotonic() < deadline, url()
        time.sleep(0.5)

    with urllib.request.urlopen(url(), timeout=10) as answer:  # noqa: S310
        assert answer.headers["Content-Type"] == "image/webp"
        assert len(answer.read()) > 0


def test_no_picture_of_the_sample_is_missing(shop: ShopProcess) -> None:
    done = run_import(shop, "pictures")

    assert (done.returncode, done.stdout.strip()) == (0, "Every picture is there.")


def test_a_picture_that_cannot_be_fetched_is_a_warning_and_listed(shop: ShopProcess, tmp_path: Path) -> None:
    row = {"sku": "E2E-4", "name": "Ball", "price": "1", "status": "draft", "target_areas": "feet"}
    # A name that is reserved for never being there.
    path = a_products_file(tmp_path, row | {"image": "http://127.0.0.1/a.png; https://pictures.invalid/ball.png"})

    applied = run_import(shop, "apply", path, "--source", "e2e-pictures", "--yes")
    listed = run_import(shop, "pictures", "--json")
    cleared = run_import(
        shop, "apply", a_products_file(tmp_path, row | {"image": "-"}), "--source", "e2e-pictures", "--yes"
    )

    assert (applied.returncode, cleared.returncode) == (0, 0), applied.stdout + applied.stderr
    assert "private network" in " ".join(applied.stdout.split())
    assert [found["location"] for found in json.loads(listed.stdout)["pictures"]] == [
        "https://pictures.invalid/ball.png"
    ]


def test_the_password_that_was_printed_opens_the_staff_pages(shop: ShopProcess) -> None:
    said = re.sub(r"\x1b\[[0-9;]*m", "", shop.said())
    (password,) = re.findall(r"user staff, password (\S+)", " ".join(said.split()))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    sign_in = browser.open(f"{shop.address}/staff/", timeout=10).read().decode()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', sign_in)

    def sign_in_with(secret: str) -> str:
        form = {"username": "staff", "password": secret, "csrfmiddlewaretoken": token, "next": "/staff/"}
        request = urllib.request.Request(  # noqa: S310
            f"{shop.address}/staff/sign-in/",
            urllib.parse.urlencode(form).encode(),
            {"Referer": f"{shop.address}/staff/sign-in/"},
        )
        with browser.open(request, timeout=10) as answer:
            return str(answer.read().decode())

    assert "Wrong name or password" in sign_in_with("not " + password)
    assert "Sign out" in sign_in_with(password)
    for path in ("/staff/shop/catalog/product/", "/staff/shop/catalog/page/", "/staff/review/weak/"):
        with browser.open(f"{shop.address}{path}", timeout=10) as answer:
            assert answer.status == 200


def test_the_staff_pages_need_a_sign_in(shop: ShopProcess) -> None:
    _, html = shop.get("/staff/shop/catalog/product/")

    assert 'name="password"' in html
    assert "LittleMum" not in html


def test_importing_the_sample_again_has_nothing_to_do(shop: ShopProcess) -> None:
    # After other tests of this shop undid imports, the first apply still updates import records.
    assert run_import(shop, "apply", *SAMPLE, "--yes").returncode == 0

    for command in (("plan", *SAMPLE), ("apply", *SAMPLE, "--yes")):
        done = run_import(shop, *command)

        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("Nothing to do: ")


def test_a_file_of_ones_own_is_planned_applied_and_shown(shop: ShopProcess, tmp_path: Path) -> None:
    row = {
        "sku": "E2E-1",
        "name": "Walnut Neck Knob",
        "price": "12.00",
        "description": "For a stiff neck.",
        "stock": "2",
    }
    bad = {"sku": "E2E-2", "name": "Broken", "price": "12,O0"}
    # In a source of its own, and a draft, so that other tests find the shop as it was.
    path = a_products_file(tmp_path, row | {"status": "draft"}, bad)

    planned = run_import(shop, "plan", path, "--source", "e2e", "--json")
    applied = run_import(shop, "apply", path, "--source", "e2e", "--yes")
    again = run_import(shop, "plan", path, "--source", "e2e", "--json")

    assert (planned.returncode, applied.returncode, again.returncode) == (3, 3, 3), applied.stdout + applied.stderr
    first, second = json.loads(planned.stdout), json.loads(again.stdout)
    assert {action: count for action, count in first["counts"].items() if count} == {"create": 1}
    assert [(problem["row"], problem["column"]) for problem in first["problems"] if problem["severity"] == "error"] == [
        (3, "price")
    ]
    assert [tag["slug"] for tag in first["items"][0]["tags"]["target_areas"]] == ["neck"]
    assert "1 applied" in applied.stdout
    assert {action: count for action, count in second["counts"].items() if count} == {"unchanged": 1}


def test_without_an_answer_nothing_is_applied(shop: ShopProcess, tmp_path: Path) -> None:
    path = a_products_file(tmp_path, {"sku": "E2E-3", "name": "Ball", "price": "1"})

    done = run_import(shop, "apply", path, "--source", "e2e")

    assert done.returncode == 2
    assert "Nothing was written." in done.stderr
    assert "Use --yes to apply without confirmation." in done.stderr
    assert ask(shop, '{ products(first: 1, filter: {search: "E2E-3"}) { totalCount } }')["products"]["totalCount"] == 0


def test_the_commands_say_what_they_do(shop: ShopProcess) -> None:
    done = run_import(shop, "--help")

    assert done.returncode == 0
    assert "4 shop unreachable" in done.stdout
    assert str(PROJECT) not in done.stdout


def test_an_import_is_listed_shown_undone_and_its_undo_is_listed_too(shop: ShopProcess, tmp_path: Path) -> None:
    row = {"sku": "E2E-9", "name": "Elder Knob", "price": "1", "status": "draft", "target_areas": "feet"}
    applied = run_import(shop, "apply", a_products_file(tmp_path, row), "--source", "e2e-undo", "--yes")
    (number,) = re.findall(r"Import (\d+): 1 applied", applied.stdout)

    shown = run_import(shop, "show", number, "--json")
    asked = run_import(shop, "undo", number, "--delete")
    undone = run_import(shop, "undo", number, "--delete", "--yes")
    listed = json.loads(run_import(shop, "runs", "--json", "--limit", "2").stdout)["runs"]

    assert (applied.returncode, shown.returncode, asked.returncode, undone.returncode) == (0, 0, 2, 0), undone.stderr
    found = json.loads(shown.stdout)
    assert (found["status"], found["applied"], [item["name"] for item in found["items"]]) == ("done", 1, ["Elder Knob"])
    assert "Use --yes to apply without confirmation" in asked.stderr
    assert "Plan: 1 delete." in undone.stdout
    assert [(run["status"], run["undoes"], run["counts"]["delete"]) for run in listed[:1]] == [("done", int(number), 1)]
    assert ask(shop, '{ products(first: 1, search: "Elder Knob") { totalCount } }')["products"]["totalCount"] == 0


def test_what_cannot_be_cancelled_resumed_or_undone_is_said(shop: ShopProcess) -> None:
    cancelled, resumed = run_import(shop, "cancel"), run_import(shop, "resume")
    unknown = run_import(shop, "undo", "999999", "--yes")

    assert (cancelled.returncode, resumed.returncode, unknown.returncode) == (2, 0, 2)
    assert "No import is running." in cancelled.stderr
    assert "There is no unfinished import." in resumed.stdout
    assert "There is no import 999999" in unknown.stderr


def test_all_or_nothing_is_an_ordinary_import_where_nothing_is_in_its_way(shop: ShopProcess, tmp_path: Path) -> None:
    rows = [
        {"sku": f"E2E-A{n}", "name": f"Knob {n}", "price": "1", "status": "draft", "target_areas": "feet"}
        for n in range(3)
    ]

    applied = run_import(
        shop, "apply", a_products_file(tmp_path, *rows), "--source", "e2e-all", "--all-or-nothing", "--yes"
    )

    assert applied.returncode == 0, applied.stderr
    assert ": 3 applied." in applied.stdout
