"""The worker's part: fetched once, retried, given up, never lost, and never in the way of a product."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from storefront.catalog.models import CatalogVersion, Picture, Product, ProductMedia
from storefront.catalog.writer import retryable_jobs, write_products
from storefront.catalog.writer.retryable_jobs import AT_ONCE, LEASE, MAX_ATTEMPTS, NEVER_ENDED, PAUSES, take_media
from storefront.leases import DEATHS_ALLOWED
from storefront.pictures import work
from storefront.pictures.storage import WholeFileStorage
from storefront.pictures.waiting import failed_pictures, retry, waiting_pictures
from tests.answering import Server, http, redirect, serving
from tests.builders import a_product, a_variant, a_write, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


def png(color: str = "red", size: tuple[int, int] = (400, 300)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, color).save(target, "PNG")
    return target.getvalue()


BALL = png()
DIGEST = hashlib.sha256(BALL).hexdigest()
FILE = f"pictures/{DIGEST[:2]}/{DIGEST}.png"


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


@pytest.fixture
def storage(tmp_path: Path) -> WholeFileStorage:
    return WholeFileStorage(tmp_path / "media", base_url="/media/")


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A supplier's server, which the shop's owner has named."""
    with serving({"/ball.png": http(BALL)}) as found:
        settings.FETCH_ALLOWED_HOSTS = [found.host]
        yield found


def a_product_with(*locations: str, sku: str = "R-1") -> Product:
    media = tuple({"location": location} for location in locations)
    write_products([a_write(a_product(variants=(a_variant(sku=sku),), media=media))])
    return Product.objects.get(reference=sku)


def do_all(storage: WholeFileStorage) -> int:
    """All jobs that are due; gives their number."""
    count = 0
    while work.do_next(storage):
        count += 1
    return count


def media() -> ProductMedia:
    return ProductMedia.objects.get()


def files_in(storage: WholeFileStorage) -> list[str]:
    root = Path(storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def version() -> int:
    return CatalogVersion.objects.get().number


def later(pause: timedelta) -> None:
    """Let time pass for all jobs."""
    for rows in (ProductMedia.objects.all(), Picture.objects.all()):
        for row in rows:
            row.next_try_at = row.next_try_at and row.next_try_at - pause
            row.leased_until = row.leased_until and row.leased_until - pause
            row.save()


# --- fetched ------------------------------------------------------------------------------------------------


def test_a_picture_is_fetched_stored_by_its_content_and_shown(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    before = version()

    assert work.do_next(storage)

    row = media()
    assert (row.state, row.message, row.next_try_at, row.leased_until) == ("stored", "", None, None)
    picture = row.content
    assert (picture.digest, picture.file, picture.format) == (DIGEST, FILE, "PNG")
    assert (picture.width, picture.height, picture.size_bytes) == (400, 300, len(BALL))
    assert Path(storage.path(FILE)).read_bytes() == BALL
    assert version() == before + 1


def test_webp_is_made_first_and_avif_after(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    work.do_next(storage)
    before = version()

    work.do_next(storage)
    picture = Picture.objects.get()
    webp = [
        {"format": "webp", "width": width, "height": height, "file": FILE.replace(".png", f"-{width}.webp")}
        for width, height in [(320, 240), (400, 300)]
    ]
    assert (picture.renditions, picture.todo) == (webp, "avif")
    work.do_next(storage)

    picture.refresh_from_db()
    assert [one["file"] for one in picture.renditions[2:]] == [one["file"].replace(".webp", ".avif") for one in webp]
    assert (picture.todo, picture.next_try_at) == ("", None)
    assert all(storage.exists(one["file"]) for one in picture.renditions)
    assert version() == before + 2
    assert not work.do_next(storage)


def test_nothing_is_done_twice(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    assert do_all(storage) == 3
    before = version()

    assert do_all(storage) == 0

    assert server.asked == ["/ball.png"]
    assert version() == before


def test_one_address_is_asked_once_for_all_products(server: Server, storage: WholeFileStorage) -> None:
    for sku in ("R-1", "R-2", "R-3"):
        a_product_with(server.url(), sku=sku)

    do_all(storage)

    assert server.asked == ["/ball.png"]
    assert ProductMedia.objects.filter(state="stored", picture__digest=DIGEST).count() == 3


def test_one_content_at_two_addresses_is_stored_once(server: Server, storage: WholeFileStorage) -> None:
    server.answers["/same.png"] = http(BALL)
    a_product_with(server.url(), server.url("/same.png"))

    do_all(storage)

    assert sorted(server.asked) == ["/ball.png", "/same.png"]
    assert Picture.objects.count() == 1
    assert ProductMedia.objects.filter(picture__digest=DIGEST).count() == 2
    assert sum(name.endswith(".png") for name in files_in(storage)) == 1


def test_a_product_that_is_gone_meanwhile_is_no_problem(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())

    def answer(wire: Any) -> None:
        ProductMedia.objects.all().delete()
        wire.sendall(http(BALL))
        connection.close()

    server.answers["/ball.png"] = answer

    assert work.do_next(storage)
    assert ProductMedia.objects.count() == 0


# --- failed -------------------------------------------------------------------------------------------------


def test_a_server_that_fails_is_asked_again_after_growing_pauses(server: Server, storage: WholeFileStorage) -> None:
    server.answers["/ball.png"] = http(status="503 Busy")
    product = a_product_with(server.url())
    before = version()

    for attempt, pause in enumerate(PAUSES, start=1):
        assert work.do_next(storage)
        assert not work.do_next(storage)
        row = media()
        assert (row.state, row.attempts, row.leased_until) == ("pending", attempt, None)
        assert row.next_try_at is not None
        assert abs(row.next_try_at - timezone.now() - pause) < timedelta(seconds=10)
        later(pause)
    work.do_next(storage)

    row = media()
    assert (row.state, row.attempts, row.next_try_at) == ("failed", MAX_ATTEMPTS, None)
    assert row.message == "The server answered 503 and gave no file. Check the address."
    assert len(server.asked) == MAX_ATTEMPTS
    assert version() == before
    assert Product.objects.get() == product


def test_a_server_that_has_recovered_gives_the_picture(server: Server, storage: WholeFileStorage) -> None:
    good, server.answers["/ball.png"] = server.answers["/ball.png"], http(status="503 Busy")
    a_product_with(server.url())
    work.do_next(storage)

    server.answers["/ball.png"] = good
    later(PAUSES[0])
    work.do_next(storage)

    assert (media().state, media().message) == ("stored", "")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (http(status="404 Not Found"), "The server answered 404 and gave no file."),
        (http(b"<html>", content_type="text/html"), "The address holds text/html"),
        (http(b"no picture"), "The file is not a supported picture"),
        (http(BALL[:200]), "The file is not a supported picture"),
        (
            http(b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"),
            "The file is not a supported picture",
        ),
        (http(png(size=(1, 17_000))), "The picture is wider or higher than"),
        (redirect("http://169.254.169.254/latest/meta-data/"), "The address is in a private network"),
        (redirect("http://localhost/ball.png"), "The address is in a private network"),
    ],
)
def test_what_will_never_be_a_picture_is_given_up_at_once(
    server: Server, storage: WholeFileStorage, answer: bytes, message: str
) -> None:
    server.answers["/ball.png"] = answer
    a_product_with(server.url())

    work.do_next(storage)

    assert (media().state, media().next_try_at) == ("failed", None)
    assert media().message.startswith(message)
    assert files_in(storage) == []


def test_a_private_address_is_never_asked(server: Server, storage: WholeFileStorage, settings: Any) -> None:
    settings.FETCH_ALLOWED_HOSTS = []
    a_product_with(server.url(), "http://localhost/a.png", "http://[::1]/a.png")

    do_all(storage)

    assert server.connections == 0
    assert set(ProductMedia.objects.values_list("state", flat=True)) == {"failed"}


def test_one_bad_picture_does_not_keep_the_others(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url("/gone.png"), server.url())

    do_all(storage)

    assert dict(ProductMedia.objects.values_list("location", "state")) == {
        server.url("/gone.png"): "failed",
        server.url(): "stored",
    }


def test_a_storage_that_fails_is_tried_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    broken = WholeFileStorage(tmp_path / "media")
    a_product_with(server.url())

    assert work.do_next(broken)

    assert media().state == "pending"
    assert media().message.startswith("An unexpected error (")


def test_a_stored_picture_of_which_no_smaller_one_can_be_made_is_shown_as_it_is(
    server: Server, storage: WholeFileStorage
) -> None:
    a_product_with(server.url())
    work.do_next(storage)
    Path(storage.path(FILE)).write_bytes(b"damaged on the disk")

    work.do_next(storage)

    assert not work.do_next(storage)
    assert media().state == "stored"
    (found,) = failed_pictures()
    assert (found.is_shown, found.has_failed) == (True, True)
    assert found.message.startswith("The file is not a supported picture")


# --- at once, late, never -----------------------------------------------------------------------------------


def at_once(call: Callable[[], object], count: int = 4) -> None:
    def do() -> None:
        try:
            call()
        finally:
            connection.close()

    threads = [threading.Thread(target=do) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_no_lock_is_held_while_a_server_is_waited_for(server: Server, storage: WholeFileStorage) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def answer(wire: Any) -> None:
        begun.set()
        may_end.wait(10)
        wire.sendall(http(BALL))

    server.answers["/ball.png"] = answer
    a_product_with(server.url())
    worker = threading.Thread(target=lambda: (work.do_next(storage), connection.close()))
    worker.start()
    assert begun.wait(10)

    # An import that writes the same product meanwhile is not kept waiting.
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    a_product_with(server.url(), "https://example.org/b.png")
    may_end.set()
    worker.join(10)

    assert ProductMedia.objects.get(location=server.url()).state == "stored"


def test_a_worker_never_waits_for_a_row_that_an_import_holds(server: Server, storage: WholeFileStorage) -> None:
    """The import waits for the catalogue's version next; if the worker waited for it, one of them would be ended."""
    held, other = a_product_with(server.url()), a_product_with(server.url(), sku="R-2")
    row = ProductMedia.objects.get(product=held)
    job = take_media()
    assert job is not None

    with transaction.atomic():
        ProductMedia.objects.filter(pk=row.pk).update(alt="An import")
        at_once(lambda: retryable_jobs.finish_media(job, work.fetch_media(job, storage)), 1)

    states = dict(ProductMedia.objects.values_list("product", "state"))
    assert states == {held.pk: "pending", other.pk: "stored"}
    later(LEASE)
    do_all(storage)
    assert set(ProductMedia.objects.values_list("state", flat=True)) == {"stored"}


def test_several_workers_do_each_picture_once(server: Server, storage: WholeFileStorage) -> None:
    paths = [f"/{number}.png" for number in range(6)]
    for number, path in enumerate(paths):
        server.answers[path] = http(png(size=(30 + number, 20)))
        a_product_with(server.url(path), sku=f"R-{number}")

    at_once(lambda: do_all(storage), AT_ONCE - 1)
    do_all(storage)

    assert sorted(server.asked) == paths
    assert Picture.objects.filter(todo="").count() == 6


def test_two_workers_with_the_same_content_do_not_collide(server: Server, storage: WholeFileStorage) -> None:
    for number in range(4):
        server.answers[f"/{number}.png"] = http(BALL)
        a_product_with(server.url(f"/{number}.png"), sku=f"R-{number}")

    at_once(lambda: do_all(storage), 3)
    do_all(storage)

    assert ProductMedia.objects.filter(picture__digest=DIGEST).count() == 4
    made = [(one["format"], one["width"]) for one in Picture.objects.get().renditions]
    assert made == [("webp", 320), ("webp", 400), ("avif", 320), ("avif", 400)]
    assert len(files_in(storage)) == 5


def test_a_worker_that_dies_loses_its_errand_when_its_time_is_up(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    assert take_media() is not None  # by a worker that is never heard of again

    assert not work.do_next(storage)
    later(LEASE)

    assert work.do_next(storage)
    assert (media().state, server.asked) == ("stored", ["/ball.png"])


def test_a_failure_that_is_told_too_late_changes_nothing(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    slow = take_media()
    assert slow is not None
    later(LEASE)
    again = take_media()
    assert again is not None

    retryable_jobs.fail_media(slow, "too late", is_lasting=True)

    assert (media().state, media().message, media().leased_by) == ("pending", "", again.token)


def test_a_picture_that_ends_every_worker_is_given_up(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url())
    for _ in range(DEATHS_ALLOWED):
        assert take_media() is not None
        later(LEASE)

    assert not work.do_next(storage)

    assert (media().state, media().message, media().next_try_at) == ("failed", NEVER_ENDED, None)
    assert server.connections == 0


def test_only_a_few_are_at_work_at_once_so_that_imports_find_a_worker(
    server: Server, storage: WholeFileStorage
) -> None:
    a_product_with(*(server.url(f"/{number}.png") for number in range(AT_ONCE + 1)))
    for _ in range(AT_ONCE):
        assert take_media() is not None

    assert not work.do_next(storage)

    assert server.connections == 0


def test_a_sweep_sends_workers_only_where_none_are_at_it(server: Server, storage: WholeFileStorage) -> None:
    assert work.chains_wanted() == 0
    a_product_with(*(server.url(f"/{number}.png") for number in range(9)))
    assert work.chains_wanted() == AT_ONCE

    take_media()

    assert work.chains_wanted() == 0


# --- for staff ----------------------------------------------------------------------------------------------


def test_staff_see_what_waits_and_what_failed_and_why(server: Server, storage: WholeFileStorage) -> None:
    server.answers["/busy.png"] = http(status="503 Busy")
    product = a_product_with(server.url("/gone.png"), server.url("/busy.png"), server.url())
    do_all(storage)
    a_product_with("https://example.org/new.png", sku="R-2")

    gone, new, busy = waiting_pictures()

    assert (gone.location, gone.attempts, gone.has_failed) == (server.url("/gone.png"), 1, True)
    assert (gone.product_id, gone.product_name) == (product.public_id, product.name)
    assert gone.message == "The server answered 404 and gave no file. Check the address."
    assert (busy.location, busy.attempts, busy.has_failed) == (server.url("/busy.png"), 1, False)
    assert (new.location, new.attempts, new.message) == ("https://example.org/new.png", 0, "")
    assert [one.location for one in failed_pictures()] == [gone.location, busy.location]


def test_what_failed_is_found_among_many_that_wait(server: Server, storage: WholeFileStorage) -> None:
    server.answers["/busy.png"] = http(status="503 Busy")
    a_product_with(server.url("/busy.png"))
    do_all(storage)
    a_product_with(*(f"https://example.org/{number}.png" for number in range(5)), sku="R-2")

    assert [one.location for one in failed_pictures(limit=2)] == [server.url("/busy.png")]
    assert len(waiting_pictures(limit=2)) == 2


def test_what_was_given_up_can_be_tried_again(server: Server, storage: WholeFileStorage) -> None:
    a_product_with(server.url("/late.png"), server.url("/gone.png"))
    do_all(storage)
    server.answers["/late.png"] = http(BALL)
    late = ProductMedia.objects.get(location=server.url("/late.png"))

    assert retry(media=[late.pk]) == 1
    do_all(storage)
    assert dict(ProductMedia.objects.values_list("location", "state")) == {
        server.url("/late.png"): "stored",
        server.url("/gone.png"): "failed",
    }

    assert retry() == 1
    assert ProductMedia.objects.get(state="pending").attempts == 0


def test_what_a_worker_is_at_is_left_to_it(server: Server) -> None:
    a_product_with(server.url())
    take_media()

    assert retry() == 0


def stored(storage: WholeFileStorage, row: Picture) -> bytes:
    with storage.open(row.file) as file:
        return bytes(file.read())


def telling_jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "camera of Mia"
    target = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_a_fetched_picture_is_stored_without_what_the_camera_noted(server: Server, storage: WholeFileStorage) -> None:
    server.answers["/ball.jpg"] = http(telling_jpeg())
    a_product_with(server.url("/ball.jpg"))

    do_all(storage)

    row = Picture.objects.get()
    content = stored(storage, row)
    assert b"camera of Mia" not in content
    assert row.digest == hashlib.sha256(content).hexdigest()


def test_what_an_earlier_version_stored_is_stripped_and_keeps_its_name(
    server: Server, storage: WholeFileStorage
) -> None:
    a_product_with(server.url())
    do_all(storage)
    row = Picture.objects.get()
    storage.save(row.file, ContentFile(telling_jpeg()))
    Picture.objects.update(todo=Picture.Todo.STRIP, next_try_at=timezone.now())

    do_all(storage)

    again = Picture.objects.get()
    assert b"camera of Mia" not in stored(storage, row)
    assert (again.todo, again.file, again.renditions) == (Picture.Todo.NOTHING, row.file, row.renditions)
