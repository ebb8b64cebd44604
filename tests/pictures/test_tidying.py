"""Pictures that nothing uses go, but not before anybody could want them back."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog_import.runs.lifecycle import UNDO_KEPT
from storefront.catalog.models import Picture, ProductMedia
from storefront.catalog.writer import keep_pictures
from storefront.pictures.storage import WholeFileStorage, store_once
from storefront.pictures.tidying import FOLDERS, UNUSED_KEPT, remove_strays, tidy_pictures
from tests.builders import a_product, a_stored_picture, open_shop, sell

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def storage(tmp_path: Path) -> WholeFileStorage:
    open_shop()
    return WholeFileStorage(tmp_path)


def a_picture(storage: WholeFileStorage, name: str = "ball") -> Picture:
    stored = a_stored_picture(name)
    stored = stored.model_copy(update={"file": f"pictures/{stored.digest[:2]}/{stored.digest}.png"})
    keep_pictures([stored])
    smaller = stored.file.replace(".png", "-1.webp")
    Picture.objects.filter(digest=stored.digest).update(
        renditions=[{"format": "webp", "width": 1, "height": 1, "file": smaller}]
    )
    for file in (stored.file, smaller):
        storage.save(file, ContentFile(b"picture"))
    return Picture.objects.get(digest=stored.digest)


def files(storage: WholeFileStorage) -> int:
    return sum(path.is_file() for path in Path(storage.location).rglob("*"))


def test_an_unused_picture_goes_after_the_time_in_which_an_import_can_be_undone(storage: WholeFileStorage) -> None:
    file = a_picture(storage).file
    now = timezone.now()

    tidy_pictures(storage, now=now)
    tidy_pictures(storage, now=now + UNDO_KEPT)
    assert (Picture.objects.count(), files(storage)) == (1, 2)

    tidy_pictures(storage, now=now + UNUSED_KEPT + DAY)
    assert (Picture.objects.count(), files(storage)) == (0, 2)
    # The files go with the strays of their folder, once they are old enough.
    remove_strays(storage, file.split("/")[1], now + UNUSED_KEPT + DAY)
    assert files(storage) == 0


def test_a_file_that_is_stored_again_is_young_again(storage: WholeFileStorage) -> None:
    name = f"pictures/ab/ab{'0' * 62}.png"
    storage.save(name, ContentFile(b"picture"))
    old = (timezone.now() - 2 * DAY).timestamp()
    os.utime(storage.path(name), (old, old))

    store_once(storage, name, b"picture")
    remove_strays(storage, "ab", timezone.now() - DAY)

    assert storage.exists(name)


def test_a_picture_that_a_product_has_stays(storage: WholeFileStorage) -> None:
    picture = a_picture(storage)
    product = sell(a_product(media=({"location": "ball.png", "digest": picture.digest},)))
    ProductMedia.objects.filter(product=product).update(picture=picture)
    now = timezone.now()

    tidy_pictures(storage, now=now)
    tidy_pictures(storage, now=now + UNUSED_KEPT + DAY)

    assert (Picture.objects.count(), files(storage)) == (1, 2)


def test_a_picture_that_is_imported_again_begins_its_time_anew(storage: WholeFileStorage) -> None:
    a_picture(storage)
    now = timezone.now()
    tidy_pictures(storage, now=now)

    keep_pictures([a_stored_picture("ball")])
    tidy_pictures(storage, now=now + UNUSED_KEPT + DAY)

    assert Picture.objects.count() == 1


def test_files_that_no_picture_names_go_once_they_are_a_day_old(storage: WholeFileStorage) -> None:
    kept = a_picture(storage)
    folder = kept.digest[:2]
    stray = f"pictures/{folder}/{folder}{'0' * 62}.png"
    half = f"pictures/{folder}/.tmpabc.part"
    new = f"pictures/{folder}/{folder}{'1' * 62}.png"
    old = (timezone.now() - 2 * DAY).timestamp()
    for name in (stray, half, new):
        storage.save(name, ContentFile(b"x"))
    for name in (stray, half, kept.file):
        os.utime(storage.path(name), (old, old))

    remove_strays(storage, folder, timezone.now() - DAY)

    assert storage.exists(kept.file)
    assert storage.exists(new)
    assert not storage.exists(stray)
    assert not storage.exists(half)


def test_every_folder_has_its_turn() -> None:
    assert len(set(FOLDERS)) == 256
    assert UNUSED_KEPT > UNDO_KEPT
