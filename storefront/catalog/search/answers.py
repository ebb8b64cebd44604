"""The answer to a search: one ranked list of products and guides, with what to say about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from rapidfuzz.distance import OSA

from storefront.catalog.models import Channel, Product, Term, Vocabulary
from storefront.catalog.queries.cards import GuideCard, ProductCard, guide_cards_by_key, product_cards
from storefront.catalog.queries.facets import FacetCounts, Filters, count_facets
from storefront.catalog.queries.guides import shown_guides
from storefront.catalog.queries.products import ProductSort, shown_products
from storefront.catalog.queries.terms import load_terms
from storefront.catalog.search.ranking import AREA, CONDITION, TECHNIQUE, TOOL_TYPE, Hit, rank
from storefront.catalog.search.retrieval import SIMILAR, Candidate, Wanted, find_candidates
from storefront.catalog.search.snippets import Piece, load_snippets
from storefront.catalog.search.staff_rules import load_synonyms, with_pins
from storefront.catalog.search.understanding import KeepOff, Understood, normalized, query_language
from storefront.catalog.taxonomy import Taxonomy, load_taxonomy

# Weights of terms: as it was asked for, inside it, and groups around it.
EXACT = {AREA: 1.0, CONDITION: 1.2, TOOL_TYPE: 1.3, TECHNIQUE: 0.5}
LOOSE_TOOL = 0.9
INSIDE, AROUND, WHOLE = 0.8, 0.3, 0.1
IMPLIED = 0.6
# Complaints of the very same place: what helps with one is worth a look for another.
NEAR_CONDITION = 0.6
TECHNIQUE_OF_TOOL = 0.15
# Of a tool that is not offered there, the guide is still worth reading.
KEPT_OFF_TOOL = 0.6
# Tools of the kinds that are made for a technique.
MADE_FOR = 0.3
NEAREST_AREAS = 6
NO_FILTERS = Filters()
NO_COUNTS = FacetCounts()


@dataclass(frozen=True, slots=True)
class Result:
    """A hit with what lists show of it. `snippet`: where its text has the words."""

    card: ProductCard | GuideCard
    reasons: tuple[str, ...]
    snippet: Sequence[Piece] = ()

    @property
    def is_guide(self) -> bool:
        return isinstance(self.card, GuideCard)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found. `hits` are all of them that fit what was chosen; `results` those that were asked for.

    `counts` are those of the products among them; `terms` all words of the vocabularies.
    """

    text: str
    hits: Sequence[Hit] = ()
    results: Sequence[Result] = ()
    did_you_mean: str | None = None
    keeps_off: Sequence[KeepOff] = ()
    nearest_areas: Sequence[Term] = ()
    counts: FacetCounts = NO_COUNTS
    terms: Sequence[Term] = ()


def answer(
    text: str,
    in_channel: Channel,
    *,
    start: int = 0,
    size: int = 24,
    filters: Filters = NO_FILTERS,
    order: tuple[ProductSort, bool] | None = None,
) -> Answer:
    """Return the answer to a search. Any text is safe, and the number of statements does not grow with it.

    `filters` leave products alone; `order`: by what products are ordered in the place of how well they fit, and whether
    it is turned round; guides come after them then.
    """
    taxonomy = load_taxonomy(settings.TAXONOMY_FOLDER)
    understood = query_language(taxonomy).understand(normalized(text), load_synonyms(taxonomy))
    if not understood.words and not understood.text:
        return Answer("")
    terms = load_terms()
    wanted = wanted_terms(understood, taxonomy, terms)
    candidates = find_candidates(wanted, in_channel)
    ranked = rank(candidates, wanted, {term.pk: term.name for term in terms})
    all_hits = with_pins(text, ranked, understood, in_channel)
    products = shown_products(in_channel).filter(pk__in=[hit.key for hit in all_hits if not hit.is_guide])
    hits = _chosen(all_hits, products, filters, order) if filters or order else all_hits
    return Answer(
        text=understood.text,
        hits=hits,
        results=_results(hits[start : start + size], in_channel, understood),
        did_you_mean=_did_you_mean(understood, ranked, candidates),
        keeps_off=[each for each in understood.keeps_off if each.tool_type in understood.tool_types],
        nearest_areas=() if hits else _nearest_areas(understood, terms),
        counts=count_facets(products, filters) if all_hits else NO_COUNTS,
        terms=terms,
    )


def _chosen(
    hits: Sequence[Hit], products: QuerySet[Product], filters: Filters, order: tuple[ProductSort, bool] | None
) -> Sequence[Hit]:
    """Return the hits that fit what was chosen, in the order that was chosen."""
    fitting = products.filter(filters.condition())
    if order is not None:
        sort, is_descending = order
        name = sort.value[0].name
        fitting = fitting.order_by(f"-{name}" if is_descending else name, "pk")
    places = {key: place for place, key in enumerate(fitting.values_list("pk", flat=True))}
    guides = [] if filters else [hit for hit in hits if hit.is_guide]
    shown = [hit for hit in hits if not hit.is_guide and hit.key in places]
    if order is None:
        return [hit for hit in hits if (hit in guides if hit.is_guide else hit.key in places)]
    return [*sorted(shown, key=lambda hit: places[hit.key]), *guides]


def wanted_terms(understood: Understood, taxonomy: Taxonomy, terms: Iterable[Term]) -> Wanted:
    """Return the terms that fit what was understood, each with its facet and weight."""
    keys = {(term.vocabulary, term.slug): term.pk for term in terms}
    weights: dict[int, tuple[str, float]] = {}

    def want(vocabulary: Vocabulary, slug: str, weight: float) -> None:
        key = keys.get((vocabulary.value, slug))
        if key is not None and weight > weights.get(key, ("", 0.0))[1]:
            weights[key] = (vocabulary.value, weight)

    for areas, share in ((understood.areas, 1.0), (understood.implied_areas, IMPLIED)):
        for slug in areas:
            want(Vocabulary.AREA, slug, EXACT[AREA] * share)
            for inner in taxonomy.descendants(slug) if slug != taxonomy.root else ():
                want(Vocabulary.AREA, inner, INSIDE * share)
            for group in taxonomy.ancestors(slug):
                want(Vocabulary.AREA, group, (WHOLE if group == taxonomy.root else AROUND) * share)
    kept_off = {each.tool_type for each in understood.keeps_off}
    for slug in understood.conditions:
        want(Vocabulary.CONDITION, slug, EXACT[CONDITION])
        for near in taxonomy.conditions.values():
            if near.areas and near.areas == taxonomy.conditions[slug].areas:
                want(Vocabulary.CONDITION, near.slug, NEAR_CONDITION)
    for slug in understood.tool_types:
        want(Vocabulary.TOOL_TYPE, slug, KEPT_OFF_TOOL if slug in kept_off else EXACT[TOOL_TYPE])
    for slug in understood.loose_tool_types:
        want(Vocabulary.TOOL_TYPE, slug, LOOSE_TOOL)
    for slug in understood.techniques:
        want(Vocabulary.TECHNIQUE, slug, TECHNIQUE_OF_TOOL if understood.tool_types else EXACT[TECHNIQUE])
        for tool in taxonomy.techniques[slug].tool_types if not understood.tool_types else ():
            want(Vocabulary.TOOL_TYPE, tool, MADE_FOR)
    left_out = [
        key for slug in understood.unwanted if (key := keys.get((Vocabulary.TOOL_TYPE.value, slug))) is not None
    ]
    return Wanted(weights, left_out, understood)


def _results(hits: Sequence[Hit], in_channel: Channel, understood: Understood) -> list[Result]:
    keys = [hit.key for hit in hits if not hit.is_guide]
    guide_keys = [hit.key for hit in hits if hit.is_guide]
    cards: dict[tuple[bool, int], ProductCard | GuideCard] = {
        (False, card.key): card for card in product_cards(in_channel, keys)
    }
    cards |= {(True, key): card for key, card in guide_cards_by_key(shown_guides(), guide_keys).items()}
    snippets = {(False, key): pieces for key, pieces in load_snippets(understood.words, keys, is_guide=False).items()}
    snippets |= {
        (True, key): pieces for key, pieces in load_snippets(understood.words, guide_keys, is_guide=True).items()
    }
    places = [(hit, (hit.is_guide, hit.key)) for hit in hits]
    return [Result(cards[place], hit.reasons, snippets.get(place, ())) for hit, place in places if place in cards]


def _did_you_mean(understood: Understood, hits: Sequence[Hit], candidates: Sequence[Candidate]) -> str | None:
    """Return the search with its slips repaired, by the taxonomy's words and by the names of what was found."""
    words = (understood.corrected or understood.text.lower()).split()
    if hits:
        of_first = next(each for each in candidates if (each.is_guide, each.key) == (hits[0].is_guide, hits[0].key))
        for word, place, like in zip(understood.words, of_first.places, of_first.likeness, strict=True):
            if word in understood.free_words and not place and SIMILAR <= like < 1.0:
                nearest = _nearest_word(word, f"{hits[0].name} {hits[0].brand}")
                words = [nearest if each == word else each for each in words]
    corrected = " ".join(words)
    return corrected if hits and corrected != understood.text.lower() else None


def _nearest_word(word: str, text: str) -> str:
    return min((each.strip(",.:").lower() for each in text.split()), key=lambda each: OSA.distance(word, each))


def _nearest_areas(understood: Understood, terms: Sequence[Term]) -> list[Term]:
    """Return areas to try where nothing was found: those around what was named, or the large ones."""
    areas = [term for term in terms if term.vocabulary == Vocabulary.AREA.value]
    named = {term.pk for term in areas if term.slug in (*understood.areas, *understood.implied_areas)}
    root = next((term.pk for term in areas if term.parent_id is None), None)
    parents = {term.parent_id for term in areas if term.pk in named} or {root}
    near = [term for term in areas if term.parent_id in parents or term.pk in named]
    return near[:NEAREST_AREAS]
