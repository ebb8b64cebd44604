"""What staff bring by the pages: files or addresses become a run that a worker plans (`worker_plans.py`).

Content is kept in the database in parts, so that any web process may take it and any worker may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import unquote, urlsplit

from django.conf import settings as shop_settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from catalog_import.actions.importing import ImportSettings
from catalog_import.actions.worker_plans import keep, planned_so_far
from catalog_import.models import ImportFile, ImportItem, ImportProblem, ImportRun
from catalog_import.runs import lifecycle
from catalog_import.runs.enqueue import nudge, nudge_plan
from catalog_import.runs.lifecycle import RunCannot
from catalog_import.runs.planned_pins import pin_planned
from catalog_import.sources.columns import columns_of
from storefront.catalog.taxonomy import load_taxonomy
from storefront.terminal import visible

__all__ = [
    "ImportSettings",
    "UploadRefused",
    "apply_plan",
    "cancel_run",
    "discard",
    "our_columns",
    "pin_planned",
    "planned_so_far",
    "receive",
    "receive_urls",
    "resume_run",
    "set_mapping",
    "start_undo",
]

# Bytes; file systems take 255.
MAX_NAME = 200
MAX_URL = 2000
Status = ImportRun.Status


class UploadRefused(Exception):
    """The files cannot be taken; the text is for staff."""


@transaction.atomic
def receive(
    products: UploadedFile[bytes] | None, guides: UploadedFile[bytes] | None, settings: ImportSettings, *, by: str
) -> ImportRun:
    """Keep the files and have them planned; gives the run. Raises `UploadRefused`."""
    brought = {ImportFile.Role.PRODUCTS: products, ImportFile.Role.GUIDES: guides}
    named = {role: file for role, file in brought.items() if file is not None}
    if not named:
        raise UploadRefused("Choose a products file, an archive of guides, or both.")
    for file in named.values():
        require_size(file)
    run = lifecycle.new_run(settings.source, files=[safe_name(file.name) for file in named.values()], started_by=by)
    run.options = settings.model_dump(mode="json")
    run.save(update_fields=["options"])
    for role, file in named.items():
        row = ImportFile.objects.create(run=run, role=role, name=safe_name(file.name))
        keep(row, file.open("rb"), file.size or 0)
    transaction.on_commit(partial(nudge_plan, run.pk))
    return run


def require_size(file: UploadedFile[bytes]) -> None:
    """Raises `UploadRefused` where there is nothing in a file, or too much."""
    name, limit = safe_name(file.name), shop_settings.IMPORT_MAX_MB
    if not file.size:
        raise UploadRefused(f"{name} is empty. Choose another file.")
    if file.size > limit * 1024 * 1024:
        raise UploadRefused(f"{name} has {file.size / 1024 / 1024:.0f} MB; at most {limit} MB are taken. Split it.")


@transaction.atomic
def receive_urls(products_url: str, guides_url: str, settings: ImportSettings, *, by: str) -> ImportRun:
    """Have a worker fetch these addresses and plan what is there; gives the run. Raises `UploadRefused`."""
    named = {
        role: url.strip()
        for role, url in ((ImportFile.Role.PRODUCTS, products_url), (ImportFile.Role.GUIDES, guides_url))
        if url.strip()
    }
    if not named:
        raise UploadRefused("Give the address of a products file, of an archive of guides, or of both.")
    for url in named.values():
        if len(url) > MAX_URL:
            raise UploadRefused(f"An address may have {MAX_URL} characters; this one has {len(url)}.")
        if urlsplit(url).scheme not in ("http", "https"):
            raise UploadRefused(f'"{url[:100]}" is no address on the web. It begins with https:// or http://.')
    names = {role: url_name(url) for role, url in named.items()}
    run = lifecycle.new_run(settings.source, files=list(names.values()), started_by=by)
    run.options = settings.model_dump(mode="json")
    run.save(update_fields=["options"])
    ImportFile.objects.bulk_create(
        [ImportFile(run=run, role=role, name=names[role], url=url) for role, url in named.items()]
    )
    transaction.on_commit(partial(nudge_plan, run.pk))
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


@transaction.atomic
def set_mapping(run: ImportRun, mapping: Mapping[str, str]) -> None:
    """Read the run's table with these columns (theirs → ours) from now on, and plan it anew.

    Raises `RunCannot` when it was begun already.
    """
    if not unbegun(run.pk, Status.MAPPING, Status.PLANNED, Status.FAILED):
        raise RunCannot(f"Import {run.pk} is {run.status}; its columns cannot be mapped any more.")
    known = set(our_columns())
    chosen = {theirs: ours for theirs, ours in mapping.items() if ours}
    for theirs, ours in chosen.items():
        if ours not in known and not ours.startswith(("option: ", "attribute: ")):
            raise UploadRefused(f'"{ours}" (for "{theirs}") is no column of ours.')
    if "sku" not in chosen.values():
        raise UploadRefused("Choose the column with the SKU: every row needs its stock keeping unit.")
    run.options = run.options | {"mapping": chosen}
    plan_anew(run)


def plan_anew(run: ImportRun) -> None:
    """Throw the plan away and have it made again."""
    ImportItem.objects.filter(run=run).delete()
    ImportProblem.objects.filter(run=run).delete()
    run.batches.all().delete()
    run.status, run.message, run.counts = Status.PLANNING, "", {}
    run.save()
    transaction.on_commit(partial(nudge_plan, run.pk))


def unbegun(run_id: int, *states: Status) -> bool:
    """Locks the run; whether it is still in one of these states."""
    return ImportRun.objects.select_for_update().filter(pk=run_id, status__in=states).exists()


def our_columns() -> list[str]:
    """The columns that a table's own may be mapped to."""
    return list(columns_of(load_taxonomy(shop_settings.TAXONOMY_FOLDER)))


@transaction.atomic
def start_undo(run: ImportRun, *, deletes: bool, by: str) -> ImportRun:
    """Have it planned how a run is taken back; gives the run that would do it.

    Raises `RunCannot` as `lifecycle.require_undoable` does.
    """
    lifecycle.require_undoable(run)
    undo = lifecycle.new_run(run.source, files=[], started_by=by, undoes=run)
    undo.deletes = deletes
    undo.save(update_fields=["deletes"])
    transaction.on_commit(partial(nudge_plan, undo.pk))
    return undo


def apply_plan(run: ImportRun, *, is_all_or_nothing: bool | None = None) -> None:
    """Have a stored plan written. Raises `RunInProgress` or `RunCannot`."""
    lifecycle.begin(run, is_all_or_nothing=is_all_or_nothing)
    lifecycle.nudge_ready(run.pk, nudge)


def cancel_run(run: ImportRun, *, by: str) -> None:
    """Stop between two batches. Raises `RunCannot` when the run is not writing."""
    lifecycle.cancel(run.pk, who=by, waits=False)


def resume_run(run: ImportRun) -> None:
    """Go on with a cancelled run, or at once with one that is writing. Raises as `apply_plan` does."""
    if run.is_writing:
        lifecycle.go_on(nudge, stalled_s=0)
    else:
        apply_plan(run)


@transaction.atomic
def discard(run: ImportRun) -> None:
    """Throw away a plan that was never begun, and its files. Raises `RunCannot`."""
    if not unbegun(run.pk, Status.PLANNING, Status.MAPPING, Status.PLANNED, Status.FAILED):
        raise RunCannot(f"Import {run.pk} is {run.status}; only a plan that waits can be thrown away.")
    run.delete()
