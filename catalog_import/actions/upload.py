"""Take what staff bring on the pages: files or addresses become a run that a worker plans."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from catalog_import.actions.make_plan import new_run
from catalog_import.models import ImportFile, ImportRun
from catalog_import.planning.importing import Options
from catalog_import.runs.enqueue import enqueue_plan
from catalog_import.runs.uploaded_files import keep
from storefront.terminal import visible

# Bytes; file systems take 255.
MAX_NAME = 200
MAX_URL = 2000


class UploadRefused(Exception):
    """The files cannot be taken; the text is for staff."""


@transaction.atomic
def receive(
    products: UploadedFile[bytes] | None, guides: UploadedFile[bytes] | None, options: Options, *, by: str
) -> ImportRun:
    """Keep the files and have them planned; gives the run. Raises `UploadRefused`."""
    brought = {ImportFile.Role.PRODUCTS: products, ImportFile.Role.GUIDES: guides}
    named = {role: file for role, file in brought.items() if file is not None}
    if not named:
        raise UploadRefused("Choose a products file, an archive of guides, or both.")
    for file in named.values():
        require_size(file)
    files = [safe_name(file.name) for file in named.values()]
    run = new_run(options.source, files=files, started_by=by, options=options)
    for role, file in named.items():
        row = ImportFile.objects.create(run=run, role=role, name=safe_name(file.name))
        keep(row, file.open("rb"), file.size or 0)
    transaction.on_commit(partial(enqueue_plan, run.pk))
    return run


def require_size(file: UploadedFile[bytes]) -> None:
    """Raises `UploadRefused` where there is nothing in a file, or too much."""
    name, limit = safe_name(file.name), settings.IMPORT_MAX_MB
    if not file.size:
        raise UploadRefused(f"{name} is empty. Choose another file.")
    if file.size > limit * 1024 * 1024:
        raise UploadRefused(f"{name} is {file.size / 1024 / 1024:.0f} MB; the limit is {limit} MB. Split the file.")


@transaction.atomic
def receive_urls(products_url: str, guides_url: str, options: Options, *, by: str) -> ImportRun:
    """Have a worker fetch these addresses and plan what is there; gives the run. Raises `UploadRefused`."""
    named = {
        role: url.strip()
        for role, url in ((ImportFile.Role.PRODUCTS, products_url), (ImportFile.Role.GUIDES, guides_url))
        if url.strip()
    }
    if not named:
        raise UploadRefused("Enter the address of a products file, a guides archive, or both.")
    for url in named.values():
        if len(url) > MAX_URL:
            raise UploadRefused(f"An address may have {MAX_URL} characters; this one has {len(url)}.")
        if urlsplit(url).scheme not in ("http", "https"):
            raise UploadRefused(f'"{url[:100]}" is not a web address. It must begin with https:// or http://.')
    names = {role: url_name(url) for role, url in named.items()}
    run = new_run(options.source, files=list(names.values()), started_by=by, options=options)
    ImportFile.objects.bulk_create(
        [ImportFile(run=run, role=role, name=names[role], url=url) for role, url in named.items()]
    )
    transaction.on_commit(partial(enqueue_plan, run.pk))
    return run


def safe_name(name: str | None) -> str:
    """The last part of a file's name, as long as a file system takes it: what a browser says is only shown."""
    last = " ".join(visible(name or "").split()).replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    kept = last.encode(errors="ignore")[-MAX_NAME:].decode(errors="ignore").strip()
    # "." and ".." are folders wherever they stand.
    return kept if kept.strip(".") else "file"


def url_name(url: str) -> str:
    """The name of the file at an address, else that of its host. What is percent-encoded may be anything, too."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    return safe_name(path if path else parts.hostname)
