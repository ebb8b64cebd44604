"""Records × shop → the items of a plan: what would be made, adopted, changed, archived or left alone, and why.

A `Planner` goes piece by piece, so that the size of a file does not matter, and writes nothing. The rules are told in
docs/importing.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog_import.planning.identity import ShopIndex, vanished
from catalog_import.planning.plan import Action, Kind, PlanItem, beside_changes
from catalog_import.planning.threeway import Change, Comparison, compare
from catalog_import.sources.guides import ReadGuide
from catalog_import.sources.native import ReadProduct
from catalog_import.sources.problems import Place, Problem, ProblemCode, problem_at, warning_at
from catalog_import.tagging.claims import claim_problems, claims_in
from catalog_import.tagging.enrich import TAG_LISTS, enrich_guide, with_pins
from catalog_import.tagging.gaps import gaps, keep_off_problems, kept_off
from catalog_import.tagging.inference import Inference, Inferred
from catalog_import.tagging.quality import Quality, judge
from storefront.catalog.fields import STOCK, Fields, guide_fields, guide_record, product_fields, product_record
from storefront.catalog.records import (
    GuideLink,
    LinkRole,
    ProductRecord,
    Status,
    Tag,
    TaggedGuide,
    TaggedProduct,
    Tags,
)
from storefront.catalog.snapshots import ShopFacts, ShopGuide, ShopProduct, ShopSummary
from storefront.catalog.taxonomy import Taxonomy
from storefront.catalog.twins import twin_key

Overwrites = Callable[[str], bool]

# Fields that become tags and links: what the file states of them is kept in the base alone.
PRODUCT_TAG_FIELDS = (
    *("target_areas", "tool_type", "conditions", "techniques", "contraindications", "guide", "related_guides"),
)


# The base of a product that was archived because its source no longer listed it.
PRUNED = "pruned"
NOT_OWN_FIELDS = (*PRODUCT_TAG_FIELDS, PRUNED)

# Products that no file names: only their tags are recomputed.
NOWHERE = Place("")


def plan_guides(
    guides: Iterable[ReadGuide], current: Iterable[ShopGuide], taxonomy: Taxonomy, overwrites: Overwrites
) -> tuple[list[PlanItem], list[TaggedGuide], list[Problem]]:
    """The guides' items, all guides as the shop will have them then, and claims that they should not make."""
    known = {guide.slug: guide for guide in current}
    tagged = {slug: guide.tagged() for slug, guide in known.items()}
    items, problems = [], []
    for guide in guides:
        item, after = plan_guide(guide, known.get(guide.record.slug), taxonomy, overwrites)
        items.append(item)
        tagged[after.record.slug] = after
        if item.writes:
            problems += claim_problems(guide.place, claims_in("body", guide.record.body))
    return items, [tagged[slug] for slug in sorted(tagged)], problems


def plan_guide(
    guide: ReadGuide, current: ShopGuide | None, taxonomy: Taxonomy, overwrites: Overwrites
) -> tuple[PlanItem, TaggedGuide]:
    """The guide's item, and the guide as the shop will have it then."""
    base = current.base.own if current else {}
    own = current.fields.own if current else {}
    wanted, before = compared_fields(guide_fields(guide.record).own, base)
    compared = compare(wanted, own | stated(base, (*TAG_LISTS, PRUNED)), before, overwrites=overwrites)
    after = own_after(own, compared, (*TAG_LISTS, PRUNED))
    record = guide_record(guide.record.slug, Fields(own=after | stated(compared.base, TAG_LISTS)))
    tagged = enrich_guide(record, taxonomy, current.tags if current else None)
    changes = {name: change for name, change in compared.changes.items() if name not in (*TAG_LISTS, PRUNED)}
    changes |= changed_tags(current.tags if current else Tags(), tagged.tags)
    new = Fields(own=changed_source_values(compared.base, base))
    item = PlanItem(
        kind=Kind.GUIDE,
        action=Action.CREATE if current is None else Action.UPDATE if changes else Action.UNCHANGED,
        reference=guide.record.slug,
        name=str(after.get("title") or guide.record.slug),
        file=guide.place.file,
        row=guide.place.row,
        public_id=current.public_id if current else None,
        changes=changes,
        conflicts=tuple(compared.conflicts),
        tags=tagged.tags if changes else None,
        tags_before=current.tags if current and changes else None,
        base=beside_changes(new, changes, {}),
        base_before=previous_source_values(new, Fields(own=base)),
    )
    return item, tagged


def compared_fields(said: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What a file says of a thing, and what it said before, for the comparison.

    A thing that was archived because its source no longer listed it, or because its import was undone, comes back
    when it is listed again, unless the file says another status.
    """
    if not base.get(PRUNED):
        return said, base
    return (
        {"status": Status.ACTIVE.value} | dict(said) | {PRUNED: False},
        {name: value for name, value in base.items() if name != "status"},
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A product's item, still without tags and links; `record` is the product as the shop will have it."""

    product: ReadProduct
    current: ShopProduct | None
    record: ProductRecord
    item: PlanItem


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records, and what the shop has of what they may be.

    `digests`: reference → the digest of all that is said of it; `unchanged`: those that need not be compared.
    """

    records: Sequence[ReadProduct]
    current: Sequence[ShopProduct]
    digests: Mapping[str, str] = field(default_factory=dict)
    unchanged: Mapping[str, ShopSummary] = field(default_factory=dict)


class Planner:
    """Plans products piece by piece. `problems` is complete once the items were taken."""

    def __init__(
        self,
        inference: Inference,
        facts: ShopFacts,
        *,
        source: str,
        overwrites: Overwrites,
        lists: Callable[[str], bool] = lambda reference: False,
    ) -> None:
        self.inference = inference
        self.facts = facts
        self.source = source
        self.overwrites = overwrites
        self.lists = lists
        self.slugs = inference.index.slugs
        self.categories = dict(facts.categories)
        self.problems: list[Problem] = []
        self.quality = Quality()

    def products(self, pieces: Iterable[Piece]) -> Iterator[PlanItem]:
        """Items for records, in their order."""
        return self.finished(found for piece in pieces for found in self.drafts(piece))

    def retagged(self, current: Iterable[ShopProduct]) -> Iterator[PlanItem]:
        """Items that renew what was inferred of products that are in the shop already."""
        nothing_said = (
            (ReadProduct(ProductRecord(reference=product.reference or product.public_id), NOWHERE), product)
            for product in current
        )
        return self.finished(self.draft(said, Fields(), product) for said, product in nothing_said)

    def archived(self, current: Iterable[ShopProduct]) -> Iterator[PlanItem]:
        """Items that archive these products."""
        for product in current:
            status = product.fields.own.get("status")
            if status != Status.ARCHIVED:
                change = Change(before=status, after=Status.ARCHIVED.value)
                yield PlanItem(
                    kind=Kind.PRODUCT,
                    action=Action.ARCHIVE,
                    reference=product.reference,
                    name=str(product.fields.own.get("name") or product.reference),
                    public_id=product.public_id,
                    changes={"status": change},
                    base=Fields(own={PRUNED: True}),
                )

    def drafts(self, piece: Piece) -> Iterator[Draft | PlanItem]:
        index = ShopIndex(piece.current, self.facts, self.source, self.lists)
        # A digest stands for one record of the file: not for several that are one product of the shop.
        whole = {id(product) for product in piece.records}
        for product in index.as_in_shop(piece.records):
            is_itself = id(product) in whole
            if is_itself and (summary := piece.unchanged.get(product.record.reference)):
                yield self.unchanged(product, summary)
                continue
            found = index.find(product)
            self.problems += index.problems
            index.problems.clear()
            said = self.with_category(product_fields(product.record))
            variants = {}
            for reference, fields in said.variants.items():
                place = product.variant_places.get(reference, product.place)
                if refusal := index.refusal(place, reference, fields, found):
                    self.problems.append(replace(refusal, column=product.head(refusal.column)))
                else:
                    variants[reference] = fields
            if not variants:
                continue
            if found is None and not said.own.get("name"):
                message = "The product is new to the shop and has no name. Fill in the column name."
                column = product.head("name")
                self.problems.append(problem_at(product.place, column, ProblemCode.MISSING_VALUE, message))
                continue
            if found is not None:
                self.problems += vanished(product, found, said.variants)
            # A product that was only partly imported must be compared in full the next time.
            is_whole = is_itself and len(variants) == len(said.variants)
            digest = piece.digests.get(product.record.reference, "") if is_whole else ""
            yield self.draft(product, Fields(own=said.own, variants=variants), found, digest)

    def with_category(self, said: Fields) -> Fields:
        """The fields with the category's name as the shop has it, or as the file wrote it first: a category that is
        written in another way is no new one."""
        name = said.own.get("category")
        if not name:
            return said
        known = self.categories.setdefault(twin_key(name), (name,))
        return said if name in known else Fields(own={**said.own, "category": known[0]}, variants=said.variants)

    def unchanged(self, product: ReadProduct, summary: ShopSummary) -> PlanItem:
        """The item of a product of which the file says what it said before, and that nobody touched since."""
        record = product.record
        self.problems += gaps(
            product.place,
            record,
            self.slugs,
            is_shown=summary.is_shown,
            has_area=summary.has_area,
            has_guide=summary.has_guide,
        )
        return PlanItem(
            kind=Kind.PRODUCT,
            action=Action.UNCHANGED,
            reference=record.reference,
            name=summary.name,
            file=product.place.file,
            row=product.place.row,
            public_id=summary.public_id,
            skus=tuple(variant.sku for variant in record.variants),
        )

    def draft(self, product: ReadProduct, said: Fields, current: ShopProduct | None, digest: str = "") -> Draft:
        base = current.base if current else Fields()
        own = current.fields.own if current else {}
        shop_variants = current.fields.variants if current else {}
        nameless = current.nameless if current else frozenset()
        wanted, before_own = (said.own, base.own) if product.place is NOWHERE else compared_fields(said.own, base.own)
        compared = compare(wanted, own | stated(base.own, NOT_OWN_FIELDS), before_own, overwrites=self.overwrites)
        adopted = {
            reference: str(fields["sku"]) for reference, fields in said.variants.items() if fields["sku"] in nameless
        }
        variant_changes, variant_bases, conflicts = {}, {}, list(compared.conflicts)
        shop_edits: list[str] = []
        for reference, fields in said.variants.items():
            before = base.variants.get(reference, {})
            one = compare(
                fields,
                shop_variants.get(adopted.get(reference, reference), {}),
                before,
                variant=reference,
                overwrites=self.overwrites,
            )
            if one.changes:
                variant_changes[reference] = one.changes
            if new := changed_source_values(one.base, before):
                variant_bases[reference] = new
            conflicts += one.conflicts
            shop_edits += [f"{reference}: {name}" for name in one.edited if is_edit(name) and self.overwrites(name)]
        after = own_after(own, compared, NOT_OWN_FIELDS) | stated(compared.base, PRODUCT_TAG_FIELDS)
        self.tell_edits(product, compared.edited, shop_edits)
        changes = {name: change for name, change in compared.changes.items() if name not in NOT_OWN_FIELDS}
        newly = Fields(own=changed_source_values(compared.base, base.own), variants=variant_bases)
        item = PlanItem(
            kind=Kind.PRODUCT,
            action=Action.UNCHANGED,
            # A product that no file names keeps the reference and the source that it has.
            reference=product.record.reference if product.place is not NOWHERE else "",
            name=str(after.get("name") or product.record.reference),
            file=product.place.file,
            row=product.place.row,
            rows={key: place.row for key, place in product.variant_places.items() if place.row != product.place.row},
            public_id=current.public_id if current else None,
            skus=tuple(variant.sku for variant in product.record.variants),
            changes=changes,
            variant_changes=variant_changes,
            conflicts=tuple(conflicts),
            base=beside_changes(newly, changes, variant_changes),
            base_before=previous_source_values(newly, base),
            digest="" if conflicts else digest,
            adopted_variants=adopted,
        )
        # Of a new product the shop will have what the file says, and nothing else.
        record = product_record(product.record.reference, Fields(own=after), {}) if current else product.record
        return Draft(product, current, record, item)

    def tell_edits(self, product: ReadProduct, own: Iterable[str], of_variants: Sequence[str]) -> None:
        """Warn about fields edited in the shop that stay although the file should win: the file has not changed, so
        there is no conflict to win."""
        if names := [name for name in own if self.overwrites(name) and name not in NOT_OWN_FIELDS] + [*of_variants]:
            message = (
                f"{', '.join(names)}: edited in the shop, and unchanged in the file. The edit is kept; "
                "--overwrite applies only to fields that the file changes too."
            )
            self.problems.append(warning_at(product.place, "", ProblemCode.EDIT_STAYS, message))

    def finished(self, drafts: Iterable[Draft | PlanItem]) -> Iterator[PlanItem]:
        """The items, with tags and links for those that are still drafts."""

        def record_of(found: Draft | PlanItem) -> ProductRecord | None:
            return found.record if isinstance(found, Draft) else None

        for draft, inferred in self.inference.stream(drafts, record_of):
            if isinstance(draft, PlanItem):
                yield draft
            elif inferred is not None:
                yield self.item(draft, inferred)

    def item(self, draft: Draft, inferred: Inferred) -> PlanItem:
        product, current = draft.product, draft.current
        tagged = TaggedProduct(record=draft.record, tags=inferred.tags, links=inferred.links)
        if current is not None:
            tagged = with_pins(tagged, self.inference.index, current.tags, current.links)
        tags, links = tagged.tags, tagged.links
        self.problems += gaps(
            product.place,
            draft.record,
            self.slugs,
            is_shown=draft.record.status is Status.ACTIVE,
            has_area=bool(tags.target_areas),
            has_guide=any(link.role is LinkRole.PRIMARY for link in links),
        )
        self.problems += keep_off_problems(product.place, kept_off(tags, self.inference.taxonomy))
        self.problems += claim_problems(
            product.place, (claim for claim in inferred.claims if claim.field in draft.item.changes)
        )
        name, reference = draft.item.name, draft.item.reference
        self.quality.add(judge(tags, links), name, reference, product.place, lambda: (tags, links))
        changes = draft.item.changes | changed_tags(current.tags if current else Tags(), tags)
        changes |= changed_links(current.links if current else (), links)
        if current is None:
            action = Action.CREATE
        elif not current.reference and product.place is not NOWHERE:
            action = Action.ADOPT
        else:
            is_changed = changes or draft.item.variant_changes or draft.item.adopted_variants
            action = Action.UPDATE if is_changed else Action.UNCHANGED
        self.quality.changes.update(changed_words(action, changes))
        # New evidence alone is no reason to write; with something to write it is renewed.
        writes_tags = action is not Action.UNCHANGED and (current is None or tags != current.tags)
        writes_links = action is not Action.UNCHANGED and (current is None or links != current.links)
        return draft.item.model_copy(
            update={
                "action": action,
                "changes": changes,
                "tags": tags if writes_tags else None,
                "tags_before": current.tags if current and writes_tags else None,
                "links": links if writes_links else None,
                "links_before": current.links if current and writes_links else None,
            }
        )


def changed_words(action: Action, changes: Collection[str]) -> list[str]:
    """Return what of a product is different from the shop, as the quality report counts it."""
    if action is Action.CREATE:
        return ["new"]
    return [name for name in (*TAG_LISTS, "guides") if name in changes]


def is_edit(name: str) -> bool:
    """Return whether somebody edited a field that the shop alone changed; stock also changes when it is sold."""
    return not name.startswith(STOCK)


def stated(base: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What a file has stated of areas, guides and the like."""
    return {name: base[name] for name in names if name in base}


def own_after(shop: Mapping[str, Any], compared: Comparison, not_own: Sequence[str]) -> dict[str, Any]:
    """The own fields as they will be once the changes are written."""
    after = dict(shop) | {name: change.after for name, change in compared.changes.items()}
    return {name: value for name, value in after.items() if name not in not_own}


def changed_source_values(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What of a base is not as it was."""
    return {name: value for name, value in now.items() if name not in before or before[name] != value}


def previous_source_values(new: Fields, base: Fields) -> Fields:
    """Return the previous source values of the fields that have new ones."""

    def before(names: Iterable[str], said: Mapping[str, Any]) -> dict[str, Any]:
        return {name: said[name] for name in names if name in said}

    variants = {
        reference: found
        for reference, said in new.variants.items()
        if (found := before(said, base.variants.get(reference, {})))
    }
    return Fields(own=before(new.own, base.own), variants=variants)


def changed_tags(before: Tags, after: Tags) -> dict[str, Change]:
    """The tag lists whose slugs or origins change. New evidence alone is no change."""
    return {
        name: Change(before=tag_texts(old), after=tag_texts(new))
        for name in TAG_LISTS
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
