"""A plan applied to Saleor.

A batch has two parts, each taken by whoever comes first and each safe to do twice: it is *written*, and once all of its
stage is written it is *settled*: pictures, publication, what Saleor works out wrongly, and reading it again whole. A
product is pending until then. Saleor has no conditional write: between looking at an item and writing it somebody may
change it, and the plan wins.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.planning.plan import Kind, PlanItem
from catalog_import.planning.preconditions import mark_outdated, with_sales
from catalog_import.planning.threeway import same
from catalog_import.planning.writes import guide_write, is_deleted, product_write, split_by_unique_key
from catalog_import.runs.lifecycle import EnqueueBatch, State, enqueue_ready, finish_if_done, ready_batches
from catalog_import.runs.stored_plans import note_outcomes, rows_of
from catalog_import.tagging.proposals import without_proposals
from storefront.catalog.bulk import update_rows
from storefront.catalog.clock import database_now
from storefront.catalog.fields import Fields
from storefront.catalog.snapshots import ShopGuide, ShopProduct
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.remote.products import forget_products
from storefront.leases import Lease, LeaseLost, give_back, is_free, renewing, take_one
from storefront.pictures.uploads import finder
from storefront.saleor.app.own_webhooks import edits_paused_at, pause_product_edits, resume_product_edits
from storefront.saleor.client.connection import open_saleor
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.transport import Saleor
from storefront.saleor.mirror import structure
from storefront.saleor.mirror.view import View, open_shop_view, refresh_guides
from storefront.saleor.models import Kind as Kinds
from storefront.saleor.provision import choices
from storefront.saleor.read import queries
from storefront.saleor.read.answers import SaleorGuide, SaleorProduct
from storefront.saleor.read.shop import load_shop
from storefront.saleor.schema.references import product_external
from storefront.saleor.write import guides, products, sales
from storefront.saleor.write.failures import Failure, PendingWrite
from storefront.saleor.write.finalize import Written, finalize
from storefront.saleor.write.inputs import Writer

log = logging.getLogger(__name__)

# PostgreSQL's advisory lock of those who make categories, options and values in Saleor.
CHOICES_LOCK = 0x4B575341
# The worker renews its lease while it writes; the lease of a dead worker expires after this.
LEASE = timedelta(seconds=20)
# An import of fewer products is done before pausing the events of edits, and the sweep after it, would pay.
PAUSED_FROM = 100
# How long a run's view of the shop's types, values and guides is reused.
SEEN_S = 60.0

Outcome = ImportItem.Outcome


def apply_batch(run_id: int, number: int, enqueue_batch: EnqueueBatch) -> bool:
    """Do what is next of one batch, unless somebody else is at it or it was done; gives whether this call did it.

    Raises `SaleorError` where Saleor cannot be written to; the batch stays to be done.
    """
    run = ImportRun.objects.filter(pk=run_id).first()
    lease = take_one(ready_batches(run_id).filter(number=number), LEASE) if run else None
    if run is None or lease is None:
        return False
    counts = False
    try:
        with renewing(lease), open_saleor() as saleor:
            do_next_part(run, lease, view_of(saleor, lease.row))
    except LeaseLost as error:
        _seen.clear()
        log.warning("Run %s: %s", run_id, error)
        return False
    except SaleorError as error:
        wait(run_id, str(error))
        raise
    except (OperationalError, InterfaceError):
        _seen.clear()
        raise
    except Exception as error:
        counts = True
        wait(run_id, f"an unexpected error ({type(error).__name__}). See the worker's log for details.")
        raise
    finally:
        give_back(lease, counts=counts)
    enqueue_ready(run_id, enqueue_batch)
    return True


def do_next_part(run: ImportRun, lease: Lease[ImportBatch], view: View) -> None:
    if run.is_all_or_nothing and not is_as_planned(run, view):
        refuse(run)
    elif lease.row.state == State.WRITTEN:
        settle_batch(run, lease, view)
    elif lease.row.kind == Kind.GUIDE.value:
        write_guides(run, lease, view)
    else:
        write_products(run, lease, view)


def wait(run_id: int, why: str) -> None:
    """Say why a batch was not done; it is tried again."""
    _seen.clear()
    ImportRun.objects.filter(pk=run_id, status=ImportRun.Status.RUNNING).update(message=f"Waiting: {why}")


# Saleor's address, the run and its stage → when this process saw the shop for them, and how: reading it anew for each
# batch would cost a tenth of the time that writing it takes.
_seen: dict[tuple[str, int, int], tuple[float, View]] = {}


def view_of(saleor: Saleor, batch: ImportBatch) -> View:
    """The shop as it was seen for an earlier batch of products of the same stage, or as it is now."""
    if batch.kind == Kind.GUIDE.value:
        return open_shop_view(saleor, settings.SALEOR_SLUGS)
    key = (saleor.url, batch.run_id, batch.stage)
    # Asked once: another thread may clear it meanwhile.
    seen = _seen.get(key)
    if seen and time.monotonic() - seen[0] < SEEN_S:
        return replace(seen[1], saleor=saleor)
    _seen.clear()
    view = open_shop_view(saleor, settings.SALEOR_SLUGS)
    _seen[key] = time.monotonic(), view
    return view


# Looking -------------------------------------------------------------------------------------------------------------

Existing = SaleorProduct | SaleorGuide | None


def load_items(batch: ImportBatch) -> tuple[list[ImportItem], list[PlanItem]]:
    """The batch's rows and their items, but for those that an earlier attempt kept back."""
    rows = list(rows_of(batch).filter(outcome=Outcome.INHERITED))
    return rows, [PlanItem.model_validate_json(row.plan_json) for row in rows]


def existing_objects(run: ImportRun, kind: str, view: View, items: Sequence[PlanItem]) -> list[Existing]:
    """What Saleor has of each item."""
    if kind == Kind.GUIDE.value:
        guides = queries.guides_of(view.shop, view.guides, run.source)
        return [guides.get(item.reference) for item in items]
    externals = {item.reference: product_external(run.source, item.reference) for item in items if not item.public_id}
    outlines = queries.outlines_by_external(view.saleor, externals.values())
    ids = [item.public_id or (one.id if (one := outlines.get(externals[item.reference])) else "") for item in items]
    found = queries.whole_products(view.saleor, view.reader, sorted({id for id in ids if id}))
    return [found.get(id) for id in ids]


def as_shop(existing: Existing) -> ShopProduct | ShopGuide | None:
    if isinstance(existing, SaleorProduct):
        return without_proposals(existing.product)
    return existing.guide if existing else None


def is_as_planned(run: ImportRun, view: View) -> bool:
    """Whether every item of a run that is to be applied whole, or not at all, is as the plan saw it."""
    if run.is_checked:
        return True
    kept_back: list[ImportItem] = []
    for batch in run.batches.filter(state=State.PENDING):
        rows, items = load_items(batch)
        found = existing_objects(run, batch.kind, view, items)
        for row, item, existing in zip(rows, items, found, strict=True):
            if mark_outdated(row, item, as_shop(existing)):
                kept_back.append(row)
    if kept_back:
        note_outcomes(kept_back)
        return False
    ImportRun.objects.filter(pk=run.pk).update(is_checked=True)
    return True


def refuse(run: ImportRun) -> None:
    """Say of a run that nothing was written because of the items that were kept back."""
    count = run.items.exclude(outcome=Outcome.INHERITED).count()
    ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING).update(
        status=ImportRun.Status.REFUSED,
        finished_at=timezone.now(),
        message=f"Not applied: {count} items are not as the plan saw them.",
    )


# Writing -------------------------------------------------------------------------------------------------------------


def write_guides(run: ImportRun, lease: Lease[ImportBatch], view: View) -> None:
    """Write a batch of guides; they are read again at once, so that products find them."""
    rows, items = load_items(lease.row)
    found = existing_objects(run, Kind.GUIDE.value, view, items)
    fresh = [
        index
        for index, (row, item, existing) in enumerate(zip(rows, items, found, strict=True))
        if not mark_outdated(row, item, as_shop(existing))
    ]
    gone = [
        existing for index in fresh if is_deleted(items[index]) and isinstance(existing := found[index], SaleorGuide)
    ]
    guides.delete_guides(view.saleor, gone)
    writes = {index: guide_write(run.source, items[index]) for index in fresh if not is_deleted(items[index])}
    known = {existing.guide.slug: existing for existing in found if isinstance(existing, SaleorGuide)}
    failures = guides.write_guides(view.saleor, Writer(view.shop, view.pages), writes, known)
    fail(rows, items, failures)
    refresh_guides(view)
    end(run, lease, rows, State.DONE)


def write_products(run: ImportRun, lease: Lease[ImportBatch], view: View) -> None:
    """Write a batch of products. They are pending after it, and settled later."""
    if edits_paused_at() is None and run.items.filter(batch__kind=Kind.PRODUCT.value).count() >= PAUSED_FROM:
        pause_product_edits(view.saleor)
    rows, items = load_items(lease.row)
    found = existing_objects(run, Kind.PRODUCT.value, view, items)
    made: dict[int, PendingWrite] = {}
    changed: dict[int, PendingWrite] = {}
    deleted: dict[int, PendingWrite] = {}
    for index, (row, planned, existing) in enumerate(zip(rows, items, found, strict=True)):
        now = as_shop(existing)
        if planned.undoing and isinstance(now, ShopProduct) and not row.is_moved:
            items[index] = with_sales(planned, now)
        item = items[index]
        if mark_outdated(row, item, now):
            continue
        wish = PendingWrite(product_write(run.source, item), existing if isinstance(existing, SaleorProduct) else None)
        if is_deleted(item):
            deleted[index] = wish
        elif wish.existing is None:
            made[index] = wish
        elif item.changes_shop:
            changed[index] = PendingWrite(only_changes(wish.write, wish.existing), wish.existing)
    note_moves(rows, items)
    complete_choices(view, [wish.write for wish in (*made.values(), *changed.values())])
    writer = Writer(view.shop, view.pages)
    # What an undo deletes was made by the run that it undoes.
    since = run.undoes.created_at if run.undoes else run.created_at
    failures = sales.delete_products(view.saleor, deleted, since) if deleted else {}
    failures |= sales.sold_variants(view.saleor, changed, since)
    changed = {index: wish for index, wish in changed.items() if index not in failures}
    failures |= write_changes(view, changed, lease)
    first, *later = split_by_unique_key(made.items(), lambda pair: items[pair[0]].reference) or [[]]
    failures |= products.create_products(view.saleor, writer, dict(first), lease.require)
    if later:
        failures |= write_later(run, view, dict(chain.from_iterable(later)), items, lease)
    fail(rows, items, failures)
    end(run, lease, rows, State.WRITTEN)


def write_changes(view: View, changed: Mapping[int, PendingWrite], lease: Lease[ImportBatch]) -> dict[int, Failure]:
    """Write changes of products that exist, of each product one at a time."""
    writer = Writer(view.shop, view.pages)
    failures: dict[int, Failure] = {}
    for part in split_by_unique_key(changed.items(), lambda pair: pair[1].existing.id if pair[1].existing else ""):
        failures |= products.update_products(view.saleor, writer, dict(part), lease.require)
    return failures


def write_later(
    run: ImportRun, view: View, wishes: Mapping[int, PendingWrite], items: Sequence[PlanItem], lease: Lease[ImportBatch]
) -> dict[int, Failure]:
    """Write what is said a second time of products that were just made."""
    found = existing_objects(run, Kind.PRODUCT.value, view, [items[index] for index in wishes])
    changed = {
        index: PendingWrite(only_changes(wish.write, existing), existing)
        for (index, wish), existing in zip(wishes.items(), found, strict=True)
        if isinstance(existing, SaleorProduct)
    }
    return write_changes(view, changed, lease)


def only_changes(write: ProductWrite, existing: SaleorProduct) -> ProductWrite:
    """The write without what is there already: an earlier attempt may have written some of it."""
    now = existing.product.fields
    own = {
        name: value
        for name, value in write.fields.own.items()
        # Of a pending product the status is the one that it shall have.
        if not same(now.own.get(name), value) or (name == "status" and existing.is_pending)
    }
    variants = {}
    for reference, fields in write.fields.variants.items():
        have = now.variants.get(write.adopted_variants.get(reference, reference))
        if have is None:
            variants[reference] = fields
        elif rest := {name: value for name, value in fields.items() if not same(have.get(name), value)}:
            variants[reference] = rest
    return write.model_copy(update={"fields": Fields(own=own, variants=variants)})


def note_moves(rows: Sequence[ImportItem], items: Sequence[PlanItem]) -> None:
    """Keep an undo's stock as it was moved by what was sold meanwhile, before it is written: done twice it must not
    move twice."""
    moved = []
    for row, item in zip(rows, items, strict=True):
        plan = item.model_dump_json(exclude_defaults=True)
        if item.undoing and not row.is_moved:
            row.is_moved = True
            moved.append((row.pk, plan, True))
    update_rows(ImportItem, ("id", "plan", "is_moved"), moved)


def complete_choices(view: View, writes: Sequence[ProductWrite]) -> None:
    """Make the categories, options and values that the writes name, one worker at a time."""
    if choices.is_complete(view.shop, writes):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [CHOICES_LOCK])
        try:
            view.shop = load_shop(view.saleor, view.shop.slugs)
            choices.complete(view.saleor, view.shop, writes)
            _seen.clear()
            # No event may tell of what was made here: where Knotwise is no app, none does.
            for kind in (Kinds.ATTRIBUTE, Kinds.CATEGORY):
                structure.refresh(kind, view.saleor, view.shop.slugs)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [CHOICES_LOCK])


# Settling ------------------------------------------------------------------------------------------------------------


def settle_batch(run: ImportRun, lease: Lease[ImportBatch], view: View) -> None:
    """Finalize the products of a batch, and copy them into the store."""
    rows, items = load_items(lease.row)
    written = {}
    gone = []
    for index, item in enumerate(items):
        if is_deleted(item):
            gone.append(item.public_id or "")
            continue
        is_new = item.public_id is None
        only_source = not item.changes_shop
        written[index] = Written(product_write(run.source, item), is_new=is_new, only_source=only_source)
    forget_products(gone, database_now())
    writer = Writer(view.shop, view.pages)
    failures = finalize(view.saleor, writer, view.reader, written, finder, lease.require)
    fail(rows, items, failures)
    if not run.batches.filter(is_free()).exclude(pk=lease.row.pk).exclude(state=State.DONE).exists():
        follow_edits_again(view.saleor)
    end(run, lease, rows, State.DONE)


def follow_edits_again(saleor: Saleor) -> None:
    """Resume the events of edits. The schedule does it where Saleor refuses it now."""
    try:
        resume_product_edits(saleor)
    except SaleorError:
        log.warning("The events of product edits could not be resumed yet", exc_info=True)


# Ending --------------------------------------------------------------------------------------------------------------


def fail(rows: Sequence[ImportItem], items: Sequence[PlanItem], failures: Mapping[int, Failure]) -> None:
    for index, failure in failures.items():
        row, item = rows[index], items[index]
        row.outcome, row.message, row.column = Outcome.FAILED, failure.message, failure.column[:300]
        row.row = item.rows.get(failure.variant, 0)


def end(run: ImportRun, lease: Lease[ImportBatch], rows: Sequence[ImportItem], state: State) -> None:
    """Say what became of the batch, if it is still this worker's."""
    with transaction.atomic():
        batch = lease.lock()
        note_outcomes([row for row in rows if row.outcome])
        outcomes = list(batch.items.exclude(outcome=Outcome.INHERITED).values_list("outcome", flat=True))
        batch.state = state
        batch.outdated, batch.failed = outcomes.count(Outcome.OUTDATED), outcomes.count(Outcome.FAILED)
        batch.leased_by, batch.leased_until, batch.attempts = "", None, 0
        batch.save(update_fields=["state", "outdated", "failed", "leased_by", "leased_until", "attempts"])
        now = timezone.now()
        changed = {"progressed_at": now} | ({"written_at": now} if state is State.WRITTEN else {})
        ImportRun.objects.select_for_update().filter(pk=run.pk).update(**changed)
        ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING).update(message="")
        finish_if_done(run.pk)
    log.info("Run %s: batch %s %s", run.pk, batch.number, state.value)
