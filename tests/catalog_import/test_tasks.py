"""The worker's tasks: one message leads to the next until nothing is left."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from catalog_import import tasks
from catalog_import.actions import write_batch
from catalog_import.runs import lifecycle
from storefront.catalog.models import Picture, Product, ProductMedia
from storefront.config.celery import app
from tests.answering import Server, http, serving
from tests.builders import a_product, a_stored_picture, open_shop, plan_in_shop, start_run
from tests.catalog_import.running import do_all, import_records, plan_undo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _worker(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Messages are delivered at once, in this process."""
    open_shop()
    settings.MEDIA_ROOT = tmp_path / "media"
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    picture = io.BytesIO()
    Image.new("RGB", (100, 80)).save(picture, "PNG")
    with serving({"/ball.png": http(picture.getvalue())}) as found:
        settings.FETCH_ALLOWED_HOSTS = [found.host]
        yield found


def states() -> list[tuple[str, str | None]]:
    return list(ProductMedia.objects.order_by("position").values_list("state", "picture__todo"))


def test_an_import_leads_to_its_pictures(server: Server) -> None:
    record = a_product(media=({"location": server.url()}, {"location": server.url("/gone.png")}))
    run = start_run(plan_in_shop(record))

    lifecycle.enqueue_ready(run.pk, tasks.enqueue_batch)

    assert lifecycle.progress_of(run.pk).applied == 1
    assert states() == [("stored", ""), ("failed", None)]
    assert {one["format"] for one in Picture.objects.get().renditions} == {"webp", "avif"}


def test_a_sweep_finds_what_the_broker_lost(server: Server) -> None:
    run = start_run(plan_in_shop(a_product(media=({"location": server.url()},))))
    write_batch.apply_batch(run.pk, 0, lambda run_id, number: None)
    assert states() == [("pending", None)]

    tasks.sweep_pictures()
    tasks.sweep_pictures()

    assert states() == [("stored", "")]
    assert server.asked == ["/ball.png"]


def test_a_picture_that_fails_never_blocks_its_product(server: Server) -> None:
    run = start_run(plan_in_shop(a_product(media=({"location": "http://localhost:1/a.png"},))))

    lifecycle.enqueue_ready(run.pk, tasks.enqueue_batch)

    assert lifecycle.progress_of(run.pk).applied == 1
    assert Product.objects.get().status == "active"
    assert states() == [("failed", None)]


def test_an_undo_brings_pictures_back_without_their_files(server: Server) -> None:
    url, file = {"location": server.url()}, {"location": "a.png", "digest": a_stored_picture().digest}
    first = start_run(plan_in_shop(a_product(media=(url, file))), pictures={file["digest"]: a_stored_picture()})
    do_all(first)
    tasks.sweep_pictures()
    second = import_records(a_product(media=()))
    assert ProductMedia.objects.count() == 0

    undo, problems = plan_undo(second)
    lifecycle.begin(undo)
    do_all(undo)
    tasks.sweep_pictures()

    assert problems == []
    assert list(ProductMedia.objects.order_by("position").values_list("location", "state")) == [
        (server.url(), "stored"),
        ("a.png", "stored"),
    ]
