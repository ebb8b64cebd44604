"""Planning in a worker: what staff brought is fetched, read and compared with the shop, and the plan stored.

It may come twice or never end: a plan is stored whole or not at all, and the sweep sends it to another worker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from redis.exceptions import RedisError

from catalog_import.actions.make_plan import make_plan, make_undo_plan
from catalog_import.models import ImportFile, ImportRun
from catalog_import.planning.importing import ImportRefused, Options
from catalog_import.planning.plan import PlanItem
from catalog_import.runs.uploaded_files import fetch_files, write_out
from storefront.fetching.errors import FetchError
from storefront.leases import Lease, LeaseLost, give_back, given_up, is_free, is_hopeless, renewing, take_one
from storefront.saleor.client.errors import SaleorError

log = logging.getLogger(__name__)

REPORTED_EVERY = 250
PROGRESS_TTL_S = 3600
# After so many seconds without progress the plan is sent to another worker.
STALLED = timedelta(seconds=60)
# The worker renews its lease while it plans; the lease of a dead worker expires after this.
LEASE = timedelta(seconds=20)

Status = ImportRun.Status


def plan_run(run_id: int) -> None:
    """Make the plan of a run, unless another worker is making it or it is done."""
    give_up_plans()
    lease = take_one(ImportRun.objects.filter(pk=run_id, status=Status.PLANNING), LEASE)
    if lease is None:
        return
    run = lease.row
    counts = False
    try:
        with renewing(lease):
            fetch_files(run)
            plan(run, lease)
    except LeaseLost as error:
        log.warning("%s", error)
    except (OperationalError, InterfaceError):
        # The database went away: nothing was stored, and the sweep sends the run again. If it is reachable, something
        # else is wrong, and that is not tried for ever.
        counts = connection.is_usable()
        raise
    except (ImportRefused, FetchError, SaleorError) as error:
        fail(run_id, str(error))
    except Exception as error:
        if not ImportRun.objects.filter(pk=run_id).exists():
            log.info("Run %s was discarded while it was being planned", run_id)
            return
        log.exception("Run %s could not be planned", run_id)
        fail(run_id, f"An unexpected error ({type(error).__name__}). See the worker's log for details.")
    finally:
        give_back(lease, counts=counts)


def give_up_plans() -> None:
    """Mark runs whose planning killed too many workers as failed."""
    hopeless = ImportRun.objects.filter(is_hopeless(), status=Status.PLANNING)
    message = f"{given_up('made this plan')} The files may be too large here: split them, or save them again."
    for key in hopeless.values_list("pk", flat=True):
        fail(key, message)


def fail(run_id: int, message: str) -> None:
    ImportRun.objects.filter(pk=run_id, status=Status.PLANNING).update(status=Status.FAILED, message=message)


def unplanned_runs() -> list[int]:
    """The runs whose plan nobody seems to be making; each is given out once in a while."""
    old = timezone.now() - STALLED
    give_up_plans()
    waiting = ImportRun.objects.filter(
        is_free(),
        Q(progressed_at__isnull=True, created_at__lt=old) | Q(progressed_at__lt=old),
        Q(uploads__isnull=False) | Q(undoes__isnull=False),
        status=Status.PLANNING,
    )
    found = list(waiting.values_list("pk", flat=True).distinct())
    ImportRun.objects.filter(pk__in=found).update(progressed_at=timezone.now())
    return found


def plan(run: ImportRun, lease: Lease[ImportRun]) -> None:
    @contextmanager
    def commit() -> Iterator[None]:
        with transaction.atomic():
            lease.lock()
            yield

    def watch(items: Iterable[PlanItem]) -> Iterator[PlanItem]:
        return report_progress(lease, items)

    if run.undoes is not None:
        make_undo_plan(run, watch=watch, commit=commit)
        return
    options = Options.model_validate({name: run.options[name] for name in run.options if name != "pins"})
    with TemporaryDirectory(prefix="knotwise-import-") as folder:
        files = {row.role: write_out(row, Path(folder)) for row in run.uploads.all()}
        products, guides = files.get(ImportFile.Role.PRODUCTS), files.get(ImportFile.Role.GUIDES)
        make_plan(run, products, guides, options, watch=watch, commit=commit)


def report_progress(lease: Lease[ImportRun], items: Iterable[PlanItem]) -> Iterator[PlanItem]:
    """Hand the items on, and report how many there were to whoever watches. Raise `LeaseLost`."""
    for number, item in enumerate(items, start=1):
        if number % REPORTED_EVERY == 0:
            lease.require()
            note_progress(lease.row.pk, number)
        yield item


def note_progress(run_id: int, number: int) -> None:
    try:
        cache.set(progress_key(run_id), number, PROGRESS_TTL_S)
    except (RedisError, OSError):
        log.debug("The cache does not answer; nobody sees how far the plan is", exc_info=True)


def planned_so_far(run_id: int) -> int:
    """Return how many items a plan in progress has so far, as last reported."""
    try:
        return int(cache.get(progress_key(run_id)) or 0)
    except (RedisError, OSError):
        return 0


def progress_key(run_id: int) -> str:
    return f"import-planned:{run_id}"
