"""What staff brought, kept in the database in parts: any web process may take it, and any worker read it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol

from django.conf import settings
from django.db import transaction

from catalog_import.models import ImportFile, ImportFilePart, ImportRun
from storefront.fetching.errors import FetchFailed
from storefront.fetching.fetcher import fetch

PART_BYTES = 1024 * 1024
FETCH_TIMEOUT_S = 300.0


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@transaction.atomic
def keep(row: ImportFile, content: Readable, size: int) -> None:
    """Keep a file's content in place of what is kept already."""
    ImportFile.objects.select_for_update().get(pk=row.pk)
    row.parts.all().delete()
    number = 0
    while part := content.read(PART_BYTES):
        ImportFilePart.objects.create(file=row, number=number, content=part)
        number += 1
    row.size = size
    row.save(update_fields=["size"])


def fetch_files(run: ImportRun) -> None:
    """Fetch the files that are named by address and were not fetched yet. Raise `FetchError`."""
    for row in run.uploads.exclude(url="").filter(size=0):
        with TemporaryFile() as content:
            limit = settings.IMPORT_MAX_MB * 1024 * 1024
            fetched = fetch(
                row.url,
                content,
                max_bytes=limit,
                timeout_s=FETCH_TIMEOUT_S,
                allowed_hosts=settings.FETCH_ALLOWED_HOSTS,
            )
            if not fetched.size:
                raise FetchFailed(f"{row.name} at {row.url} is empty. Check the address, or the file there.")
            content.seek(0)
            keep(row, content, fetched.size)


def write_out(row: ImportFile, folder: Path) -> Path:
    """Write a file to a folder of its own, under the name that people know."""
    place = folder / row.role
    place.mkdir()
    path = place / row.name
    with path.open("wb") as out:
        for part in row.parts.values_list("content", flat=True).iterator(chunk_size=4):
            out.write(part)
    return path
