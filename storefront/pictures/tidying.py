"""Removing pictures that no product has any more, and files that no picture names, once no undo can need them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from storefront.catalog.models import Picture
from storefront.catalog.writer.retryable_jobs import forget_unused_pictures, note_unused_pictures

log = logging.getLogger(__name__)

# Longer than an import can be undone (`catalog_import.runs.lifecycle.UNDO_KEPT`), which may bring its pictures back.
UNUSED_KEPT: Final = timedelta(days=91)
# A file is written before its row.
STRAY_KEPT: Final = timedelta(days=1)
FOLDERS: Final = tuple(f"{number:02x}" for number in range(256))
DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def tidy_pictures(storage: Storage = default_storage, *, now: datetime | None = None) -> None:
    """Remove what is not wanted any more; of the files' folders one is looked through each time. For a schedule."""
    now = now or timezone.now()
    note_unused_pictures(now)
    # Their files go as strays do: an import may be about to name them again.
    forget_unused_pictures(now - UNUSED_KEPT)
    # The hour selects the folder, so that each gets its turn whatever process runs this.
    remove_strays(storage, FOLDERS[int(now.timestamp() // 3600) % len(FOLDERS)], now - STRAY_KEPT)


def remove_strays(storage: Storage, folder: str, before: datetime) -> None:
    """Remove the files of a folder whose picture is not known, and those that a dead worker left half-written."""
    found = dict(strays(storage, folder))
    known = set(Picture.objects.filter(digest__in=set(found.values())).values_list("digest", flat=True))
    for name, digest in found.items():
        if digest not in known and storage.get_modified_time(name) < before:
            delete(storage, name)


def strays(storage: Storage, folder: str) -> Iterator[tuple[str, str]]:
    """Return each file of a folder with the hash that it is named by; "" for none."""
    try:
        _, names = storage.listdir(f"pictures/{folder}")
    except FileNotFoundError:
        return
    for name in names:
        digest = DIGEST.match(name)
        yield f"pictures/{folder}/{name}", digest.group() if digest else ""


def delete(storage: Storage, name: str) -> None:
    try:
        storage.delete(name)
    except OSError:
        log.warning("%s could not be removed; it is tried again", name, exc_info=True)
