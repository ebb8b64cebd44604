"""The page of an import in each of its states, what may be done there, and by whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog_import.actions.plan_run import plan_run
from catalog_import.actions.undo import start_undo
from catalog_import.actions.upload import receive_urls
from catalog_import.models import ImportRun
from catalog_import.planning.importing import Options
from catalog_import.runs import lifecycle
from storefront.catalog.models import Product
from tests.builders import a_product, a_row, plan_in_shop, sell, shop_product, start_run
from tests.catalog_import.importing_pages import HTMX, a_planned_run, names, page, words
from tests.catalog_import.running import do_all, import_records
from tests.staff.people import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

Status = ImportRun.Status


def address(run: ImportRun, more: str = "") -> str:
    return f"/staff/imports/{run.pk}/{more}"


# --- the history --------------------------------------------------------------------------------------------


def test_the_history_has_the_last_import_first_and_pages_without_gaps(importer: Client) -> None:
    numbers = [a_planned_run().pk for _ in range(22)]

    first = page(importer, "/staff/imports/")
    (older,) = re.findall(r'rel="next" href="(\?after=[^"]+)"', first)
    second = page(importer, f"/staff/imports/{older}")

    shown = [int(number) for number in re.findall(r">Import (\d+)<", first + second)]
    assert shown == sorted(numbers, reverse=True)
    assert page(importer, "/staff/imports/?after=nonsense", 400)


def test_the_history_says_who_brought_what_and_how_it_stands(importer: Client) -> None:
    run = a_planned_run(by="Rosa")

    said = words(page(importer, "/staff/imports/"))

    assert f"Import {run.pk}" in said
    assert "Rosa products.csv waits to be applied 1 new" in said


# --- states -------------------------------------------------------------------------------------------------


def test_a_run_that_is_being_planned_asks_every_second_and_without_javascript_every_three(importer: Client) -> None:
    run = receive_urls("https://supplier.example/feed.csv", "", Options(), by="mia")

    said = page(importer, address(run))

    assert 'hx-trigger="every 1s"' in said
    assert '<noscript><meta http-equiv="refresh" content="3;' in said
    assert "<progress" in said


def test_the_progress_gives_the_whole_page_once_the_state_is_another(importer: Client) -> None:
    run = receive_urls("https://supplier.example/feed.csv", "", Options(), by="mia")
    part = importer.get(address(run, "progress/?state=planning"), headers=HTMX)
    assert (part.headers.get("HX-Retarget"), b"<h1>" in part.content) == (None, False)
    ImportRun.objects.update(status=Status.FAILED, message="The address does not answer.")

    whole = importer.get(address(run, "progress/?state=planning"), headers=HTMX)

    assert whole.headers["HX-Retarget"] == "#run"
    assert "The address does not answer." in whole.content.decode()
    assert "every 1s" not in whole.content.decode()


def test_the_progress_of_a_state_that_there_is_not_is_the_whole_page(importer: Client) -> None:
    run = receive_urls("https://supplier.example/feed.csv", "", Options(), by="mia")

    assert "It is being planned." in page(importer, address(run, "progress/?state=x"), headers=HTMX)


def test_who_watches_a_run_that_is_gone_is_led_to_the_history(importer: Client) -> None:
    answer = importer.get("/staff/imports/999/progress/?state=planning", headers=HTMX)

    assert answer.headers["HX-Redirect"] == "/staff/imports/"


def test_a_plan_says_what_it_would_do_before_anything_is_written(importer: Client) -> None:
    sell(a_product(name="Ball"))
    run = a_planned_run(a_row(name="Cork Ball"), a_row(sku="R-2", name="Roller"), a_row(sku="R-3", price="12.5O"))

    said = words(page(importer, address(run)))

    assert "Nothing is written yet" in said
    assert "Applying this plan: 1 new, 1 changed ." in said
    assert "1 error : those rows are skipped." in said
    assert Product.objects.count() == 1


def test_a_plan_that_changes_nothing_cannot_be_applied(importer: Client) -> None:
    import_records(a_product())
    done = a_planned_run(a_row())
    lifecycle.begin(done)
    do_all(done)
    run = a_planned_run(a_row())

    said = page(importer, address(run))

    assert "There is nothing to do" in said
    assert address(run, "apply/") not in said


def test_a_plan_of_which_only_digests_are_new_says_that_the_shop_has_all(importer: Client) -> None:
    import_records(a_product())
    run = a_planned_run(a_row())
    assert run.batches.exists()

    said = page(importer, address(run))

    assert "The shop already matches the files" in said
    assert "nothing to apply" in said
    assert address(run, "apply/") not in said


def test_files_that_cannot_be_read_give_their_errors_and_nothing_to_apply(importer: Client) -> None:
    run = a_planned_run(a_row(price="12.5O"))

    said = page(importer, address(run))

    assert "Nothing could be read" in words(said)
    assert "There is nothing to do" not in said
    assert re.findall(r'id="tab-(\w+)"[^>]*aria-current', said) == ["problem"]
    assert address(run, "apply/") not in said


# --- applying -----------------------------------------------------------------------------------------------


def test_a_plan_is_applied_and_its_page_tells_the_end(importer: Client) -> None:
    run = a_planned_run()

    answer = importer.post(address(run, "apply/"), follow=True)
    assert "0 of 1 items" in words(answer.content.decode())
    do_all(run)

    said = words(page(importer, address(run)))
    assert "The plan was applied 1 new" in said
    assert Product.objects.get().name == "Cork Ball"


def test_all_or_nothing_is_kept_with_the_run(importer: Client) -> None:
    run = a_planned_run()

    importer.post(address(run, "apply/"), {"all_or_nothing": "on"})

    run.refresh_from_db()
    assert (run.status, run.is_all_or_nothing) == (Status.RUNNING, True)


def test_a_plan_waits_while_another_import_writes_and_who_that_is_is_told(importer: Client) -> None:
    other = start_run(plan_in_shop(a_product(name="Other")), started_by="Rosa")
    run = a_planned_run(a_row(sku="R-2"))
    assert "Another import is being applied" in page(importer, address(run))

    said = words(importer.post(address(run, "apply/"), follow=True).content.decode())

    run.refresh_from_db()
    assert run.status == Status.PLANNED
    assert f"Import {other.pk} by Rosa has been writing since" in said
    assert "Nothing was written; this plan is kept." in said


def test_a_plan_that_was_applied_is_not_applied_again(importer: Client) -> None:
    run = import_records(a_product())

    said = words(importer.post(address(run, "apply/"), follow=True).content.decode())

    assert "only an unapplied plan can be applied" in said


def test_a_run_is_cancelled_and_gone_on_with(importer: Client) -> None:
    run = a_planned_run()
    importer.post(address(run, "apply/"))

    said = words(importer.post(address(run, "cancel/"), follow=True).content.decode())
    assert "0 of 1 items are applied" in said
    assert "Cancelled by mia." in said

    importer.post(address(run, "resume/"))
    do_all(run)
    assert run.status == Status.DONE


def test_what_was_kept_back_is_listed_with_its_reason(importer: Client) -> None:
    sell(a_product(name="Ball"))
    run = a_planned_run(a_row(name="Cork Ball"))
    Product.objects.update(name="Changed meanwhile")
    importer.post(address(run, "apply/"))
    do_all(run)

    said = words(page(importer, address(run)))
    listed = words(page(importer, address(run, "items/?show=left")))

    assert "0 of 1 items are applied, the others are not" in said
    assert "1 outdated" in said
    assert "outdated" in listed


def test_an_old_import_says_what_it_did_and_that_its_items_are_no_longer_kept(importer: Client) -> None:
    run = import_records(a_product())
    lifecycle.tidy(timezone.now() + lifecycle.UNDO_KEPT + timedelta(days=1))

    said = words(page(importer, address(run)))

    assert "The plan was applied 1 new" in said
    assert "These are no longer kept" in said
    assert "Undo" not in said


# --- undo ---------------------------------------------------------------------------------------------------


def test_an_undo_is_explained_then_planned_then_applied(importer: Client) -> None:
    run = import_records(a_product(name="Cork Ball"))
    assert "what can be restored and what cannot" in page(importer, address(run, "undo/"))

    answer = importer.post(address(run, "undo/"), follow=True)
    undoing = ImportRun.objects.get(undoes=run)
    assert answer.redirect_chain == [(address(undoing), 302)]
    plan_run(undoing.pk)
    assert "1 archived" in words(page(importer, address(undoing)))
    importer.post(address(undoing, "apply/"))
    do_all(undoing)

    assert shop_product().fields.own["status"] == "archived"
    assert f"Import {undoing.pk} undoes it" in words(page(importer, address(run)))


def test_an_undo_that_is_asked_for_twice_is_planned_once(importer: Client) -> None:
    run = import_records(a_product())

    first, second = (importer.post(address(run, "undo/"))["Location"] for _ in range(2))
    with_deletes = importer.post(address(run, "undo/"), {"deletes": "on"})["Location"]

    assert first == second != with_deletes
    assert ImportRun.objects.filter(undoes=run).count() == 2


def test_an_import_that_was_taken_back_offers_no_undo_until_it_is_brought_again(importer: Client) -> None:
    run = import_records(a_product())
    undoing = undone(run)
    is_offered_then = is_undo_offered(importer, run)

    again = undone(undoing)

    assert (is_offered_then, is_undo_offered(importer, run)) == (False, True)
    assert not is_undo_offered(importer, undoing)
    assert is_undo_offered(importer, again)


def undone(run: ImportRun) -> ImportRun:
    """The undo of a run, applied."""
    undoing = start_undo(run, deletes=False, by="mia")
    plan_run(undoing.pk)
    undoing.refresh_from_db()
    lifecycle.begin(undoing)
    do_all(undoing)
    assert undoing.status == Status.DONE
    return undoing


def is_undo_offered(client: Client, run: ImportRun) -> bool:
    return "Undo …" in page(client, address(run))


def test_what_cannot_come_back_is_listed_before_anything_is_done(importer: Client) -> None:
    sell(a_product(name="Ball"))
    run = import_records(a_product(name="Cork Ball", brand="Quill"))
    Product.objects.update(brand="By hand")
    undoing = start_undo(run, deletes=False, by="mia")
    plan_run(undoing.pk)

    said = words(page(importer, address(undoing)))

    assert "What cannot be restored" in said
    assert "It has changed since; the shop's value is kept." in said.replace("&#x27;", "'")


def test_a_run_that_wrote_nothing_has_nothing_to_undo(importer: Client) -> None:
    run = a_planned_run()

    assert "There is nothing to undo" in page(importer, address(run, "undo/"))
    said = importer.post(address(run, "undo/"), follow=True).content.decode()

    assert "there is nothing to undo" in said
    assert ImportRun.objects.count() == 1


# --- throwing away ------------------------------------------------------------------------------------------


def test_a_plan_can_be_thrown_away_but_nothing_that_was_written(importer: Client) -> None:
    run, written = a_planned_run(), import_records(a_product(name="Other"))

    importer.post(address(run, "discard/"))
    importer.post(address(written, "discard/"))

    assert list(ImportRun.objects.all()) == [written]


# --- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["apply", "cancel", "resume", "undo", "discard", "mapping", "items/0/pin"])
def test_a_viewer_looks_and_does_nothing(verb: str) -> None:
    viewer = signed_in("Viewers")
    run = a_planned_run()

    said = page(viewer, address(run))
    answer = viewer.post(address(run, f"{verb}/"))

    assert 'method="post" action="/staff/imports' not in said
    assert answer.status_code == 403
    run.refresh_from_db()
    assert run.status == Status.PLANNED
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("path", ["new/", "schedules/new/"])
def test_a_viewer_brings_nothing(path: str) -> None:
    viewer = signed_in("Viewers")

    assert viewer.get(f"/staff/imports/{path}").status_code == 403
    assert viewer.post(f"/staff/imports/{path}").status_code == 403


@pytest.mark.parametrize("path", ["", "new/", "export/", "schedules/", "1/", "1/items/", "1/plan.json"])
def test_a_stranger_is_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(f"/staff/imports/{path}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/sign-in/")


def test_the_page_of_a_large_plan_takes_as_many_queries_as_that_of_a_small_one(
    importer: Client, django_assert_max_num_queries: Any
) -> None:
    small = a_planned_run()
    large = a_planned_run(*(a_row(sku=f"R-{number}", name=f"Ball {number}") for number in range(30)))

    with CaptureQueriesContext(connection) as few:
        page(importer, address(small))
    with django_assert_max_num_queries(len(few)):
        assert len(names(page(importer, address(large)))) == 20


def test_watching_a_run_counts_no_items_and_no_problems(importer: Client) -> None:
    run = a_planned_run(*(a_row(sku=f"R-{number}") for number in range(3)))
    lifecycle.begin(run)

    with CaptureQueriesContext(connection) as found:
        shown = page(importer, address(run, "progress/?state=running"), headers=HTMX)

    asked = " ".join(query["sql"] for query in found.captured_queries)
    assert "of <strong>" in shown or "items" in shown
    assert "catalog_import_importitem" not in asked
    assert "catalog_import_importproblem" not in asked
