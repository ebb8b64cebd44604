"""The pictures that a stored plan writes: stored once, and waited for."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.core.files.storage import Storage
from django.db.models import Q

from catalog_import.models import ImportItem, ImportRun
from catalog_import.sources.picture_digests import local_picture
from storefront.catalog.models import Picture
from storefront.catalog.records import MediaRecord
from storefront.catalog.writer import StoredPicture, keep_pictures
from storefront.pictures.images import PictureError, measure, require_sound
from storefront.pictures.storing import store_picture
from storefront.pictures.stripping import strip
from storefront.pictures.waiting import WaitingPicture, failed_pictures

KEPT_AT_ONCE = 200
WAITED_S, QUIET_S, POLL_S = 30.0, 5.0, 0.2


def keep_planned_pictures(run_id: int, folder: Path, storage: Storage) -> None:
    """Store the pictures from files that the items of a stored plan write, some at a time."""
    stored = store_pictures(planned_pictures(run_id), folder, storage)
    while part := list(islice(stored, KEPT_AT_ONCE)):
        keep_pictures(part)


def planned_pictures(run_id: int) -> Iterator[MediaRecord]:
    """Return the pictures that the items of a stored plan write, read from the database as they are asked for."""
    items = ImportItem.objects.filter(run_id=run_id, plan__changes__has_key="media").order_by("position")
    for media in items.values_list("plan__changes__media__after", flat=True).iterator(chunk_size=500):
        yield from (MediaRecord.model_validate(one) for one in media or ())


@dataclass(frozen=True, slots=True)
class PictureCounts:
    """Of the pictures from files that a plan writes: how many wait for their first try, and how many failed."""

    waiting: int
    failed: int


def picture_counts(wanted: Collection[str]) -> PictureCounts:
    """Return how the pictures with these hashes are."""
    waiting = failed = 0
    digests = iter(wanted)
    while part := set(islice(digests, KEPT_AT_ONCE)):
        rows = Picture.objects.filter(digest__in=part)
        failed += rows.exclude(message="").count()
        waiting += rows.filter(message="", todo__in=(Picture.Todo.STRIP, Picture.Todo.WEBP)).count()
    return PictureCounts(waiting, failed)


def wait_for_pictures(run_id: int) -> PictureCounts:
    """Return how the pictures of a run are once each was tried, or nothing moves any more; the rest is made later."""
    now_s = time.monotonic()
    end, quiet_until = now_s + WAITED_S, now_s + QUIET_S
    digests = {media.digest for media in planned_pictures(run_id) if media.digest}
    before = picture_counts(digests)
    while before.waiting and time.monotonic() < min(end, quiet_until):
        time.sleep(POLL_S)
        now = picture_counts(digests)
        if now != before:
            before, quiet_until = now, time.monotonic() + QUIET_S
    return before


def store_pictures(wanted: Iterable[MediaRecord], folder: Path, storage: Storage) -> Iterator[StoredPicture]:
    """Put pictures from files into the storage, each content once; return what is stored, as it is asked for.

    A file that became no picture since it was read for the plan is left out.
    """
    stored: set[str] = set()
    for media in wanted:
        if not media.digest or media.digest in stored:
            continue
        stored.add(media.digest)
        try:
            path = local_picture(folder, media.location)
            measured = measure(path)
            require_sound(path)
            content = strip(path.read_bytes())
        except (PictureError, OSError):
            continue
        # The file may be another one since it was read for the plan.
        yield store_picture(storage, content, measured)


def failed_pictures_of(run: ImportRun, limit: int) -> list[WaitingPicture]:
    """Return the pictures of the products that a run gave pictures to which could not be fetched or made smaller."""
    items = ImportItem.objects.filter(run=run, plan__changes__has_key="media")
    return failed_pictures(
        limit=limit, of=Q(product__source=run.source, product__reference__in=items.values("reference"))
    )
