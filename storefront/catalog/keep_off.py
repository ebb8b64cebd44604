"""Where a product must not be used. The one question that the read model asks of the safety rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.conf import settings

from storefront.catalog.models import ProductTag, Vocabulary
from storefront.catalog.records import Origin, Tag, Tags
from storefront.catalog.safety import kept_off_areas
from storefront.catalog.taxonomy import load_taxonomy

# Which tags rules and contraindications are worked out from, and the list of `Tags` that holds them.
_LISTS = {
    Vocabulary.AREA.value: "target_areas",
    Vocabulary.TOOL_TYPE.value: "tool_types",
    Vocabulary.TECHNIQUE.value: "techniques",
    Vocabulary.CONTRAINDICATION.value: "contraindications",
}


def areas_kept_off(products: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return product key → slugs of the areas on which it must not be used, and of all inside them.

    Products that keep off none are left out.
    """
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    rows = ProductTag.objects.filter(product__in=products, vocabulary__in=_LISTS).order_by()
    words: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for product, vocabulary, slug in rows.values_list("product_id", "vocabulary", "term__slug"):
        words[product][_LISTS[vocabulary]].append(slug)
    # Products with the same words keep off the same areas: most of a batch.
    known: dict[tuple[tuple[str, tuple[str, ...]], ...], frozenset[str]] = {}
    kept_off: dict[int, frozenset[str]] = {}
    for product, lists in words.items():
        key = tuple((name, tuple(sorted(slugs))) for name, slugs in sorted(lists.items()))
        if key not in known:
            tags = {name: [Tag(slug=slug, origin=Origin.STATED) for slug in slugs] for name, slugs in key}
            known[key] = kept_off_areas(Tags.model_validate(tags), taxonomy)
        if known[key]:
            kept_off[product] = known[key]
    return kept_off
