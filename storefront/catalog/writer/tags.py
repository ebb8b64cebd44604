"""Tags of products and pages, and links from products to guides: replaced whole, item by item."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from storefront.catalog.bulk import copy_rows
from storefront.catalog.models import GuideLink as GuideLinkRow
from storefront.catalog.models import Page, PageTag, ProductTag
from storefront.catalog.records import GuideLink, Tags
from storefront.catalog.snapshots import TAG_LISTS
from storefront.catalog.writer.vocabulary import term_ids

_TAG_COLUMNS = ("term", "vocabulary", "position", "origin", "score", "evidence")
_LINK_COLUMNS = ("product", "page", "role", "position", "origin", "score", "reasons")


def write_product_tags(wanted: Mapping[int, Tags], existing: Collection[int]) -> None:
    """Product key → its tags from now on. `existing`: the products that are not new."""
    ProductTag.objects.filter(product_id__in=wanted.keys() & existing).delete()
    copy_rows(ProductTag, ("product", *_TAG_COLUMNS), tag_rows(wanted))


def write_page_tags(wanted: Mapping[int, Tags]) -> None:
    """Page key → its tags from now on."""
    PageTag.objects.filter(page_id__in=wanted).delete()
    copy_rows(PageTag, ("page", *_TAG_COLUMNS), tag_rows(wanted))


def tag_rows(wanted: Mapping[int, Tags]) -> Iterator[tuple[Any, ...]]:
    """Return (key, columns …) of each tag. A slug that the taxonomy no longer has is left out."""
    terms = term_ids()
    for pk, tags in wanted.items():
        for vocabulary, name in TAG_LISTS.items():
            for position, tag in enumerate(getattr(tags, name)):
                term = terms.get((vocabulary, tag.slug))
                if term is not None:
                    evidence = [piece.model_dump() for piece in tag.evidence]
                    yield pk, term, vocabulary, position, tag.origin.value, tag.score, evidence


def write_links(wanted: Mapping[int, Sequence[GuideLink]], existing: Collection[int]) -> None:
    """Product key → its guides from now on. A guide that is not there is left out. `existing`: as for tags."""
    slugs = {link.guide for links in wanted.values() for link in links}
    pages = dict(Page.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    GuideLinkRow.objects.filter(product_id__in=wanted.keys() & existing).delete()
    copy_rows(
        GuideLinkRow,
        _LINK_COLUMNS,
        (
            (pk, pages[link.guide], link.role.value, position, link.origin.value, link.score, list(link.reasons))
            for pk, links in wanted.items()
            for position, link in enumerate(links)
            if link.guide in pages
        ),
    )
