"""Where a product must not be used. The one question that the read model asks of the safety rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.conf import settings

from storefront.catalog.models import ProductTag, Vocabulary
from storefront.catalog.taxonomy import load_taxonomy


def areas_kept_off(products: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return product key → slugs of the areas on which it must not be used, and of all inside them.

    Products that keep off none are left out.
    """
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    rules = {
        tool.slug: frozenset(inner for area in tool.keeps_off for inner in (area, *taxonomy.descendants(area)))
        for tool in taxonomy.tool_types.values()
        if tool.keeps_off
    }
    tags = ProductTag.objects.filter(
        product__in=products, vocabulary=Vocabulary.TOOL_TYPE.value, term__slug__in=rules
    ).order_by()
    return {product: rules[slug] for product, slug in tags.values_list("product_id", "term__slug")}
