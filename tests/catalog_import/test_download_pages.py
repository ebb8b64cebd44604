"""Problems, plans and the catalogue as downloads; addresses on a schedule."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog_import.actions.export import (
    MAX_WAITING,
    TooManyExports,
    make_export,
    request_export,
    tidy_exports,
    unfinished_exports,
)
from catalog_import.actions.schedules import start_due
from catalog_import.exports.formats import Format
from catalog_import.models import CatalogueExport, ImportSchedule
from storefront.leases import DEATHS_ALLOWED
from tests.builders import a_guide, a_product, a_row, publish, sell
from tests.catalog_import.importing_pages import a_planned_run, page, words
from tests.staff.people import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

A_SCHEDULE = {
    "name": "Littlemum",
    "products_url": "https://supplier.example/feed.csv",
    "every_hours": "6",
    "source": "littlemum",
    "channel": "default-channel",
}


def download(client: Client, address: str) -> tuple[str, bytes]:
    """The name under which it is kept, and its content."""
    answer: Any = client.get(address)
    assert answer.status_code == 200, answer.status_code
    kind, _, name = answer["Content-Disposition"].partition('; filename="')
    assert kind == "attachment"
    return name.rstrip('"'), b"".join(answer.streaming_content)


# --- downloads ----------------------------------------------------------------------------------------------


def test_problems_come_as_a_table_that_runs_nothing() -> None:
    run = a_planned_run(a_row(price="=1+1"), a_row(sku="R-2"))

    name, content = download(signed_in("Viewers"), f"/staff/imports/{run.pk}/problems.csv")

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert name == f"import-{run.pk}-problems.csv"
    assert [(row["row"], row["column"], row["value"]) for row in rows if row["severity"] == "error"] == [
        ("2", "price", "'=1+1")
    ]


def test_a_plan_comes_as_the_terminal_prints_it() -> None:
    run = a_planned_run(a_row(), a_row(sku="R-2", price="x"))

    name, content = download(signed_in("Viewers"), f"/staff/imports/{run.pk}/plan.json")

    plan = json.loads(content)
    assert name == f"import-{run.pk}-plan.json"
    assert list(plan) == ["source", "items", "counts", "interpretations", "problems"]
    assert [item["name"] for item in plan["items"]] == ["Cork Ball"]
    assert [problem["row"] for problem in plan["problems"] if problem["severity"] == "error"] == [3]


@pytest.mark.parametrize("kind", list(Format))
def test_the_catalogue_comes_as_an_archive(kind: Format) -> None:
    sell(a_product(name="Cork Ball"))
    publish(a_guide())

    viewer = signed_in("Viewers")
    viewer.post("/staff/imports/export/", {"format": kind.value, "source": "main"})
    assert "Waiting for a worker" in page(viewer, "/staff/imports/export/list/")
    make_export(CatalogueExport.objects.get().pk)

    (address,) = re.findall(r'href="([^"]+catalogue.zip)"', page(viewer, "/staff/imports/export/"))
    name, content = download(viewer, address)

    assert name == f"catalogue-{timezone.now():%Y-%m-%d}.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [entry for entry in archive.namelist() if not entry.endswith("/")]
        assert files[0].startswith("guides/") or files[0].startswith("products.")
        assert {"guides/calm-feet.md"} < set(files)


def test_an_unknown_format_is_refused() -> None:
    viewer = signed_in("Viewers")

    answer = viewer.post("/staff/imports/export/", {"format": "odd", "source": "main"})

    assert answer.status_code == 422
    assert not CatalogueExport.objects.exists()


def test_the_same_export_is_made_once_and_few_wait_at_a_time() -> None:
    for number in range(MAX_WAITING):
        request_export(Format.XLSX, f"source-{number}", by="mia", enqueue_batch=lambda key: None)
    request_export(Format.XLSX, "source-0", by="leo", enqueue_batch=lambda key: None)

    with pytest.raises(TooManyExports):
        request_export(Format.XLSX, "another", by="leo", enqueue_batch=lambda key: None)
    assert CatalogueExport.objects.count() == MAX_WAITING


def test_an_export_that_ends_its_workers_is_given_up_with_a_word() -> None:
    request_export(Format.XLSX, "main", by="mia", enqueue_batch=lambda key: None)
    CatalogueExport.objects.update(attempts=DEATHS_ALLOWED)

    assert unfinished_exports() == []
    assert "the worker died 3 times" in page(signed_in("Viewers"), "/staff/imports/export/")


def test_an_export_whose_message_was_lost_is_found_again_and_removed_after_a_day() -> None:
    made = request_export(Format.XLSX, "main", by="mia", enqueue_batch=lambda key: None)
    assert unfinished_exports() == [made.pk]

    make_export(made.pk)

    assert unfinished_exports() == []
    CatalogueExport.objects.update(created_at=timezone.now() - timedelta(days=2))
    tidy_exports()
    assert not CatalogueExport.objects.exists()
    assert page(signed_in("Viewers"), f"/staff/imports/export/{made.pk}/catalogue.zip", 404)


# --- schedules ----------------------------------------------------------------------------------------------


def test_a_schedule_is_made_and_due_at_once(importer: Client) -> None:
    importer.post("/staff/imports/schedules/new/", A_SCHEDULE | {"applies": "on"})

    made = ImportSchedule.objects.get()
    assert (made.name, made.every_hours, made.applies, made.created_by) == ("Littlemum", 6, True, "mia")
    start_due()
    made.refresh_from_db()
    assert made.last_run is not None
    assert (made.last_run.source, made.last_run.applies_itself) == ("littlemum", True)
    assert made.next_at > timezone.now() + timedelta(hours=5)


def test_a_schedule_is_changed_with_what_it_said_before(importer: Client) -> None:
    importer.post("/staff/imports/schedules/new/", A_SCHEDULE | {"prune": "on", "overwrite": "price"})
    made = ImportSchedule.objects.get()
    address = f"/staff/imports/schedules/{made.pk}/"
    shown = page(importer, address)
    assert 'value="Littlemum"' in shown
    assert 'value="price: default-channel"' in shown

    importer.post(address, A_SCHEDULE | {"name": "Stock"})

    made.refresh_from_db()
    assert (made.name, made.options["prune_percent"]) == ("Stock", None)


def test_a_schedule_without_an_address_is_refused(importer: Client) -> None:
    answer = importer.post("/staff/imports/schedules/new/", A_SCHEDULE | {"products_url": ""})

    assert answer.status_code == 422
    assert "Give at least one address." in answer.content.decode()
    assert not ImportSchedule.objects.exists()


def test_a_paused_schedule_is_not_due_until_it_goes_on(importer: Client) -> None:
    importer.post("/staff/imports/schedules/new/", A_SCHEDULE)
    made = ImportSchedule.objects.get()
    address = f"/staff/imports/schedules/{made.pk}/pause/"

    importer.post(address)
    start_due()
    made.refresh_from_db()
    assert (made.is_active, made.last_run) == (False, None)
    importer.post(address, {"go_on": "yes"})
    start_due()

    made.refresh_from_db()
    assert made.last_run is not None


def test_a_schedule_is_removed_after_a_question(importer: Client) -> None:
    importer.post("/staff/imports/schedules/new/", A_SCHEDULE)
    address = f"/staff/imports/schedules/{ImportSchedule.objects.get().pk}/remove/"

    assert "Remove “Littlemum”?" in words(page(importer, address))
    importer.post(address)

    assert not ImportSchedule.objects.exists()


@pytest.mark.parametrize("verb", ["", "pause/", "remove/"])
def test_a_viewer_sees_schedules_and_changes_none(verb: str) -> None:
    made = ImportSchedule.objects.create(name="Littlemum", next_at=timezone.now())
    viewer = signed_in("Viewers")

    shown = page(viewer, "/staff/imports/schedules/")
    answer = viewer.post(f"/staff/imports/schedules/{made.pk}/{verb}", A_SCHEDULE)

    assert "Littlemum" in shown
    assert "Pause" not in shown
    assert answer.status_code == 403
    assert ImportSchedule.objects.get().is_active
