"""Find candidates for a search in the database, and what ranking wants to know of each.

One statement for products and one for guides, whatever was typed. Each way to a candidate has a limit, so that neither
a common word nor a large area makes a search slow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from storefront.catalog.facets import FacetName, facet_values
from storefront.catalog.models import Channel
from storefront.catalog.records import GUIDE_TYPE, Status
from storefront.catalog.search.understanding import Understood

BY_TAGS = 300
# Of each term, where not all that was named comes together.
BY_TERM = 100
BY_TEXT = 300
BY_SIMILARITY = 100
BY_SKU = 50
# So many rows with a common word are looked at.
TEXT_ROWS = 3000
MIN_PREFIX = 4
MIN_SIMILAR = 4
MIN_SKU = 3
SIMILAR = 0.6
SIMILAR_PAIR = 0.8
NAMED, TAGGED, MENTIONED = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product or guide as ranking sees it.

    `terms` are the wanted terms it is tagged with; `breadth` is how many tags it has of each vocabulary. `places`
    says of each word where it stands: NAMED, TAGGED (brand, tags, summary), MENTIONED, or 0; `likeness` how alike the
    name or brand is to it.
    """

    is_guide: bool
    key: int
    name: str
    brand: str
    terms: tuple[int, ...]
    breadth: Mapping[str, int]
    places: tuple[int, ...]
    likeness: tuple[float, ...]
    similarity: float
    is_named: bool
    sku: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: terms by key with their facet and weight, and the text.

    Products that have one of the `unwanted` terms are left out.
    """

    terms: Mapping[int, tuple[str, float]]
    unwanted: Sequence[int]
    understood: Understood


_CANDIDATES = """
WITH wanted AS (
    SELECT * FROM unnest(%(terms)s::bigint[], %(facets)s::text[], %(weights)s::float[])
        AS wanted(term_id, facet, weight)
), words AS MATERIALIZED (
    SELECT number, word, to_tsquery('english', named) AS named, to_tsquery('english', tagged) AS tagged,
        to_tsquery('english', mentioned) AS mentioned
    FROM unnest(%(words)s::text[], %(named)s::text[], %(tagged)s::text[], %(mentioned)s::text[])
        WITH ORDINALITY AS words(word, named, tagged, mentioned, number)
), keys AS (
    {tagged}
    UNION
    (SELECT id FROM (
        SELECT id, search FROM {table} WHERE search @@ to_tsquery('english', %(some)s) LIMIT {text_rows}
    ) found ORDER BY ts_rank(search, to_tsquery('english', %(some)s)) DESC, id LIMIT {by_text})
    UNION
    (SELECT id FROM {table} WHERE search @@ to_tsquery('english', %(all)s) LIMIT {by_text})
    UNION
    (SELECT id FROM {table} WHERE {name} %%> ANY(%(similar)s::text[]) LIMIT {by_similarity})
    {more}
)
SELECT item.id, item.{name}, {brand},
    ARRAY(SELECT tag.term_id FROM {tags} tag JOIN wanted USING (term_id) WHERE tag.{owner} = item.id),
    ARRAY(SELECT tag.vocabulary FROM {tags} tag WHERE tag.{owner} = item.id),
    ARRAY(SELECT CASE WHEN item.search @@ named THEN 3 WHEN item.search @@ tagged THEN 2
        WHEN item.search @@ mentioned THEN 1 ELSE 0 END FROM words ORDER BY number),
    ARRAY(SELECT CASE WHEN length(word) < {min_similar} THEN 0.0
        ELSE greatest(word_similarity(word, item.{name}), word_similarity(word, {brand})) END
        FROM words ORDER BY number),
    ARRAY(SELECT greatest(word_similarity(pair, item.{name}), word_similarity(pair, {brand}))
        FROM unnest(%(pairs)s::text[]) WITH ORDINALITY AS pairs(pair, number) ORDER BY number),
    similarity(item.{name}, %(text)s), lower(item.{name}) = lower(%(text)s), {sku}
FROM keys JOIN {table} item USING (id)
WHERE {shown}
"""

_LIMITS = {
    "by_text": BY_TEXT,
    "by_similarity": BY_SIMILARITY,
    "text_rows": TEXT_ROWS,
    "min_similar": MIN_SIMILAR,
}
# All that have a wanted term are weighed: guides are few.
_TAGGED_GUIDES = f"""
    (SELECT page_id AS id FROM (
        SELECT page_id, facet, max(weight) AS weight FROM catalog_pagetag JOIN wanted USING (term_id)
        GROUP BY page_id, facet
    ) tagged GROUP BY page_id ORDER BY sum(weight) DESC, page_id LIMIT {BY_TAGS})
"""  # noqa: S608 - constants of this module
# Of tens of thousands of products in an area only so many are weighed: first those that have all that was named, as an
# index of facets finds them, and some of each term.
_TAGGED_PRODUCTS = f"""
    (SELECT product_id AS id FROM (
        SELECT product_id, facet, max(weight) AS weight FROM catalog_producttag JOIN wanted USING (term_id)
        WHERE product_id IN (
            (SELECT product_id FROM catalog_productlisting
            WHERE channel_id = %(channel)s AND %(named_areas)s::text[] || %(named_tools)s::text[]
                || %(named_conditions)s::text[] <> '{{}}'
            AND (%(named_areas)s::text[] = '{{}}' OR facets && %(named_areas)s::text[])
            AND (%(named_tools)s::text[] = '{{}}' OR facets && %(named_tools)s::text[])
            AND (%(named_conditions)s::text[] = '{{}}' OR facets && %(named_conditions)s::text[])
            LIMIT {BY_TAGS})
            UNION
            SELECT tagged.product_id FROM wanted CROSS JOIN LATERAL (
                SELECT product_id FROM catalog_producttag WHERE catalog_producttag.term_id = wanted.term_id
                ORDER BY product_id LIMIT {BY_TERM}
            ) tagged
        ) GROUP BY product_id, facet
    ) tagged GROUP BY product_id ORDER BY sum(weight) DESC, product_id LIMIT {BY_TAGS})
"""  # noqa: S608 - constants of this module
_SKU = "upper(regexp_replace(sku, '[^A-Za-z0-9]+', '', 'g'))"
_PRODUCTS = _CANDIDATES.format(
    table="catalog_product",
    tags="catalog_producttag",
    owner="product_id",
    tagged=_TAGGED_PRODUCTS,
    name="name",
    brand="item.brand",
    more=f"""
    UNION
    (SELECT id FROM catalog_product WHERE brand %%> ANY(%(similar)s::text[]) LIMIT {BY_SIMILARITY})
    UNION
    (SELECT product_id FROM catalog_productvariant WHERE {_SKU} LIKE %(sku)s || '%%' LIMIT {BY_SKU})
    """,  # noqa: S608 - constants of this module
    sku=f"""(SELECT coalesce(max(CASE WHEN {_SKU} = %(sku)s THEN 2 ELSE 1 END), 0) FROM catalog_productvariant
        WHERE product_id = item.id AND {_SKU} LIKE %(sku)s || '%%')""",  # noqa: S608 - constants of this module
    shown="""EXISTS (
        SELECT 1 FROM catalog_productlisting listing
        WHERE listing.product_id = item.id AND listing.channel_id = %(channel)s
        -- Nothing is found for places on which it must not be used.
        AND NOT (cardinality(%(areas)s::text[]) > 0 AND listing.keeps_off @> %(areas)s::text[])
    ) AND NOT EXISTS (
        SELECT 1 FROM catalog_producttag tag
        WHERE tag.product_id = item.id AND tag.term_id = ANY(%(unwanted)s::bigint[])
    )""",
    **_LIMITS,
)
_GUIDES = _CANDIDATES.format(
    table="catalog_page",
    tags="catalog_pagetag",
    owner="page_id",
    tagged=_TAGGED_GUIDES,
    name="title",
    brand="''",
    more="",
    sku="0",
    shown="""item.status = %(active)s AND (item.published_at IS NULL OR item.published_at <= %(now)s)
    AND item.page_type_id IN (SELECT id FROM catalog_pagetype WHERE slug = %(guide)s)""",
    **_LIMITS,
)


def find_candidates(wanted: Wanted, in_channel: Channel) -> list[Candidate]:
    """Return the products and guides that may answer a search, in no order."""
    parameters = _parameters(wanted, in_channel)
    found: list[Candidate] = []
    with connection.cursor() as cursor:
        for is_guide, sql in ((False, _PRODUCTS), (True, _GUIDES)):
            cursor.execute(sql, parameters)
            for (
                key,
                name,
                brand,
                terms,
                breadth,
                places,
                likeness,
                pairs,
                similarity,
                is_named,
                sku,
            ) in cursor.fetchall():
                found.append(
                    Candidate(
                        is_guide=is_guide,
                        key=key,
                        name=name,
                        brand=brand,
                        terms=tuple(terms),
                        breadth=Counter(breadth),
                        places=tuple(places),
                        likeness=_with_pairs(likeness, pairs),
                        similarity=similarity,
                        is_named=is_named,
                        sku=sku,
                    )
                )
    return found


def _with_pairs(likeness: Sequence[float], pairs: Sequence[float]) -> tuple[float, ...]:
    """Return how alike each word is, by itself or with its neighbour written as one ("little mum")."""
    together = [0.0, *(float(value) for value in pairs), 0.0]
    return tuple(
        max(float(own), *(value if value >= SIMILAR_PAIR else 0.0 for value in together[place : place + 2]))
        for place, own in enumerate(likeness)
    )


def _parameters(wanted: Wanted, in_channel: Channel) -> dict[str, Any]:
    understood = wanted.understood
    words = understood.words
    areas = understood.areas or understood.implied_areas
    forms = [_forms(word, understood) for word in words]
    free = [_forms(word, understood) for word in understood.free_words]
    compact = re.sub(r"[^A-Za-z0-9]+", "", understood.text).upper()
    pairs = ["".join(pair) for pair in pairwise(words)]
    joined = ["".join(pair) for pair in pairwise(understood.free_words)]
    return {
        "terms": list(wanted.terms),
        "facets": [facet for facet, _ in wanted.terms.values()],
        "weights": [weight for _, weight in wanted.terms.values()],
        "words": list(words),
        "pairs": pairs,
        "named": [_any(some, "A") for some in forms],
        "tagged": [_any(some, "AB") for some in forms],
        "mentioned": [" | ".join(some) for some in forms],
        "some": " | ".join(form for some in free for form in some),
        "all": " & ".join(f"({' | '.join(some)} | {_any(some, 'AB')})" for some in forms),
        "similar": [word for word in (*understood.free_words, *joined) if len(word) >= MIN_SIMILAR],
        "text": understood.corrected or understood.text,
        # No SKU is empty, so that nothing is found by a search without letters and digits.
        "sku": compact if len(compact) >= MIN_SKU else "-",
        "channel": in_channel.pk,
        "active": Status.ACTIVE.value,
        "now": timezone.now(),
        "guide": GUIDE_TYPE,
        "unwanted": list(wanted.unwanted),
        "areas": list(areas),
        "named_areas": facet_values(FacetName.AREA, areas),
        "named_tools": facet_values(FacetName.TOOL_TYPE, understood.tool_types or understood.loose_tool_types),
        "named_conditions": facet_values(FacetName.CONDITION, understood.conditions),
    }


def _forms(word: str, understood: Understood) -> list[str]:
    """Return a word in its spellings."""
    other = understood.spellings.get(word)
    return [word] if other is None else [word, other]


def _any(forms: Sequence[str], weights: str) -> str:
    """Return the forms as a query for these places; the end of a longer word may be missing."""
    return " | ".join(f"{form}:{'*' if len(form) >= MIN_PREFIX else ''}{weights}" for form in forms)
