"""The items of a plan as staff see them: filtered, searched, one by one, pinned in the plan."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog_import.models import ImportItem, ImportRun
from catalog_import.planning.plan import PlanItem
from catalog_import.runs.lifecycle import begin
from storefront.catalog.models import Product
from storefront.catalog.records import Origin
from tests.builders import (
    a_guide,
    a_product,
    a_row,
    a_variant,
    plan_in_shop,
    publish,
    sell,
    shop_product,
    store_plan,
)
from tests.catalog_import.importing_pages import HTMX, a_planned_run, names, page, words
from tests.catalog_import.running import do_all, import_records, plan_undo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

TEXT = "A firm roller for tight calves. Roll slowly."


def items(run: ImportRun, more: str = "") -> str:
    return f"/staff/imports/{run.pk}/items/{more}"


def a_run_of_each_kind() -> ImportRun:
    """One new, one changed, one unchanged, one in conflict, one row with an error."""
    import_records(a_product(name="Changed"))
    for sku in ("R-2", "R-3"):
        import_records(a_product(name=f"Ball {sku}", brand="Quill", variants=(a_variant(sku=sku),)))
    Product.objects.filter(reference="R-3").update(brand="By hand")
    return a_planned_run(
        {"sku": "R-1", "name": "Changed again"},
        {"sku": "R-2", "name": "Ball R-2"},
        {"sku": "R-3", "brand": "By the file"},
        {"sku": "R-4", "name": "New", "price": "9.90"},
        {"sku": "R-5", "name": "Wrong", "price": "12.5O"},
    )


# --- the list -----------------------------------------------------------------------------------------------


def test_each_filter_has_its_items_and_counts_them(importer: Client) -> None:
    run = a_run_of_each_kind()

    shown = page(importer, items(run))

    assert names(shown) == ["Changed again", "New"]
    assert names(page(importer, items(run, "?show=create"))) == ["New"]
    assert names(page(importer, items(run, "?show=update"))) == ["Changed again"]
    assert names(page(importer, items(run, "?show=conflict"))) == ["Ball R-3"]
    assert "12.5O" in page(importer, items(run, "?show=problem"))
    tabs = dict(re.findall(r'id="tab-(\w+)".*?<span class="count">(\d+)</span>', shown))
    assert tabs.pop("problem") == str(run.problems.count())
    assert tabs == {"changes": "2", "create": "1", "update": "1", "conflict": "1", "unchanged": "2"}


def test_the_list_alone_is_answered_to_htmx(importer: Client) -> None:
    run = a_planned_run()

    part = page(importer, items(run), headers=HTMX)

    assert names(part) == ["Cork Ball"]
    assert "<html" not in part


def test_going_back_gives_the_whole_page_to_htmx_too(importer: Client) -> None:
    run = a_planned_run()

    assert "<html" in page(importer, items(run), headers=HTMX | {"HX-History-Restore-Request": "true"})


def test_errors_come_before_warnings(importer: Client) -> None:
    run = a_planned_run(*(a_row(sku=f"R-{number}") for number in range(30)), a_row(sku="R-99", price="12.5O"))

    first = page(importer, items(run, "?show=problem"))

    assert re.findall(r'<span class="state \w+">(error|warning)</span>', first)[:2] == ["error", "warning"]
    assert 'rel="next"' in first


def test_a_search_looks_at_names_references_and_skus(importer: Client) -> None:
    run = a_planned_run(a_row(sku="AB-1", name="Cork Ball"), a_row(sku="XY-2", name="Roller"))

    assert names(page(importer, items(run, "?q=BALL+cork"))) == ["Cork Ball"]
    assert names(page(importer, items(run, "?q=xy-2"))) == ["Roller"]
    assert "No results for" in page(importer, items(run, "?q=nothing"))
    assert page(importer, items(run, "?q=%00"), 400)


def test_a_long_list_is_paged_without_gaps(importer: Client) -> None:
    run = a_planned_run(*(a_row(sku=f"R-{number:02}", name=f"Ball {number:02}") for number in range(43)))

    first = page(importer, items(run, "?q=ball"))
    (second,) = re.findall(r'rel="next" href="[^"]*?(\?[^"#]+)', first)
    then = page(importer, items(run, second.replace("&amp;", "&")))
    (third,) = re.findall(r'rel="next" href="[^"]*?(\?[^"#]+)', then)

    shown = names(first) + names(then) + names(page(importer, items(run, third.replace("&amp;", "&"))))
    assert shown == [f"Ball {number:02}" for number in range(43)]
    assert page(importer, items(run, "?after=nonsense"), 400)


def test_a_price_is_shown_before_and_after_with_its_cents(importer: Client) -> None:
    import_records(a_product())
    run = a_planned_run({"sku": "R-1", "price": "21.50"})

    assert "Price 19.90 → 21.50" in words(page(importer, items(run)))


def test_what_a_file_says_is_escaped(importer: Client) -> None:
    run = a_planned_run(a_row(name="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>"))

    for address in (items(run), items(run, "0/"), items(run, "?q=<script>")):
        shown = page(importer, address)
        assert "<script>alert" not in shown
        assert "onerror=alert(1)>" not in shown


# --- one item -----------------------------------------------------------------------------------------------


def test_an_item_shows_each_field_before_and_after_and_long_texts_as_a_diff(importer: Client) -> None:
    import_records(
        a_product(brand="Quill", description=f"{TEXT} It is made of cork from Portugal, and of nothing else.")
    )
    run = a_planned_run(
        {
            "sku": "R-1",
            "brand": "Finch",
            "description": f"{TEXT} It is made of beech from Portugal, and of nothing else.",
        }
    )

    shown = page(importer, items(run, "0/"))

    assert "Brand Before Quill After Finch" in words(shown)
    assert "[removed: cork ]" in words(shown)
    assert "[added: beech ]" in words(shown)


def test_an_item_marks_the_words_that_speak_for_its_tags(importer: Client) -> None:
    run = a_planned_run(a_row(description=TEXT))

    shown = page(importer, items(run, "0/"))

    assert "<mark>tight calves</mark>" in shown
    assert "Calves &amp; shins <small>inferred</small>" in shown


def test_an_item_shows_a_conflict_from_all_three_sides(importer: Client) -> None:
    import_records(a_product(name="At first"))
    Product.objects.update(name="By hand")
    run = a_planned_run({"sku": "R-1", "name": "By the file"})

    assert "Name At first By the file By hand" in words(page(importer, items(run, "0/")))


def test_an_item_says_why_a_guide_is_linked(importer: Client) -> None:
    publish(a_guide(title="Calm calves", target_areas=("calves",)), "calves")
    run = a_planned_run(a_row(description=TEXT))

    shown = words(page(importer, items(run, "0/")))

    assert "Calm calves primary, inferred" in shown
    assert "both are for the calves" in shown


def test_every_item_of_an_undo_can_be_looked_at(importer: Client) -> None:
    import_records(a_product())
    changed = import_records(a_product(brand="Finch"), a_product(variants=(a_variant(sku="R-2"),)))
    undoing, _ = plan_undo(changed, deletes=True)

    shown = [words(page(importer, items(undoing, f"{row.position}/"))) for row in undoing.items.all()]

    assert any("It will be deleted." in item for item in shown)
    assert any("Brand Before Finch After nothing" in item for item in shown)


def test_an_item_that_is_not_there_is_not_found(importer: Client) -> None:
    run = a_planned_run()

    assert page(importer, items(run, "7/"), 404)


# --- pins ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without JavaScript", "with htmx"])
def test_areas_pinned_in_a_plan_are_written_with_it(importer: Client, headers: dict[str, str]) -> None:
    run = a_planned_run(a_row(description=TEXT))

    said = {"areas": "yes", "target_areas": ["knees", "feet"]}
    answer = importer.post(items(run, "0/pin/"), said, headers=headers, follow=True)
    assert "Pinned in this plan" in answer.content.decode()
    assert "Knees <small>pinned</small>" in answer.content.decode()
    begin(run)
    do_all(run)

    found = shop_product().tags.target_areas
    assert [(tag.slug, tag.origin) for tag in found] == [("knees", Origin.PINNED), ("feet", Origin.PINNED)]
    assert found[0].evidence[-1].quote.startswith("pinned by mia")


def test_a_tool_type_and_a_guide_are_pinned_too(importer: Client) -> None:
    publish(a_guide(title="Calm feet"), "feet")
    run = a_planned_run(a_row(description=TEXT))

    importer.post(items(run, "0/pin/"), {"tool_type": "massage-ball"})
    importer.post(items(run, "0/pin/"), {"guide": "calm-feet"})

    plan = PlanItem.model_validate(ImportItem.objects.get(run=run).plan)
    assert plan.tags is not None
    assert plan.links is not None
    assert [(tag.slug, tag.origin) for tag in plan.tags.tool_types] == [("massage-ball", Origin.PINNED)]
    assert (plan.links[0].guide, plan.links[0].origin) == ("calm-feet", Origin.PINNED)


def test_the_areas_of_a_guide_are_pinned_in_a_plan(importer: Client) -> None:
    run = ImportRun.objects.create(source="main")
    store_plan(run, plan_in_shop(guides=[a_guide(body="For tired feet: roll slowly.")]).items)
    assert "Pin this guide" not in page(importer, items(run, "0/"))

    importer.post(items(run, "0/pin/"), {"areas": "yes", "target_areas": "knees"})

    assert "Knees <small>pinned</small>" in page(importer, items(run, "0/"))


def test_an_unchanged_item_with_a_pin_is_a_change(importer: Client) -> None:
    sell(a_product())
    import_records(a_product())
    run = a_planned_run(a_row())
    row = ImportItem.objects.get(run=run)
    assert row.action == "unchanged"

    importer.post(items(run, "0/pin/"), {"areas": "yes", "target_areas": "feet"})

    assert names(page(importer, items(run))) == ["Cork Ball"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without JavaScript", "with htmx"])
def test_nothing_cannot_be_pinned(importer: Client, headers: dict[str, str]) -> None:
    run = a_planned_run(a_row(description=TEXT))
    before = ImportItem.objects.get(run=run).plan

    answer = importer.post(items(run, "0/pin/"), {"areas": "yes"}, headers=headers, follow=True)

    assert "Choose at least one of the target areas" in answer.content.decode()
    assert ImportItem.objects.get(run=run).plan == before


def test_once_a_plan_is_applied_there_is_nothing_to_pin_in_it(importer: Client) -> None:
    run = a_planned_run()
    begin(run)
    do_all(run)

    assert "Pin these areas" not in page(importer, items(run, "0/"))
    answer = importer.post(items(run, "0/pin/"), {"areas": "yes", "target_areas": "feet"}, follow=True)
    assert "This plan does not wait any more." in answer.content.decode()
