"""What the shop's own storage holds of pictures that are to be uploaded to Saleor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.core.files.storage import Storage, default_storage
from PIL import Image

from storefront.catalog.models import Picture, ProductMedia
from storefront.saleor.schema.state import PictureState
from storefront.saleor.write.pictures import Content, Find


def finder(wanted: Iterable[PictureState], storage: Storage = default_storage) -> Find:
    """Return a function that gives the content of those of these pictures that are stored. It asks the storage and no
    database, so that any thread may call it."""
    found = list(wanted)
    digests = {one.digest for one in found if one.digest}
    locations = {one.location for one in found if not one.digest}
    by_digest = {row.digest: row for row in Picture.objects.filter(digest__in=digests)}
    media = ProductMedia.objects.filter(location__in=locations, picture__isnull=False).select_related("picture")
    by_location = {row.location: row.content for row in media}

    def find(one: PictureState) -> Content | None:
        row = by_digest.get(one.digest) if one.digest else by_location.get(one.location)
        if row is None:
            return None

        def read() -> bytes:
            with storage.open(row.file) as file:
                return bytes(file.read())

        return Content(row.digest, PurePosixPath(row.file).name, Image.MIME.get(row.format, "image/jpeg"), read)

    return find
