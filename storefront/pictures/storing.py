"""Putting a picture's content into the storage."""

from __future__ import annotations

import hashlib

from django.core.files.storage import Storage

from storefront.catalog.writer import StoredPicture
from storefront.pictures.images import Measured
from storefront.pictures.storage import file_name, store_once


def store_picture(storage: Storage, content: bytes, measured: Measured) -> StoredPicture:
    """Store a picture under the hash of its content, once; return what the store keeps of it."""
    digest = hashlib.sha256(content).hexdigest()
    name = file_name(digest, measured.extension)
    store_once(storage, name, content)
    return StoredPicture(
        digest=digest,
        file=name,
        format=measured.format,
        width=measured.width,
        height=measured.height,
        size_bytes=len(content),
    )
