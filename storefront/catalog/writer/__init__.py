"""The one writer of the catalogue store. Nothing else in the project changes its rows.

Each function writes one batch in one short transaction with multi-row statements and keeps the search
index in step. Writing the same batch twice changes nothing the second time. The catalogue's version is
bumped with it; where a caller writes several things in one transaction, it does so itself at the end.
"""

from __future__ import annotations

from storefront.catalog.writer.bases import BaseWrite
from storefront.catalog.writer.guides import GuideWrite, delete_guides, lock_guides, write_guides
from storefront.catalog.writer.listings import rebuild, rebuild_if_outdated, refresh_listings
from storefront.catalog.writer.media import StoredPicture, keep_pictures
from storefront.catalog.writer.products import (
    ProductWrite,
    Projected,
    delete_products,
    lock_products,
    note_bases,
    write_products,
)
from storefront.catalog.writer.variants import WriteRefused
from storefront.catalog.writer.vocabulary import write_taxonomy

__all__ = [
    "BaseWrite",
    "GuideWrite",
    "ProductWrite",
    "Projected",
    "StoredPicture",
    "WriteRefused",
    "delete_guides",
    "delete_products",
    "keep_pictures",
    "lock_guides",
    "lock_products",
    "note_bases",
    "rebuild",
    "rebuild_if_outdated",
    "refresh_listings",
    "write_guides",
    "write_products",
    "write_taxonomy",
]
