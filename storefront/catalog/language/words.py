"""Plain text → words with their place, their dictionary form, and how strongly each is parted from the one before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?", re.U)
_SENTENCE = re.compile(r"[.!?;](?=\s|$)|[•●▪◆■★☆✅✔✓➤►▶✦✨❌🚫⛔✖✗✘🛑⚠【】|…。！？；]|\n(?![ ]?[a-z(])", re.U)
_CLAUSE = re.compile(r"[:–—]|\s-{1,2}\s|\.{2,}|[：]")
_LIST = re.compile(r"[,/()\[\]+、，\"“”\n]")

MAX_CACHED_WORDS = 200_000
# What belongs together is looked for all over a sentence, so none is longer.
MAX_SENTENCE = 300
MIN_FUZZY_LENGTH = 4
TWO_EDITS_LENGTH = 9


class Gap(IntEnum):
    """What stands before a word; a larger one parts more."""

    SPACE = 0
    LIST = 1
    CLAUSE = 2
    SENTENCE = 3


class Found(NamedTuple):
    """A phrase in a text: words `start` to `end` (exclusive); `literal` are those that the pattern spells out."""

    kind: str
    value: object
    start: int
    end: int
    literal: tuple[int, ...]


class Text:
    """The words of one field as parallel lists; `sentence[i]` numbers the sentence of word i.

    `phrases` are those that the lexicon finds in it, by kind.
    """

    __slots__ = ("ends", "field", "gaps", "keys", "lemmas", "phrases", "plain", "sentence", "starts", "surfaces")

    def __init__(self, field: str, plain: str) -> None:
        self.field = field
        self.plain = plain
        self.surfaces: list[str] = []
        self.lemmas: list[str] = []
        self.keys: list[tuple[str, ...]] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.gaps: list[Gap] = []
        self.sentence: list[int] = []
        self.phrases: dict[str, list[Found]] = {}

    def __len__(self) -> int:
        return len(self.surfaces)

    def found(self, kind: str) -> Sequence[Found]:
        """The phrases of this kind, in the order of where they begin."""
        return self.phrases.get(kind, ())

    def between(self, index: int) -> str:
        """The characters just before word `index`, back to the word before it."""
        return self.plain[self.ends[index - 1] if index else 0 : self.starts[index]]

    def sentence_bounds(self, index: int) -> tuple[int, int]:
        """First word of the sentence that word `index` is in, and the one after its last."""
        first = last = index
        number = self.sentence[index]
        while first > 0 and self.sentence[first - 1] == number:
            first -= 1
        while last < len(self) and self.sentence[last] == number:
            last += 1
        return first, last


@lru_cache(maxsize=4096)
def gap_of(between: str) -> Gap:
    """How strongly the characters between two words part them."""
    if between == " " or between == "-":
        return Gap.SPACE
    if _SENTENCE.search(between):
        return Gap.SENTENCE
    if _CLAUSE.search(between):
        return Gap.CLAUSE
    if _LIST.search(between):
        return Gap.LIST
    return Gap.SPACE


def fold(word: str) -> str:
    """Lower case, without accents, possessives and curly apostrophes."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.replace("’", "'"))
        word = "".join(char for char in word if not unicodedata.combining(char))
    word = word.lower()
    if "'" in word:
        word = word[:-2] if word.endswith("'s") else word.replace("'", "")
    return word


def singular(word: str, irregular: Mapping[str, str]) -> str:
    """The singular of an English noun; other words come out the same way every time, which is all that counts."""
    known = irregular.get(word)
    if known is not None:
        return known
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")) and not word.endswith("aches"):
        return word[:-2]
    return word[:-1]


class Reader:
    """Reads texts with one vocabulary: knows plurals, sets of words, and repairs misspelt words.

    `spelled` are the words worth repairing to; a word is repaired only if it is no ordinary word, begins with the
    same letter, and is one edit away (two for long words).
    """

    def __init__(
        self,
        *,
        plurals: Mapping[str, str],
        misspellings: Mapping[str, str],
        ordinary: Collection[str],
        spelled: Collection[str],
        sets: Mapping[str, Sequence[str]],
        exact: Collection[str],
    ) -> None:
        self.plurals = plurals
        self.misspellings = misspellings
        self.ordinary = frozenset(ordinary)
        self.exact = frozenset(exact)
        self.members: dict[str, tuple[str, ...]] = {}
        for name, words in sets.items():
            for word in words:
                lemma = self.lemma(fold(word))
                self.members[lemma] = (*self.members.get(lemma, ()), f"<{name}>")
        self.spelled: dict[str, list[str]] = {}
        for word in sorted(spelled):
            if len(word) >= MIN_FUZZY_LENGTH:
                self.spelled.setdefault(word[0], []).append(word)
        self.known = frozenset(spelled) | self.members.keys()
        self._seen: dict[str, tuple[str, str, tuple[str, ...]]] = {}

    def lemma(self, word: str) -> str:
        return singular(word, self.plurals)

    def repaired(self, word: str) -> str:
        """The dictionary form of a word, with a misspelling mended where that is safe."""
        mended = self.misspellings.get(word)
        if mended is not None:
            return self.lemma(mended)
        lemma = self.lemma(word)
        if lemma in self.known or word in self.ordinary or lemma in self.ordinary:
            return lemma
        if len(lemma) < MIN_FUZZY_LENGTH or not lemma.isalpha():
            return lemma
        limit = 2 if len(lemma) >= TWO_EDITS_LENGTH else 1
        best, best_distance = lemma, limit + 1
        for candidate in self.spelled.get(lemma[0], ()):
            distance = OSA.distance(lemma, candidate, score_cutoff=best_distance - 1)
            if distance < best_distance:
                best, best_distance = candidate, distance
        return best

    def look_up(self, raw: str) -> tuple[str, str, tuple[str, ...]]:
        """A word as it stands → (folded, dictionary form, keys that patterns know it by)."""
        found = self._seen.get(raw)
        if found is None:
            folded = fold(raw)
            lemma = self.repaired(folded)
            keys = [lemma]
            if folded in self.exact:
                keys.append("=" + folded)
            keys.extend(self.members.get(lemma, ()))
            if folded[0].isdigit():
                keys.append("<number>")
            found = (folded, lemma, tuple(keys))
            if len(self._seen) >= MAX_CACHED_WORDS:
                self._seen.clear()
            self._seen[raw] = found
        return found

    def read(self, field: str, plain: str) -> Text:
        """Splits the plain text of a field into words."""
        text = Text(field, plain)
        surfaces, lemmas, keys = text.surfaces, text.lemmas, text.keys
        starts, ends, gaps, sentences = text.starts, text.ends, text.gaps, text.sentence
        sentence = first = 0
        end = 0
        seen = self._seen
        for match in _WORD.finditer(plain):
            raw = match.group()
            start = match.start()
            between = plain[end:start]
            if "&" in between:
                self._append_and(text, end + between.index("&"), sentence)
                between = " "
            gap = gap_of(between) if surfaces else Gap.SENTENCE
            if len(surfaces) - first >= MAX_SENTENCE:
                gap = Gap.SENTENCE
            if gap is Gap.SENTENCE and surfaces:
                sentence += 1
                first = len(surfaces)
            end = match.end()
            folded, lemma, word_keys = seen.get(raw) or self.look_up(raw)
            surfaces.append(folded)
            lemmas.append(lemma)
            keys.append(word_keys)
            starts.append(start)
            ends.append(end)
            gaps.append(gap)
            sentences.append(sentence)
        return text

    def _append_and(self, text: Text, place: int, sentence: int) -> None:
        folded, lemma, keys = self.look_up("and")
        text.surfaces.append(folded)
        text.lemmas.append(lemma)
        text.keys.append(keys)
        text.starts.append(place)
        text.ends.append(place + 1)
        text.gaps.append(Gap.SPACE)
        text.sentence.append(sentence)
