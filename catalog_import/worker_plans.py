"""Planning in a worker: what staff brought is fetched, read and compared with the shop, and the plan stored.

It may come twice or never end: a plan is stored whole or not at all, and the sweep sends it to another worker.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Protocol

import yaml
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from redis.exceptions import RedisError

from catalog_import import runs
from catalog_import.importing import Importing, ImportRefused, ImportSettings, Options, open_import
from catalog_import.models import ImportFile, ImportFilePart, ImportRun
from catalog_import.pictures import keep_planned_pictures
from catalog_import.pins import Pin, PinRefused, Signature
from catalog_import.plan import PlanItem
from catalog_import.planned_pins import pin_planned
from catalog_import.problems import Problem, ProblemCode, Severity
from catalog_import.sources.archive import is_archive
from catalog_import.sources.proposals import propose_mapping
from catalog_import.stored_plans import store_findings, store_items
from catalog_import.undo import undo_plan
from storefront.catalog.taxonomy import load_taxonomy
from storefront.fetching import FetchError, FetchFailed, fetch
from storefront.leases import Lease, LeaseLost, give_back, given_up, is_free, is_hopeless, kept, take_one
from storefront.saleor.client.errors import SaleorError

log = logging.getLogger(__name__)

PART_BYTES = 1024 * 1024
FETCH_TIMEOUT_S = 300.0
TELL_EVERY = 250
PROGRESS_TTL_S = 3600
# So long without a word, and another worker is told of the plan.
STALLED = timedelta(seconds=60)
# Who makes a plan moves its lease on; who died loses it after this.
LEASE = timedelta(seconds=20)

Status = ImportRun.Status


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def plan_run(run_id: int) -> None:
    """Make the plan of a run, unless somebody else is at it or it was made."""
    give_up_plans()
    lease = take_one(ImportRun.objects.filter(pk=run_id, status=Status.PLANNING), LEASE)
    if lease is None:
        return
    run = lease.row
    counts = False
    try:
        with kept(lease):
            fetch_files(run)
            make_plan(run, lease)
    except LeaseLost as error:
        log.warning("%s", error)
    except (OperationalError, InterfaceError):
        # The database went away: nothing was stored, and the sweep sends the run again. Where it is there, something
        # else is wrong, and that is not tried for ever.
        counts = connection.is_usable()
        raise
    except (ImportRefused, FetchError, SaleorError) as error:
        fail(run_id, str(error))
    except Exception as error:
        if not ImportRun.objects.filter(pk=run_id).exists():
            log.info("Run %s was thrown away while it was planned", run_id)
            return
        log.exception("Run %s could not be planned", run_id)
        fail(run_id, f"An unexpected fault ({type(error).__name__}); the worker's log tells more.")
    finally:
        give_back(lease, counts=counts)


def give_up_plans() -> None:
    """Say of runs whose workers died over the plan that nobody tries any more."""
    hopeless = ImportRun.objects.filter(is_hopeless(), status=Status.PLANNING)
    message = f"{given_up('made this plan')} Its files may be too much for the machine: split them, or save them again."
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


def fetch_files(run: ImportRun) -> None:
    """Fetch what is named by address and is not here yet. Raises `FetchError`."""
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
                raise FetchFailed(f"{row.name} at {row.url} is empty. Check the address, or what is kept there.")
            content.seek(0)
            keep(row, content, fetched.size)


@transaction.atomic
def keep(row: ImportFile, content: Readable, size: int) -> None:
    """Keep a file's content in place of what there is."""
    ImportFile.objects.select_for_update().get(pk=row.pk)
    row.parts.all().delete()
    number = 0
    while part := content.read(PART_BYTES):
        ImportFilePart.objects.create(file=row, number=number, content=part)
        number += 1
    row.size = size
    row.save(update_fields=["size"])


def make_plan(run: ImportRun, lease: Lease[ImportRun]) -> None:
    if run.undoes is not None:
        found: list[Problem] = []
        counts = store_items(run, telling(lease, undo_plan(run.undoes, deletes=run.deletes, problems=found)))
        with transaction.atomic():
            lease.lock()
            store_findings(run, found)
            finish_plan(run, Status.PLANNED, counts)
        return
    said = ImportSettings.model_validate({name: run.options[name] for name in run.options if name != "pins"})
    with TemporaryDirectory(prefix="knotwise-import-") as folder:
        files = {row.role: write_out(row, Path(folder)) for row in run.uploads.all()}
        products, guides = files.get(ImportFile.Role.PRODUCTS), files.get(ImportFile.Role.GUIDES)
        with open_import(products, guides, options_of(said, Path(folder))) as importing:
            counts = store_items(run, telling(lease, importing.items()))
            if products is not None and not run.proposal and has_unknown_columns(importing):
                run.proposal = proposal_for(products)
            # Now, since the files are here only as long as this.
            keep_planned_pictures(run.pk, importing.reading.folder, default_storage)
            is_asked = bool(run.proposal) and asks_for_mapping(said, importing)
            with transaction.atomic():
                lease.lock()
                store_findings(run, importing.problems, importing.reading.interpretations)
                finish_plan(run, Status.PLANNED, counts)
                set_pins_again(run)
                if is_asked:
                    ImportRun.objects.filter(pk=run.pk).update(status=Status.MAPPING)


def finish_plan(run: ImportRun, status: str, counts: dict[str, int]) -> None:
    """The plan is whole."""
    run.counts, run.status = counts, status
    run.save(update_fields=["counts", "status", "proposal"])


def telling(lease: Lease[ImportRun], items: Iterable[PlanItem]) -> Iterator[PlanItem]:
    """Hand the items on; how many there were is told to whoever watches. Raise `LeaseLost`."""
    for number, item in enumerate(items, start=1):
        if number % TELL_EVERY == 0:
            lease.require()
            tell(lease.row.pk, number)
        yield item


def tell(run_id: int, number: int) -> None:
    try:
        cache.set(progress_key(run_id), number, PROGRESS_TTL_S)
    except (RedisError, OSError):
        log.debug("The cache does not answer; nobody sees how far the plan is", exc_info=True)


def planned_so_far(run_id: int) -> int:
    """How many items a plan that is being made has by now, as far as it was told."""
    try:
        return int(cache.get(progress_key(run_id)) or 0)
    except (RedisError, OSError):
        return 0


def progress_key(run_id: int) -> str:
    return f"import-planned:{run_id}"


def write_out(row: ImportFile, folder: Path) -> Path:
    """The file in a folder of its own, under its own name: formats are told by content, people by names."""
    place = folder / row.role
    place.mkdir()
    path = place / row.name
    with path.open("wb") as out:
        for part in row.parts.values_list("content", flat=True).iterator(chunk_size=4):
            out.write(part)
    return path


def options_of(said: ImportSettings, folder: Path) -> Options:
    mapping = None
    if said.mapping:
        mapping = folder / "mapping.yaml"
        mapping.write_text(yaml.safe_dump(dict(said.mapping), allow_unicode=True), encoding="utf-8")
    return Options(
        source=said.source,
        channel=said.channel,
        overwrite=frozenset(said.overwrite),
        prune_percent=said.prune_percent,
        mapping=mapping,
        taxonomy_folder=settings.TAXONOMY_FOLDER,
        cache_folder=settings.CACHE_FOLDER,
    )


def asks_for_mapping(said: ImportSettings, importing: Importing) -> bool:
    """Whether nothing could be read because no column is known as the SKU's."""
    return not said.mapping and any(
        problem.code is ProblemCode.MISSING_COLUMN and problem.column == "sku" and problem.severity is Severity.ERROR
        for problem in importing.reading.problems
    )


def has_unknown_columns(importing: Importing) -> bool:
    """Whether staff may want to say which column is which."""
    codes = {problem.code for problem in importing.reading.problems}
    return bool(codes & {ProblemCode.UNKNOWN_COLUMN, ProblemCode.MISSING_COLUMN})


def set_pins_again(run: ImportRun) -> None:
    """Pins that were set in an earlier plan of this run, which was made anew since."""
    for pinned in run.options.get("pins", ()):
        row = run.items.filter(kind=pinned["kind"], reference=pinned["reference"]).first()
        if row is None:
            continue
        try:
            pin_planned(run.pk, row.position, Pin(**pinned["pin"]), Signature(**pinned["signature"]))
        except PinRefused as error:
            log.info("Run %s: a pin for %s is not set again: %s", run.pk, pinned["reference"], error)
    run.refresh_from_db(fields=["options", "counts"])


def proposal_for(products: Path) -> list[dict[str, Any]]:
    if is_archive(products):
        return []
    proposal = propose_mapping(products, load_taxonomy(settings.TAXONOMY_FOLDER))
    return [
        {"theirs": column.theirs, "ours": column.ours, "reason": column.reason, "example": column.example}
        for column in proposal.columns
    ]


def waiting_to_apply() -> list[int]:
    """Plans that are to be applied without a word, and are not yet. Never one after which another of its source was
    fetched: it would bring back what the file said then."""
    newer = ImportRun.objects.filter(source=OuterRef("source"), applies_itself=True, pk__gt=OuterRef("pk"))
    waiting = ImportRun.objects.filter(~Exists(newer), status=Status.PLANNED, applies_itself=True)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def apply_itself(run_id: int, nudge: runs.Nudge) -> None:
    """Apply a plan that is to be applied without a word, where its files have no errors. Another import that is
    writing goes first; the sweep asks again."""
    run = ImportRun.objects.filter(pk=run_id, status=Status.PLANNED, applies_itself=True).first()
    if run is None or run.pk not in waiting_to_apply() or run.problems.filter(severity=Severity.ERROR.value).exists():
        return
    try:
        runs.begin(run)
    except (runs.RunInProgress, runs.RunCannot):
        return
    runs.nudge_ready(run.pk, nudge)
