"""Whether the shop is still as a plan saw it: each item is checked just before it is written.

Only the fields that the plan writes count, so a sale does not stop a new description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog_import.models import ImportItem
from catalog_import.plan import GUIDE_TAG_FIELDS, Kind, PlanItem
from catalog_import.planning import link_texts, tag_texts
from catalog_import.threeway import Change, same
from storefront.catalog.fields import STOCK
from storefront.catalog.snapshots import ShopGuide, ShopProduct, load_shop_guides, load_shop_products
from storefront.catalog.writer import lock_products


def still_fresh(source: str, rows: Sequence[ImportItem]) -> list[PlanItem]:
    """The items of those rows whose shop side is as the plan saw it; the other rows are marked as outdated.

    Call it in the transaction that writes: what it looks at is locked.
    """
    items = [PlanItem.model_validate_json(row.plan_json) for row in rows]
    if not items:
        return []
    lock_products([item.public_id for item in items if item.public_id and item.kind is Kind.PRODUCT])
    current = shop_guides(source) if items[0].kind is Kind.GUIDE else shop_products(source, items)
    fresh = []
    for row, planned in zip(rows, items, strict=True):
        now = current(planned)
        item = with_sales(planned, now) if planned.undoing and isinstance(now, ShopProduct) else planned
        changed = outdated_field(item, now)
        if changed is None:
            fresh.append(item)
        else:
            row.outcome = ImportItem.Outcome.OUTDATED
            row.message = f"{changed} changed in the shop since the plan was made. Plan again to see it."
    return fresh


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


def outdated_field(item: PlanItem, current: ShopGuide | ShopProduct | None) -> str | None:
    """The field that is no longer as the plan saw it, or None where the item may be written."""
    if current is None:
        return "The whole item" if item.public_id else None
    return first_difference(item, current)


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
