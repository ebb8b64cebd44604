"""Whether the shop is still as a plan saw it: each item is checked just before it is written.

Only the fields that the plan writes count, so a sale does not stop a new description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog_import.models import ImportItem
from catalog_import.planning.plan import Kind, PlanItem, digest_of
from catalog_import.planning.planner import link_texts, tag_texts
from catalog_import.planning.threeway import Change, same
from catalog_import.tagging.enrich import TAG_LISTS
from storefront.catalog.fields import STOCK
from storefront.catalog.snapshots import ShopGuide, ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.writer import lock_guides, lock_products

Current = ShopProduct | ShopGuide


def still_fresh(source: str, rows: Sequence[ImportItem]) -> list[PlanItem]:
    """The items of those rows whose shop side is as the plan saw it; the other rows are marked as outdated.

    Call it in the transaction that writes: what it looks at is locked.
    """
    items = [PlanItem.model_validate_json(row.plan_json) for row in rows]
    if not items:
        return []
    if items[0].kind is Kind.GUIDE:
        lock_guides([item.reference for item in items])
        guides = current_guides(source)
        found: list[Current | None] = [guides.get(item.reference) for item in items]
    else:
        lock_products([item.public_id for item in items if item.public_id])
        found = [*map(product_finder(source, items), items)]
    fresh = []
    for row, planned, now in zip(rows, items, found, strict=True):
        item = with_sales(planned, now) if planned.undoing and isinstance(now, ShopProduct) else planned
        if mark_outdated(row, item, now):
            continue
        fresh.append(item)
        if item != planned:
            # So that undoing the undo knows how much it really moved.
            row.plan_json, row.was_moved = item.model_dump_json(exclude_defaults=True), True
    return fresh


def mark_outdated(row: ImportItem, item: PlanItem, now: Current | None) -> bool:
    """Skip an item that has changed in the shop since it was planned; return whether it has."""
    changed = outdated_field(item, now)
    if changed is not None:
        row.outcome = ImportItem.Outcome.OUTDATED
        row.message = f"{changed} changed in the shop since the plan was made. Plan again to see it."
    return changed is not None


def with_sales(item: PlanItem, current: ShopProduct) -> PlanItem:
    """An undo's item with its stock moved by what was sold or received since it was planned."""

    def moved(name: str, change: Change, have: object) -> Change:
        if not name.startswith(STOCK) or not isinstance(have, int):
            return change
        return Change(before=have, after=max(0, have + int(change.after or 0) - int(change.before or 0)))

    variants = {
        reference: {
            name: moved(name, change, current.fields.variants.get(reference, {}).get(name))
            for name, change in changes.items()
        }
        for reference, changes in item.variant_changes.items()
    }
    return item.model_copy(update={"variant_changes": variants})


def outdated_field(item: PlanItem, current: Current | None) -> str | None:
    """The field that is no longer as the plan saw it, or None where the item may be written."""
    if current is None:
        # What an undo deletes may be gone already: an earlier attempt did it.
        is_gone_as_planned = item.undoing is not None and item.undoing.is_deleted
        return "The whole item" if item.public_id and not is_gone_as_planned else None
    return changed_since_planned(item, current) or first_difference(item, current)


def changed_since_planned(item: PlanItem, current: Current) -> str | None:
    """Return what an undo would delete although it has changed since planning: some of it may have been sold."""
    if item.undoing is None:
        return None
    if item.undoing.is_deleted and item.undoing.seen != digest_of(current.fields):
        return "It"
    for reference, seen in item.undoing.gone_variants.items():
        have = current.fields.variants.get(reference)
        if have is not None and seen != digest_of(have):
            return reference
    return None


def current_guides(source: str) -> dict[str, ShopGuide]:
    """The shop's guides by slug and by id."""
    found = {}
    for guide in load_shop_guides(source):
        found[guide.slug] = found[guide.public_id] = guide
    return found


def current_finder(source: str, kind: Kind, items: Sequence[PlanItem]) -> Callable[[PlanItem], Current | None]:
    """A function that returns what the shop has of one of these items, for whoever changes or takes back a plan."""
    if kind is Kind.PRODUCT:
        return product_finder(source, items)
    guides = current_guides(source)
    return lambda item: guides.get(item.public_id or item.reference)


def product_finder(source: str, items: Sequence[PlanItem]) -> Callable[[PlanItem], ShopProduct | None]:
    """A function that returns what the shop has of one of these items: by its id, or by reference within the source."""
    found = load_shop_products(
        source, [item.reference for item in items], (), [item.public_id for item in items if item.public_id]
    )
    by_id = {product.public_id: product for product in found}
    by_reference = {product.reference: product for product in found if product.source == source}
    return lambda item: by_id.get(item.public_id) if item.public_id else by_reference.get(item.reference)


def first_difference(item: PlanItem, current: Current) -> str | None:
    """The first field that the plan writes and that is neither as it was nor as it shall be."""
    if name := differing(item.changes, current.fields.own | shown_tags(current)) or replaced_tags(item, current):
        return name
    for reference, changes in item.variant_changes.items():
        key = item.adopted_variants.get(reference, reference)
        if key not in current.fields.variants and "sku" not in changes:
            # It was there when the plan was made.
            return reference
        if name := differing(changes, current.fields.variants.get(key, {})):
            return f"{reference}: {name}"
    return None


def replaced_tags(item: PlanItem, current: Current) -> str | None:
    """The first list of tags or links that the plan would replace, though it only renews it, and that is another one
    by now: a pin that somebody made meanwhile must not go."""
    if item.tags is not None and item.tags_before is not None:
        for name in TAG_LISTS:
            now, before = tag_texts(getattr(current.tags, name)), tag_texts(getattr(item.tags_before, name))
            if now not in (before, tag_texts(getattr(item.tags, name))):
                return name
    if item.links is not None and item.links_before is not None and isinstance(current, ShopProduct):
        now = link_texts(current.links)
        if now not in (link_texts(item.links_before), link_texts(item.links)):
            return "guides"
    return None


def differing(changes: Mapping[str, Change], fields: Mapping[str, object]) -> str | None:
    for name, change in changes.items():
        have = fields.get(name)
        if not same(have, change.before) and not same(have, change.after):
            return name
    return None


def shown_tags(current: Current) -> dict[str, object]:
    """Tags and links in the words in which a plan shows their change."""
    found: dict[str, object] = {name: tag_texts(getattr(current.tags, name)) for name in TAG_LISTS}
    return found | ({"guides": link_texts(current.links)} if isinstance(current, ShopProduct) else {})
