"""Pictures that a file names by path: found, known by the hash of their content, stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image, UnidentifiedImageError

from catalog_import.problems import Problem, ProblemCode, warning_at
from catalog_import.sources.native import ReadProduct
from storefront.catalog.records import MediaRecord, ProductRecord
from storefront.catalog.writer import StoredPicture

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
EXTENSIONS = {"WEBP": ".webp", "PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "AVIF": ".avif"}


class PictureError(Exception):
    """A picture cannot be used; the text is for staff."""


def digest_pictures(products: Sequence[ReadProduct], folder: Path) -> tuple[list[ReadProduct], list[Problem]]:
    """The products with the hash of each picture that was found in `folder`.

    A picture that cannot be used is left out and told; it never blocks its product.
    """
    done, problems = [], []
    for product in products:
        record = product.record
        if "media" in record.model_fields_set:
            kept = []
            for media in record.media:
                try:
                    path = local_picture(folder, media.location)
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                except PictureError as error:
                    code = ProblemCode.PICTURE_NOT_FETCHED if is_url(media.location) else ProblemCode.MISSING_PICTURE
                    problems.append(warning_at(product.place, "image", code, str(error), value=media.location))
                else:
                    kept.append(media.model_copy(update={"digest": digest}))
            product = with_media(product, tuple(kept))
        done.append(product)
    return done, problems


def with_media(product: ReadProduct, media: tuple[MediaRecord, ...]) -> ReadProduct:
    record = ProductRecord.model_validate(product.record.said() | {"media": media})
    return ReadProduct(record, product.place, product.variant_places)


def is_url(location: str) -> bool:
    return urlsplit(location).scheme in ("http", "https")


def local_picture(folder: Path, location: str) -> Path:
    """The file of a picture inside `folder`. Raises `PictureError` when there is none that can be used."""
    if is_url(location):
        raise PictureError("Pictures are taken from files for now, not from addresses. Save it beside the file.")
    path = (folder / location).resolve()
    # A file from anywhere must not make us read other files of this machine.
    if not path.is_relative_to(folder.resolve()):
        raise PictureError("The picture lies outside the file's folder. Put it inside.")
    if not path.is_file():
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
            with Image.open(path) as image:
                width, height = image.size
                extension = EXTENSIONS[image.format or ""]
                if width * height > MAX_PIXELS:
                    continue
                image.verify()
        except (PictureError, UnidentifiedImageError, OSError, KeyError, SyntaxError):
            continue
        name = f"pictures/{media.digest[:2]}/{media.digest}{extension}"
        if not storage.exists(name):
            storage.save(name, ContentFile(path.read_bytes()))
        stored[media.digest] = StoredPicture(file=name, width=width, height=height)
    return stored
