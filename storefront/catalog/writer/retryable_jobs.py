"""What workers do for pictures, as rows: taking a job, and writing how it went.

Every transaction here is short. A job may be done twice, by two workers at once, or never: its row says until
when it is taken, and a result is written only where it is still wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from storefront import leases
from storefront.catalog.models import CatalogVersion, Picture, ProductMedia, RetryableJob
from storefront.catalog.records import Record
from storefront.catalog.writer.media import StoredPicture, keep_pictures

LEASE = timedelta(minutes=3)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 240))
MAX_ATTEMPTS = len(PAUSES) + 1
# An import's batches must find a worker, however many pictures wait.
AT_ONCE = 4
FORGOTTEN_AT_ONCE = 100
NEVER_ENDED = "The worker died while processing the picture. It may be too large for the machine; make it smaller."

Row = TypeVar("Row", bound=RetryableJob)


class MediaJob(Record):
    """A URL to fetch, for all products that wait for it. `token` is how a result proves that it is in time.

    `remote_url`: the picture's address in Saleor, which is then the one to fetch.
    """

    location: str
    remote_url: str = ""
    keys: tuple[int, ...]
    attempts: int
    token: str


class Rendition(Record):
    """A smaller picture in the storage. `format` is "webp" or "avif"."""

    format: str
    width: int
    height: int
    file: str


def due(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return the rows that may be taken now, those that wait longest first."""
    return rows.filter(leases.is_free(), next_try_at__lte=timezone.now()).order_by("next_try_at", "pk")


def count_taken() -> int:
    """Return how many jobs workers are at: URLs and pictures."""
    # What is taken is due again some time; said here so that the index of what is due answers.
    is_taken = Q(leased_until__gt=timezone.now(), next_try_at__isnull=False)
    urls = ProductMedia.objects.filter(is_taken).order_by().values("location").distinct()
    return urls.count() + Picture.objects.filter(is_taken).count()


def count_due() -> int:
    return due(ProductMedia.objects.all()).count() + due(Picture.objects.all()).count()


@transaction.atomic
def take_media() -> MediaJob | None:
    """Take the URL that has waited longest, for all its products; None where nothing is due."""
    give_up_lost()
    first = due(ProductMedia.objects.all()).select_for_update(skip_locked=True, no_key=True).first()
    if first is None:
        return None
    same = ProductMedia.objects.filter(location=first.location, remote_url=first.remote_url)
    rows = leases.take(due(same), LEASE, limit=None)
    attempts = max(row.attempts for row in rows)
    keys = tuple(row.pk for row in rows)
    ProductMedia.objects.filter(pk__in=keys).update(attempts=attempts)
    return MediaJob(
        location=first.location,
        remote_url=first.remote_url,
        keys=keys,
        attempts=attempts,
        token=rows[0].leased_by,
    )


def take_picture(todo: Picture.Todo) -> Picture | None:
    """Take the picture that has waited longest for this to be done to it."""
    give_up_lost()
    return next(iter(leases.take(due(Picture.objects.filter(todo=todo.value)), LEASE)), None)


def give_up_lost() -> None:
    """Give up jobs that reached the attempt limit without a result: they would kill the next worker too."""
    # Ordinary failures count as well, and have left a message: then it has as many tries as they have.
    often = Q(attempts__gte=MAX_ATTEMPTS) | Q(attempts__gte=leases.DEATHS_ALLOWED, message="")
    lost = leases.is_abandoned() & often & Q(next_try_at__isnull=False)
    ended: dict[str, Any] = {"next_try_at": None, "message": NEVER_ENDED, **leases.RELEASED}
    ProductMedia.objects.filter(lost).update(state=ProductMedia.State.FAILED, **ended)
    Picture.objects.filter(lost).update(**ended)


def finish_media(job: MediaJob, stored: StoredPicture) -> None:
    """Show the picture with every product that still waits for this URL.

    An import may hold some of those rows until it ends, and it would be the import that PostgreSQL ends if each waited
    for the other: so the picture's row is written before, and rows that are held are left until the lease is over.
    """
    picture = keep_pictures([stored])[stored.digest]
    with transaction.atomic():
        CatalogVersion.bump()
        waiting = ProductMedia.objects.filter(location=job.location, remote_url=job.remote_url, picture__isnull=True)
        free = waiting.select_for_update(skip_locked=True, no_key=True)
        done: dict[str, Any] = {"attempts": 0, "next_try_at": None, "message": "", **leases.RELEASED}
        ProductMedia.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(
            picture=picture, state=ProductMedia.State.STORED, **done
        )


@transaction.atomic
def finish_picture(taken: Picture, made: Sequence[Rendition]) -> None:
    """Show the renditions; the next format is to be made after this one."""
    row = still_wanted(taken)
    if row is None:
        return
    row.renditions = [*row.renditions, *(rendition.model_dump() for rendition in made)]
    save_with_next(row, Picture.Todo.AVIF if row.todo == Picture.Todo.WEBP else Picture.Todo.NOTHING)
    CatalogVersion.bump()


@transaction.atomic
def finish_strip(taken: Picture, size_bytes: int) -> None:
    """Note that the stored file holds nothing but the picture; go on with the renditions that it lacks."""
    row = still_wanted(taken)
    if row is None:
        return
    row.size_bytes = size_bytes
    lacking = [todo for todo in (Picture.Todo.WEBP, Picture.Todo.AVIF) if not row.in_format(todo.value)]
    save_with_next(row, lacking[0] if lacking else Picture.Todo.NOTHING)


def still_wanted(taken: Picture) -> Picture | None:
    """Return the picture as it is now, locked; None where something else is to be done to it by now."""
    row = Picture.objects.select_for_update(no_key=True).get(pk=taken.pk)
    return row if row.todo == taken.todo else None


def save_with_next(row: Picture, todo: Picture.Todo) -> None:
    """Save a picture to which this is to be done next."""
    row.todo, row.next_try_at = todo, timezone.now() if todo else None
    row.leased_by, row.leased_until, row.attempts, row.message = "", None, 0, ""
    row.save()


def fail_media(job: MediaJob, message: str, *, is_lasting: bool) -> None:
    """Note why the URL was not fetched, and when it is tried again. A result that comes too late changes nothing."""
    again = next_try(job.attempts, is_lasting=is_lasting)
    state = ProductMedia.State.PENDING if again else ProductMedia.State.FAILED
    mine = ProductMedia.objects.filter(pk__in=job.keys, leased_by=job.token, picture__isnull=True)
    mine.update(state=state, next_try_at=again, message=message, **leases.RELEASED)


def fail_picture(taken: Picture, message: str, *, is_lasting: bool) -> None:
    """Note the same for renditions: the picture is shown in its own size meanwhile."""
    again = next_try(taken.attempts, is_lasting=is_lasting)
    mine = Picture.objects.filter(pk=taken.pk, leased_by=taken.leased_by)
    mine.update(next_try_at=again, message=message, **leases.RELEASED)


def next_try(attempts: int, *, is_lasting: bool) -> datetime | None:
    """Return when to try again after this many attempts; None: no more."""
    if is_lasting or attempts >= MAX_ATTEMPTS:
        return None
    return timezone.now() + PAUSES[attempts - 1]


def note_unused_pictures(now: datetime) -> None:
    """Note since when no product has a picture; of one that a product has again, that it is used."""
    is_used = Exists(ProductMedia.objects.filter(picture=OuterRef("pk")))
    Picture.objects.filter(~is_used, unused_since__isnull=True).update(unused_since=now)
    Picture.objects.filter(is_used, unused_since__isnull=False).update(unused_since=None)


def forget_unused_pictures(before: datetime) -> None:
    """Remove the rows of pictures that no product has had since then, some at a time."""
    is_used = Exists(ProductMedia.objects.filter(picture=OuterRef("pk")))
    while True:
        with transaction.atomic():
            unused = Picture.objects.filter(~is_used, leases.is_free(), unused_since__lt=before)
            rows = list(unused.select_for_update(skip_locked=True)[:FORGOTTEN_AT_ONCE])
            Picture.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if not rows:
            return


@transaction.atomic
def retry(*, media: Sequence[int] | None = None) -> int:
    """Let workers try again at once what waits or failed; return how many there are.

    `media`: only for these rows of products' pictures.
    """
    now = timezone.now()
    again: dict[str, Any] = {"next_try_at": now, "attempts": 0}
    # One that a worker is at right now is left to it.
    rows = ProductMedia.objects.filter(leases.is_free(), picture__isnull=True)
    pictures = Picture.objects.filter(leases.is_free()).exclude(todo=Picture.Todo.NOTHING).exclude(message="")
    if media is not None:
        rows, pictures = rows.filter(pk__in=media), pictures.filter(media__in=media)
    return rows.update(state=ProductMedia.State.PENDING, **again) + pictures.update(**again)
