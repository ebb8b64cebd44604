"""The worker's part: one job at a time, each of which may come twice, at once, or break off."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage

from storefront.catalog.models import Picture
from storefront.catalog.writer import StoredPicture
from storefront.catalog.writer.retryable_jobs import (
    AT_ONCE,
    MediaJob,
    Rendition,
    count_due,
    count_taken,
    fail_media,
    fail_picture,
    finish_media,
    finish_picture,
    finish_strip,
    take_media,
    take_picture,
)
from storefront.fetching.addresses import AllowedHosts
from storefront.fetching.errors import FetchError
from storefront.fetching.fetcher import fetch
from storefront.pictures.images import MAX_BYTES, PictureError, make_renditions, measure, require_whole
from storefront.pictures.storage import file_name, store_once
from storefront.pictures.storing import store_picture
from storefront.pictures.stripping import strip
from storefront.saleor.client.connection import from_inside, saleor_hosts

log = logging.getLogger(__name__)

FETCH_TIMEOUT_S = 30.0
# Some servers do not say what their files are; the content tells.
CONTENT_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
UNEXPECTED = "An unexpected error ({}). See the worker's log for details."


def do_next(storage: Storage = default_storage) -> bool:
    """Do the job that comes next: stripping what was stored whole, WebP, what is to be fetched, then AVIF.

    Return whether there may be more to do.
    """
    if count_taken() >= AT_ONCE:
        return False
    return (
        work_on_next(Picture.Todo.STRIP, storage)
        or work_on_next(Picture.Todo.WEBP, storage)
        or fetch_next(storage)
        or work_on_next(Picture.Todo.AVIF, storage)
    )


def chains_wanted() -> int:
    """Return how many workers shall be sent, none where some are at it: each goes on until nothing is left."""
    return 0 if count_taken() else min(count_due(), AT_ONCE)


def fetch_next(storage: Storage) -> bool:
    job = take_media()
    if job is None:
        return False
    try:
        stored = fetch_media(job, storage)
    except FetchError as error:
        fail_media(job, str(error), is_lasting=error.is_lasting)
    except PictureError as error:
        fail_media(job, str(error), is_lasting=True)
    except Exception as error:
        log.exception("A picture could not be fetched: %s", job.location)
        fail_media(job, UNEXPECTED.format(type(error).__name__), is_lasting=False)
    else:
        finish_media(job, stored)
    return True


def fetch_media(job: MediaJob, storage: Storage) -> StoredPicture:
    """Fetch what a job names: a supplier's picture, or Saleor's, whose own server may be asked wherever it is."""
    if not job.remote_url:
        return fetch_picture(job.location, storage, settings.FETCH_ALLOWED_HOSTS)
    hosts = [*settings.FETCH_ALLOWED_HOSTS, *saleor_hosts()]
    return fetch_picture(from_inside(job.remote_url), storage, hosts)


def fetch_picture(url: str, storage: Storage, allowed_hosts: AllowedHosts) -> StoredPicture:
    """Fetch and store a picture. Raises `FetchError` or `PictureError`."""
    target = io.BytesIO()
    fetch(
        url,
        target,
        max_bytes=MAX_BYTES,
        timeout_s=FETCH_TIMEOUT_S,
        content_types=CONTENT_TYPES,
        allowed_hosts=allowed_hosts,
    )
    require_whole(target)
    content = strip(target.getvalue())
    measured = measure(io.BytesIO(content))
    return store_picture(storage, content, measured)


def work_on_next(todo: Picture.Todo, storage: Storage) -> bool:
    """Do this to the stored picture that comes next; return whether there was one."""
    taken = take_picture(todo)
    if taken is None:
        return False
    try:
        with storage.open(taken.file) as file:
            content = file.read()
        do = store_stripped if todo is Picture.Todo.STRIP else store_renditions
        finish = do(taken, content, storage)
    except PictureError as error:
        fail_picture(taken, str(error), is_lasting=True)
    except Exception as error:
        log.exception("A stored picture could not be worked on (%s): %s", todo.label, taken.file)
        fail_picture(taken, UNEXPECTED.format(type(error).__name__), is_lasting=False)
    else:
        finish()
    return True


def store_stripped(taken: Picture, content: bytes, storage: Storage) -> Callable[[], None]:
    """Store a file again without what does not show; its name stays, since links and caches have it. Return what notes
    that it was done."""
    stripped = strip(content)
    if stripped != content:
        require_whole(io.BytesIO(stripped))
        storage.save(taken.file, ContentFile(stripped))
    return partial(finish_strip, taken, len(stripped))


def store_renditions(taken: Picture, content: bytes, storage: Storage) -> Callable[[], None]:
    """Store the smaller pictures in the format that is to be made. Return what notes that it was done."""
    renditions = []
    for made in make_renditions(io.BytesIO(content), taken.todo):
        name = file_name(taken.digest, f"-{made.width}.{taken.todo}")
        store_once(storage, name, made.content)
        renditions.append(Rendition(format=taken.todo, width=made.width, height=made.height, file=name))
    return partial(finish_picture, taken, renditions)
