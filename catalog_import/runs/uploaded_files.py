"""What staff brought, kept in the database in parts: any web process may take it, and any worker read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol

from django.conf import settings
from django.db import transaction

from catalog_import.models import CatalogueExport, ImportFile, ImportRun
from storefront.fetching.errors import FetchFailed
from storefront.fetching.fetcher import fetch

PART_BYTES = 1024 * 1024
FETCH_TIMEOUT_S = 300.0


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def keep_parts(row: ImportFile | CatalogueExport, content: Readable) -> None:
    """Keep content in pieces, in place of those that are kept already."""
    row.parts.all().delete()
    number = 0
    while part := content.read(PART_BYTES):
        row.parts.create(number=number, content=part)
        number += 1


def content_of(row: ImportFile | CatalogueExport) -> Iterator[bytes]:
    for part in row.parts.values_list("content", flat=True).iterator(chunk_size=4):
        yield bytes(part)


@transaction.atomic
def keep(row: ImportFile, content: Readable, size: int) -> None:
    """Keep a file's content in place of what is kept already."""
    ImportFile.objects.select_for_update().get(pk=row.pk)
    keep_parts(row, content)
    row.size = size
    row.save(update_fields=["size"])


def fetch_files(run: ImportRun) -> None:
    """Fetch the files that are named by address and were not fetched yet. Raise `FetchError`."""
    for row in run.uploads.exclude(url="").filter(size=0):
        with TemporaryFile() as content:
            fetched = fetch(
                row.url,
                content,
                max_bytes=settings.IMPORT_MAX_MB * 1024 * 1024,
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
        out.writelines(content_of(row))
    return path
