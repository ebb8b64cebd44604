"""The words of the vocabularies on what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from storefront.catalog.models import Channel, PageTag, ProductTag, Term, Vocabulary
from storefront.catalog.queries.products import shown_products


def terms_of(tags: Iterable[ProductTag | PageTag], vocabulary: Vocabulary) -> list[Term]:
    """Return the words of one vocabulary among tags that were fetched."""
    return [tag.term for tag in tags if tag.vocabulary == vocabulary.value]


def tool_types_in_use(in_channel: Channel) -> list[Term]:
    """Return the tool types of which something is shown, in the taxonomy's order."""
    used = ProductTag.objects.filter(
        vocabulary=Vocabulary.TOOL_TYPE.value, product__in=shown_products(in_channel).values("pk")
    )
    return list(Term.objects.filter(pk__in=used.values("term")).order_by("position"))
