"""The words of the vocabularies on what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from storefront.catalog.facets import FacetName, facet_value
from storefront.catalog.models import Channel, PageTag, ProductTag, Term, Vocabulary
from storefront.catalog.queries.counts import listed_counts


def load_terms() -> list[Term]:
    """Return all words of all vocabularies, each vocabulary in the taxonomy's order."""
    return list(Term.objects.order_by("vocabulary", "position"))


def terms_of(tags: Iterable[ProductTag | PageTag], vocabulary: Vocabulary) -> list[Term]:
    """Return the words of one vocabulary among tags that were fetched."""
    return [tag.term for tag in tags if tag.vocabulary == vocabulary.value]


def tool_types_in_use(in_channel: Channel) -> list[Term]:
    """Return the tool types of which something is shown, in the taxonomy's order."""
    counts = listed_counts(in_channel)
    terms = Term.objects.filter(vocabulary=Vocabulary.TOOL_TYPE.value).order_by("position")
    return [term for term in terms if facet_value(FacetName.TOOL_TYPE, term.slug) in counts]
