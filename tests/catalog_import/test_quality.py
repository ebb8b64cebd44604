"""The quality report: how sure tags and guides are, in numbers, and where to look first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from catalog_import.cli import app
from catalog_import.sources.problems import Place
from catalog_import.tagging.quality import SHOWN, Judged, Quality, judge
from storefront.catalog.records import Evidence, GuideLink, LinkRole, Origin, Tag, Tags
from tests.builders import a_products_file, a_row
from tests.catalog_import.importing_pages import a_planned_run, page, words
from tests.catalog_import.test_import_pages import address

SURE = Judged("inferred", "inferred", "inferred", 3.0)


def a_tag(slug: str, score: float, field: str = "description", origin: Origin = Origin.INFERRED) -> Tag:
    return Tag(slug=slug, origin=origin, score=score, evidence=(Evidence(field=field, quote=slug, start=0),))


def test_each_kind_of_certainty_is_told_apart() -> None:
    link = GuideLink(guide="g", role=LinkRole.PRIMARY, origin=Origin.INFERRED, reasons=("both are for the neck",))
    stated = link.model_copy(update={"origin": Origin.STATED})
    ball = a_tag("massage-ball", 5, "name")

    assert judge(Tags(), ()) == Judged("none", "none", "none", 0)
    assert judge(Tags(target_areas=(a_tag("neck", 1.2),)), ()).areas == "weak"
    assert judge(Tags(target_areas=(a_tag("neck", 1.2), a_tag("back", 2.0))), ()).areas == "inferred"
    assert judge(Tags(target_areas=(a_tag("neck", 1, origin=Origin.PINNED),)), ()).areas == "stated"
    assert judge(Tags(tool_types=(ball,)), ()).tool_type == "inferred"
    assert judge(Tags(tool_types=(a_tag("massage-ball", 5),)), ()).tool_type == "weak"
    assert [judge(Tags(), (found,)).guide for found in (link, stated)] == ["weak", "stated"]


def test_the_least_certain_come_first_and_are_no_more_than_shown() -> None:
    quality, explained = Quality(), []

    def explain() -> tuple[Tags, tuple[GuideLink, ...]]:
        explained.append(1)
        return Tags(target_areas=(a_tag("neck", 1.2),)), ()

    for number in range(200):
        quality.add(SURE, f"Sure {number}", str(number), Place("f", number), explain)
    quality.add(Judged("none", "none", "none", 0), "Nothing", "N", Place("f", 201), explain)
    quality.add(Judged("weak", "inferred", "none", 1.2), "Weak", "W", Place("f", 202), explain)
    quality.add(Judged("stated", "stated", "stated", 1), "Stated", "S", Place("f", 203), explain)

    names = [doubt.name for doubt in quality.doubts()]
    assert names == ["Nothing", "Weak", *(f"Sure {number}" for number in range(SHOWN - 2))]
    assert len(explained) == SHOWN + 2
    assert quality.as_json()["areas"] == {"stated": 1, "inferred": 200, "weak": 1, "none": 1}
    assert quality.as_json()["least_certain"][1]["evidence"] == ("neck",)


def test_check_reports_it_for_people_and_programs(tmp_path: Path) -> None:
    file = a_products_file(tmp_path, a_row(target_areas="feet"), a_row(sku="R-2", name="Thing", description="Nice."))

    text = CliRunner().invoke(app, ["check", str(file)]).stdout
    report = json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).stdout)["quality"]

    assert "Areas: 1 stated, 0 inferred, 0 weak, 1 none" in text
    assert "Thing (products.csv, row 3): areas none, tool type weak, guide none; no words speak for it" in text
    assert (report["products"], report["areas"]["stated"], report["least_certain"][0]["name"]) == (2, 1, "Thing")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shop")
def test_the_report_of_a_plan_has_a_page_and_a_file(importer: Client) -> None:
    run = a_planned_run(a_row(), a_row(sku="R-2", name="Thing", description="Nice."))

    assert address(run, "quality/") in page(importer, address(run))
    text = words(page(importer, address(run, "quality/")))
    assert "of the 2 products that are new or changed" in text
    assert "2 new to the shop" in text
    assert "Thing (products.csv, row 3) Areas: none · tool type: weak · guide: none" in text
    assert importer.get(address(run, "quality.json")).json() == run.quality
