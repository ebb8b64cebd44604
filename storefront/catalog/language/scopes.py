"""Which words of a text do not say what a tool is for: denials, cautions, distractors (rules 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence, Set

from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.lexicon import Language
from storefront.catalog.language.words import Found, Gap, Text

HEADING_WORDS = 7


class Scopes:
    """For one text: `silent` words say nothing (distractors), `denied` ones say where not, `safety` ones warn."""

    def __init__(
        self,
        language: Language,
        text: Text,
        headings: Sequence[tuple[int, int]] = (),
        lead_ins: Sequence[tuple[int, int]] = (),
    ) -> None:
        """`headings` and `lead_ins` are the places of Markdown headings and of bold beginnings in the plain text."""
        self.silent: dict[int, list[frozenset[int]]] = {}
        for found in (*text.found(kinds.DISTRACTOR), *text.found(kinds.SIMILE)):
            words = frozenset(found.literal)
            for index in words:
                self.silent.setdefault(index, []).append(words)
        self.likeness = frozenset(text.lemmas[index] for index in _literal_words(text, kinds.SIMILE))
        self.safety = _safety_words(language, text, headings, lead_ins)
        self.denied = _denied_words(language, text)

    def hides(self, start: int, end: int) -> bool:
        """Whether the phrase from word `start` to `end` counts for nothing."""
        if start in self.denied or start in self.safety:
            return True
        return any(words.issuperset(range(start, end)) for words in self.silent.get(start, ()))


def _literal_words(text: Text, kind: str) -> set[int]:
    return {index for found in text.found(kind) for index in found.literal}


def _denied_words(language: Language, text: Text) -> set[int]:
    excused = _literal_words(text, kinds.NO_DENIAL)
    breaks = {found.start for found in text.found(kinds.BREAK)}
    denied: set[int] = set()
    for found in text.found(kinds.DENIAL):
        if found.start not in excused and found.start not in denied:
            denied.update(range(found.start, _clause_end(text, found.end, breaks)))
    for found in text.found(kinds.DENIAL_AROUND):
        denied.update(range(found.start, found.end))
    for found in text.found(kinds.DENIAL_BEFORE):
        index = found.start
        # "Knees and shins: go easy" – what stands right before the words may be a colon.
        while (
            index >= 0
            and not (index < found.start - 1 and text.gaps[index + 1] >= Gap.CLAUSE)
            and text.sentence[index] == text.sentence[found.start]
        ):
            denied.add(index)
            index -= 1
    signs = language.taxonomy.vocabulary.denials.denial_signs
    denied.update(_signed_sentences(text, signs))
    return denied


def _clause_end(text: Text, index: int, breaks: Set[int]) -> int:
    """Where a denial that was opened before word `index` ends; a colon right there belongs to it."""
    begin = index
    while index < len(text):
        gap = text.gaps[index]
        if gap is Gap.SENTENCE or (gap is Gap.CLAUSE and index > begin):
            break
        if index in breaks and index > begin:
            break
        index += 1
    return index


def _signed_sentences(text: Text, signs: Sequence[str]) -> set[int]:
    """Words of the sentences that begin with one of the signs."""
    words: set[int] = set()
    if not any(sign in text.plain for sign in signs):
        return words
    for index, gap in enumerate(text.gaps):
        if gap is Gap.SENTENCE and any(sign in text.between(index) for sign in signs):
            words.update(range(*text.sentence_bounds(index)))
    return words


def _safety_words(
    language: Language,
    text: Text,
    headings: Sequence[tuple[int, int]],
    lead_ins: Sequence[tuple[int, int]],
) -> set[int]:
    words: set[int] = set()
    for found in text.found(kinds.CAUTION):
        if found.start not in words:
            words.update(range(*text.sentence_bounds(found.start)))
    words.update(_signed_sentences(text, language.taxonomy.vocabulary.denials.caution_signs))
    marked = {begin for begin, _ in (*headings, *lead_ins)}
    for kind in (kinds.CAUTION_HEADING, kinds.CAUTION_LEAD):
        for found in text.found(kind):
            if not _begins_line(text, found.start):
                continue
            is_marked = text.starts[found.start] in marked
            if _is_heading(text, found, is_marked=is_marked, whole=kind == kinds.CAUTION_LEAD):
                words.update(_section(text, found.start, headings))
    return words


def _begins_line(text: Text, index: int) -> bool:
    between = text.between(index)
    return index == 0 or "\n" in between or any(char in between for char in "【|•")


def _is_heading(text: Text, found: Found, *, is_marked: bool, whole: bool) -> bool:
    """Whether the words up to the next colon, dash, full stop or line end are a heading of their own."""
    end = found.end
    while end < len(text) and text.gaps[end] < Gap.CLAUSE:
        end += 1
    if end == found.end:
        return True
    between = text.between(end) if end < len(text) else ""
    # "Stop when the skin is pink." at the end of its line is a sentence: what comes next is not about safety.
    ends_line = "\n" in between and not between.startswith(".")
    ends_like_heading = is_marked or end == len(text) or text.gaps[end] is Gap.CLAUSE or ends_line
    return not whole and ends_like_heading and end - found.start <= HEADING_WORDS


def _section(text: Text, index: int, headings: Sequence[tuple[int, int]]) -> range:
    """The words of the block that word `index` begins; of what stands under it if it is only a heading."""
    plain = text.plain
    start = text.starts[index]
    line_end = _or_end(plain.find("\n", start), plain)
    block_end = _or_end(plain.find("\n\n", start), plain)
    if any(begin <= start < end for begin, end in headings):
        stop = next((begin for begin, _ in headings if begin > start), len(plain))
    elif len(plain[start:line_end].split()) > HEADING_WORDS:
        stop = block_end if text.field == "body" else line_end
    elif line_end == block_end:
        stop = _or_end(plain.find("\n\n", line_end + 2), plain)
    else:
        stop = block_end
    last = index
    while last < len(text) and text.starts[last] < stop:
        last += 1
    return range(index, last)


def _or_end(place: int, plain: str) -> int:
    return len(plain) if place < 0 else place
