"""The taxonomy's words as one lexicon: built once for a taxonomy, shared by everything that reads texts with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from storefront.catalog.language.phrases import Lexicon, exact_words
from storefront.catalog.language.words import Reader, Text, fold, singular
from storefront.catalog.taxonomy import Taxonomy
from storefront.catalog.taxonomy.patterns import parse_pattern

# Kinds of phrases. The value of an AREA and a GUIDE_AREA is a tuple of areas, of the next three a slug.
AREA = "area"
# Areas that the same words say in a guide only.
GUIDE_AREA = "guide area"
CONDITION = "condition"
TECHNIQUE = "technique"
GUIDE_TOOL = "guide tool"
FORM = "form"
LOOSE_FORM = "loose form"
CUE = "cue"
ITEM = "item"
ACCESSORY = "accessory"
LACK = "lack"
MOVES = "moves"
DISTRACTOR = "distractor"
SIMILE = "simile"
DENIAL = "denial"
DENIAL_BEFORE = "denial before"
DENIAL_AROUND = "denial around"
NO_DENIAL = "no denial"
BREAK = "break"
CAUTION = "caution"
CAUTION_HEADING = "caution heading"
CAUTION_LEAD = "caution lead"
REFLEX = "reflex"
# What texts about safety name, each by its slug, and what they mean of it.
SITUATION = "situation"
PLACE = "place"
NEVER = "never"
ASK_FIRST = "ask first"
UNLESS = "unless"
LIMIT = "limit of use"
NO_SAFETY = "no safety"


class Language:
    """A taxonomy made ready for reading: `read` splits a text into words and finds every phrase in it."""

    def __init__(self, taxonomy: Taxonomy, reader_type: type[Reader] = Reader) -> None:
        """`reader_type`: how words are read, and slips repaired."""
        self.taxonomy = taxonomy
        vocabulary = taxonomy.vocabulary
        spelling = vocabulary.spelling
        self.reader = reader_type(
            plurals=spelling.plurals,
            misspellings=spelling.misspellings,
            ordinary=spelling.ordinary,
            spelled=_spelled(taxonomy),
            sets=vocabulary.sets,
            exact=exact_words(_all_patterns(taxonomy)),
        )
        self.lexicon = Lexicon(self.reader)
        self._add_entries()
        self._add_vocabulary()
        self.words: Mapping[str, frozenset[str]] = {
            name: frozenset(form for word in words for form in (fold(word), self.reader.lemma(fold(word))))
            for source in (vocabulary.context, vocabulary.other_items, vocabulary.denials)
            for name, words in source
            if isinstance(words, tuple)
        }
        self.powered_type = vocabulary.other_items.powered_type
        self.plain_type = vocabulary.other_items.plain_type
        self.motor_types = frozenset(vocabulary.other_items.motor_types)
        self.shared_nouns = self._shared_nouns()
        self.pain_conditions = {
            condition.pain_of: condition.slug
            for condition in taxonomy.conditions.values()
            if condition.pain_of is not None
        }

    def read(self, field: str, plain: str) -> Text:
        """The words of a plain text, and the phrases in them."""
        text = self.reader.read(field, plain)
        for found in self.lexicon.scan(text):
            text.phrases.setdefault(found.kind, []).append(found)
        return text

    def _add_entries(self) -> None:
        taxonomy, lexicon = self.taxonomy, self.lexicon
        for area in taxonomy.areas.values():
            lexicon.add_all(AREA, (*area.synonyms, *area.says), (area.slug,))
        for muscle in taxonomy.muscles:
            kind = GUIDE_AREA if muscle.only_guides else AREA
            lexicon.add_all(kind, (muscle.term, *muscle.synonyms, *muscle.says), muscle.areas)
        for condition in taxonomy.conditions.values():
            phrases = (*condition.synonyms, *condition.says)
            lexicon.add_all(CONDITION, phrases, condition.slug)
            if condition.areas:
                lexicon.add_all(AREA, phrases, condition.areas)
        for technique in taxonomy.techniques.values():
            lexicon.add_all(TECHNIQUE, (*technique.synonyms, *technique.says), technique.slug)
        for tool in taxonomy.tool_types.values():
            lexicon.add_all(FORM, (*tool.synonyms, *tool.says), tool.slug)
            lexicon.add_all(LOOSE_FORM, tool.loose, tool.slug)
            lexicon.add_all(GUIDE_TOOL, (*tool.synonyms, *tool.guide), tool.slug)
            lexicon.add_all(CUE, tool.cues, tool.slug)
        for situation in taxonomy.situations.values():
            lexicon.add_all(SITUATION, (*situation.synonyms, *situation.says), situation.slug)
        for place in taxonomy.places.values():
            lexicon.add_all(PLACE, (*place.synonyms, *place.says), place.slug)

    def _add_vocabulary(self) -> None:
        vocabulary, lexicon = self.taxonomy.vocabulary, self.lexicon
        distractors, denials, other = vocabulary.distractors, vocabulary.denials, vocabulary.other_items
        for group in (distractors.holding, distractors.looks, distractors.everyday, distractors.position):
            lexicon.add_all(DISTRACTOR, group)
        lexicon.add_all(SIMILE, distractors.similes)
        lexicon.add_all(DENIAL, denials.opens)
        lexicon.add_all(DENIAL_BEFORE, denials.closes)
        lexicon.add_all(DENIAL_AROUND, denials.covers)
        lexicon.add_all(NO_DENIAL, denials.exceptions)
        lexicon.add_all(BREAK, denials.breaks)
        lexicon.add_all(CAUTION, denials.caution_sentences)
        lexicon.add_all(CAUTION_HEADING, denials.caution_headings)
        lexicon.add_all(CAUTION_LEAD, denials.caution_leads)
        lexicon.add_all(REFLEX, denials.reflex_words)
        lexicon.add_all(ITEM, other.items)
        lexicon.add_all(ACCESSORY, other.accessories)
        lexicon.add_all(LACK, other.lacks)
        lexicon.add_all(MOVES, other.moves)
        safety = vocabulary.safety
        lexicon.add_all(NEVER, safety.never)
        lexicon.add_all(ASK_FIRST, safety.ask_first)
        lexicon.add_all(UNLESS, safety.unless)
        lexicon.add_all(LIMIT, safety.limits)
        lexicon.add_all(NO_SAFETY, safety.exceptions)

    def _shared_nouns(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """("upper", "back") → areas: what "upper and lower back" says once for both."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for area in self.taxonomy.areas.values():
            for phrase in area.synonyms:
                words = tuple(self.reader.lemma(fold(word)) for word in phrase.replace("-", " ").split())
                if len(words) == 2 and words[0] in self.words["modifiers"]:
                    found[words[0], words[1]] = (area.slug,)
        return found


@lru_cache(maxsize=8)
def language_of(taxonomy: Taxonomy) -> Language:
    """The language of a taxonomy, made once."""
    return Language(taxonomy)


def _all_patterns(taxonomy: Taxonomy) -> Iterable[str]:
    for group in (
        *(taxonomy.areas, taxonomy.conditions, taxonomy.techniques, taxonomy.tool_types),
        *(taxonomy.situations, taxonomy.places),
    ):
        for entry in group.values():
            yield from (*entry.synonyms, *entry.says)
    for tool in taxonomy.tool_types.values():
        yield from (*tool.loose, *tool.guide, *tool.cues)
    for muscle in taxonomy.muscles:
        yield from (*muscle.synonyms, *muscle.says)
    vocabulary = taxonomy.vocabulary
    for part in (vocabulary.distractors, vocabulary.denials, vocabulary.other_items, vocabulary.safety):
        for _, patterns in part:
            if isinstance(patterns, tuple):
                yield from patterns


def _spelled(taxonomy: Taxonomy) -> set[str]:
    """The words that misspelt ones may be repaired to: those of plain terms, in dictionary form."""
    plurals = taxonomy.vocabulary.spelling.plurals
    terms: list[str] = []
    for group in (taxonomy.areas, taxonomy.conditions, taxonomy.tool_types):
        for entry in group.values():
            terms.extend(entry.synonyms)
    for muscle in taxonomy.muscles:
        terms.extend((muscle.term, *muscle.synonyms))
    return {
        singular(fold(word), plurals)
        for term in terms
        for place in parse_pattern(term)
        for word in place.words
        if word.isalpha()
    }
