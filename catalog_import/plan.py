"""Records × shop → a plan: what would be made, adopted, changed or left alone, and why.

Pure: lists in, a plan out. Identity, "who wins" and what a plan holds are decided in one place for
the terminal, the pages and the API (docs/importing.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog_import.enrich import enrich_guide, enrich_product
from catalog_import.matching import GuideIndex
from catalog_import.problems import Place, Problem, ProblemCode, problem_at, warning_at
from catalog_import.sources.guides import ReadGuide
from catalog_import.sources.native import ReadProduct
from catalog_import.threeway import Change, Comparison, Conflict, compare
from storefront.catalog.fields import (
    COMPARE_AT,
    PRICE,
    STOCK,
    Fields,
    guide_fields,
    guide_record,
    product_fields,
    product_record,
    with_prefix,
)
from storefront.catalog.records import (
    DEFAULT_SOURCE,
    GuideLink,
    LinkRole,
    Record,
    Status,
    Tag,
    TaggedGuide,
    Tags,
)
from storefront.catalog.snapshots import ShopFacts, ShopGuide, ShopProduct
from storefront.catalog.taxonomy import Taxonomy


class Kind(StrEnum):
    GUIDE = "guide"
    PRODUCT = "product"


class Action(StrEnum):
    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    UNCHANGED = "unchanged"


class PlanItem(Record):
    """What would happen to one product or guide.

    `changes` and `variant_changes` hold the fields to write, before → after; `tags` and `links` what
    replaces the present ones (None: they stay); `base` what is new in what the source has said;
    `adopted_variants` those that were made in the shop, reference → SKU.
    """

    kind: Kind
    action: Action
    reference: str
    name: str
    file: str = ""
    row: int = 0
    public_id: str | None = None
    changes: dict[str, Change] = {}
    variant_changes: dict[str, dict[str, Change]] = {}
    conflicts: tuple[Conflict, ...] = ()
    tags: Tags | None = None
    links: tuple[GuideLink, ...] | None = None
    base: Fields = Fields()
    adopted_variants: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    source: str
    items: list[PlanItem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many items of each action, and how many have a conflict."""
        counts = Counter(item.action.value for item in self.items)
        found = {action.value: counts[action.value] for action in Action}
        return found | {"conflict": sum(1 for item in self.items if item.conflicts)}

    def to_apply(self) -> list[PlanItem]:
        """The items that write something, be it only the base, guides first: products link to them."""
        writing = [item for item in self.items if item.action is not Action.UNCHANGED or item.base != Fields()]
        return sorted(writing, key=lambda item: item.kind is not Kind.GUIDE)


@dataclass(frozen=True, slots=True)
class Shop:
    """What a plan is made against: the shop's facts, its guides, and the products that the files name."""

    facts: ShopFacts
    guides: Sequence[ShopGuide] = ()
    products: Sequence[ShopProduct] = ()


def build_plan(
    products: Sequence[ReadProduct],
    guides: Sequence[ReadGuide],
    shop: Shop,
    taxonomy: Taxonomy,
    *,
    source: str = DEFAULT_SOURCE,
    overwrites: Callable[[str], bool] = lambda name: False,
) -> Plan:
    """The plan for these records. Writes nothing, and is the same for the same input."""
    plan = Plan(source)
    known_guides = {guide.slug: guide.tagged() for guide in shop.guides}
    shop_guides = {guide.slug: guide for guide in shop.guides}
    for guide in guides:
        item, tagged = plan_guide(guide, shop_guides.get(guide.record.slug), taxonomy, overwrites)
        plan.items.append(item)
        known_guides[tagged.record.slug] = tagged
    planner = _ProductPlanner(plan, shop, known_guides, taxonomy, overwrites)
    for product in as_in_shop(products, shop, source):
        planner.add(product)
    return plan


def plan_guide(
    guide: ReadGuide, current: ShopGuide | None, taxonomy: Taxonomy, overwrites: Callable[[str], bool]
) -> tuple[PlanItem, TaggedGuide]:
    """The guide's item, and the guide as the shop will have it then."""
    base = current.base.own if current else {}
    compared = compare(
        guide_fields(guide.record).own, shop_side(current, guide_stated(base)), base, overwrites=overwrites
    )
    # What the file says of areas and the like is the guide's own statement; it is kept in the base.
    stated = {name: value for name, value in compared.base.items() if name in GUIDE_TAG_FIELDS}
    after = own_after(current.fields.own if current else {}, compared, GUIDE_TAG_FIELDS) | stated
    tagged = enrich_guide(
        guide_record(guide.record.slug, Fields(own=after)), taxonomy, current.tags if current else None
    )
    changes = {name: change for name, change in compared.changes.items() if name not in GUIDE_TAG_FIELDS}
    tag_changes = changed_tags(current.tags if current else Tags(), tagged.tags)
    writes = bool(changes or tag_changes)
    action = Action.CREATE if current is None else Action.UPDATE if writes else Action.UNCHANGED
    item = PlanItem(
        kind=Kind.GUIDE,
        action=action,
        reference=guide.record.slug,
        name=str(after.get("title") or guide.record.slug),
        file=guide.place.file,
        row=guide.place.row,
        public_id=current.public_id if current else None,
        changes=changes | tag_changes,
        conflicts=tuple(compared.conflicts),
        tags=tagged.tags if writes else None,
        base=Fields(own=news(compared.base, base)),
    )
    return item, tagged


GUIDE_TAG_FIELDS = ("target_areas", "tool_types", "conditions", "techniques")
PRODUCT_TAG_FIELDS = ("target_areas", "tool_type", "conditions", "guide", "related_guides")


def guide_stated(base: Mapping[str, Any]) -> dict[str, Any]:
    return {name: base[name] for name in GUIDE_TAG_FIELDS if name in base}


def shop_side(current: ShopGuide | None, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The shop's own fields; what the file stated before stands as the file left it."""
    return (current.fields.own if current else {}) | dict(stated)


def own_after(shop: Mapping[str, Any], compared: Comparison, not_own: Collection[str]) -> dict[str, Any]:
    """The own fields as they will be once the changes are written."""
    after = dict(shop) | {name: change.after for name, change in compared.changes.items()}
    return {name: value for name, value in after.items() if name not in not_own}


def news(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What of a base is not as it was."""
    return {name: value for name, value in now.items() if name not in before or before[name] != value}


def variant_with_sku(product: ShopProduct, sku: str) -> str | None:
    return next((key for key, fields in product.fields.variants.items() if fields["sku"] == sku), None)


def as_in_shop(products: Iterable[ReadProduct], shop: Shop, source: str) -> list[ReadProduct]:
    """The records with the shop's own references where the file gives none.

    Without handle and reference a row is known by its SKU alone, so a feed of `sku,stock` has a record for each
    row; those of one product of the shop become one record again.
    """
    owners = {
        str(fields["sku"]): (product, key)
        for product in shop.products
        if product.source == source and product.reference
        for key, fields in product.fields.variants.items()
    }
    known = {product.reference for product in shop.products if product.source == source}
    found: dict[str, ReadProduct] = {}
    for product in products:
        record = product.record
        if record.reference not in known and len(record.variants) == 1:
            variant = record.variants[0]
            if record.reference == variant.sku and variant.sku in owners:
                record = record.model_copy(update={"reference": owners[variant.sku][0].reference})
        keys = {
            variant.reference: owners[variant.sku][1]
            for variant in record.variants
            if variant.reference == variant.sku and variant.sku in owners
        }
        variants = tuple(
            variant.model_copy(update={"reference": keys.get(variant.reference, variant.reference)})
            for variant in record.variants
        )
        places = {keys.get(reference, reference): place for reference, place in product.variant_places.items()}
        earlier = found.get(record.reference)
        if earlier is not None:
            said = {name: value for name, value in record.said().items() if name not in earlier.record.model_fields_set}
            record = earlier.record.model_copy(update=said)
            variants = (*earlier.record.variants, *variants)
            places = {**earlier.variant_places, **places}
        found[record.reference] = ReadProduct(
            record.model_copy(update={"variants": variants}), earlier.place if earlier else product.place, places
        )
    return list(found.values())


def changed_tags(before: Tags, after: Tags) -> dict[str, Change]:
    """The tag lists whose slugs or origins change. New evidence alone is no change."""
    return {
        name: Change(before=tag_texts(old), after=tag_texts(new))
        for name in GUIDE_TAG_FIELDS
        if tag_texts(old := getattr(before, name)) != tag_texts(new := getattr(after, name))
    }


def tag_texts(tags: Sequence[Tag]) -> list[str]:
    return [f"{tag.slug} ({tag.origin})" for tag in tags]


def changed_links(before: Sequence[GuideLink], after: Sequence[GuideLink]) -> dict[str, Change]:
    if link_texts(before) == link_texts(after):
        return {}
    return {"guides": Change(before=link_texts(before), after=link_texts(after))}


def link_texts(links: Sequence[GuideLink]) -> list[str]:
    return [f"{link.guide} ({link.role}, {link.origin})" for link in links]


class _ProductPlanner:
    """Plans products one by one against one shop. State of one plan's making, nothing more."""

    def __init__(
        self,
        plan: Plan,
        shop: Shop,
        guides: Mapping[str, TaggedGuide],
        taxonomy: Taxonomy,
        overwrites: Callable[[str], bool],
    ) -> None:
        self.plan = plan
        self.shop = shop
        self.guides = GuideIndex(guides.values(), taxonomy)
        self.slugs = set(guides)
        self.taxonomy = taxonomy
        self.overwrites = overwrites
        self.by_reference = {item.reference: item for item in shop.products if item.source == plan.source}
        self.by_sku = {str(fields["sku"]): item for item in shop.products for fields in item.fields.variants.values()}

    def problem(self, place: Place, column: str, code: ProblemCode, message: str, value: str = "") -> None:
        self.plan.problems.append(problem_at(place, column, code, message, value=value))

    def add(self, product: ReadProduct) -> None:
        current = self.find(product)
        said = product_fields(product.record)
        variants = self.usable_variants(product, said, current)
        if not variants or (current is None and not self.is_complete(product, said)):
            return
        self.plan.items.append(self.plan_product(product, Fields(own=said.own, variants=variants), current))

    def find(self, product: ReadProduct) -> ShopProduct | None:
        """The shop's product for a record: by reference, else by SKU one that has none. None: it is new."""
        found = self.by_reference.get(product.record.reference)
        if found is not None:
            return found
        owners = (self.by_sku.get(variant.sku) for variant in product.record.variants)
        return next((owner for owner in owners if owner is not None and not owner.reference), None)

    def usable_variants(
        self, product: ReadProduct, said: Fields, current: ShopProduct | None
    ) -> dict[str, dict[str, Any]]:
        """The variants that can be written; those with a problem that only the shop could know are told."""
        usable = {}
        for reference, fields in said.variants.items():
            place = product.variant_places.get(reference, product.place)
            if self.is_free(place, reference, fields, current) and self.fits_shop(place, reference, fields, current):
                usable[reference] = fields
        return usable

    def is_free(self, place: Place, reference: str, fields: Mapping[str, Any], current: ShopProduct | None) -> bool:
        """Whether the SKU belongs to this very variant, or to none of the shop."""
        sku = str(fields["sku"])
        owner = self.by_sku.get(sku)
        if owner is None:
            return True
        if owner is not current:
            whose = f'"{owner.reference}" of the source "{owner.source}"' if owner.reference else "another product"
            message = (
                f'The SKU "{sku}" belongs to {whose} in the shop. If the product\'s handle or reference changed, '
                "give its product_reference as it was; else give this one another SKU."
            )
        elif (holder := variant_with_sku(owner, sku)) in (reference, sku) and (
            holder == reference or holder in owner.nameless
        ):
            return True
        else:
            message = (
                f'The SKU "{sku}" belongs to the variant "{variant_with_sku(owner, sku)}" of this product. '
                "Give its variant_reference as it was, or another SKU."
            )
        self.problem(place, "sku", ProblemCode.SKU_TAKEN, message, sku)
        return False

    def fits_shop(self, place: Place, reference: str, fields: Mapping[str, Any], current: ShopProduct | None) -> bool:
        """Whether a new variant has a price, and all channels and warehouses are there."""
        facts = self.shop.facts
        is_new = current is None or (reference not in current.fields.variants and fields["sku"] not in current.nameless)
        if is_new and not with_prefix(fields, PRICE):
            message = f'The SKU "{fields["sku"]}" is new to the shop and has no price. Fill in the column price.'
            self.problem(place, "price", ProblemCode.MISSING_VALUE, message)
            return False
        for slug in [*with_prefix(fields, PRICE), *with_prefix(fields, COMPARE_AT)]:
            if slug not in facts.currencies:
                message = f'The shop has no channel "{slug}". It has: {", ".join(sorted(facts.currencies))}.'
                self.problem(place, f"price: {slug}", ProblemCode.UNKNOWN_CHANNEL, message, slug)
                return False
        for slug in with_prefix(fields, STOCK):
            if slug not in facts.warehouses:
                message = f'The shop has no warehouse "{slug}". It has: {", ".join(sorted(facts.warehouses))}.'
                self.problem(place, f"stock: {slug}", ProblemCode.UNKNOWN_WAREHOUSE, message, slug)
                return False
        return True

    def is_complete(self, product: ReadProduct, said: Fields) -> bool:
        if said.own.get("name"):
            return True
        message = "The product is new to the shop and has no name. Fill in the column name."
        self.problem(product.place, "name", ProblemCode.MISSING_VALUE, message)
        return False

    def plan_product(self, product: ReadProduct, said: Fields, current: ShopProduct | None) -> PlanItem:
        base = current.base if current else Fields()
        shop_own = (current.fields.own if current else {}) | {
            name: base.own[name] for name in PRODUCT_TAG_FIELDS if name in base.own
        }
        compared = compare(said.own, shop_own, base.own, overwrites=self.overwrites)
        changes = {name: change for name, change in compared.changes.items() if name not in PRODUCT_TAG_FIELDS}
        variant_changes, variant_bases, conflicts = {}, {}, list(compared.conflicts)
        adopted = {
            reference: str(fields["sku"])
            for reference, fields in said.variants.items()
            if current is not None and fields["sku"] in current.nameless
        }
        for reference, fields in said.variants.items():
            one = compare(
                fields,
                current.fields.variants.get(adopted.get(reference, reference), {}) if current else {},
                base.variants.get(reference, {}),
                variant=reference,
                overwrites=self.overwrites,
            )
            if one.changes:
                variant_changes[reference] = one.changes
            if new := news(one.base, base.variants.get(reference, {})):
                variant_bases[reference] = new
            conflicts += one.conflicts

        stated = {name: value for name, value in compared.base.items() if name in PRODUCT_TAG_FIELDS}
        own = own_after(current.fields.own if current else {}, compared, PRODUCT_TAG_FIELDS) | stated
        tagged = enrich_product(
            product_record(product.record.reference, Fields(own=own), {}),
            self.guides,
            self.taxonomy,
            current_tags=current.tags if current else None,
            current_links=current.links if current else (),
        )
        self.warn_of_gaps(product, own, tagged.tags, tagged.links)
        tag_changes = changed_tags(current.tags if current else Tags(), tagged.tags)
        link_changes = changed_links(current.links if current else (), tagged.links)
        writes = bool(changes or variant_changes or tag_changes or link_changes or adopted)
        action = Action.UPDATE if writes else Action.UNCHANGED
        if current is None:
            action = Action.CREATE
        elif not current.reference:
            action = Action.ADOPT
        return PlanItem(
            kind=Kind.PRODUCT,
            action=action,
            reference=product.record.reference,
            name=str(own.get("name") or product.record.reference),
            file=product.place.file,
            row=product.place.row,
            public_id=current.public_id if current else None,
            changes=changes | tag_changes | link_changes,
            variant_changes=variant_changes,
            conflicts=tuple(conflicts),
            tags=tagged.tags if writes else None,
            links=tagged.links if writes else None,
            base=Fields(own=news(compared.base, base.own), variants=variant_bases),
            adopted_variants=adopted,
        )

    def warn_of_gaps(
        self, product: ReadProduct, own: Mapping[str, Any], tags: Tags, links: Sequence[GuideLink]
    ) -> None:
        self.plan.problems.extend(gaps(product.place, own, tags, links, self.slugs))


def gaps(
    place: Place, own: Mapping[str, Any], tags: Tags, links: Sequence[GuideLink], guides: Collection[str]
) -> list[Problem]:
    """Warnings for a product without areas or without a guide, and for a stated guide that is not there."""
    found = []
    for column in ("guide", "related_guides"):
        for slug in [own[column]] if isinstance(own.get(column), str) else own.get(column) or ():
            if slug and slug not in guides:
                message = f'There is no guide "{slug}", neither among the files nor in the shop; it was left out.'
                found.append(warning_at(place, column, ProblemCode.UNKNOWN_GUIDE, message, value=slug))
    if own.get("status") not in (Status.ACTIVE, Status.ACTIVE.value, None, ""):
        return found
    if not tags.target_areas:
        message = "No body area is stated, and none could be read from name and description. Fill in target_areas."
        found.append(warning_at(place, "target_areas", ProblemCode.NO_AREA, message))
    if not any(link.role is LinkRole.PRIMARY for link in links):
        message = "No guide fits this product. Name one in the column guide, or write one."
        found.append(warning_at(place, "guide", ProblemCode.NO_GUIDE, message))
    return found
