"""Exports of the whole catalogue: asked for on a page, made by a worker, kept for a day in the database.

In the database as uploads are (decision 0010), so that any worker may make it and any web process may hand it out.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog_import.exports.files import write_guides, write_pictures, write_products
from catalog_import.exports.formats import SUFFIXES, Format
from catalog_import.models import CatalogueExport
from catalog_import.runs.uploaded_files import keep_parts
from storefront.catalog.models import Product
from storefront.catalog.snapshots import ShopProduct, each_shop_product, load_shop_guides, stored_pictures
from storefront.leases import Lease, LeaseLost, give_back, given_up, is_free, is_hopeless, renewing, take_one

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
KEPT = timedelta(days=1)
TOLD_EVERY = 100
# A worker makes one export at a time, so only a few may wait.
MAX_WAITING = 5

Status = CatalogueExport.Status


class TooManyExports(Exception):
    """Others wait already; the text is for staff."""


def request_export(kind: Format, source: str, *, by: str, enqueue_batch: Callable[[int], None]) -> CatalogueExport:
    """Have an export made; one that waits and is the same is returned in its place. Raise `TooManyExports`."""
    waiting = CatalogueExport.objects.filter(status=Status.WAITING)
    same = waiting.filter(format=kind.value, source=source).first()
    if same is not None:
        return same
    if waiting.count() >= MAX_WAITING:
        raise TooManyExports(f"{MAX_WAITING} exports are already in progress. Wait until one of them has finished.")
    made = CatalogueExport.objects.create(format=kind.value, source=source, requested_by=by)
    transaction.on_commit(lambda: enqueue_batch(made.pk))
    return made


def unfinished_exports() -> list[int]:
    """Return the exports that nobody is making; those whose workers died as often as may be are given up."""
    waiting = CatalogueExport.objects.filter(is_free(), status=Status.WAITING)
    waiting.filter(is_hopeless()).update(status=Status.FAILED, message=given_up("made this export"))
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def make_export(key: int) -> None:
    """Make an export, unless another worker is making it or it is done."""
    lease = take_one(CatalogueExport.objects.filter(pk=key, status=Status.WAITING), LEASE)
    if lease is None:
        return
    counts = False
    try:
        with renewing(lease):
            write_archive(lease)
    except LeaseLost as error:
        log.warning("%s", error)
    except (OperationalError, InterfaceError):
        # The database went away: the sweep sends the export again. Where it is there, something else is wrong.
        counts = connection.is_usable()
        raise
    except Exception as error:
        log.exception("Export %s could not be made", key)
        message = f"An unexpected error ({type(error).__name__}). See the worker's log for details."
        lease.mine().update(status=Status.FAILED, message=message)
    finally:
        give_back(lease, counts=counts)


def write_archive(lease: Lease[CatalogueExport]) -> None:
    """Write products, guides and pictures as the importer reads them back, and keep the archive. Raise `LeaseLost`."""
    export = lease.row
    kind = Format(export.format)
    lease.mine().update(total=Product.objects.filter(source=export.source).count(), done=0)
    with TemporaryDirectory(prefix="knotwise-export-") as name:
        folder = Path(name) / "catalogue"
        folder.mkdir()
        write_products(folder / f"products{SUFFIXES[kind]}", kind, lambda: each_shop_product(export.source))
        write_guides(folder / "guides", load_shop_guides(export.source))
        write_pictures(folder, counted(lease, each_shop_product(export.source)), stored_pictures(), default_storage)
        keep(lease, Path(shutil.make_archive(f"{name}/catalogue", "zip", folder)))


def counted(lease: Lease[CatalogueExport], products: Iterator[ShopProduct]) -> Iterator[ShopProduct]:
    """Hand the products on; report how many there were."""
    for number, product in enumerate(products, start=1):
        if number % TOLD_EVERY == 0:
            lease.require()
            lease.mine().update(done=number)
        yield product


@transaction.atomic
def keep(lease: Lease[CatalogueExport], archive: Path) -> None:
    export = lease.lock()
    with archive.open("rb") as file:
        keep_parts(export, file)
    lease.mine().update(status=Status.DONE, size=archive.stat().st_size, finished_at=timezone.now())


def recent_exports() -> QuerySet[CatalogueExport]:
    return CatalogueExport.objects.order_by("-pk")[:10]


def tidy_exports() -> None:
    """Remove exports that were made long enough ago."""
    CatalogueExport.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
