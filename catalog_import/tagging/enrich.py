"""Records enriched: tags and guide links, with a person's pins above the file and the file above inference."""

from __future__ import annotations

from collections.abc import Sequence

from catalog_import.tagging import tag_guide, tag_product
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.records import (
    GuideLink,
    GuideRecord,
    LinkRole,
    Origin,
    ProductRecord,
    Tag,
    TaggedGuide,
    TaggedProduct,
    Tags,
)
from storefront.catalog.taxonomy import Taxonomy

TAG_LISTS = tuple(Tags.model_fields)


def enrich_guide(record: GuideRecord, taxonomy: Taxonomy, current: Tags | None = None) -> TaggedGuide:
    """The guide with its tags; `current` are those that the shop has, for their pins.

    A guide is one for all sources: what any of them has stated stays, where this record says nothing of it.
    """
    found = tag_guide(record, taxonomy)
    if current is not None:
        kept = {
            name: getattr(current, name)
            for name in TAG_LISTS
            if name not in record.model_fields_set and is_stated(getattr(current, name))
        }
        found = found.model_copy(update=kept)
    return TaggedGuide(record=record, tags=keep_pins(found, current))


def enrich_product(
    record: ProductRecord,
    guides: GuideIndex,
    taxonomy: Taxonomy,
    *,
    current_tags: Tags | None = None,
    current_links: Sequence[GuideLink] = (),
) -> TaggedProduct:
    """The product with its tags and its guides; the current ones are what the shop has, for their pins."""
    found = tag_product(record, taxonomy)
    tagged = TaggedProduct(record=record, tags=found, links=guides.match(record, found))
    return with_pins(tagged, guides, current_tags, current_links)


def with_pins(
    found: TaggedProduct, guides: GuideIndex, current_tags: Tags | None, current_links: Sequence[GuideLink]
) -> TaggedProduct:
    """The product with a person's pins over what was found; pinned tags find their guides anew."""
    tags = keep_pins(found.tags, current_tags)
    links = found.links if tags == found.tags else guides.match(found.record, tags)
    return TaggedProduct(record=found.record, tags=tags, links=keep_pinned_links(links, current_links))


def keep_pins(found: Tags, current: Tags | None) -> Tags:
    """A list of which a person pinned anything stays as that person left it."""
    if current is None:
        return found
    lists = {name: tags for name in TAG_LISTS if (tags := pinned(getattr(current, name)))}
    return found.model_copy(update=lists)


def is_stated(tags: Sequence[Tag]) -> bool:
    return any(tag.origin is Origin.STATED for tag in tags)


def pinned(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    return tuple(tags) if any(tag.origin is Origin.PINNED for tag in tags) else ()


def keep_pinned_links(found: Sequence[GuideLink], current: Sequence[GuideLink]) -> tuple[GuideLink, ...]:
    """Pinned guides first and in their role; a pinned primary takes the place of the one that was found."""
    kept = [link for link in current if link.origin is Origin.PINNED]
    guides = {link.guide for link in kept}
    has_primary = any(link.role is LinkRole.PRIMARY for link in kept)
    rest = [link for link in found if link.guide not in guides and not (has_primary and link.role is LinkRole.PRIMARY)]
    return tuple(sorted([*kept, *rest], key=lambda link: link.role is not LinkRole.PRIMARY))
