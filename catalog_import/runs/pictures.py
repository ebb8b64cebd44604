"""Pictures that a file names: found or their address looked at, known by the hash of their content, stored once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.core.files.storage import Storage

from catalog_import.models import ImportItem
from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Problem, ProblemCode, warning_at
from storefront.catalog.models import Picture
from storefront.catalog.records import MediaRecord, ProductRecord, is_url
from storefront.catalog.writer import StoredPicture, keep_pictures
from storefront.fetching import AllowedHosts, FetchRefused, check_url
from storefront.pictures.images import MAX_BYTES, PictureError, measure, require_sound
from storefront.pictures.storage import file_name, store_once
from storefront.pictures.stripping import strip

REMEMBERED = 10_000
KEPT_AT_ONCE = 200
WAITED_S, QUIET_S, POLL_S = 30.0, 5.0, 0.2


class PictureDigests:
    """Gives the pictures of products the hash of their content. State of one reading: what was hashed already.

    A picture that cannot be used is left out and told in `problems`; it never blocks its product. One at a web
    address is fetched by a worker later and has no hash here.
    """

    def __init__(self, folder: Path, problems: list[Problem], *, allowed_hosts: AllowedHosts = ()) -> None:
        self.folder = folder
        self.problems = problems
        self.allowed_hosts = allowed_hosts
        self.digest_of = lru_cache(maxsize=REMEMBERED)(self.digest)

    def with_pictures(self, product: ReadProduct) -> ReadProduct:
        record = product.record
        if "media" not in record.model_fields_set or not record.media:
            return product
        kept = []
        for media in record.media:
            try:
                digest = self.digest_of(media.location)
            except (PictureError, FetchRefused) as error:
                code = ProblemCode.PICTURE_NOT_FETCHED if is_url(media.location) else ProblemCode.MISSING_PICTURE
                self.problems.append(
                    warning_at(product.place, product.head("image"), code, str(error), value=media.location)
                )
            else:
                kept.append(media.model_copy(update={"digest": digest}))
        if not kept:
            # That no picture could be read is no word that the shop's are to go.
            said = {name: value for name, value in record.said().items() if name != "media"}
            return replace(product, record=ProductRecord.model_validate(said))
        return replace(product, record=record.model_copy(update={"media": tuple(kept)}))

    def digest(self, location: str) -> str:
        if is_url(location):
            check_url(location, self.allowed_hosts)
            return ""
        path = local_picture(self.folder, location)
        measure(path)
        # A damaged file is told now: once its product was written, nobody would look at it again.
        require_sound(path)
        try:
            # Of the picture alone: what an editor notes in a file beside it makes no other picture.
            return hashlib.sha256(strip(path.read_bytes())).hexdigest()
        except OSError as error:
            raise PictureError("The picture cannot be read. Check that you may read it.") from error


def local_picture(folder: Path, location: str) -> Path:
    """The file of a picture inside `folder`. Raises `PictureError` when there is none that can be used."""
    try:
        path = (folder / location).resolve()
        is_file = path.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise PictureError("That is not the name of a picture. Give a path beside the file.") from error
    # A file from anywhere must not make us read other files of this machine.
    if not path.is_relative_to(folder.resolve()):
        raise PictureError("The picture lies outside the file's folder. Put it inside.")
    if not is_file:
        raise PictureError("There is no such picture beside the file. Check its name.")
    if path.stat().st_size > MAX_BYTES:
        raise PictureError(f"The picture is larger than {MAX_BYTES // 1024 // 1024} MB. Make it smaller.")
    return path


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
        digest = hashlib.sha256(content).hexdigest()
        name = file_name(digest, measured.extension)
        store_once(storage, name, content)
        yield StoredPicture(
            digest=digest,
            file=name,
            format=measured.format,
            width=measured.width,
            height=measured.height,
            size_bytes=len(content),
        )
