"""Pictures that a file names by path: found, known by the hash of their content, stored once."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image, UnidentifiedImageError

from catalog_import.problems import Problem, ProblemCode, warning_at
from catalog_import.sources.native import ReadProduct
from storefront.catalog.records import MediaRecord
from storefront.catalog.writer import StoredPicture

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
REMEMBERED = 10_000
EXTENSIONS = {"WEBP": ".webp", "PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "AVIF": ".avif"}


class PictureError(Exception):
    """A picture cannot be used; the text is for staff."""


class PictureDigests:
    """Gives the pictures of products the hash of their content. State of one reading: what was hashed already.

    A picture that cannot be used is left out and told in `problems`; it never blocks its product.
    """

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder = folder
        self.problems = problems
        self.digest_of = lru_cache(maxsize=REMEMBERED)(self.digest)

    def with_pictures(self, product: ReadProduct) -> ReadProduct:
        record = product.record
        if "media" not in record.model_fields_set or not record.media:
            return product
        kept = []
        for media in record.media:
            try:
                digest = self.digest_of(media.location)
            except PictureError as error:
                code = ProblemCode.PICTURE_NOT_FETCHED if is_url(media.location) else ProblemCode.MISSING_PICTURE
                self.problems.append(
                    warning_at(product.place, product.head("image"), code, str(error), value=media.location)
                )
            else:
                kept.append(media.model_copy(update={"digest": digest}))
        return replace(product, record=record.model_copy(update={"media": tuple(kept)}))

    def digest(self, location: str) -> str:
        path = local_picture(self.folder, location)
        measure(path)
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise PictureError("The picture cannot be read. Check that you may read it.") from error


def measure(path: Path) -> tuple[int, int, str]:
    """(width, height, extension) of a picture, by its content. Raises `PictureError` when the shop cannot show it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=list(EXTENSIONS)) as image:
                width, height = image.size
                extension = EXTENSIONS[image.format or ""]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"The picture has more than {MAX_PIXELS:,} pixels. Make it smaller.") from error
    except (UnidentifiedImageError, OSError, ValueError, KeyError, SyntaxError, TypeError) as error:
        raise PictureError("The file is no picture that a shop can show. Save it as WebP, PNG or JPEG.") from error
    if width * height > MAX_PIXELS:
        raise PictureError(f"The picture has more than {MAX_PIXELS:,} pixels. Make it smaller.")
    return width, height, extension


def is_url(location: str) -> bool:
    return location.lower().startswith(("http://", "https://"))


def local_picture(folder: Path, location: str) -> Path:
    """The file of a picture inside `folder`. Raises `PictureError` when there is none that can be used."""
    if is_url(location):
        raise PictureError("Pictures are taken from files for now, not from addresses. Save it beside the file.")
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


def store_pictures(wanted: Iterable[MediaRecord], folder: Path, storage: Storage) -> Mapping[str, StoredPicture]:
    """Put pictures into the storage, each content once; gives what is stored by its hash.

    A file that is no picture, or too large a one, is left out.
    """
    stored: dict[str, StoredPicture] = {}
    for media in wanted:
        if media.digest in stored:
            continue
        try:
            path = local_picture(folder, media.location)
            width, height, extension = measure(path)
            with Image.open(path) as image:
                image.verify()
        except (PictureError, UnidentifiedImageError, OSError, ValueError, SyntaxError):
            continue
        name = f"pictures/{media.digest[:2]}/{media.digest}{extension}"
        if not storage.exists(name):
            storage.save(name, ContentFile(path.read_bytes()))
        stored[media.digest] = StoredPicture(file=name, width=width, height=height)
    return stored
