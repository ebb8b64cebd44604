"""Undoing a run: its before-images as an ordinary plan, for every field that it wrote and nobody changed since.

What the run made is archived, or deleted where that is asked for and none of it was sold. Stock moves by the opposite
difference, so that sold units stay sold. What cannot come back is told before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.planning.plan import TAG_CHANGES, Action, Kind, PlanItem, Undoing, digest_of
from catalog_import.planning.planner import PRUNED, link_texts, tag_texts
from catalog_import.planning.preconditions import Current, current_finder, shown_tags
from catalog_import.planning.shop import Shop, Sold
from catalog_import.planning.threeway import Change, same
from catalog_import.sources.problems import Place, Problem, ProblemCode, warning_at
from catalog_import.tagging.enrich import TAG_LISTS
from storefront.catalog.fields import COMPARE_AT, PRICE, STOCK, Fields
from storefront.catalog.records import GuideLink, Status, Tags
from storefront.catalog.snapshots import ShopProduct

PIECE = 400


def undo_plan(shop: Shop, run: ImportRun, *, deletes: bool = False, problems: list[Problem]) -> Iterator[PlanItem]:
    """Yield the items that take a run back, products before guides; `problems` gets what cannot come back."""
    done, failed = undone_already(run), failed_items(run)
    for kind in (Kind.PRODUCT, Kind.GUIDE):
        for piece in pieces(applied_items(run, kind)):
            if kind is Kind.PRODUCT:
                shop.refresh_matching(run.source, (item.reference for item in piece if not item.public_id), ())
                shop.refresh_products(item.public_id for item in piece if item.public_id)
            current = current_finder(run.source, kind, piece)
            sold = Sold()
            if deletes and kind is Kind.PRODUCT:
                sold = shop.find_sold({found.public_id for item in piece if (found := current(item))}, run.created_at)
            for item in piece:
                found = current(item)
                if found is None and (kind.value, item.reference) in failed:
                    continue
                back = undo_item(
                    item,
                    found,
                    problems,
                    deletes=deletes,
                    is_again=found is not None and (kind.value, found.public_id) in done,
                    sold=sold,
                    keeps_pictures=shop.keeps_replaced_pictures,
                )
                if back is not None:
                    yield back


def undone_already(run: ImportRun) -> set[tuple[str, str]]:
    """(kind, public id) of what an earlier undo took back and no later run brought again: its stock must not move a
    second time."""
    taken, brought = (
        written_by(ImportRun.objects.filter(undoes=run)),
        written_by(ImportRun.objects.filter(undoes__undoes=run)),
    )
    return {key for key, number in taken.items() if number > brought.get(key, 0)}


def written_by(runs: QuerySet[ImportRun]) -> dict[tuple[str, str], int]:
    """(kind, public id) → the last of these runs that wrote it."""
    items = ImportItem.objects.filter(
        run__in=runs, batch__state=ImportBatch.State.DONE, outcome=ImportItem.Outcome.INHERITED
    )
    found = items.order_by("run_id").values_list("kind", KT("plan__public_id"), "run_id")
    return {(kind, public_id): number for kind, public_id, number in found}


def failed_items(run: ImportRun) -> set[tuple[str, str]]:
    """(kind, reference) of what failed, and may not be there at all."""
    return set(run.items.filter(outcome=ImportItem.Outcome.FAILED).values_list("kind", "reference"))


def written_outcomes(run: ImportRun) -> list[str]:
    """Outcomes of items of which something may be written: in Saleor also of one that failed half-way."""
    outcomes = [ImportItem.Outcome.INHERITED]
    return [*outcomes, ImportItem.Outcome.FAILED] if run.target else [*outcomes]


def applied_items(run: ImportRun, kind: Kind) -> Iterator[PlanItem]:
    """What the run wrote, the last first."""
    plans = (
        ImportItem.objects.filter(
            run=run,
            kind=kind.value,
            batch__state=ImportBatch.State.DONE,
            outcome__in=written_outcomes(run),
        )
        .order_by("-position")
        .values_list("plan", flat=True)
    )
    for plan in plans.iterator(chunk_size=PIECE):
        yield PlanItem.model_validate(plan)


def pieces(items: Iterator[PlanItem]) -> Iterator[list[PlanItem]]:
    while piece := list(islice(items, PIECE)):
        yield piece


@dataclass(slots=True)
class ItemUndo:
    """An item being taken back: what is gathered for it, and what has to be told."""

    item: PlanItem
    current: Current
    problems: list[Problem]
    is_again: bool = False
    sold: Sold = field(default_factory=Sold)
    keeps_pictures: bool = True
    changes: dict[str, Change] = field(default_factory=dict)
    variant_changes: dict[str, dict[str, Change]] = field(default_factory=dict)
    kept: set[tuple[str, str]] = field(default_factory=set)
    base: Fields = field(default_factory=Fields)
    dropped: Fields = field(default_factory=Fields)

    def tell(self, column: str, message: str) -> None:
        place = Place(self.item.file or self.item.reference or self.item.name, self.item.row)
        self.problems.append(
            warning_at(
                place, column, ProblemCode.CANNOT_UNDO, f"{self.item.name}: {message}", value=self.item.reference
            )
        )

    def take_back(self, name: str, change: Change, have: Any, variant: str = "") -> Change | None:
        """The change back; none where the value is as it was before, or somebody changed it since."""
        if name.startswith(STOCK):
            if self.is_again:
                return None
            said = self.current.base.variants.get(variant, {})
            if self.item.file and not same(said.get(name), change.after):
                self.keep(name, variant, "A later import set it; the shop's value stays.")
                return None
            # Even where it is as before: as many may have been sold as the run added.
            return self.stock_back(name, change, have)
        if same(have, change.before):
            return None
        if not same(have, change.after):
            self.keep(name, variant, "It has changed since; the shop's value is kept.")
            return None
        return Change(before=have, after=change.before)

    def keep(self, name: str, variant: str, why: str) -> None:
        self.kept.add((variant, name))
        self.tell(f"{variant}: {name}" if variant else name, why)

    def stock_back(self, name: str, change: Change, have: Any) -> Change | None:
        """Moved by the opposite difference: what was sold since stays sold."""
        moved = int(have or 0) - (int(change.after or 0) - int(change.before or 0))
        if moved < 0:
            self.tell(name, f"{-moved} more units were sold than the restored stock covers; the stock is set to 0.")
        return Change(before=have, after=max(0, moved))


def undo_item(
    item: PlanItem,
    current: Current | None,
    problems: list[Problem],
    *,
    deletes: bool = False,
    is_again: bool = False,
    sold: Sold | None = None,
    keeps_pictures: bool = True,
) -> PlanItem | None:
    """The item that takes one back, or none where nothing is left to do.

    `is_again`: an earlier undo moved its stock back already.
    """
    if item.undoing and item.undoing.is_deleted:
        place = Place(item.reference or item.name)
        problems.append(
            warning_at(place, "", ProblemCode.CANNOT_UNDO, f"{item.name}: It was deleted; import its file again.")
        )
        return None
    if current is None:
        place = Place(item.file or item.reference, item.row)
        problems.append(warning_at(place, "", ProblemCode.CANNOT_UNDO, f"{item.name}: It is no longer in the shop."))
        return None
    back = ItemUndo(item, current, problems, is_again, sold or Sold(), keeps_pictures)
    return undone_creation(back, deletes) if item.action is Action.CREATE else undone_change(back, deletes)


def undone_creation(back: ItemUndo, deletes: bool) -> PlanItem | None:
    """What the run made is archived, or deleted."""
    if deletes:
        why = "" if is_as_made(back) else "It was sold or changed since."
        why = why or back.sold.why_kept(back.current.public_id, back.current.fields.variants)
        if not why:
            return finished(back, Action.DELETE, Undoing(is_deleted=True, seen=digest_of(back.current.fields)))
        back.tell("", f"{why} It is archived, not deleted.")
    status = back.current.fields.own.get("status")
    if status == Status.ARCHIVED.value:
        return None
    back.changes["status"] = Change(before=status, after=Status.ARCHIVED.value)
    back.base = Fields(own={PRUNED: True})
    return finished(back, Action.ARCHIVE, Undoing())


def is_as_made(back: ItemUndo) -> bool:
    """Whether everything of it is as the run left it: nothing sold, edited, pinned or added since."""
    item, current = back.item, back.current
    own = current.fields.own | shown_tags(current)
    return (
        current.fields.variants.keys() == item.variant_changes.keys()
        and all(same(own.get(name), change.after) for name, change in item.changes.items())
        and all(
            is_variant_as_made(changes, current.fields.variants[reference])
            for reference, changes in item.variant_changes.items()
        )
    )


def is_variant_as_made(changes: Mapping[str, Change], fields: Mapping[str, Any]) -> bool:
    return all(same(fields.get(name), change.after) for name, change in changes.items())


def undone_change(back: ItemUndo, deletes: bool) -> PlanItem | None:
    """Each field that the run wrote as it was before."""
    item, current = back.item, back.current
    if not back.keeps_pictures and (lost := lost_pictures(item)):
        back.tell(
            "media", f"{lost} pictures that were added in Saleor's dashboard were replaced and cannot be restored."
        )
    for name, change in item.changes.items():
        if name not in TAG_CHANGES and (found := back.take_back(name, change, current.fields.own.get(name))):
            back.changes[name] = found
    tags, links = undone_tags(back), undone_links(back)
    gone = undone_variants(back, deletes) if isinstance(current, ShopProduct) else {}
    is_released = item.action is Action.ADOPT and isinstance(current, ShopProduct) and bool(current.reference)
    released = tuple(item.adopted_variants)
    if is_released:
        back.dropped = current.base
    else:
        undone_base(back)
    undoing = Undoing(is_released=is_released, released_variants=released, gone_variants=gone, dropped=back.dropped)
    if not (
        back.changes
        or back.variant_changes
        or tags
        or links is not None
        or undoing != Undoing()
        or back.base != Fields()
    ):
        return None
    if item.undoing and item.undoing.is_released:
        back.tell("", "It no longer belongs to the import. Import the file again to adopt it.")
    return finished(back, Action.UPDATE, undoing, tags, links)


def lost_pictures(item: PlanItem) -> int:
    """How many pictures an import into Saleor replaced that no source ever named: nobody has them any more."""
    change = item.changes.get("media")
    if change is None:
        return 0
    said = {one["location"] for one in item.base_before.own.get("media") or ()}
    return sum(one["location"] not in said for one in change.before or ())


def undone_tags(back: ItemUndo) -> Tags | None:
    """The tags with those lists as before that nobody changed since; none where there is no such list."""
    item, current = back.item, back.current
    lists = {}
    for name in TAG_LISTS:
        change = item.changes.get(name)
        if change and (found := back.take_back(name, change, tag_texts(getattr(current.tags, name)))):
            back.changes[name] = found
            lists[name] = getattr(item.tags_before or Tags(), name)
    return current.tags.model_copy(update=lists) if lists else None


def undone_links(back: ItemUndo) -> tuple[GuideLink, ...] | None:
    item, current = back.item, back.current
    change = item.changes.get("guides")
    if change is None or not isinstance(current, ShopProduct):
        return None
    found = back.take_back("guides", change, link_texts(current.links))
    if found is None:
        return None
    back.changes["guides"] = found
    return item.links_before or ()


def undone_variants(back: ItemUndo, deletes: bool) -> dict[str, str]:
    """Takes the variants' fields back; gives the variants that go, with what stands for each. One that the run made is
    sold no more."""
    gone: dict[str, str] = {}
    for reference, changes in back.item.variant_changes.items():
        have = back.current.fields.variants.get(reference)
        if have is None:
            back.tell(reference, "This variant is no longer in the shop.")
            continue
        if "sku" in changes and changes["sku"].before is None:
            if deletes and is_variant_as_made(changes, have):
                why = back.sold.why_kept(back.current.public_id, [reference])
                if not why:
                    gone[reference] = digest_of(have)
                    continue
                back.tell(reference, f"{why} The variant loses its prices, and is not deleted.")
            undone_changes = {
                name: Change(before=value, after=None)
                for name, value in have.items()
                if name.startswith((PRICE, COMPARE_AT)) and value is not None
            }
        else:
            undone_changes = {
                name: found
                for name, change in changes.items()
                if (found := back.take_back(name, change, have.get(name), reference))
            }
        if undone_changes:
            back.variant_changes[reference] = undone_changes
    return gone


def undone_base(back: ItemUndo) -> None:
    """Restore the previous source values where the run's values are still current; other values keep theirs."""
    said, before, now = back.item.newly_said(), back.item.base_before, back.current.base
    dropped_values = back.item.undoing.dropped if back.item.undoing else Fields()
    own = {name: value for name, value in said.own.items() if ("", name) not in back.kept}
    back_own, gone_own = restored(own, before.own, now.own)
    back_own |= restored_source_values(dropped_values.own, before.own, now.own)
    variants, gone_variants = {}, {}
    for reference in {**said.variants, **dropped_values.variants}:
        fields = said.variants.get(reference, {})
        mine = {name: value for name, value in fields.items() if (reference, name) not in back.kept}
        found, gone = restored(mine, before.variants.get(reference, {}), now.variants.get(reference, {}))
        found |= restored_source_values(
            dropped_values.variants.get(reference, {}),
            before.variants.get(reference, {}),
            now.variants.get(reference, {}),
        )
        if found:
            variants[reference] = found
        if gone:
            gone_variants[reference] = gone
    back.base = Fields(own=back_own, variants=variants)
    back.dropped = Fields(own=gone_own, variants=gone_variants)


def restored(
    said: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the source values to restore, and those to drop."""
    mine = [name for name, value in said.items() if name in now and same(now[name], value)]
    return {name: before[name] for name in mine if name in before}, {name: None for name in mine if name not in before}


def restored_source_values(
    dropped_values: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the dropped source values that an undo restores, unless newer ones exist."""
    return {name: before[name] for name in dropped_values if name in before and name not in now}


def finished(
    back: ItemUndo,
    action: Action,
    undoing: Undoing,
    tags: Tags | None = None,
    links: tuple[GuideLink, ...] | None = None,
) -> PlanItem:
    item, current = back.item, back.current
    return PlanItem(
        kind=item.kind,
        action=action,
        reference=item.reference,
        name=item.name,
        public_id=current.public_id,
        skus=item.skus,
        changes=back.changes,
        variant_changes=back.variant_changes,
        tags=tags,
        tags_before=current.tags if tags is not None else None,
        links=links,
        links_before=current.links if links is not None and isinstance(current, ShopProduct) else None,
        base=back.base,
        base_before=base_before(back),
        undoing=undoing,
    )


def base_before(back: ItemUndo) -> Fields:
    """Return the current source values of the fields that the undo changes."""
    now = back.current.base
    names = {*back.base.own, *back.dropped.own}
    variants = {
        reference: {
            name: value
            for name, value in fields.items()
            if name in back.base.variants.get(reference, {}) or name in back.dropped.variants.get(reference, {})
        }
        for reference, fields in now.variants.items()
    }
    return Fields(
        own={name: value for name, value in now.own.items() if name in names},
        variants={reference: fields for reference, fields in variants.items() if fields},
    )
