"""Pins set in a plan that waits: the item is worked over, and written with its pin when the plan is applied."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.planning.pins import Pin, PinRefused, Signature, pin_item
from catalog_import.planning.plan import Kind, PlanItem, counts_of
from catalog_import.planning.preconditions import Current, current_finder
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.fields import Fields, guide_record
from storefront.catalog.records import TaggedGuide, Tags
from storefront.catalog.snapshots import load_shop_guides
from storefront.catalog.taxonomy import load_taxonomy


@transaction.atomic
def pin_planned(run_id: int, position: int, pin: Pin, signature: Signature) -> PlanItem:
    """Pin in a plan that waits; gives the item as it is planned then. Raises `PinRefused`."""
    run = ImportRun.objects.select_for_update().filter(pk=run_id, status=ImportRun.Status.PLANNED).first()
    row = ImportItem.objects.select_for_update().filter(run_id=run_id, position=position).first()
    if run is None or row is None:
        raise PinRefused("This plan does not wait any more. Pin it in the shop.")
    before = PlanItem.model_validate(row.plan)
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    guides = GuideIndex(guides_of(run), taxonomy)
    item = pin_item(before, pin, signature, current=current_of(run, before), guides=guides, taxonomy=taxonomy)
    replace_item(run, row, before, item)
    remember(run, item, pin, signature)
    return item


def remember(run: ImportRun, item: PlanItem, pin: Pin, signature: Signature) -> None:
    """Keep the pin with the run, so that it is set again if the plan is remade."""
    new = {
        "kind": item.kind.value,
        "reference": item.reference,
        "pin": pin.model_dump(mode="json"),
        "signature": signature.model_dump(mode="json"),
    }
    run.options = run.options | {"pins": [*run.options.get("pins", ()), new]}
    run.save(update_fields=["options"])


def current_of(run: ImportRun, item: PlanItem) -> Current | None:
    """What the shop has of an item."""
    return current_finder(run.source, item.kind, [item])(item)


def guides_of(run: ImportRun) -> list[TaggedGuide]:
    """All guides as the shop will have them once the plan is applied."""
    found = {guide.slug: guide.tagged() for guide in load_shop_guides(run.source)}
    for plan in run.items.filter(kind=Kind.GUIDE.value).values_list("plan", flat=True):
        item = PlanItem.model_validate(plan)
        known = found.get(item.reference)
        before = known.record.stated_fields() if known else {}
        after = {name: change.after for name, change in item.changes.items() if name in GUIDE_COLUMNS}
        record = guide_record(
            item.reference, Fields(own={name: value for name, value in before.items() if name != "slug"} | after)
        )
        found[item.reference] = TaggedGuide(record=record, tags=item.tags or (known.tags if known else Tags()))
    return [found[slug] for slug in sorted(found)]


GUIDE_COLUMNS = frozenset(("title", "summary", "body", "cautions", "sources", "reviewed_on", "status"))


def replace_item(run: ImportRun, row: ImportItem, before: PlanItem, item: PlanItem) -> None:
    """Store an item in the place of another; one that writes now, and did not, gets a batch of its own."""
    row.plan = item.model_dump(mode="json", exclude_defaults=True)
    row.action = item.action.value
    if item.writes and row.batch is None:
        last = run.batches.aggregate(number=Max("number"), stage=Max("stage"))
        same_kind = run.batches.filter(kind=item.kind.value).first()
        row.batch = ImportBatch.objects.create(
            run=run,
            number=0 if last["number"] is None else last["number"] + 1,
            stage=same_kind.stage if same_kind else (last["stage"] or 0),
            kind=item.kind.value,
            size=1,
        )
    row.save(update_fields=["plan", "action", "batch"])
    now, former = counts_of([item]), counts_of([before])
    names = {**run.counts, **now, **former}
    run.counts = {name: run.counts.get(name, 0) + now.get(name, 0) - former.get(name, 0) for name in names}
    run.save(update_fields=["counts"])
