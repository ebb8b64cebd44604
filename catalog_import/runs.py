"""Applying a plan: runs, their batches, and the worker's part of them.

A batch that runs twice writes once: whoever does it holds its row and marks it done in the transaction that
writes. A worker that dies lets go of the row, and the next nudge has the batch done by another.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.plan import Kind, PlanItem, counts_of
from catalog_import.planning import GUIDE_TAG_FIELDS, link_texts, tag_texts
from catalog_import.problems import Problem
from catalog_import.threeway import Change, same
from storefront.catalog.fields import Fields
from storefront.catalog.snapshots import ShopGuide, ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.writer import (
    GuideWrite,
    ProductWrite,
    StoredPicture,
    WriteRefused,
    write_guides,
    write_products,
)

log = logging.getLogger(__name__)

BATCH_SIZE = 100
NUDGE_AGAIN_S = 10.0
POLL_S = 0.1

Nudge = Callable[[int, int], None]


class RunInProgress(Exception):
    """Another run is writing; `run` is that one."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        who = f" by {run.started_by}" if run.started_by else ""
        super().__init__(f"Import {run.pk}{who} has been writing since {run.started_at:%Y-%m-%d %H:%M} UTC.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: items by outcome, and whether it has ended."""

    total: int
    applied: int
    outdated: int
    failed: int
    is_finished: bool

    @property
    def done(self) -> int:
        return self.applied + self.outdated + self.failed


@transaction.atomic
def store_plan(source: str, items: Iterable[PlanItem], *, files: Sequence[str] = (), started_by: str = "") -> ImportRun:
    """Store the items that write something as a run with its batches; nothing is written to the catalogue.

    Items come guides first. Only a batch of them is in memory at a time.
    """
    run = ImportRun.objects.create(
        source=source, status=ImportRun.Status.PLANNED, started_by=started_by, files=list(files)
    )
    counts: Counter[str] = Counter()
    number, part = 0, list[PlanItem]()
    for item in items:
        counts.update(counts_of([item]))
        if not item.writes:
            continue
        if part and (len(part) == BATCH_SIZE or item.kind is not part[0].kind):
            add_batch(run, number, part)
            number, part = number + 1, []
        part.append(item)
    if part:
        add_batch(run, number, part)
    run.counts = dict(counts)
    run.save(update_fields=["counts"])
    return run


def begin(
    run: ImportRun, *, problems: Sequence[Problem] = (), pictures: Mapping[str, StoredPicture] | None = None
) -> None:
    """Let the workers write a stored plan.

    Raises `RunInProgress` when another run of this shop has not ended; the plan stays stored.
    """
    run.status = ImportRun.Status.RUNNING
    run.started_at = timezone.now()
    run.problems = [problem.as_json() for problem in problems]
    run.pictures = {digest: picture.model_dump() for digest, picture in (pictures or {}).items()}
    try:
        with transaction.atomic():
            run.save()
            finish_if_done(run.pk)
    except IntegrityError as error:
        run.status = ImportRun.Status.PLANNED
        other = running_run()
        if other is None:
            raise
        raise RunInProgress(other) from error


def running_run() -> ImportRun | None:
    """The run that has not ended, if there is one."""
    return ImportRun.objects.filter(status=ImportRun.Status.RUNNING).first()


def add_batch(run: ImportRun, number: int, items: Sequence[PlanItem]) -> None:
    batch = ImportBatch.objects.create(run=run, number=number, kind=items[0].kind.value)
    ImportItem.objects.bulk_create(
        [
            ImportItem(
                batch=batch,
                reference=item.reference,
                name=item.name[:250],
                action=item.action.value,
                plan=item.model_dump(mode="json"),
            )
            for item in items
        ]
    )


def ready_batches(run_id: int) -> QuerySet[ImportBatch]:
    """The batches of a running run that are to be done and may be: products only after all guides."""
    guides_to_do = ImportBatch.objects.filter(run=OuterRef("run"), kind=Kind.GUIDE.value).exclude(
        state=ImportBatch.State.DONE
    )
    return ImportBatch.objects.filter(
        Q(kind=Kind.GUIDE.value) | ~Exists(guides_to_do),
        run_id=run_id,
        run__status=ImportRun.Status.RUNNING,
        state=ImportBatch.State.PENDING,
    ).order_by("number")


def nudge_ready(run_id: int, nudge: Nudge) -> None:
    """Tell the workers of every batch that may be taken. Messages may be lost or doubled without harm."""
    for number in ready_batches(run_id).values_list("number", flat=True):
        nudge(run_id, number)


def resume(nudge: Nudge) -> None:
    """Go on with the run that has not ended, if there is one."""
    run = running_run()
    if run is not None:
        finish_if_done(run.pk)
        nudge_ready(run.pk, nudge)


def apply_batch(run_id: int, number: int, nudge: Nudge) -> bool:
    """Do one batch, unless somebody else is at it or it was done; gives whether this call did it.

    The batch's row is locked until its writing is committed: that lock is the lease, and PostgreSQL ends it with
    the worker. `nudge` is called for the products' batches once the last batch of guides is committed.
    """
    with transaction.atomic():
        batch = ready_batches(run_id).filter(number=number).select_for_update(of=("self",), skip_locked=True).first()
        if batch is None:
            return False
        write_batch(batch)
        # Whoever finishes waits here for the others, so that the last one sees that it is the last.
        ImportRun.objects.select_for_update().get(pk=run_id)
        batch.state = ImportBatch.State.DONE
        batch.save(update_fields=["state"])
        finish_if_done(run_id)
        if batch.kind == Kind.GUIDE.value:
            transaction.on_commit(lambda: nudge_products(run_id, nudge))
    log.info("Run %s: batch %s done", run_id, number)
    return True


def nudge_products(run_id: int, nudge: Nudge) -> None:
    """Once no batch of guides is left, tell the workers of the others."""
    if not ready_batches(run_id).filter(kind=Kind.GUIDE.value).exists():
        nudge_ready(run_id, nudge)


def write_batch(batch: ImportBatch) -> None:
    """Write the batch's items whose shop side is still as the plan saw it; note what became of each."""
    rows = list(batch.items.order_by("id"))
    run = batch.run
    pictures = {digest: StoredPicture.model_validate(found) for digest, found in run.pictures.items()}
    write = guide_writer(run.source) if batch.kind == Kind.GUIDE.value else product_writer(run.source, pictures)
    for part in apart(rows):
        write_part(run, part, write)
    ImportItem.objects.bulk_update(rows, ["outcome", "message"])


def apart(rows: Sequence[ImportItem]) -> list[list[ImportItem]]:
    """The rows in parts that have each product once: a feed may name one product in several places."""
    parts: list[list[ImportItem]] = []
    seen: list[set[str]] = []
    for row in rows:
        key = row.plan["public_id"] or row.reference
        index = next((index for index, keys in enumerate(seen) if key not in keys), len(parts))
        if index == len(parts):
            parts.append([])
            seen.append(set())
        parts[index].append(row)
        seen[index].add(key)
    return parts


def write_part(run: ImportRun, rows: Sequence[ImportItem], write: Callable[[Sequence[PlanItem]], None]) -> None:
    """Write what may be written. One item must not stop the others: what fails together is tried one by one."""
    try:
        fresh = still_fresh(run.source, rows)
        with transaction.atomic():
            write([item for _, item in fresh])
    except Exception:
        log.warning("Run %s: a batch is written item by item", run.pk, exc_info=True)
        for row in rows:
            write_one(run, row, write)
    else:
        for row, _ in fresh:
            row.outcome = ImportItem.Outcome.APPLIED


def write_one(run: ImportRun, row: ImportItem, write: Callable[[Sequence[PlanItem]], None]) -> None:
    try:
        with transaction.atomic():
            for _, item in still_fresh(run.source, [row]):
                write([item])
                row.outcome = ImportItem.Outcome.APPLIED
    except Exception as error:
        log.warning("Run %s: %s failed", run.pk, row.reference, exc_info=True)
        row.outcome, row.message = ImportItem.Outcome.FAILED, reason(error)


def reason(error: Exception) -> str:
    """Why an item failed, for staff."""
    if isinstance(error, WriteRefused):
        return str(error)
    if isinstance(error, IntegrityError):
        return "The shop has this SKU, slug or reference already; it came between the plan and now. Plan again."
    if isinstance(error, DataError):
        return "The database cannot hold one of its values: it is too long or too large. Shorten it."
    return f"An unexpected fault ({type(error).__name__}); the worker's log tells more."


def still_fresh(source: str, rows: Sequence[ImportItem]) -> list[tuple[ImportItem, PlanItem]]:
    """The rows whose shop side is as the plan saw it; the others are marked as outdated."""
    items = [PlanItem.model_validate(row.plan) for row in rows]
    fresh = []
    for row, item, changed in zip(rows, items, outdated_fields(source, items), strict=True):
        if changed is None:
            fresh.append((row, item))
        else:
            row.outcome = ImportItem.Outcome.OUTDATED
            row.message = f"{changed} changed in the shop since the plan was made. Plan again to see it."
    return fresh


def guide_writer(source: str) -> Callable[[Sequence[PlanItem]], None]:
    def write(items: Sequence[PlanItem]) -> None:
        write_guides(
            [
                GuideWrite(
                    source=source, slug=item.reference, fields=written_fields(item), tags=item.tags, base=item.base
                )
                for item in items
            ]
        )

    return write


def product_writer(source: str, pictures: Mapping[str, StoredPicture]) -> Callable[[Sequence[PlanItem]], None]:
    def write(items: Sequence[PlanItem]) -> None:
        write_products(
            [
                ProductWrite(
                    source=source,
                    reference=item.reference,
                    public_id=item.public_id,
                    fields=(fields := written_fields(item)),
                    tags=item.tags,
                    links=item.links,
                    base=item.base if item.base != Fields() else None,
                    adopted_variants=item.adopted_variants,
                    pictures={
                        media["location"]: pictures[media["digest"]]
                        for media in fields.own.get("media") or ()
                        if media["digest"] in pictures
                    },
                )
                for item in items
            ]
        )

    return write


def written_fields(item: PlanItem) -> Fields:
    def after(changes: Mapping[str, Change]) -> dict[str, object]:
        return {name: change.after for name, change in changes.items()}

    return Fields(
        own=after(item.changes),
        variants={reference: after(changes) for reference, changes in item.variant_changes.items()},
    )


def outdated_fields(source: str, items: Sequence[PlanItem]) -> list[str | None]:
    """For each item the field that is no longer as the plan saw it, or None where it may be written."""
    if not items:
        return []
    current = shop_guides(source) if items[0].kind is Kind.GUIDE else shop_products(source, items)
    found: list[str | None] = []
    for item in items:
        now = current(item)
        if now is None:
            found.append("The whole item" if item.public_id else None)
        else:
            found.append(first_difference(item, now))
    return found


def shop_guides(source: str) -> Callable[[PlanItem], ShopGuide | None]:
    guides = {guide.slug: guide for guide in load_shop_guides(source)}
    return lambda item: guides.get(item.reference)


def shop_products(source: str, items: Sequence[PlanItem]) -> Callable[[PlanItem], ShopProduct | None]:
    found = load_shop_products(
        source, [item.reference for item in items], (), [item.public_id for item in items if item.public_id]
    )
    by_id = {product.public_id: product for product in found}
    by_reference = {product.reference: product for product in found if product.source == source}
    return lambda item: by_id.get(item.public_id) if item.public_id else by_reference.get(item.reference)


def first_difference(item: PlanItem, current: ShopGuide | ShopProduct) -> str | None:
    """The first field that the plan writes and that is neither as it was nor as it shall be."""
    if name := differing(item.changes, current.fields.own | shown_tags(current)):
        return name
    for reference, changes in item.variant_changes.items():
        key = item.adopted_variants.get(reference, reference)
        if name := differing(changes, current.fields.variants.get(key, {})):
            return f"{reference}: {name}"
    return None


def differing(changes: Mapping[str, Change], fields: Mapping[str, object]) -> str | None:
    for name, change in changes.items():
        have = fields.get(name)
        if not same(have, change.before) and not same(have, change.after):
            return name
    return None


def shown_tags(current: ShopGuide | ShopProduct) -> dict[str, object]:
    """Tags and links in the words in which a plan shows their change."""
    found: dict[str, object] = {name: tag_texts(getattr(current.tags, name)) for name in GUIDE_TAG_FIELDS}
    return found | ({"guides": link_texts(current.links)} if isinstance(current, ShopProduct) else {})


def left_over(run_id: int) -> list[ImportItem]:
    """The items that were not applied, with what kept them."""
    return list(
        ImportItem.objects.filter(batch__run_id=run_id)
        .exclude(outcome__in=(ImportItem.Outcome.APPLIED, ImportItem.Outcome.PENDING))
        .order_by("id")
    )


def finish_if_done(run_id: int) -> None:
    """Mark the run as ended once no batch is left."""
    if ImportBatch.objects.filter(run_id=run_id).exclude(state=ImportBatch.State.DONE).exists():
        return
    left = ImportItem.objects.filter(batch__run_id=run_id).exclude(outcome=ImportItem.Outcome.APPLIED)
    status = ImportRun.Status.PARTLY if left.exists() else ImportRun.Status.DONE
    ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(
        status=status, finished_at=timezone.now()
    )


def progress_of(run_id: int) -> Progress:
    counts = dict(
        ImportItem.objects.filter(batch__run_id=run_id).order_by().values_list("outcome").annotate(count=Count("id"))
    )
    return Progress(
        total=sum(counts.values()),
        applied=counts.get(ImportItem.Outcome.APPLIED, 0),
        outdated=counts.get(ImportItem.Outcome.OUTDATED, 0),
        failed=counts.get(ImportItem.Outcome.FAILED, 0),
        is_finished=not ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).exists(),
    )


def wait_for_run(run_id: int, nudge: Nudge, on_progress: Callable[[Progress], None]) -> Progress:
    """Send the workers to the run and wait for its end; nudges that were lost are sent again."""
    nudge_ready(run_id, nudge)
    last, since = -1, time.monotonic()
    while True:
        progress = progress_of(run_id)
        if progress.done == progress.total and not progress.is_finished:
            # Whoever did the last batch may have died before it could say so.
            finish_if_done(run_id)
            progress = progress_of(run_id)
        on_progress(progress)
        if progress.is_finished:
            return progress
        now = time.monotonic()
        if progress.done != last:
            last, since = progress.done, now
        elif now - since > NUDGE_AGAIN_S:
            nudge_ready(run_id, nudge)
            since = now
        time.sleep(POLL_S)
