"""Tags of products and pages, and links from products to guides: replaced whole, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from storefront.catalog.fields import to_json
from storefront.catalog.models import GuideLink as GuideLinkRow
from storefront.catalog.models import Page, PageTag, ProductTag, Vocabulary
from storefront.catalog.records import GuideLink, Tags
from storefront.catalog.writer.vocabulary import term_ids


def write_product_tags(wanted: Mapping[int, Tags]) -> None:
    """Product key → its tags from now on."""
    rows = [ProductTag(product_id=pk, **columns) for pk, columns in tag_columns(wanted)]
    ProductTag.objects.filter(product_id__in=wanted).delete()
    ProductTag.objects.bulk_create(rows)


def write_page_tags(wanted: Mapping[int, Tags]) -> None:
    """Page key → its tags from now on."""
    rows = [PageTag(page_id=pk, **columns) for pk, columns in tag_columns(wanted)]
    PageTag.objects.filter(page_id__in=wanted).delete()
    PageTag.objects.bulk_create(rows)


def tag_columns(wanted: Mapping[int, Tags]) -> list[tuple[int, dict[str, Any]]]:
    """(key, columns) of each tag. A slug that the taxonomy no longer has is left out."""
    terms = term_ids()
    return [
        (
            pk,
            {
                "term_id": terms[(vocabulary.value, tag.slug)],
                "vocabulary": vocabulary.value,
                "position": position,
                "origin": tag.origin.value,
                "score": tag.score,
                "evidence": to_json(tag.evidence),
            },
        )
        for pk, tags in wanted.items()
        for vocabulary, found in (
            (Vocabulary.AREA, tags.target_areas),
            (Vocabulary.TOOL_TYPE, tags.tool_types),
            (Vocabulary.CONDITION, tags.conditions),
            (Vocabulary.TECHNIQUE, tags.techniques),
        )
        for position, tag in enumerate(found)
        if (vocabulary.value, tag.slug) in terms
    ]


def write_links(wanted: Mapping[int, Sequence[GuideLink]]) -> None:
    """Product key → its guides from now on. A guide that is not there is left out."""
    slugs = {link.guide for links in wanted.values() for link in links}
    pages = dict(Page.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    GuideLinkRow.objects.filter(product_id__in=wanted).delete()
    GuideLinkRow.objects.bulk_create(
        [
            GuideLinkRow(
                product_id=pk,
                page_id=pages[link.guide],
                role=link.role.value,
                position=position,
                origin=link.origin.value,
                score=link.score,
                reasons=list(link.reasons),
            )
            for pk, links in wanted.items()
            for position, link in enumerate(links)
            if link.guide in pages
        ]
    )
