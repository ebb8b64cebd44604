"""Which product of the shop a record is, and what of a record the shop cannot take.

By reference within the source; else by SKU, where the shop's object has no reference yet. SKUs are compared without
regard to case and invisible signs. A SKU that belongs to another product is reported as a problem; no duplicate is
created.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at
from storefront.catalog.fields import COMPARE_AT, OPTION, PRICE, STOCK, with_prefix
from storefront.catalog.records import VariantRecord
from storefront.catalog.snapshots import ShopFacts, ShopProduct
from storefront.catalog.twins import folded_key


class ShopIndex:
    """Products of the shop by what a record may be known by.

    `lists`: whether the files have a product with a reference. `problems`: what was told on the way.
    """

    def __init__(
        self, products: Iterable[ShopProduct], facts: ShopFacts, source: str, lists: Callable[[str], bool]
    ) -> None:
        self.facts = facts
        self.products = list(products)
        self.source = source
        self.lists = lists
        self.problems: list[Problem] = []
        self.by_reference = {item.reference: item for item in self.products if item.source == source and item.reference}
        self.by_sku = {
            str(fields["sku"]): (item, key) for item in self.products for key, fields in item.fields.variants.items()
        }
        spellings: dict[str, list[str]] = {}
        for sku in self.by_sku:
            spellings.setdefault(folded_key(sku), []).append(sku)
        # Where the shop itself has two that differ in case, only the very one is meant.
        self.spelling = {key: skus[0] for key, skus in spellings.items() if len(skus) == 1}

    def known_sku(self, sku: str) -> str:
        """Return a SKU as the shop writes it; empty where it has none such."""
        return sku if sku in self.by_sku else self.spelling.get(folded_key(sku), "")

    def owner_of(self, sku: str) -> tuple[ShopProduct | None, str]:
        """Return the shop's product with a SKU, and what the variant is known by in it."""
        return self.by_sku.get(self.known_sku(sku), (None, ""))

    def find(self, product: ReadProduct) -> ShopProduct | None:
        """The shop's product for a record; None: it is new."""
        found = self.by_reference.get(product.record.reference)
        if found is not None:
            return found
        owners = (self.owner_of(variant.sku)[0] for variant in product.record.variants)
        return next((owner for owner in owners if owner is not None and not owner.reference), None)

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
        owner, key = self.owner_of(sku)
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
            owner, _ = self.owner_of(variant.sku)
            if owner is not None and not owner.reference and record.reference == variant.sku:
                return owner.public_id
        return ""

    def with_known_references(self, product: ReadProduct) -> ReadProduct:
        """Replace what the file calls a product and its variants by the shop's own names for them.

        References that are only a SKU become the reference under which the shop knows that SKU, however it is spelled;
        a product whose handle changed is known by its variants; a variant whose SKU was filled in, or left out, is
        known by the SKU that was made up for it, or by its options.
        """
        record = product.record
        reference = self.product_reference(product)
        found = {variant.reference: self.known_variant(product, variant, reference) for variant in record.variants}
        changed = {key: known for key, known in found.items() if known is not None}
        if not changed and reference == record.reference:
            return product
        self.tell(product, reference, changed)
        variants = tuple(changed.get(variant.reference) or variant for variant in record.variants)
        keys = {key: known.reference for key, known in changed.items()}
        return replace(
            product,
            record=record.model_copy(update={"reference": reference, "variants": variants}),
            variant_places={keys.get(key, key): place for key, place in product.variant_places.items()},
            made_up={keys.get(key, key): sku for key, sku in product.made_up.items()},
        )

    def product_reference(self, product: ReadProduct) -> str:
        """The reference under which this source's product is in the shop, else the record's own."""
        record = product.record
        if record.reference in self.by_reference:
            return record.reference
        owners: Counter[str] = Counter()
        for variant in record.variants:
            owner, _ = self.owner_of(variant.sku)
            made_up = product.made_up.get(variant.reference, "")
            if owner is None and made_up:
                owner, _ = self.owner_of(made_up)
            if owner is None or owner.source != self.source or not owner.reference:
                continue
            if record.reference in (variant.sku, made_up):
                return owner.reference
            owners[owner.reference] += 1
        for reference, count in owners.most_common(1):
            # A new handle over most of a product's variants, while nothing else in the file is called by the old one.
            is_most = 2 * count > len(self.by_reference[reference].fields.variants)
            if is_most and len(owners) == 1 and not self.lists(reference):
                return reference
        return record.reference

    def known_variant(self, product: ReadProduct, variant: VariantRecord, reference: str) -> VariantRecord | None:
        """The variant under the shop's names for it; None where they are the file's own, or it is new."""
        owner, key = self.owner_of(variant.sku)
        made_up = product.made_up.get(variant.reference, "")
        is_made_up = variant.sku == made_up
        if owner is None:
            current = self.by_reference.get(reference)
            if current is None or not made_up:
                return None
            if is_made_up:
                key = self.alike(product, variant, current)
                return self.renamed(variant, key, str(current.fields.variants[key]["sku"])) if key else None
            owner, key = self.owner_of(made_up)
            return self.renamed(variant, key, variant.sku) if owner is current else None
        if owner.source != self.source or not owner.reference:
            known = self.known_sku(variant.sku)
            return None if known == variant.sku or owner.reference else self.renamed(variant, variant.reference, known)
        known = self.known_sku(variant.sku)
        name = key if variant.reference == variant.sku else variant.reference
        return None if (known, name) == (variant.sku, variant.reference) else self.renamed(variant, name, known)

    def renamed(self, variant: VariantRecord, reference: str, sku: str) -> VariantRecord:
        return variant.model_copy(update={"reference": reference, "sku": sku})

    def alike(self, product: ReadProduct, variant: VariantRecord, current: ShopProduct) -> str:
        """What the shop's variant is known by that has the options of one without a SKU, if there is one."""
        wanted = {f"{OPTION}{name}": value for name, value in variant.options.items()}
        found = [
            key
            for key, fields in current.fields.variants.items()
            if {name: value for name, value in fields.items() if name.startswith(OPTION)} == wanted
        ]
        is_only = len(current.fields.variants) == 1 == len(product.record.variants)
        return found[0] if len(found) == 1 and (wanted or is_only) else ""

    def tell(self, product: ReadProduct, reference: str, changed: Mapping[str, VariantRecord]) -> None:
        """Say what was taken for what, where the file does not say it itself."""
        record = product.record
        if reference != record.reference and not any(record.reference == variant.sku for variant in record.variants):
            message = (
                f'The shop knows this product as "{reference}": it has these SKUs, and the file no longer lists it by '
                "that name. It was taken for the same product, and keeps that reference."
            )
            column = product.head("product_reference" if "product_reference" in product.heads else "product")
            self.problems.append(
                warning_at(product.place, column, ProblemCode.RENAMED, message, value=record.reference)
            )
        for variant in record.variants:
            known = changed.get(variant.reference)
            if known is not None and known.sku != variant.sku and variant.sku != product.made_up.get(variant.reference):
                place = product.variant_places.get(variant.reference, product.place)
                message = f'Read as the SKU "{known.sku}" of the shop, which differs in spelling only.'
                column = product.head("sku")
                self.problems.append(warning_at(place, column, ProblemCode.OTHER_SPELLING, message, value=variant.sku))


def vanished(product: ReadProduct, current: ShopProduct, variants: Collection[str]) -> list[Problem]:
    """Tell of the variants that this source listed earlier and lists no longer, where it lists the product whole."""
    if "name" not in product.record.model_fields_set:
        return []
    gone = [
        f'"{current.fields.variants[key]["sku"]}"'
        for key in current.base.variants
        if key in current.fields.variants and key not in variants
    ]
    if not gone:
        return []
    message = (
        f"The file no longer lists {', '.join(gone[:20])} of this product, which the shop still has. They stay as they "
        "are; set their stock to 0 or remove them in the shop if they are no longer sold."
    )
    return [warning_at(product.place, product.head("sku"), ProblemCode.VARIANT_GONE, message)]


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
        made_up={**first.made_up, **second.made_up},
    )
