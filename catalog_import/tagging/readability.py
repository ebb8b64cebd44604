"""How hard a text is to read: the grade of school that it asks for (Flesch-Kincaid), for English.

Kincaid et al., "Derivation of new readability formulas", 1975. Syllables are counted by vowels, which is right for most
words; over a whole text the slips even out.
"""

from __future__ import annotations

import re

from catalog_import.tagging.text import plain_text

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
# A line that goes on in small letters is the same sentence.
_END = re.compile(r"(?<![.!?])[.!?]+(?=\s|$)|\n(?![ ]?[a-z(])")
_VOWELS = re.compile(r"[aeiouy]+")
# Of fewer words a grade says nothing.
MIN_WORDS = 100


def reading_grade(source: str) -> float | None:
    """Return the grade of a Markdown or HTML text; None for one that is too short."""
    sentences = [words for part in _END.split(plain_text(source)) if (words := _WORD.findall(part))]
    count = sum(map(len, sentences))
    if count < MIN_WORDS:
        return None
    syllables = sum(syllables_in(word) for words in sentences for word in words)
    return round(0.39 * count / len(sentences) + 11.8 * syllables / count - 15.59, 1)


def syllables_in(word: str) -> int:
    word = word.lower()
    count = len(_VOWELS.findall(word))
    # A final "e" or "es" and "ed" is silent, but for "table", "boxes" and "added".
    if re.search(r"[^aeiouyl]e$|[^aeiouylsxz]es$|[^aeiouytd]ed$", word) and count > 1:
        count -= 1
    return max(count, 1)
