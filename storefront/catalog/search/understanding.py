"""What a person typed → what they wish for: areas, complaints, kinds of tools, techniques, and words that are left.

Pure: a text and a taxonomy go in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from storefront.catalog.language import Found, Language, Scopes, Text, longest
from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.words import fold
from storefront.catalog.safety import keeping_off
from storefront.catalog.search.spelling import TolerantReader
from storefront.catalog.taxonomy import Taxonomy
from storefront.catalog.taxonomy.model import Entry, StandsFor
from storefront.catalog.taxonomy.patterns import parse_pattern

MAX_LENGTH = 200
MAX_WORDS = 24
MAX_FREE_WORDS = 8
MAX_QUERY_WORDS = 12
MAX_KEY = 100
STANDS_FOR = "stands for"
DENIALS = frozenset({"not", "no", "non", "without"})
# "not too electric".
MAX_BETWEEN_DENIAL = 2
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class KeepOff:
    """A kind of tool that is asked for where it is not used."""

    tool_type: str
    areas: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A search as it was understood; all are slugs but the words.

    `areas` were named, `implied_areas` are those of complaints; `words` are all that count, `free_words` those of them
    that say nothing by themselves, `things` those that mean something which is no tool. `unwanted` tool types are left
    out. `corrected` is the whole text with slips repaired, if there were any; `spellings` has a word's other spelling,
    British or American.
    """

    text: str
    areas: tuple[str, ...] = ()
    implied_areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    tool_types: tuple[str, ...] = ()
    loose_tool_types: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    free_words: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    keeps_off: tuple[KeepOff, ...] = ()
    wants_to_learn: bool = False
    corrected: str | None = None
    spellings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_understood(self) -> bool:
        return bool(
            self.areas
            or self.implied_areas
            or self.conditions
            or self.tool_types
            or self.loose_tool_types
            or self.techniques
        )


def normalized(text: str) -> str:
    """Return the beginning of a text as one line: no control characters, half surrogates or compatibility forms."""
    text = unicodedata.normalize("NFKC", text[: MAX_LENGTH * 4])
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(text.split())[:MAX_LENGTH].strip()


def query_key(text: str) -> str:
    """Return how a search is known where it is counted or pinned: its words, without case, accents and signs."""
    return " ".join(fold(word) for word in _WORD.findall(normalized(text)))[:MAX_KEY].strip()


class Synonyms:
    """Phrases that stand for words of the vocabularies besides those of the taxonomy's files."""

    def __init__(self, taxonomy: Taxonomy, entries: Iterable[StandsFor] = ()) -> None:
        read = query_language(taxonomy).language.reader.read
        self._entries: dict[tuple[str, ...], list[StandsFor]] = {}
        for entry in entries:
            for phrase in entry.says:
                words = tuple(read("query", phrase).lemmas)
                if words:
                    self._entries.setdefault(words, []).append(entry)
        self._longest = max(map(len, self._entries), default=0)

    def add_to(self, text: Text) -> None:
        """Add to the phrases of a text those that are found in it."""
        found = text.phrases.setdefault(STANDS_FOR, [])
        for start in range(len(text)):
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                for entry in self._entries.get(tuple(text.lemmas[start:end]), ()):
                    found.append(Found(STANDS_FOR, entry, start, end, tuple(range(start, end))))


class QueryLanguage:
    """A taxonomy made ready for reading searches."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.language = Language(taxonomy, TolerantReader)
        words = taxonomy.vocabulary.search
        for entry in words.stands_for:
            self.language.lexicon.add_all(STANDS_FOR, entry.says, entry)
        assert isinstance(self.language.reader, TolerantReader)  # noqa: S101 - for the type checker
        self.reader: TolerantReader = self.language.reader
        self.noise = frozenset(fold(word) for word in words.noise)
        self.learning = frozenset(words.learning)
        self.powered = frozenset(self.reader.lemma(word) for word in words.powered)
        context = self.language.words
        self.signs = context["before"] | context["after"] | context["complaints"] | context["pain"] | context["owners"]
        self.reader.learn(self._plain_words())
        self.things = frozenset(self.reader.lemma(word) for word in words.things)
        self.reader.leave(self.noise | self.learning | self.things | frozenset(words.things))
        self.spellings = {one: other for pair in words.spellings for one, other in (pair, pair[::-1])}

    def _plain_words(self) -> Iterator[str]:
        """Yield the words of phrases for complaints, tools and what stands for them, in dictionary form."""
        taxonomy = self.taxonomy
        groups: tuple[Iterable[Entry], ...] = (
            taxonomy.areas.values(),
            taxonomy.conditions.values(),
            taxonomy.tool_types.values(),
            taxonomy.techniques.values(),
        )
        phrases = [phrase for group in groups for entry in group for phrase in (*entry.synonyms, *entry.says)]
        phrases += [phrase for entry in taxonomy.vocabulary.search.stands_for for phrase in entry.says]
        for phrase in phrases:
            for place in parse_pattern(phrase):
                for word in place.words:
                    if word.isalpha() and len(word) > 4:
                        yield self.reader.lemma(fold(word))

    def understand(self, text: str, synonyms: Synonyms | None = None) -> Understood:
        """Return what a search wishes for. Any text is safe; only its beginning counts."""
        typed = _WORD.findall(normalized(text).replace("'", "").replace("’", ""))[:MAX_WORDS]
        plain = normalized(text)
        for word in typed:
            parts = self.reader.parts(fold(word))
            if parts is not None:
                plain = plain.replace(word, " ".join(parts))
        read = self.language.read("query", plain)
        if synonyms is not None:
            synonyms.add_to(read)
        return _Reading(self, plain, read, is_split=plain != normalized(text)).understood()


@dataclass(slots=True)
class _Reading:
    """One search being read."""

    query: QueryLanguage
    plain: str
    text: Text
    is_split: bool
    covered: set[int] = field(default_factory=set)

    def understood(self) -> Understood:
        query, text = self.query, self.text
        taxonomy = query.taxonomy
        denied = Scopes(query.language, text).denied
        lacks = {index for found in text.found(kinds.LACK) for index in range(found.start, found.end)}
        unwanted: set[str] = set()
        other = taxonomy.vocabulary.other_items
        lacks |= {
            index
            for index in range(1, len(text))
            if text.lemmas[index] in query.powered
            and not DENIALS.isdisjoint(text.surfaces[max(0, index - MAX_BETWEEN_DENIAL) : index])
        }
        if lacks or any(text.lemmas[index] in query.powered for index in denied):
            unwanted = {other.powered_type, *other.motor_types}
        off = denied | lacks
        self.covered |= off

        stands_for = [entry for entry in self._values(STANDS_FOR, off) if isinstance(entry, StandsFor)]
        conditions = [*self._slugs(kinds.CONDITION, off), *(slug for each in stands_for for slug in each.conditions)]
        tools = [*self._slugs(kinds.FORM, off), *(slug for each in stands_for for slug in each.tool_types)]
        loose = [] if tools else self._slugs(kinds.LOOSE_FORM, off)
        techniques = [*self._slugs(kinds.TECHNIQUE, off), *(slug for each in stands_for for slug in each.techniques)]
        areas = [*self._areas(off), *(slug for each in stands_for for slug in each.areas)]
        conditions += self._pains(areas)
        implied = [area for slug in conditions for area in taxonomy.conditions[slug].areas if area not in areas]

        free = self._free()
        if any(text.lemmas[index] in query.things for index in free) and not (tools or loose or conditions):
            # A thing beside a bare word for a place or a sport: "running shoes", "neck chain".
            areas, implied, techniques = [], [], []
            self.covered = set(off)
            free = self._free()
        # A repaired word counts as typed where no phrase took it.
        form = {
            index: query.reader.lemma(text.surfaces[index]) if index in free else text.lemmas[index]
            for index in range(len(text))
        }
        words = [
            form[index] for index in range(len(text)) if index not in off and (index in self.covered or index in free)
        ]
        named = tuple(dict.fromkeys(areas))
        return Understood(
            text=self.plain,
            areas=named,
            implied_areas=tuple(dict.fromkeys(implied)),
            conditions=tuple(dict.fromkeys(conditions)),
            tool_types=tuple(slug for slug in dict.fromkeys(tools) if slug not in unwanted),
            loose_tool_types=tuple(slug for slug in dict.fromkeys(loose) if slug not in unwanted),
            techniques=tuple(dict.fromkeys(techniques)),
            words=tuple(dict.fromkeys(words[:MAX_QUERY_WORDS])),
            free_words=tuple(dict.fromkeys(form[index] for index in free)),
            spellings=query.spellings,
            things=tuple(text.lemmas[index] for index in free if text.lemmas[index] in query.things),
            unwanted=tuple(sorted(unwanted)),
            keeps_off=tuple(keep_offs(taxonomy, named or tuple(implied))),
            wants_to_learn=not query.learning.isdisjoint(text.surfaces),
            corrected=self._corrected(),
        )

    def _free(self) -> list[int]:
        """Return the words that no phrase took and that ask for something."""
        return [
            index
            for index, surface in enumerate(self.text.surfaces)
            if index not in self.covered and self.query.noise.isdisjoint((surface, self.text.lemmas[index]))
        ][:MAX_FREE_WORDS]

    def _phrases(self, kind: str, off: set[int]) -> list[Found]:
        found = [each for each in self.text.found(kind) if off.isdisjoint(range(each.start, each.end))]
        return longest(found)

    def _values(self, kind: str, off: set[int]) -> list[object]:
        phrases = self._phrases(kind, off)
        for each in phrases:
            self.covered.update(range(each.start, each.end))
        return [each.value for each in phrases]

    def _slugs(self, kind: str, off: set[int]) -> list[str]:
        return [str(value) for value in self._values(kind, off)]

    def _areas(self, off: set[int]) -> list[str]:
        """Return the areas named. One bare word for a body part counts only where the rest of the search fits it."""
        text, query = self.text, self.query
        phrases = self._phrases(kinds.AREA, off)
        named: list[str] = []
        covered = self.covered | {index for each in phrases for index in range(each.start, each.end)}
        rest = [index for index in range(len(text)) if index not in covered and text.surfaces[index] not in query.noise]
        has_sign = any(surface in query.signs for surface in text.surfaces) or bool(self.covered - off) or not rest
        is_thing = any(text.lemmas[index] in query.things for index in rest)
        for each in phrases:
            is_bare = each.end - each.start == 1 and not has_sign
            if is_bare and (is_thing or _is_ambiguous(query.language, text, each)):
                continue
            self.covered.update(range(each.start, each.end))
            if isinstance(each.value, tuple):
                named.extend(each.value)
        return named

    def _pains(self, areas: Iterable[str]) -> list[str]:
        """Return the pains of the areas, where the search speaks of pain."""
        words = self.query.language.words["pain"] | self.query.language.words["complaints"]
        if words.isdisjoint(self.text.surfaces) and words.isdisjoint(self.text.lemmas):
            return []
        return [
            self.query.language.pain_conditions[area] for area in areas if area in self.query.language.pain_conditions
        ]

    def _corrected(self) -> str | None:
        """Return the text with its repaired words, or None if none was."""
        text, reader = self.text, self.query.reader
        words = [
            lemma
            if lemma != reader.lemma(surface)
            and surface.isalpha()
            and (index in self.covered or lemma in self.query.noise)
            else surface
            for index, (surface, lemma) in enumerate(zip(text.surfaces, text.lemmas, strict=True))
        ]
        return " ".join(words) if self.is_split or words != text.surfaces else None


def _is_ambiguous(language: Language, text: Text, found: Found) -> bool:
    lemma = text.lemmas[found.start]
    return lemma in language.words["held"] or lemma in language.words["common"]


def keep_offs(taxonomy: Taxonomy, areas: Iterable[str]) -> Iterator[KeepOff]:
    """Yield the kinds of tools that, whatever their technique, keep off all of these areas."""
    wanted = tuple(dict.fromkeys(areas))
    rules = [rule for area in wanted for rule in keeping_off(area, taxonomy) if not rule.techniques and not rule.areas]
    for slug in taxonomy.tool_types:
        own = [rule for rule in rules if slug in rule.tool_types]
        filled = {area for rule in own for area in taxonomy.places[rule.subject].fills}
        if own and filled.issuperset(wanted):
            yield KeepOff(slug, wanted, " ".join(dict.fromkeys(rule.reason for rule in own)))


@lru_cache(maxsize=8)
def query_language(taxonomy: Taxonomy) -> QueryLanguage:
    """Return the language in which searches of a taxonomy are read; it is made once."""
    return QueryLanguage(taxonomy)
