"""Deleting products and variants, but for those of which anything was ever ordered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storefront.saleor.client.batches import portions
from storefront.saleor.client.mutations import do
from storefront.saleor.client.transport import PAGE, Saleor
from storefront.saleor.read import queries
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call
from storefront.saleor.write.failures import Failure, PendingWrite, failure_of_refusals

# Saleor's clock and ours.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold of variants, by their ids: units that open orders wait for, and units of all orders (None: the app
    may not read orders)."""

    allocated: Mapping[str, int]
    ordered: Mapping[str, int] | None

    def why_kept(self, variants: Iterable[str]) -> str:
        """Return why these variants must not be deleted, in a sentence; empty where nobody ever ordered them."""
        ids = list(variants)
        ordered = self.ordered or {}
        if units := sum(max(self.allocated.get(id, 0), ordered.get(id, 0)) for id in ids):
            return "1 unit was ordered." if units == 1 else f"{units} units were ordered."
        if self.ordered is None and ids:
            return "Whether it was ordered is known only to an app with the permission MANAGE_ORDERS."
        return ""


def delete_products(saleor: Saleor, writes: Mapping[int, PendingWrite], since: datetime) -> dict[int, Failure]:
    """Delete products that were made after `since`; one of which anything was ever ordered stays, and its failure says
    so."""
    gone = {
        index: (pending.existing.id, [variant.id for variant in pending.existing.variants.values()])
        for index, pending in writes.items()
        if pending.existing
    }
    failures = sold_failures(saleor, gone, since)
    deletable = {index: id for index, (id, _) in gone.items() if index not in failures}
    for part in portions(deletable, PAGE):
        ids = [deletable[index] for index in part]
        (outcome,) = do(saleor, [Call(documents.PRODUCT_BULK_DELETE, {"ids": ids})])
        if outcome.refusals:
            remaining = queries.outlines_by_id(saleor, ids)
            failures |= {
                index: failure_of_refusals(outcome.refusals, writes[index])
                for index in part
                if deletable[index] in remaining
            }
    return failures


def sold_variants(saleor: Saleor, writes: Mapping[int, PendingWrite], since: datetime) -> dict[int, Failure]:
    """Return failures for those writes that would delete variants of which anything was ordered."""
    gone = {
        index: (
            pending.existing.id,
            [pending.existing.variants[key].id for key in keys if key in pending.existing.variants],
        )
        for index, pending in writes.items()
        if pending.existing and (keys := pending.write.gone_variants)
    }
    return sold_failures(saleor, gone, since)


def sold_failures(saleor: Saleor, gone: Mapping[int, tuple[str, Sequence[str]]], since: datetime) -> dict[int, Failure]:
    """Return failures for what must not be deleted. `gone`: index → product and those of its variants that would go."""
    if not gone:
        return {}
    sales = find_sales(saleor, [product for product, _ in gone.values()], since)
    reasons = {index: sales.why_kept(variants) for index, (_, variants) in gone.items()}
    return {index: Failure(f"{why} It was kept. Plan the undo again.") for index, why in reasons.items() if why}


def find_sales(saleor: Saleor, products: Iterable[str], since: datetime) -> Sales:
    """Ask what was ordered of these products, all of which were made after `since`."""
    return Sales(queries.allocated_units(saleor, products), queries.ordered_units(saleor, since - CLOCKS_DIFFER))
