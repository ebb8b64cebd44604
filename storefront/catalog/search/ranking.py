"""Order candidates: what was named first, then what fits what was understood, then what has the words.

Pure. Each hit says why it is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from storefront.catalog.search.retrieval import MENTIONED, NAMED, SIMILAR, SIMILAR_PAIR, TAGGED, Candidate, Wanted

AREA, CONDITION, TOOL_TYPE, TECHNIQUE = "area", "condition", "tool_type", "technique"

IS_NAMED, IS_SKU, BEGINS_SKU = 6.0, 10.0, 4.0
SIMILARITY = 1.5
# By where a word stands: nowhere, mentioned, in brand or tags, in the name.
WORD = (0.0, 0.05, 0.15, 0.3)
FREE_WORD = (0.0, 0.15, 0.35, 0.7)
LIKE_WORD = 0.6
# What a guide gains where somebody wants to read, and loses where a kind of tool was named.
LEARNING = 0.8
BUYING = 0.4
FOCUS = 0.3
# For each more of the areas that were named.
FURTHER_AREA = 0.15
# From this weight on an area was named, or is one of a complaint.
NAMED_AREA = 0.6
ALIKE = 0.3
# What is far behind the first does not answer the search.
TAIL = 0.3
STRONG = 2.5
# The first guide stands no lower, if it fits about as well.
GUIDE_PLACE = 3
GUIDE_SHARE = 0.4
MAX_HITS = 240
# Of a longer search that was not understood one word may be missing.
ALL_WORDS = 4
# Shorter words are like too many others.
MIN_SLIP = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """An answer to a search, with the reasons why, for people."""

    is_guide: bool
    key: int
    name: str
    brand: str
    score: float
    reasons: tuple[str, ...]


def rank(candidates: Iterable[Candidate], wanted: Wanted, names: Mapping[int, str]) -> list[Hit]:
    """Return the candidates that answer the search, the best first. `names` are those of the wanted terms."""
    hits = [_hit(each, wanted, names) for each in candidates if _answers(each, wanted)]
    hits.sort(key=lambda hit: (-hit.score, hit.is_guide, hit.name, hit.key))
    if hits:
        least = TAIL * min(hits[0].score, STRONG)
        hits = [hit for hit in hits if hit.score >= least][:MAX_HITS]
    return _with_guide_near_the_top(hits)


def _answers(candidate: Candidate, wanted: Wanted) -> bool:
    """Return whether a candidate is an answer at all: a search that means nothing here has none."""
    if candidate.is_named or candidate.sku == 2:
        return True
    if wanted.understood.is_understood:
        return bool(candidate.terms) or any(place for place in candidate.places) or candidate.sku > 0
    if candidate.sku:
        return True
    words = wanted.understood.words
    if not words:
        return False
    found = [
        place or (NAMED if _is_slip(word, like, wanted) else 0)
        for word, place, like in zip(words, candidate.places, candidate.likeness, strict=True)
    ]
    if any(place < TAGGED and word in wanted.understood.things for word, place in zip(words, found, strict=True)):
        return False
    missing = sum(not place for place in found)
    is_complete = missing == 0 or (len(words) > ALL_WORDS and missing == 1)
    # A guide mentions many things that it is not about.
    return is_complete and (max(found) > MENTIONED or (len(words) == 1 and not candidate.is_guide))


def _is_slip(word: str, like: float, wanted: Wanted) -> bool:
    """Return whether a word is one of the name or brand, spelt otherwise."""
    least = SIMILAR if len(word) >= MIN_SLIP else SIMILAR_PAIR
    return like >= least and word not in wanted.understood.things


def _hit(candidate: Candidate, wanted: Wanted, names: Mapping[int, str]) -> Hit:
    understood = wanted.understood
    reasons: list[str] = []
    score = candidate.similarity * SIMILARITY if candidate.similarity >= ALIKE else 0.0
    if candidate.sku:
        score += IS_SKU if candidate.sku == 2 else 0 if understood.is_understood else BEGINS_SKU
        reasons += ["SKU"] if candidate.sku == 2 or not understood.is_understood else []
    if candidate.is_named:
        score += IS_NAMED

    best: dict[str, tuple[float, int]] = {}
    for term in candidate.terms:
        facet, weight = wanted.terms[term]
        if weight > best.get(facet, (0.0, 0))[0]:
            best[facet] = (weight, term)
    for facet, (weight, term) in best.items():
        # What is about few things is more about this one.
        score += weight * (1 - FOCUS + FOCUS / max(candidate.breadth.get(facet, 1), 1))
        reasons.append(_reason(facet, names[term]))

    named = [term for term in candidate.terms if wanted.terms[term][1] >= NAMED_AREA and wanted.terms[term][0] == AREA]
    score += FURTHER_AREA * max(len(named) - 1, 0)

    free = set(understood.free_words)
    has_word = False
    for word, place, like in zip(understood.words, candidate.places, candidate.likeness, strict=True):
        weights = FREE_WORD if word in free else WORD
        if place:
            score += weights[place]
            has_word = has_word or place == NAMED
        elif word in free and like >= SIMILAR:
            score += LIKE_WORD * like
            has_word = True
    if candidate.is_named or (has_word and not candidate.sku):
        reasons.insert(0, "name")
    elif not reasons:
        reasons.append("mentioned in the text")
    if candidate.is_guide:
        score += (
            LEARNING
            if understood.wants_to_learn
            else -BUYING
            if understood.tool_types and not understood.keeps_off
            else 0.0
        )
    return Hit(candidate.is_guide, candidate.key, candidate.name, candidate.brand, score, tuple(reasons))


def _reason(facet: str, name: str) -> str:
    if facet == AREA:
        return f"tagged {name}"
    return f"for {name.lower()}" if facet == CONDITION else name.lower()


def _with_guide_near_the_top(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the first guide among the first few, where it fits about as well: it stands beside tools."""
    place = next((index for index, hit in enumerate(hits) if hit.is_guide), None)
    ordered = list(hits)
    if place is not None and place > GUIDE_PLACE and hits[place].score >= GUIDE_SHARE * min(hits[0].score, STRONG):
        ordered.insert(GUIDE_PLACE, ordered.pop(place))
    return ordered
