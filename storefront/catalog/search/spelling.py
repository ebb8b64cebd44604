"""Reading what people type: more slips are repaired than in a shop's own texts."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from storefront.catalog.language import Reader

MIN_LENGTH = 4
# From so many letters on two slips in a word are repaired.
TWO_SLIPS_LENGTH = 6
LONGEST = 30
MIN_PART = 3


class TolerantReader(Reader):
    """Repairs slips at the beginning of a word too, two of them in shorter words, and words written as one."""

    def learn(self, words: Iterable[str]) -> None:
        """Take these words as well for ones that slips are repaired to."""
        self.vocabulary = sorted({*self.known, *words, *(word for some in self.spelled.values() for word in some)})
        self.known = frozenset(self.vocabulary)
        self._seen.clear()

    def leave(self, words: Iterable[str]) -> None:
        """Take these words for right ones that nothing is to be done about."""
        self.ordinary |= frozenset(words)
        self._seen.clear()

    vocabulary: list[str] = []

    def repaired(self, word: str) -> str:
        mended = self.misspellings.get(word)
        lemma = self.lemma(mended or word)
        if mended or lemma in self.known or word in self.ordinary or lemma in self.ordinary:
            return lemma
        return self.nearest(lemma) or lemma

    def nearest(self, lemma: str) -> str | None:
        """Return the known word that this one was meant to be, or None."""
        if not MIN_LENGTH <= len(lemma) <= LONGEST or not lemma.isalpha():
            return None
        limit = 2 if len(lemma) >= TWO_SLIPS_LENGTH else 1
        best, least = None, (limit + 1, 0)
        for candidate in self.vocabulary:
            if len(candidate) < MIN_LENGTH - 1 or not candidate.isalpha():
                continue
            distance = OSA.distance(lemma, candidate, score_cutoff=min(limit, least[0]))
            if distance > limit or (distance == 2 and len(candidate) < TWO_SLIPS_LENGTH):
                continue
            # Of two words as near, the one that begins and ends alike.
            unlike = 2 * (candidate[0] != lemma[0]) + (candidate[-1] != lemma[-1])
            if candidate[0] != lemma[0] and not (candidate.endswith(lemma) or candidate[:2] == lemma[1::-1]):
                continue
            if (distance, unlike) < least:
                best, least = candidate, (distance, unlike)
        return best

    def parts(self, word: str) -> tuple[str, str] | None:
        """Return the two known words that were written as one ("lowerback"), or None."""
        if len(word) > LONGEST or self.lemma(word) in self.known or word in self.ordinary:
            return None
        for place in range(MIN_PART, len(word) - MIN_PART + 1):
            first, second = word[:place], word[place:]
            if self._is_word(first) and self._is_word(second):
                return first, second
        return None

    def _is_word(self, word: str) -> bool:
        return self.lemma(word) in self.known
