"""Bringing files and addresses by the pages, what is refused and how, and saying what columns are."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog_import.actions.plan_run import plan_run
from catalog_import.models import ImportFile, ImportFilePart, ImportRun
from catalog_import.staff.overwriting import overwritten
from tests.builders import a_row, csv_text
from tests.catalog_import.importing_pages import a_file, page, words
from tests.staff.people import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

SETTINGS = {"source": "main", "channel": "default-channel"}
FOREIGN = b"Bestellnummer;Bezeichnung;VK brutto;Farbton\nS-1;Noppenball;12,90;rot\n"


def bring(client: Client, **said: Any) -> Any:
    return client.post("/staff/imports/new/", SETTINGS | said)


def refused(answer: Any) -> str:
    """What the page says, after a refusal that left nothing behind."""
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()
    assert not ImportFilePart.objects.exists()
    return words(answer.content.decode())


# --- what is taken ------------------------------------------------------------------------------------------


def test_a_file_becomes_a_run_of_whoever_brought_it(importer: Client) -> None:
    answer = bring(importer, products=a_file())

    run = ImportRun.objects.get()
    assert answer["Location"] == f"/staff/imports/{run.pk}/"
    assert (run.started_by, run.files, run.status) == ("mia", ["products.csv"], "planning")


def test_the_settings_are_kept_with_the_run(importer: Client) -> None:
    bring(importer, products=a_file(), source="acme", overwrite="price, name", prune="on", prune_limit="25")

    run = ImportRun.objects.get()
    assert run.source == "acme"
    assert run.options["overwrite"] == ["price: default-channel", "name"]
    assert run.options["prune_percent"] == 25


def test_an_address_is_kept_for_a_worker_to_fetch(importer: Client) -> None:
    bring(importer, products_url="https://supplier.example/feed.csv")

    assert ImportFile.objects.get().url == "https://supplier.example/feed.csv"


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("", ()),
        ("all", ("all",)),
        (" price ,, name,name ", ("price: eu", "name")),
        ("stock, price: us", ("stock: default-warehouse", "price: us")),
        ("ALL", ("all",)),
        ("Name, SEO Title, Pictures, image", ("name", "seo_title", "media")),
        ("Price, Price before, Price (us)", ("price: eu", "compare_at_price: eu", "price: us")),
        ("Tool type, Body areas", ("tool_type", "tool_types", "target_areas")),
        ("Attribute:Grip, option: Size, Body", ("attribute: Grip", "option: Size", "body")),
    ],
)
def test_fields_in_which_the_file_wins_are_written_plainly(typed: str, fields: tuple[str, ...]) -> None:
    assert overwritten(typed, "eu") == fields


@pytest.mark.parametrize("typed", ["name, discription", "Discription"])
def test_a_field_that_no_file_has_is_refused_with_a_guess(importer: Client, typed: str) -> None:
    said = unescape(refused(bring(importer, products=a_file(), overwrite=typed)))

    assert "iscription” is no field of a file. Did you mean “description”?" in said
    assert not ImportRun.objects.exists()


# --- what is refused ----------------------------------------------------------------------------------------


def test_nothing_at_all_is_refused_at_the_field(importer: Client) -> None:
    answer = bring(importer)

    assert "Choose a file, or give an address." in refused(answer)
    (field,) = re.findall(r'<input type="file" name="products"[^>]*>', answer.content.decode())
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_products_helptext id_products_error"' in field
    assert "autofocus" in field


def test_an_empty_file_is_refused(importer: Client) -> None:
    assert "This file is empty." in refused(bring(importer, products=SimpleUploadedFile("products.csv", b"")))


def test_files_and_addresses_together_are_refused(importer: Client) -> None:
    answer = bring(importer, products=a_file(), products_url="https://supplier.example/feed.csv")

    assert "one import has one origin" in refused(answer)


@pytest.mark.parametrize("address", ["ftp://supplier.example/feed.csv", "not an address", "javascript:alert(1)"])
def test_what_is_no_address_on_the_web_is_refused(importer: Client, address: str) -> None:
    assert "Enter a valid URL." in refused(bring(importer, products_url=address))


def test_archiving_without_a_products_file_is_refused(importer: Client) -> None:
    assert "products that it does not list are archived" in refused(
        bring(importer, guides_url="https://supplier.example/guides.zip", prune="on")
    )


@pytest.mark.parametrize(
    ("field", "told_at"),
    [("products", "products"), ("guides", "guides"), ("other", "products"), ("source", "products")],
)
def test_a_file_that_is_too_large_is_read_past_and_refused_in_words(
    importer: Client, settings: Any, field: str, told_at: str
) -> None:
    settings.IMPORT_MAX_MB = 1
    large = SimpleUploadedFile("large.csv", b"x" * (3 * 1024 * 1024))

    answer = bring(importer, **{field: large})

    assert "This file is too large: the limit is 1 MB." in refused(answer)
    assert f'id="id_{told_at}_error"' in answer.content.decode()


def test_an_upload_without_the_token_is_refused() -> None:
    signed_in("Importers")
    strict = Client(enforce_csrf_checks=True)
    strict.login(username="mia", password="a long walk on soft sand")

    assert bring(strict, products=a_file()).status_code == 403
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"%PDF-1.7 \x00\x01"], ids=["a picture", "a PDF"]
)
def test_what_is_no_table_gives_a_plan_that_says_so(importer: Client, content: bytes) -> None:
    bring(importer, products=SimpleUploadedFile("products.csv", content))
    run = ImportRun.objects.get()
    plan_run(run.pk)

    shown = page(importer, f"/staff/imports/{run.pk}/")

    assert "Nothing could be read" in shown
    assert "nothing to apply" in shown
    assert "1 error" in shown
    assert f"/staff/imports/{run.pk}/apply/" not in shown


# --- columns ------------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(importer: Client) -> ImportRun:
    """A run of a table with columns of its own."""
    bring(importer, products=SimpleUploadedFile("list.csv", FOREIGN))
    run = ImportRun.objects.get()
    plan_run(run.pk)
    run.refresh_from_db()
    assert run.status == "mapping"
    return run


def test_what_is_likely_is_chosen_with_its_reason(importer: Client, foreign: ImportRun) -> None:
    shown = page(importer, f"/staff/imports/{foreign.pk}/")

    assert "What does each column mean?" in shown
    assert shown.count("<option selected>") == 3
    assert "Noppenball" in shown


def test_a_run_is_planned_anew_with_the_chosen_columns(importer: Client, foreign: ImportRun) -> None:
    said = {"column-0": "sku", "column-1": "name", "column-2": "price", "column-3": ""}

    importer.post(f"/staff/imports/{foreign.pk}/mapping/", said)
    plan_run(foreign.pk)

    foreign.refresh_from_db()
    assert (foreign.status, foreign.counts["create"]) == ("planned", 1)
    assert foreign.options["mapping"] == {"Bestellnummer": "sku", "Bezeichnung": "name", "VK brutto": "price"}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"column-1": "name"}, "Choose which column is the sku"),
        ({"column-0": "sku", "column-1": "name", "column-2": "name"}, "name was chosen for more than one column"),
        ({"column-0": "nonsense"}, "Choose which column is the sku"),
    ],
)
def test_columns_that_cannot_be_are_refused_and_the_choice_stays(
    importer: Client, foreign: ImportRun, said: dict[str, str], error: str
) -> None:
    answer = importer.post(f"/staff/imports/{foreign.pk}/mapping/", said)

    assert answer.status_code == 422
    assert error in words(answer.content.decode())
    if "column-1" in said:
        assert answer.content.decode().count("<option selected>") == len(said)
    foreign.refresh_from_db()
    assert foreign.status == "mapping"


def test_the_columns_can_be_changed_while_the_plan_waits(importer: Client, foreign: ImportRun) -> None:
    importer.post(f"/staff/imports/{foreign.pk}/mapping/", {"column-0": "sku", "column-1": "name"})
    plan_run(foreign.pk)

    shown = page(importer, f"/staff/imports/{foreign.pk}/?mapping")

    assert shown.count("<option selected>") == 2


def test_a_viewer_sees_that_somebody_has_to_say_the_columns(foreign: ImportRun) -> None:
    shown = page(signed_in("Viewers", name="vera"), f"/staff/imports/{foreign.pk}/")

    assert "An importer has to say what they mean" in shown
    assert "<select" not in shown


def test_a_good_file_is_read_in_the_plan(importer: Client) -> None:
    bring(importer, products=SimpleUploadedFile("products.csv", csv_text([a_row()]).encode()))
    run = ImportRun.objects.get()
    plan_run(run.pk)

    assert "1 new" in words(page(importer, f"/staff/imports/{run.pk}/"))
