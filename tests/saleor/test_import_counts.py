"""What a plan says is what its import does, and what both leave behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog_import.cli.printing import summary
from catalog_import.sources.problems import ProblemCode
from storefront.saleor.follow.sweeps import check_all, sweep_all
from storefront.saleor.provision.setup import setup_plan
from storefront.saleor.read.shop import load_shop
from tests.builders import TAXONOMY, a_product, a_variant
from tests.saleor import dashboard
from tests.saleor.importing import FakeImporter, edit, edit_product
from tests.saleor.staff import SLUGS


def a_file(folder: Path, **columns: str) -> Path:
    said = {"sku": "A", "name": "Cork ball", "price": "9", "target_areas": "neck"} | columns
    path = folder / "products.csv"
    path.write_text(f"{','.join(said)}\n{','.join(said.values())}\n")
    return path


def test_after_an_import_with_a_new_option_the_store_is_as_saleor_is(importer: FakeImporter) -> None:
    sweep_all(importer.saleor, SLUGS)

    importer.records(a_product(category="New things", variants=(a_variant(options={"Firmness": "Soft"}),)))

    swept = check_all(importer.saleor, SLUGS)
    assert (swept.kinds, swept.differing) == ([], [])


def test_a_channel_that_the_file_does_not_name_changes_nothing(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_file(tmp_path))
    given: dict[str, Any] = {"name": "EU", "slug": "eu", "currencyCode": "EUR", "defaultCountry": "DE"}
    edit(importer, dashboard.CHANNEL_CREATE, input=given)

    items, _ = importer.plan_files(a_file(tmp_path))

    assert [(item.action, item.writes) for item in items] == [("unchanged", False)]


def test_what_is_only_noted_is_counted_by_the_plan(importer: FakeImporter, tmp_path: Path) -> None:
    importer.files(a_file(tmp_path))

    run = importer.files(a_file(tmp_path, status="active"))

    assert (run.counts["unchanged"], run.counts["noted"], run.counts["update"]) == (1, 1, 0)
    assert summary(run.counts) == (
        "Nothing to change in the shop: 1 item unchanged; for 1 unchanged only the import record is updated."
    )


def test_who_overwrites_is_told_of_edits_that_stay(importer: FakeImporter, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    importer.files(path)
    edit_product(importer, "A", name="Edited cork ball")

    items, problems = importer.plan_files(path, overwrite=frozenset({"all"}))

    assert [item.action for item in items] == ["unchanged"]
    [told] = [problem for problem in problems if problem.code == ProblemCode.EDIT_STAYS]
    assert told.message.startswith("name: edited in the shop")


def test_a_new_product_has_a_default_variant(importer: FakeImporter) -> None:
    importer.records(a_product(reference="R-1", variants=(a_variant(sku="Z"), a_variant(sku="A"))))

    product = importer.product("R-1")
    assert product.default_variant is not None
    assert importer.fake.shop.variants[product.default_variant].sku == "Z"


def test_a_category_that_is_written_in_another_way_is_no_new_one(importer: FakeImporter, tmp_path: Path) -> None:
    before = {row.name for row in importer.fake.shop.categories}
    assert "Massage balls" in before

    importer.files(a_file(tmp_path, category="massage  BALL"))

    assert {row.name for row in importer.fake.shop.categories} == before
    items, _ = importer.plan_files(a_file(tmp_path, category="Massage Balls"))
    assert [item.changes for item in items] == [{}]


def test_setup_makes_no_twin_of_a_category_that_is_there(importer: FakeImporter) -> None:
    row = importer.fake.shop.categories.first(slug="massage-ball")
    assert row is not None
    row.slug, row.name = "balls-for-massage", "Massage Balls"

    shop = load_shop(importer.saleor, SLUGS)

    assert setup_plan(shop, TAXONOMY) == []
    assert shop.category_by_type("massage-ball") == shop.categories["balls-for-massage"]
