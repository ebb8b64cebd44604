"""Files that were imported before, brought again with something changed: no twin is ever made."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_import.actions.make_plan import new_run, open_import
from catalog_import.planning.importing import Options
from catalog_import.planning.plan import Action, PlanItem
from catalog_import.runs import lifecycle
from catalog_import.sources.problems import ProblemCode
from storefront.catalog.models import Product, ProductVariant
from tests.builders import store_plan
from tests.catalog_import.running import do_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

CASES = Path(__file__).parent / "cases"


def bring(path: Path | str, **options: str) -> tuple[list[PlanItem], dict[ProblemCode, str]]:
    """Import a file; the items of its plan, and code → value of what was told."""
    with open_import(CASES / path, None, Options(**options)) as importing:
        items = list(importing.items())
        run = new_run(importing.options.source, files=importing.reading.files)
        store_plan(run, items)
        told = {problem.code: problem.value for problem in importing.problems}
        lifecycle.begin(run)
    do_all(run)
    return items, told


def skus() -> dict[str, list[str]]:
    return {
        product.name: list(product.variants.order_by("sku").values_list("sku", flat=True))
        for product in Product.objects.order_by("name")
    }


ACME = {"Acme Cork Ball": ["ACM-F", "ACM-M", "ACM-S"], "Acme Trigger Cane": ["ACC-1"]}


def prices() -> dict[str, str]:
    return {row.sku: f"{row.prices.get().amount:.2f}" for row in ProductVariant.objects.all()}


def written(folder: Path, text: str) -> Path:
    path = folder / "products.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_variant_that_vanished_is_told() -> None:
    bring("base-shopify.csv")

    items, told = bring("variant-gone.csv")

    assert [item.action for item in items] == [Action.UNCHANGED, Action.UNCHANGED]
    assert ProblemCode.VARIANT_GONE in told
    assert skus() == ACME


def test_skus_in_other_case_are_the_same_skus() -> None:
    bring("base-shopify.csv")

    items, told = bring("sku-case-handle.csv")

    assert [item.action for item in items] == [Action.UPDATE]
    assert skus() == ACME
    assert (prices()["ACM-S"], prices()["ACM-M"]) == ("11.00", "11.50")
    assert ProblemCode.OTHER_SPELLING in told


def test_an_invisible_sign_in_a_sku_makes_no_other_sku() -> None:
    bring("base-shopify.csv")

    bring("zwsp.csv")

    assert skus() == ACME
    assert prices()["ACM-S"] == "12.00"


def test_full_width_letters_are_the_same_letters(tmp_path: Path) -> None:
    bring("base-shopify.csv")

    bring(written(tmp_path, "sku,price\nＡＣＭ－Ｓ,12.34\n"))

    assert skus() == ACME
    assert prices()["ACM-S"] == "12.34"


def test_a_renamed_handle_is_the_same_product() -> None:
    bring("base-shopify.csv")

    items, told = bring("handle-renamed.csv")

    assert [item.action for item in items] == [Action.UNCHANGED, Action.UNCHANGED]
    assert told[ProblemCode.RENAMED] == "acme-cork-massage-ball"
    assert skus() == ACME
    assert set(Product.objects.values_list("reference", flat=True)) == {"acme-ball", "acme-cane"}


def test_a_product_that_is_still_listed_gives_no_variant_away(tmp_path: Path) -> None:
    bring("base-shopify.csv")

    _, told = bring(
        written(
            tmp_path,
            "sku,product,name,price\nACM-S,new-ball,New,1.00\nACM-M,new-ball,New,1.00\nACM-F,acme-ball,Old,1.00\n",
        )
    )

    assert ProblemCode.SKU_TAKEN in told
    assert skus()["Old"] == ["ACM-F", "ACM-M", "ACM-S"]


def test_a_feed_of_prices_changes_prices_alone() -> None:
    bring("base-shopify.csv")

    items, _ = bring("price-feed.csv")

    assert [item.action for item in items] == [Action.UPDATE]
    assert skus() == ACME
    assert prices() == {"ACM-S": "12.90", "ACM-M": "13.00", "ACM-F": "13.90", "ACC-1": "29.90"}


def test_skus_that_are_filled_in_later_are_those_of_the_same_variants(tmp_path: Path) -> None:
    text = (CASES / "sku-filled-in.csv").read_text(encoding="utf-8")
    bring(written(tmp_path, text.replace("GA-S", "").replace("GA-F", "")))
    assert skus() == {"Gamma Ball": ["gamma-ball-firm", "gamma-ball-soft"]}

    bring("sku-filled-in.csv")
    assert skus() == {"Gamma Ball": ["GA-F", "GA-S"]}

    items, _ = bring("sku-filled-in.csv")
    assert [item.action for item in items] == [Action.UNCHANGED]


def test_skus_that_are_left_out_later_stay(tmp_path: Path) -> None:
    bring("sku-filled-in.csv")

    text = (CASES / "sku-filled-in.csv").read_text(encoding="utf-8")
    items, _ = bring(written(tmp_path, text.replace("GA-S", "").replace("GA-F", "").replace("12.50", "12.00")))

    assert [item.action for item in items] == [Action.UPDATE]
    assert skus() == {"Gamma Ball": ["GA-F", "GA-S"]}
    assert prices()["GA-S"] == "12.00"


def test_a_woocommerce_product_without_a_sku_is_known_by_its_id(tmp_path: Path) -> None:
    text = "ID,Type,SKU,Name,Published,Regular price,Categories\n7,simple,{},Ball,1,9.90,Balls\n"
    bring(written(tmp_path, text.format("")))

    bring(written(tmp_path, text.format("BALL-1")))

    assert skus() == {"Ball": ["BALL-1"]}


def test_a_second_suppliers_sku_is_refused_and_the_rest_is_made() -> None:
    bring("base-shopify.csv")

    _, told = bring("second-supplier.csv", source="beta")

    assert told[ProblemCode.SKU_TAKEN] == "ACM-S"
    assert skus() == ACME | {"Cork Ball by Beta": ["BET-1"], "Beta Roller": ["BET-2"]}


def test_a_category_in_other_spelling_is_the_shops() -> None:
    bring("categories.csv")

    by_sku = dict(Product.objects.values_list("variants__sku", "category__name"))
    assert {name for sku, name in by_sku.items() if sku != "CT-7"} == {"massage balls"}
