"""Suggestions while somebody types: areas, complaints, kinds of tools, products and guides whose words begin so.

Words of the taxonomy come first: they lead to a whole list. A handful of rows of each kind is read by its index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector

from storefront.catalog.language.words import fold
from storefront.catalog.models import Channel
from storefront.catalog.queries.counts import listed_counts
from storefront.catalog.queries.guides import IS_GUIDE
from storefront.catalog.queries.pages import shown_pages
from storefront.catalog.queries.products import shown_products
from storefront.catalog.search.understanding import normalized
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy
from storefront.catalog.taxonomy.model import Entry

MAX_SUGGESTIONS = 8
MAX_TERMS = 4
MAX_GUIDES = 2
SOME = 50
MIN_LETTERS = 2
# A beginning of three letters may be that of a tenth of all names.
MIN_LETTERS_OF_NAMES = 3
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


class Kind(Enum):
    AREA = "area"
    CONDITION = "condition"
    TOOL_TYPE = "tool_type"
    PRODUCT = "product"
    GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class Suggestion:
    kind: Kind
    slug: str
    name: str


def suggest(text: str, in_channel: Channel) -> list[Suggestion]:
    """Return at most eight suggestions for what was typed so far. Any text is safe."""
    words = [fold(word) for word in _WORD.findall(normalized(text))][:8]
    if not words or len("".join(words)) < MIN_LETTERS:
        return []
    terms = list(_terms(words, in_channel))[:MAX_TERMS]
    if len(words[-1]) < MIN_LETTERS_OF_NAMES and len(words) == 1:
        return terms
    guides = _guides(words)
    products = _products(words, in_channel, MAX_SUGGESTIONS - len(terms) - len(guides))
    return [*terms, *products, *guides]


def _terms(words: Sequence[str], in_channel: Channel) -> Iterator[Suggestion]:
    """Yield areas, complaints and kinds of tools that something is offered for, those that begin so first."""
    typed = " ".join(words)
    found = [
        (place, suggestion)
        for suggestion, phrases in _phrases(load_taxonomy(settings.TAXONOMY_FOLDER))
        if (place := min((_place(typed, phrase) for phrase in phrases), default=2)) < 2
    ]
    if not found:
        return
    offered = listed_counts(in_channel)
    for _, suggestion in sorted(found, key=lambda pair: pair[0]):
        if f"{suggestion.kind.value}:{suggestion.slug}" in offered:
            yield suggestion


def _place(typed: str, phrase: str) -> int:
    """Return 0 for a phrase that begins as typed, 1 for one of which a later word does, 2 for any other."""
    return 0 if phrase.startswith(typed) else 1 if f" {typed}" in phrase else 2


@lru_cache(maxsize=8)
def _phrases(taxonomy: Taxonomy) -> tuple[tuple[Suggestion, tuple[str, ...]], ...]:
    """Return each word of the taxonomy that can be suggested, with what people call it."""

    def of(kind: Kind, entries: Sequence[Entry]) -> Iterator[tuple[Suggestion, tuple[str, ...]]]:
        for entry in entries:
            names = (entry.name, *entry.synonyms)
            phrases = (" ".join(fold(word) for word in _WORD.findall(name)) for name in names)
            yield Suggestion(kind, entry.slug, entry.name), tuple(phrases)

    return (
        *of(Kind.AREA, list(taxonomy.areas.values())),
        *of(Kind.TOOL_TYPE, list(taxonomy.tool_types.values())),
        *of(Kind.CONDITION, list(taxonomy.conditions.values())),
    )


def _beginning(words: Sequence[str]) -> SearchQuery:
    """Return a query for names that have all the words; the last one may go on."""
    text = " & ".join(f"{word}:*" if place == len(words) - 1 else word for place, word in enumerate(words))
    return SearchQuery(text, search_type="raw", config="simple")


def _products(words: Sequence[str], in_channel: Channel, limit: int) -> list[Suggestion]:
    named = shown_products(in_channel).annotate(words=SearchVector("name", config="simple"))
    # Of thousands of names that begin so any will do: only some are put in order.
    some = named.filter(words=_beginning(words)).values_list("slug", "name")[:SOME]
    shortest = sorted(some, key=lambda row: (len(row[1]), row[1]))[:limit]
    return [Suggestion(Kind.PRODUCT, slug, name) for slug, name in shortest]


def _guides(words: Sequence[str]) -> list[Suggestion]:
    titled = shown_pages().filter(IS_GUIDE).annotate(words=SearchVector("title", config="simple"))
    found = titled.filter(words=_beginning(words)).values_list("slug", "title")[:MAX_GUIDES]
    return [Suggestion(Kind.GUIDE, slug, name) for slug, name in found]
