"""What staff said about searches: synonyms, and products and guides that come first for a search or not at all.

Read with each search, so that a change holds at once in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from storefront.catalog.models import Channel, SearchPin, SearchSynonym, Vocabulary
from storefront.catalog.queries.guides import shown_guides
from storefront.catalog.queries.products import shown_products
from storefront.catalog.search.ranking import Hit
from storefront.catalog.search.understanding import Synonyms, Understood, query_key
from storefront.catalog.taxonomy import Taxonomy
from storefront.catalog.taxonomy.model import StandsFor

MAX_SYNONYMS = 500
MAX_PINS = 20
PINNED = "chosen by the shop"

_LISTS = {
    Vocabulary.AREA.value: "areas",
    Vocabulary.CONDITION.value: "conditions",
    Vocabulary.TOOL_TYPE.value: "tool_types",
    Vocabulary.TECHNIQUE.value: "techniques",
}
SYNONYM_VOCABULARIES = tuple(_LISTS)
_COLUMNS = ("pk", "slug", "name", "brand", "listing__keeps_off")


def load_synonyms(taxonomy: Taxonomy) -> Synonyms:
    """Return the phrases that staff added, as far as the taxonomy has the words that they stand for."""
    rows = SearchSynonym.objects.order_by("pk").values_list("phrase", "vocabulary", "slug")
    return _synonyms(taxonomy, tuple(rows[:MAX_SYNONYMS]))


@lru_cache(maxsize=8)
def _synonyms(taxonomy: Taxonomy, rows: tuple[tuple[str, str, str], ...]) -> Synonyms:
    known = {name: getattr(taxonomy, name) for name in _LISTS.values()}
    entries = [
        StandsFor.model_validate({"says": (phrase,), name: (slug,)})
        for phrase, vocabulary, slug in rows
        if (name := _LISTS.get(vocabulary)) and slug in known[name]
    ]
    return Synonyms(taxonomy, entries)


def with_pins(text: str, hits: Sequence[Hit], understood: Understood, in_channel: Channel) -> list[Hit]:
    """Return the hits with what staff pinned for this search first, and without what they hid.

    A tool that must not be used on what was asked for is not shown, whoever pinned it.
    """
    pins = list(SearchPin.objects.filter(query=query_key(text)).order_by("pk")[:MAX_PINS])
    if not pins:
        return list(hits)
    slugs = {is_guide: [pin.slug for pin in pins if pin.is_guide == is_guide] for is_guide in (True, False)}
    areas = understood.areas or understood.implied_areas
    products = shown_products(in_channel).filter(slug__in=slugs[False]).values_list(*_COLUMNS)
    rows = {
        (False, slug): (key, name, brand)
        for key, slug, name, brand, keeps_off in products
        if not areas or not set(keeps_off).issuperset(areas)
    }
    guides = shown_guides().filter(slug__in=slugs[True]).values_list("pk", "slug", "title")
    rows |= {(True, slug): (key, title, "") for key, slug, title in guides}
    found = [(pin, rows[pin.is_guide, pin.slug]) for pin in pins if (pin.is_guide, pin.slug) in rows]
    named = {(pin.is_guide, row[0]) for pin, row in found}
    first = [Hit(pin.is_guide, *row, 0.0, (PINNED,)) for pin, row in found if not pin.is_hidden]
    return [*first, *(hit for hit in hits if (hit.is_guide, hit.key) not in named)]
