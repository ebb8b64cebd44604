"""Which product of the shop a record is, and what of a record the shop cannot take.

By reference within the source; else by SKU, where the shop's object has no reference yet. A SKU that belongs to
another product is reported as a problem; no duplicate is created.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at
from storefront.catalog.fields import COMPARE_AT, PRICE, STOCK, with_prefix
from storefront.catalog.snapshots import ShopFacts, ShopProduct


class ShopIndex:
    """Products of the shop by what a record may be known by."""

    def __init__(self, products: Iterable[ShopProduct], facts: ShopFacts, source: str) -> None:
        self.facts = facts
        self.products = list(products)
        self.source = source
        self.by_reference = {item.reference: item for item in self.products if item.source == source and item.reference}
        self.by_sku = {
            str(fields["sku"]): (item, key) for item in self.products for key, fields in item.fields.variants.items()
        }

    def find(self, product: ReadProduct) -> ShopProduct | None:
        """The shop's product for a record; None: it is new."""
        found = self.by_reference.get(product.record.reference)
        if found is not None:
            return found
        owners = (self.by_sku[variant.sku][0] for variant in product.record.variants if variant.sku in self.by_sku)
        return next((owner for owner in owners if not owner.reference), None)

    def refusal(
        self, place: Place, reference: str, fields: Mapping[str, Any], current: ShopProduct | None
    ) -> Problem | None:
        """Why a variant cannot be written, if so; `current` is the shop's product that it would belong to."""
        return self.taken(place, reference, fields, current) or self.unfit(place, reference, fields, current)

    def taken(
        self, place: Place, reference: str, fields: Mapping[str, Any], current: ShopProduct | None
    ) -> Problem | None:
        """The SKU belongs to another product, or to another variant of this one."""
        sku = str(fields["sku"])
        owner, key = self.by_sku.get(sku, (None, ""))
        if owner is None or (owner is current and (key == reference or key in owner.nameless)):
            return None
        if owner is not current:
            whose = f'"{owner.reference}" of the source "{owner.source}"' if owner.reference else "another product"
            message = (
                f'The SKU "{sku}" belongs to {whose} in the shop. If the product\'s handle or reference changed, '
                "use the previous product_reference; otherwise give this product another SKU."
            )
        else:
            message = (
                f'The SKU "{sku}" belongs to the variant "{key}" of this product. '
                "Use the previous variant_reference, or another SKU."
            )
        return problem_at(place, "sku", ProblemCode.SKU_TAKEN, message, value=sku)

    def unfit(
        self, place: Place, reference: str, fields: Mapping[str, Any], current: ShopProduct | None
    ) -> Problem | None:
        """A new variant has no price, or a channel or warehouse is not there."""
        is_new = current is None or (reference not in current.fields.variants and fields["sku"] not in current.nameless)
        if is_new and not with_prefix(fields, PRICE):
            message = f'The SKU "{fields["sku"]}" is new to the shop and has no price. Fill in the column price.'
            return problem_at(place, "price", ProblemCode.MISSING_VALUE, message)
        for slug in [*with_prefix(fields, PRICE), *with_prefix(fields, COMPARE_AT)]:
            if slug not in self.facts.currencies:
                message = f'The shop has no channel "{slug}". It has: {", ".join(sorted(self.facts.currencies))}.'
                return problem_at(place, f"price: {slug}", ProblemCode.UNKNOWN_CHANNEL, message, value=slug)
        for slug in with_prefix(fields, STOCK):
            if slug not in self.facts.warehouses:
                message = f'The shop has no warehouse "{slug}". It has: {", ".join(sorted(self.facts.warehouses))}.'
                return problem_at(place, f"stock: {slug}", ProblemCode.UNKNOWN_WAREHOUSE, message, value=slug)
        return None

    def as_in_shop(self, products: Sequence[ReadProduct]) -> list[ReadProduct]:
        """The records with the shop's own references where the file gives none.

        Without handle and reference a row is known by its SKU alone, so a feed of `sku,stock` has a record for
        each row; those of one product of the shop become one record again. A record that stands for itself is given
        back as the very object that it was.
        """
        found: dict[str, ReadProduct] = {}
        for product in products:
            known = self.with_known_references(product)
            key = self.nameless_owner(known) or known.record.reference
            earlier = found.get(key)
            found[key] = joined(earlier, known) if earlier else known
        return list(found.values())

    def nameless_owner(self, product: ReadProduct) -> str:
        """The id of the shop's product without a reference that a row known by its SKU alone belongs to."""
        record = product.record
        for variant in record.variants:
            owner, _ = self.by_sku.get(variant.sku, (None, ""))
            if owner is not None and not owner.reference and record.reference == variant.sku:
                return owner.public_id
        return ""

    def with_known_references(self, product: ReadProduct) -> ReadProduct:
        """Replace references that are only a SKU by the reference under which the shop knows that SKU."""
        record = product.record
        keys: dict[str, str] = {}
        for variant in record.variants:
            owner, key = self.by_sku.get(variant.sku, (None, ""))
            if owner is None or owner.source != self.source or not owner.reference:
                continue
            if variant.reference == variant.sku and key != variant.reference:
                keys[variant.reference] = key
            if record.reference == variant.sku and record.reference not in self.by_reference:
                record = record.model_copy(update={"reference": owner.reference})
        if not keys and record is product.record:
            return product
        variants = tuple(
            variant.model_copy(update={"reference": keys.get(variant.reference, variant.reference)})
            for variant in record.variants
        )
        places = {keys.get(reference, reference): place for reference, place in product.variant_places.items()}
        return replace(product, record=record.model_copy(update={"variants": variants}), variant_places=places)


def joined(first: ReadProduct, second: ReadProduct) -> ReadProduct:
    """Merge two records of one product; the first one's product fields win."""
    added = {
        name: value
        for name, value in second.record.stated_fields().items()
        if name not in first.record.model_fields_set
    }
    variants = {"variants": (*first.record.variants, *second.record.variants)}
    return replace(
        first,
        record=first.record.model_copy(update=added | variants),
        variant_places={**first.variant_places, **second.variant_places},
    )
