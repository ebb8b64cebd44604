"""What a person decides of a product or guide, worked into tags, links and the items of a plan.

A pin beats the file and inference (`enrich.with_pins`). `actions/pin.py` writes pins to the shop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from catalog_import.planning.plan import TAG_CHANGES, Action, Kind, PlanItem
from catalog_import.planning.planner import PRODUCT_TAG_FIELDS, changed_links, changed_tags, stated
from catalog_import.tagging.enrich import TAG_LISTS, pinned, with_pins
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.fields import Fields, product_record
from storefront.catalog.records import (
    Evidence,
    GuideLink,
    LinkRole,
    Origin,
    ProductRecord,
    Record,
    Tag,
    TaggedProduct,
    Tags,
)
from storefront.catalog.snapshots import ShopGuide, ShopProduct
from storefront.catalog.taxonomy import Taxonomy

ROLES = {"guide": LinkRole.PRIMARY, "related_guides": LinkRole.RELATED}
PIN = "pin"
"""The field of the evidence of a pin; its quote says who set it, and when."""


class PinRefused(ValueError):
    """The pin is empty or names something unknown; the text is for staff."""


class Pin(Record):
    """What a person says of a product or guide. What is None is left to the file and inference.

    An empty list cannot be pinned.
    """

    target_areas: tuple[str, ...] | None = None
    tool_type: str | None = None
    conditions: tuple[str, ...] | None = None
    contraindications: tuple[str, ...] | None = None
    guide: str | None = None
    related_guides: tuple[str, ...] | None = None

    def chosen(self) -> dict[str, tuple[str, ...]]:
        """What is pinned, by the names that `unpin_product` takes."""
        found = {
            "target_areas": self.target_areas,
            "tool_types": None if self.tool_type is None else (self.tool_type,),
            "conditions": self.conditions,
            "contraindications": self.contraindications,
            "guide": None if self.guide is None else (self.guide,),
            "related_guides": self.related_guides,
        }
        return {name: slugs for name, slugs in found.items() if slugs is not None}


class Signature(Record):
    """Who pins, and when."""

    by: str
    on: date

    def __str__(self) -> str:
        return f"pinned by {self.by or 'staff'} on {self.on.isoformat()}"


def require_known(pin: Pin, taxonomy: Taxonomy, guides: Collection[str]) -> None:
    """Raises `PinRefused` where the pin names nothing, or something that is not there."""
    known: dict[str, Collection[str]] = {
        "target_areas": taxonomy.areas,
        "tool_types": taxonomy.tool_types,
        "conditions": taxonomy.conditions,
        "contraindications": taxonomy.contraindications,
        "guide": guides,
        "related_guides": guides,
    }
    if not pin.chosen():
        raise PinRefused("Nothing was chosen to be pinned.")
    for name, slugs in pin.chosen().items():
        words = name.replace("_", " ")
        if not slugs:
            raise PinRefused(f"Choose at least one of the {words}, or leave them to be inferred.")
        for slug in slugs:
            if slug not in known[name]:
                raise PinRefused(f'There is no "{slug}" among the {words} of this shop.')


def pinned_tags(current: Tags, pin: Pin, signature: Signature) -> Tags:
    """The tags with the pinned lists in the place of those; words that spoke for a tag stay with it.

    Pinned areas weigh the same, as stated ones do, whatever the text made of them.
    """

    def tag(name: str, slug: str) -> Tag:
        before = next((tag for tag in getattr(current, name) if tag.slug == slug), None)
        words = [piece for piece in before.evidence if piece.field != PIN] if before else []
        evidence = (*words, Evidence(field=PIN, quote=str(signature)))
        return Tag(slug=slug, origin=Origin.PINNED, evidence=evidence)

    lists = {
        name: tuple(tag(name, slug) for slug in dict.fromkeys(slugs))
        for name, slugs in pin.chosen().items()
        if name in TAG_LISTS
    }
    return current.model_copy(update=lists)


def pinned_links(current: Sequence[GuideLink], pin: Pin, signature: Signature) -> tuple[GuideLink, ...]:
    """The links with the pinned guides in the place of what was pinned in their role before."""
    wanted = {ROLES[name]: slugs for name, slugs in pin.chosen().items() if name in ROLES}
    new: dict[str, GuideLink] = {}
    for role, slugs in wanted.items():
        for slug in slugs:
            link = GuideLink(guide=slug, role=role, origin=Origin.PINNED, reasons=(str(signature),))
            new.setdefault(slug, link)
    kept = [
        link for link in current if link.guide not in new and not (link.origin is Origin.PINNED and link.role in wanted)
    ]
    return (*new.values(), *kept)


def without_pins(tags: Tags, names: Iterable[str]) -> Tags:
    """The tags without the pinned ones of these lists."""
    return tags.model_copy(update={name: () for name in names if name in TAG_LISTS and pinned(getattr(tags, name))})


def without_pinned_links(links: Sequence[GuideLink], names: Iterable[str]) -> tuple[GuideLink, ...]:
    roles = {ROLES[name] for name in names if name in ROLES}
    return tuple(link for link in links if not (link.origin is Origin.PINNED and link.role in roles))


def pin_item(
    item: PlanItem,
    pin: Pin,
    signature: Signature,
    *,
    current: ShopProduct | ShopGuide | None,
    guides: GuideIndex,
    taxonomy: Taxonomy,
) -> PlanItem:
    """The item of a plan that is not applied yet, with a pin: its tags, links and `changes` as they will be then.

    `current`: what the shop has of it, as for planning; `guides`: those of the plan. Raises `PinRefused`.
    """
    require_known(pin, taxonomy, guides.slugs)
    before_tags = current.tags if current else Tags()
    tags = pinned_tags(item.tags or before_tags, pin, signature)
    changes = {name: change for name, change in item.changes.items() if name not in TAG_CHANGES}
    links = None
    if item.kind is Kind.PRODUCT:
        before_links = current.links if isinstance(current, ShopProduct) else ()
        present = before_links if item.links is None else item.links
        found = TaggedProduct(record=record_in_plan(item, current), tags=item.tags or before_tags, links=tuple(present))
        tagged = with_pins(found, guides, tags, pinned_links(present, pin, signature))
        tags, links = tagged.tags, tagged.links
        changes |= changed_links(before_links, links)
    changes |= changed_tags(before_tags, tags)
    writes = bool(changes or item.variant_changes or item.adopted_variants)
    action = item.action
    if action in (Action.UPDATE, Action.UNCHANGED):
        action = Action.UPDATE if writes else Action.UNCHANGED
    return item.model_copy(
        update={
            "changes": changes,
            "action": action,
            "tags": tags if writes else None,
            "tags_before": current.tags if current and writes else None,
            "links": links if writes else None,
            "links_before": current.links if isinstance(current, ShopProduct) and writes else None,
        }
    )


def record_in_plan(item: PlanItem, current: ShopProduct | ShopGuide | None) -> ProductRecord:
    """The product as the shop will have it once the item is applied, with what its file states."""
    own = dict(current.fields.own) if current else {}
    own |= {name: change.after for name, change in item.changes.items() if name not in TAG_CHANGES}
    base = (current.base.own if current else {}) | item.base.own
    return product_record(item.reference or "-", Fields(own=own | stated(base, PRODUCT_TAG_FIELDS)), {})
