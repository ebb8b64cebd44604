"""`check` as data: what was read, worked out and why, by SKU and by guide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from catalog_import.cli import app
from tests.builders import a_guide_file, a_picture_file, a_products_file, a_row, digest_of


def checked(products: Path | None, guides: Path | None = None) -> Any:
    """The answer of `check --json`."""
    arguments = [*([str(products)] if products else []), *(["--guides", str(guides)] if guides else [])]
    return json.loads(CliRunner().invoke(app, ["check", "--json", *arguments]).stdout)


def test_the_answer_has_products_guides_and_problems(tmp_path: Path) -> None:
    guides = tmp_path / "guides"
    guides.mkdir()
    a_guide_file(guides, "target_areas: [neck]\nreviewed_on: 2026-03-01\n")
    row = a_row(
        **{"product": "ball", "variant": "Firm", "option: Size": "S", "price": "15.00", "compare_at_price": "19.90"},
        description="For the neck.",
        conditions="neck-pain",
        tool_type="massage-ball",
        stock="3",
        **{"status": "draft", "guide": "calm-feet", "attribute: Speeds": "6"},
    )

    answer = checked(a_products_file(tmp_path, row), guides)

    assert {"products", "guides", "problems"} <= set(answer)
    assert answer["problems"] == []
    product = answer["products"]["R-1"]
    assert {
        name: product[name]
        for name in (
            *("name", "price", "currency", "compare_at_price", "stock", "status", "reference", "variant", "options"),
            *("target_areas", "tool_type", "conditions", "primary_guide", "related_guides", "attributes"),
        )
    } == {
        "name": "Cork Ball",
        "price": "15.00",
        "currency": "USD",
        "compare_at_price": "19.90",
        "stock": 3,
        "status": "draft",
        "reference": "ball",
        "variant": "Firm",
        "options": {"Size": "S"},
        "target_areas": ["neck"],
        "tool_type": "massage-ball",
        "conditions": ["neck-pain"],
        "primary_guide": "calm-feet",
        "related_guides": [],
        "attributes": {"Speeds": "6"},
    }
    guide = answer["guides"]["calm-feet"]
    assert (guide["title"], guide["target_areas"], guide["reviewed_on"]) == ("Calm feet", ["neck"], "2026-03-01")
    assert [(tag["slug"], tag["origin"]) for tag in guide["evidence"]["tags"]["target_areas"]] == [("neck", "stated")]


def test_evidence_says_who_said_a_tag_and_in_which_words(tmp_path: Path) -> None:
    answer = checked(a_products_file(tmp_path, a_row(description="For the neck.", tool_type="t-bar")))

    evidence = answer["products"]["R-1"]["evidence"]
    assert set(evidence) == {"tags", "links", "claims"}
    (area,), (tool_type,) = evidence["tags"]["target_areas"], evidence["tags"]["tool_types"]
    assert (area["slug"], area["origin"]) == ("neck", "inferred")
    assert area["evidence"] == [{"field": "description", "quote": "neck", "start": 8}]
    assert (tool_type["slug"], tool_type["origin"]) == ("t-bar", "stated")


def test_each_variant_is_there_under_its_sku(tmp_path: Path) -> None:
    rows = [a_row(sku="A", product="ball"), a_row(sku="B", product="ball", name="", price="5")]

    answer = checked(a_products_file(tmp_path, *rows))

    assert {sku: (found["name"], found["price"]) for sku, found in answer["products"].items()} == {
        "A": ("Cork Ball", "19.90"),
        "B": ("Cork Ball", "5"),
    }


def test_a_problem_has_the_whole_shape(tmp_path: Path) -> None:
    answer = checked(a_products_file(tmp_path, a_row(sku="A", target_areas="feet"), a_row(sku="B", price="12.5O")))

    assert list(answer["products"]) == ["A"]
    assert answer["problems"] == [
        {
            "file": "products.csv",
            "sheet": "",
            "row": 3,
            "column": "price",
            "severity": "error",
            "code": "invalid-value",
            "message": answer["problems"][0]["message"],
            "value": "12.5O",
        }
    ]
    assert '"12.5O" is not a' in answer["problems"][0]["message"]


def test_what_is_not_said_is_null(tmp_path: Path) -> None:
    product = checked(a_products_file(tmp_path, {"sku": "R-1", "stock": "0"}))["products"]["R-1"]

    assert (product["price"], product["currency"], product["stock"], product["weight_g"]) == (None, None, 0, None)
    assert (product["description"], product["brand"], product["cautions"], product["media"]) == (None, None, None, None)


def test_pictures_are_there_with_their_hash(tmp_path: Path) -> None:
    picture = a_picture_file(tmp_path, "ball.png")

    product = checked(a_products_file(tmp_path, a_row(image="A ball | ball.png")))["products"]["R-1"]

    assert product["media"] == [{"location": "ball.png", "alt": "A ball", "digest": digest_of(picture)}]


def test_gaps_are_warnings(tmp_path: Path) -> None:
    guides = tmp_path / "guides"
    guides.mkdir()
    a_guide_file(guides, "target_areas: [feet]\ntool_types: [foam-roller]\n")
    row = a_row(name="Thing", target_areas="-", tool_type="other", guide="nothing")

    problems = checked(a_products_file(tmp_path, row), guides)["problems"]

    assert [(problem["file"], problem["column"], problem["severity"], problem["code"]) for problem in problems] == [
        ("products.csv", "guide", "warning", "unknown-guide"),
        ("products.csv", "target_areas", "warning", "no-area"),
        ("products.csv", "guide", "warning", "no-guide"),
        ("calm-feet.md", "slug", "warning", "unused-guide"),
    ]


def test_without_guides_a_product_is_not_warned_about_having_none(tmp_path: Path) -> None:
    assert checked(a_products_file(tmp_path, a_row(target_areas="feet")))["problems"] == []


def test_guides_alone_can_be_checked(tmp_path: Path) -> None:
    a_guide_file(tmp_path)

    answer = checked(None, tmp_path)

    assert (answer["products"], list(answer["guides"]), answer["problems"]) == ({}, ["calm-feet"], [])


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    answer = checked(tmp_path / "nothing.csv")

    assert [(problem["row"], problem["code"]) for problem in answer["problems"]] == [(0, "unreadable-file")]
