"""The sample catalogue: what a person sees on the first start is whole and worth reading."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from catalog_import.cli import app
from tests.builders import TAXONOMY

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
GUIDES = sorted(path.name for path in (SAMPLE / "guides").glob("*.md") if path.name.lower() != "readme.md")


@pytest.fixture(scope="module")
def sample() -> Any:
    """What `catalog-import check` says of the sample."""
    done = CliRunner().invoke(
        app, ["check", str(SAMPLE / "products.csv"), "--guides", str(SAMPLE / "guides"), "--json"]
    )
    return json.loads(done.stdout)


def products(sample: Any) -> list[dict[str, Any]]:
    """One entry for each product, with the units of all its variants."""
    found: dict[str, dict[str, Any]] = {}
    for variant in sample["products"].values():
        product = found.setdefault(variant["reference"], variant | {"units": 0})
        product["units"] += variant["stock"] or 0
    return list(found.values())


def covered(slugs: set[str]) -> set[str]:
    """These areas and the groups that they lie in."""
    return slugs | {group for slug in slugs for group in TAXONOMY.ancestors(slug)}


def product_areas(sample: Any) -> set[str]:
    return {slug for product in products(sample) for slug in product["target_areas"]}


def guide_areas(sample: Any) -> set[str]:
    return {slug for guide in sample["guides"].values() for slug in guide["target_areas"]}


def test_nothing_is_wrong_with_the_sample(sample: Any) -> None:
    assert sample["problems"] == []


def test_there_is_enough_to_choose_from(sample: Any) -> None:
    found = Counter(product["tool_type"] for product in products(sample))

    assert len(products(sample)) >= 48
    assert found["massage-gun"] >= 6
    assert found["massage-ball"] >= 8
    assert found["t-bar"] >= 3
    assert set(found) == set(TAXONOMY.tool_types)


def test_every_product_has_an_area_and_a_primary_guide(sample: Any) -> None:
    assert [product["name"] for product in products(sample) if not product["target_areas"]] == []
    assert [product["name"] for product in products(sample) if product["primary_guide"] not in sample["guides"]] == []


def test_every_product_leads_to_a_guide_that_a_person_would_choose(sample: Any) -> None:
    judged = yaml.safe_load((Path(__file__).with_name("judged") / "sample.yaml").read_text(encoding="utf-8"))
    found = {product["name"]: product for product in products(sample)}

    assert set(found) == set(judged)
    assert [name for name, tiers in judged.items() if found[name]["primary_guide"] not in tiers[0]] == []
    useful = {name: {guide for tier in tiers for guide in tier} for name, tiers in judged.items()}
    related = [(name, guide) for name in found for guide in found[name]["related_guides"]]
    assert [pair for pair in related if pair[1] not in useful[pair[0]]] == []


def test_exactly_one_product_is_sold_out(sample: Any) -> None:
    assert len([product["name"] for product in products(sample) if product["units"] == 0]) == 1


def test_one_product_is_a_draft_and_the_others_are_active(sample: Any) -> None:
    statuses = Counter(product["status"] for product in products(sample))

    assert statuses == {"active": len(products(sample)) - 1, "draft": 1}


def test_every_area_has_a_product_and_a_guide(sample: Any) -> None:
    assert covered(product_areas(sample)) == set(TAXONOMY.areas)
    assert covered(guide_areas(sample)) == set(TAXONOMY.areas)


def test_every_area_that_a_product_names_has_a_guide_for_it_or_inside_it(sample: Any) -> None:
    assert product_areas(sample) <= covered(guide_areas(sample))


def test_every_guide_is_linked_from_a_product(sample: Any) -> None:
    linked = {slug for product in products(sample) for slug in (product["primary_guide"], *product["related_guides"])}

    assert set(sample["guides"]) == linked


def test_every_product_has_pictures_of_its_own_with_a_text(sample: Any) -> None:
    pictures = [media for product in products(sample) for media in product["media"]]

    assert all(product["media"] for product in products(sample))
    assert all(media["alt"] and media["digest"] and (SAMPLE / media["location"]).is_file() for media in pictures)
    assert len({media["digest"] for media in pictures}) == len(pictures)


def test_every_product_has_a_name_a_brand_cautions_and_a_description(sample: Any) -> None:
    for product in products(sample):
        assert all(product[name] for name in ("name", "brand", "cautions", "description")), product["reference"]


def test_prices_are_in_one_currency_and_some_are_reduced(sample: Any) -> None:
    variants = list(sample["products"].values())
    reduced = [variant for variant in variants if variant["compare_at_price"]]

    assert {variant["currency"] for variant in variants} == {"USD"}
    assert reduced
    assert all(float(variant["compare_at_price"]) > float(variant["price"]) > 0 for variant in reduced)


def body_of(file: str) -> str:
    return (SAMPLE / "guides" / file).read_text(encoding="utf-8").split("\n---\n", 1)[1]


@pytest.mark.parametrize("file", GUIDES)
def test_a_guide_is_worth_reading_and_safe_to_follow(sample: Any, file: str) -> None:
    guide, body = sample["guides"][Path(file).stem], body_of(file)

    assert 280 <= len(re.findall(r"\w+(?:['’-]\w+)*", body)) <= 900
    assert {caution["kind"] for caution in guide["cautions"]} >= {"limit", "stop"}
    assert guide["reviewed_on"]
    assert guide["summary"]
    assert guide["sources"]
    assert all(source["title"] and (source["citation"] or source["url"]) for source in guide["sources"])
    assert not re.search(r"^# ", body, re.MULTILINE)


def test_no_text_promises_a_cure(sample: Any) -> None:
    texts = [*(product["description"] for product in products(sample)), *map(body_of, GUIDES)]

    assert [text for text in texts if re.search(r"\b(will cure|cures|guaranteed to)\b", text, re.IGNORECASE)] == []
