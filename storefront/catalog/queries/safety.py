"""Contraindications of products that were fetched with their tags, by the rules of `storefront.catalog.safety`."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from storefront.catalog.models import PageTag, Product, ProductTag, Vocabulary
from storefront.catalog.records import Evidence, Origin, Tag, Tags
from storefront.catalog.safety import Contraindication, contraindications_of
from storefront.catalog.snapshots import TAG_LISTS
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy


def shop_taxonomy() -> Taxonomy:
    return load_taxonomy(settings.TAXONOMY_FOLDER)


def product_contraindications(product: Product, taxonomy: Taxonomy | None = None) -> tuple[Contraindication, ...]:
    """Return all contraindications of a product whose tags were fetched (`shown_tags`)."""
    return contraindications_of(fetched_tags(product.shown_tags), taxonomy or shop_taxonomy())


def fetched_tags(rows: Sequence[ProductTag | PageTag]) -> Tags:
    """Return tags that were fetched as records."""
    lists: dict[str, list[Tag]] = {name: [] for name in TAG_LISTS.values()}
    for row in rows:
        is_safety = row.vocabulary == Vocabulary.CONTRAINDICATION.value
        evidence = tuple(Evidence.model_validate(piece) for piece in row.evidence) if is_safety else ()
        tag = Tag(slug=row.term.slug, origin=Origin(row.origin), evidence=evidence)
        lists[TAG_LISTS[row.vocabulary]].append(tag)
    return Tags.model_validate(lists)
