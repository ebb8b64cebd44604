"""What staff bring by the pages: kept, fetched, mapped and planned by a worker, whole or not at all."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog_import.actions import apply, discard, map_columns, plan_run, schedules, undo, upload
from catalog_import.actions.upload import UploadRefused
from catalog_import.models import ImportBatch, ImportFile, ImportFilePart, ImportItem, ImportRun, ImportSchedule
from catalog_import.planning.importing import Options
from catalog_import.planning.pins import Pin, PinRefused, Signature
from catalog_import.runs import enqueue, planned_pins
from catalog_import.runs.lifecycle import InvalidRunState, RunInProgress
from storefront.catalog.models import Page, Product, ProductTag
from storefront.leases import take_one
from tests.answering import http, serving
from tests.builders import GUIDE_TEXT, a_product, a_row, a_variant, csv_text, open_shop, plan_in_shop, start_run
from tests.catalog_import.running import do_all, import_records

pytestmark = pytest.mark.django_db(transaction=True)

MIA = Signature(by="mia", on=timezone.now().date())


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that workers were told to plan. There is no worker here: the tests are the worker."""
    open_shop()
    found: list[int] = []
    monkeypatch.setattr(
        enqueue, "send", lambda task, *arguments: found.extend(arguments) if task.endswith("plan_run") else None
    )
    return found


def a_file(*rows: dict[str, str], name: str = "products.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_text(rows or [a_row(target_areas="feet")]).encode())


def some_guides(**files: str) -> SimpleUploadedFile:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for slug, body in files.items():
            text = GUIDE_TEXT.format(slug=slug, title=f"On {slug}", summary="Slowly.", more="", body=body)
            archive.writestr(f"guides/{slug}.md", text)
    return SimpleUploadedFile("guides.zip", content.getvalue())


def received(*rows: dict[str, str], **settings: Any) -> ImportRun:
    return planned(upload.receive(a_file(*rows), None, Options(**settings), by="mia"))


def planned(run: ImportRun) -> ImportRun:
    plan_run.plan_run(run.pk)
    run.refresh_from_db()
    return run


# --- taking files -------------------------------------------------------------------------------------------


def test_a_file_becomes_a_run_that_a_worker_plans(sent: list[int]) -> None:
    run = upload.receive(a_file(), some_guides(feet="Roll the foot."), Options(), by="mia")

    assert sent == [run.pk]
    assert (run.status, run.started_by, run.files) == ("planning", "mia", ["products.csv", "guides.zip"])
    planned(run)
    assert run.status == "planned"
    assert (run.counts["create"], Product.objects.count(), Page.objects.count()) == (2, 0, 0)


def test_a_planned_upload_is_applied_as_it_was_seen() -> None:
    run = upload.receive(a_file(), some_guides(feet="Roll the foot."), Options(), by="mia")

    apply.apply_plan(planned(run))

    assert do_all(run).applied == 2
    assert Product.objects.get().guide_links.get().page.slug == "feet"


def test_a_large_file_is_kept_in_parts_and_read_whole() -> None:
    rows = [a_row(sku=f"R-{number}", description="x" * 3_000) for number in range(500)]

    run = received(*rows)

    assert ImportFilePart.objects.filter(file__run=run).count() == 2
    assert run.counts["create"] == 500


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\price list.csv", "price list.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("商" * 120 + ".csv", "商" * 65 + ".csv"),
        ("\0", "file"),
        ("..", "file"),
        (".", "file"),
        ("feeds/..", "file"),
        ("feeds\\..", "file"),
        (" .. ", "file"),
        ("feed\x1b[2J\u202e.csv", "feed[2J.csv"),
        ("a\nb.csv", "a b.csv"),
        ("\udc80.csv", "\ufffd.csv"),
        ("." * 300, "file"),
        (".hidden.csv", ".hidden.csv"),
    ],
)
def test_a_name_is_only_shown_and_never_a_path(name: str, kept: str) -> None:
    assert upload.safe_name(name) == kept


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/feed/products.csv", "products.csv"),
        ("/feed/..", "file"),
        ("/feed/.", "file"),
        ("/feed/%2e%2e", "file"),
        ("/feed/%2E%2E%2F", "file"),
        ("/feed/..%2fa%00.csv", "a.csv"),
        ("/price%20list.csv?of=..", "price list.csv"),
        ("/feeds/", "feeds"),
        ("/", "files.example.org"),
        ("//", "files.example.org"),
        ("?a=/..", "files.example.org"),
        ("/" + "%41" * 400, "A" * 200),
    ],
)
def test_what_is_fetched_never_has_the_name_of_a_folder(path: str, kept: str) -> None:
    assert upload.url_name("https://files.example.org" + path) == kept


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(UploadRefused, match=r"products.csv is empty"):
        upload.receive(SimpleUploadedFile("products.csv", b""), None, Options(), by="mia")

    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_large_is_refused(settings: Any) -> None:
    settings.IMPORT_MAX_MB = 1
    with pytest.raises(UploadRefused, match=r"products.csv is 2 MB; the limit is 1 MB. Split the file."):
        upload.receive(SimpleUploadedFile("products.csv", b"x" * 2_000_000), None, Options(), by="mia")

    assert not ImportRun.objects.exists()


def test_nothing_brought_is_refused() -> None:
    with pytest.raises(UploadRefused, match="Choose a products file"):
        upload.receive(None, None, Options(), by="mia")


def test_what_is_wrong_with_a_file_is_kept_with_its_run() -> None:
    run = received(a_row(), a_row(sku="R-2", price="12.5O"))

    assert [(problem.row, problem.column, problem.severity) for problem in run.problems.exclude(code="no-area")][
        :1
    ] == [(3, "price", "error")]
    assert run.counts["create"] == 1


def test_an_unknown_channel_fails_the_run_with_a_word_for_staff() -> None:
    run = received(channel="mars")

    assert run.status == "failed"
    assert 'no channel "mars"' in run.message


def test_pruning_too_much_fails_the_run_and_leaves_no_half_of_a_plan() -> None:
    import_records(*[a_product(name=f"Ball {n}", variants=(a_variant(sku=f"B-{n}"),)) for n in range(5)])

    run = received(prune_percent=10)

    assert run.status == "failed"
    assert "are not in the file" in run.message
    assert not run.items.exists()


# --- planning twice, at once, never -------------------------------------------------------------------------


def test_a_run_that_was_planned_is_not_planned_again() -> None:
    run = received()

    planned(run)

    assert run.items.count() == 1


def test_a_run_that_somebody_plans_is_left_alone() -> None:
    run = upload.receive(a_file(), None, Options(), by="mia")
    lease = take_one(ImportRun.objects.all(), plan_run.LEASE)
    assert lease
    assert planned(run).status == "planning"

    lease.release()

    assert planned(run).status == "planned"


def test_a_plan_whose_message_was_lost_is_found_again() -> None:
    run = upload.receive(a_file(), None, Options(), by="mia")
    assert plan_run.unplanned_runs() == []
    ImportRun.objects.update(created_at=timezone.now() - plan_run.STALLED - timedelta(seconds=1))

    assert plan_run.unplanned_runs() == [run.pk]
    assert plan_run.unplanned_runs() == []


def test_a_plan_that_was_thrown_away_takes_its_files_along() -> None:
    run = received()

    discard.discard(run)

    assert [model.objects.count() for model in (ImportRun, ImportFile, ImportFilePart, ImportItem, ImportBatch)] == [
        0
    ] * 5


def test_an_applied_run_cannot_be_thrown_away() -> None:
    run = received()
    apply.apply_plan(run)

    with pytest.raises(InvalidRunState):
        discard.discard(run)

    assert ImportRun.objects.exists()


def test_a_second_plan_waits_while_another_is_written() -> None:
    first, second = received(), received(a_row(sku="R-2"))
    apply.apply_plan(first)

    with pytest.raises(RunInProgress, match=r"Import \d+ by mia has been writing since"):
        apply.apply_plan(second)

    second.refresh_from_db()
    assert second.status == "planned"


# --- mapping ------------------------------------------------------------------------------------------------

FOREIGN = {"Artikelnummer": "R-1", "Bezeichnung": "Cork Ball", "VK": "19,90"}


def test_a_table_of_unknown_columns_asks_for_a_mapping() -> None:
    run = received(FOREIGN)

    assert run.status == "mapping"
    assert {column["theirs"]: column["ours"] for column in run.proposal} == {
        "Artikelnummer": "sku",
        "Bezeichnung": "name",
        "VK": "price",
    }


def test_a_mapped_table_is_planned() -> None:
    run = received(FOREIGN)

    map_columns.set_mapping(run, {"Artikelnummer": "sku", "Bezeichnung": "name", "VK": "price"})
    planned(run)

    assert (run.status, run.counts["create"]) == ("planned", 1)
    assert run.items.get().name == "Cork Ball"


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Bezeichnung": "name"}, "Choose the column with the SKU"),
        ({"Artikelnummer": "sku", "VK": "nonsense"}, r'"nonsense" \(for "VK"\) is not one of our columns'),
    ],
)
def test_a_mapping_without_sense_is_refused(mapping: dict[str, str], message: str) -> None:
    run = received(FOREIGN)

    with pytest.raises(UploadRefused, match=message):
        map_columns.set_mapping(run, mapping)

    run.refresh_from_db()
    assert run.status == "mapping"


# --- addresses ----------------------------------------------------------------------------------------------


def test_an_address_is_fetched_by_the_worker_and_planned(settings: Any) -> None:
    answer = http(csv_text([a_row()]).encode(), content_type="text/csv")
    with serving({"/feeds/products.csv": answer}) as at:
        settings.FETCH_ALLOWED_HOSTS = frozenset({at.host})
        run = planned(upload.receive_urls(at.url("/feeds/products.csv"), "", Options(), by="mia"))

    assert (run.status, run.files, run.counts["create"]) == ("planned", ["products.csv"], 1)


def test_an_empty_file_at_an_address_fails_the_run_and_is_fetched_once(settings: Any) -> None:
    with serving({"/feed.csv": http(b"", content_type="text/csv")}) as at:
        settings.FETCH_ALLOWED_HOSTS = frozenset({at.host})
        run = planned(upload.receive_urls(at.url("/feed.csv"), "", Options(), by="mia"))
        planned(run)

    assert (run.status, at.asked) == ("failed", ["/feed.csv"])
    assert "is empty" in run.message


def test_nothing_is_fetched_for_a_plan_that_somebody_else_makes(settings: Any) -> None:
    """A second worker's fetch failed the run, or took the files away, while the first was planning."""
    with serving({"/feed.csv": http(b"", status="500 Broken")}) as at:
        settings.FETCH_ALLOWED_HOSTS = frozenset({at.host})
        run = upload.receive_urls(at.url("/feed.csv"), "", Options(), by="mia")
        assert take_one(ImportRun.objects.all(), plan_run.LEASE)
        assert planned(run).status == "planning"

    assert at.asked == []


@pytest.mark.parametrize("address", ["http://127.0.0.1/products.csv", "http://169.254.169.254/latest", "http://[::1]/"])
def test_an_address_of_our_own_network_fails_the_run(address: str) -> None:
    run = planned(upload.receive_urls(address, "", Options(), by="mia"))

    assert run.status == "failed"
    assert not ImportFilePart.objects.exists()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x.csv", "products.csv"])
def test_what_is_no_address_on_the_web_is_refused(address: str) -> None:
    with pytest.raises(UploadRefused, match="is not a web address"):
        upload.receive_urls(address, "", Options(), by="mia")


# --- undo, pins, schedules ----------------------------------------------------------------------------------


def test_an_undo_is_planned_by_a_worker_and_waits() -> None:
    run = import_records(a_product())

    undoing = planned(undo.start_undo(run, deletes=True, by="mia"))

    assert (undoing.status, undoing.undoes, Product.objects.count()) == ("planned", run, 1)
    apply.apply_plan(undoing)
    do_all(undoing)
    assert Product.objects.count() == 0


def test_a_plan_that_was_never_begun_cannot_be_undone() -> None:
    with pytest.raises(InvalidRunState, match="there is nothing to undo"):
        undo.start_undo(received(), deletes=False, by="mia")


def test_a_pin_set_in_a_waiting_plan_is_written_with_it_and_kept() -> None:
    run = received(a_row(target_areas="neck"))

    item = planned_pins.pin_planned(run.pk, 0, Pin(target_areas=("feet",)), MIA)

    assert item.changes["target_areas"].after == ["feet (pinned)"]
    apply.apply_plan(run)
    do_all(run)
    assert ProductTag.objects.get(vocabulary="area").term.slug == "feet"
    assert plan_in_shop(a_product(target_areas=("neck",))).items[0].changes == {}


def test_a_pin_is_set_again_where_the_plan_is_made_anew() -> None:
    run = received(a_row(target_areas="neck"))
    planned_pins.pin_planned(run.pk, 0, Pin(target_areas=("feet",)), MIA)
    run.refresh_from_db()

    map_columns.set_mapping(run, {"sku": "sku", "name": "name", "price": "price"})
    planned(run)

    assert run.status == "planned"
    assert [tag["slug"] for tag in run.items.get().plan["tags"]["target_areas"]] == ["feet"]


def test_a_table_with_some_unknown_columns_is_planned_and_may_be_mapped() -> None:
    run = received(a_row() | {"Farbe": "rot"})

    assert run.status == "planned"
    assert "Farbe" in [column["theirs"] for column in run.proposal]


def test_a_plan_that_was_thrown_away_while_it_was_made_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    run = upload.receive(a_file(), None, Options(), by="mia")
    ImportRun.objects.filter(pk=run.pk).update(status="planned")
    discard.discard(run)

    plan_run.plan_run(run.pk)

    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_pin_for_an_unchanged_item_makes_it_one_that_writes() -> None:
    import_records(a_product())
    import_records(a_product())
    run = received(a_row())
    run.items.get()
    before = run.batches.count()

    planned_pins.pin_planned(run.pk, 0, Pin(target_areas=("feet",)), MIA)

    run.refresh_from_db()
    assert (run.counts["update"], run.counts["unchanged"]) == (1, 0)
    assert run.batches.count() >= max(1, before)
    apply.apply_plan(run)
    do_all(run)
    assert ProductTag.objects.get(vocabulary="area").origin == "pinned"


def test_a_plan_that_was_begun_takes_no_pin() -> None:
    run = received()
    apply.apply_plan(run)

    with pytest.raises(PinRefused, match="does not wait any more"):
        planned_pins.pin_planned(run.pk, 0, Pin(target_areas=("feet",)), MIA)


def a_schedule(**changes: Any) -> ImportSchedule:
    said = {"name": "Nightly", "products_url": "https://example.org/feed.csv", "next_at": timezone.now()}
    return ImportSchedule.objects.create(**(said | changes))


def test_a_schedule_that_is_due_makes_a_run_once(sent: list[int]) -> None:
    schedule = a_schedule(every_hours=6)

    schedules.start_due()
    schedules.start_due()

    schedule.refresh_from_db()
    run = ImportRun.objects.get()
    assert (sent, schedule.last_run, run.started_by) == ([run.pk], run, "schedule “Nightly”")
    assert timedelta(hours=5) < schedule.next_at - timezone.now() < timedelta(hours=7)


def test_a_plan_of_a_schedule_that_nobody_applied_gives_way_to_the_next() -> None:
    schedule = a_schedule()
    schedules.start_due()
    first = ImportRun.objects.get()
    ImportRun.objects.update(status="planned")
    ImportSchedule.objects.update(next_at=timezone.now())

    schedules.start_due()

    schedule.refresh_from_db()
    assert ImportRun.objects.get() == schedule.last_run != first


@pytest.mark.parametrize("changes", [{"is_active": False}, {"next_at": timezone.now() + timedelta(hours=1)}])
def test_a_schedule_that_is_paused_or_not_due_does_nothing(changes: dict[str, Any]) -> None:
    a_schedule(**changes)

    schedules.start_due()

    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(("price", "status"), [("19.90", "running"), ("nonsense", "planned")])
def test_a_plan_that_applies_itself_does_so_only_without_errors(price: str, status: str) -> None:
    run = received(a_row(), a_row(sku="R-2", price=price))
    ImportRun.objects.update(applies_itself=True)

    apply.apply_itself(run.pk, lambda run_id, number: None)

    run.refresh_from_db()
    assert run.status == status


def test_a_plan_that_applies_itself_waits_for_the_import_that_is_writing() -> None:
    start_run(plan_in_shop(a_product(name="Other")))
    run = received(a_row(sku="R-2"))
    ImportRun.objects.filter(pk=run.pk).update(applies_itself=True)

    apply.apply_itself(run.pk, lambda run_id, number: None)

    run.refresh_from_db()
    assert run.status == "planned"


def test_an_older_plan_is_not_applied_by_itself_after_a_newer_one() -> None:
    older, newer = received(a_row(brand="Twelve")), received(a_row(brand="Ten"))
    ImportRun.objects.update(applies_itself=True)

    assert apply.waiting_to_apply() == [newer.pk]
    apply.apply_itself(older.pk, lambda run_id, number: None)

    older.refresh_from_db()
    assert older.status == "planned"


def test_a_schedule_that_cannot_be_begun_does_not_stop_the_others() -> None:
    bad = a_schedule(name="Bad", options={"sorce": "x"})
    a_schedule(name="Good")

    schedules.start_due()

    bad.refresh_from_db()
    assert not bad.is_active
    assert [run.started_by for run in ImportRun.objects.all()] == ["schedule “Good”"]


def test_an_address_that_is_too_long_is_refused() -> None:
    with pytest.raises(UploadRefused, match="may have 2000 characters; this one has 2"):
        upload.receive_urls("https://example.org/" + "a" * 2_000, "", Options(), by="mia")


def test_temporary_files_are_gone_after_planning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    received()

    assert list(tmp_path.glob("knotwise-import-*")) == []
