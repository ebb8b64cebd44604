"""Patterns (see the taxonomy's patterns.yaml) compiled into one lexicon, and the scanner.

All kinds of phrases share the lexicon, so that a text is scanned once, whatever the number of patterns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from catalog_import.tagging.words import Gap, Reader, Text, fold
from storefront.catalog.taxonomy.patterns import Place, parse_pattern


class Found(NamedTuple):
    """A phrase in a text: words `start` to `end` (exclusive); `literal` are those that the pattern spells out."""

    kind: str
    value: object
    start: int
    end: int
    literal: tuple[int, ...]


class _Node:
    """A place between the words of one pattern."""

    __slots__ = ("end", "next", "skip")

    def __init__(self, end: tuple[str, object] | None) -> None:
        self.end = end
        self.next: dict[str, _Node] = {}
        self.skip: list[tuple[int, _Node]] = []

    def leads_to(self, place: Place, keys: Iterable[str], after: _Node) -> None:
        if place.run:
            self.skip.append((place.run, after))
        else:
            self.next.update(dict.fromkeys(keys, after))

    def takes_over(self, other: _Node) -> None:
        """The place may be passed by, so what is possible after it is possible here too."""
        for key, node in other.next.items():
            self.next.setdefault(key, node)
        self.skip.extend(other.skip)


def exact_words(patterns: Iterable[str]) -> set[str]:
    """The words that patterns want exactly as written (`=traps`)."""
    return {
        fold(word[1:])
        for pattern in patterns
        for place in parse_pattern(pattern)
        for word in place.words
        if word[0] == "="
    }


class Lexicon:
    """Phrases of all kinds; `scan` finds every one of them in a text."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._first: dict[str, list[_Node]] = {}

    def add(self, kind: str, pattern: str, value: object = None) -> None:
        """Adds a pattern; `kind` and `value` come back with everything that it finds."""
        places = parse_pattern(pattern)
        after = _Node((kind, value))
        may_end = True
        for place in reversed(places[1:]):
            may_end = may_end and (place.is_optional or place.run > 0)
            node = _Node((kind, value) if may_end else None)
            node.leads_to(place, self._keys(place), after)
            if place.is_optional:
                node.takes_over(after)
            after = node
        first = _Node(None)
        first.leads_to(places[0], self._keys(places[0]), after)
        if places[0].is_optional:
            first.takes_over(after)
        for key, node in first.next.items():
            self._first.setdefault(key, []).append(node)

    def add_all(self, kind: str, patterns: Iterable[str], value: object = None) -> None:
        for pattern in patterns:
            self.add(kind, pattern, value)

    def _keys(self, place: Place) -> list[str]:
        return [self._key(word) for word in place.words]

    def _key(self, word: str) -> str:
        if word.startswith("<") and word.endswith(">"):
            return word
        if word.startswith("="):
            return "=" + fold(word[1:])
        return self.reader.lemma(fold(word))

    def scan(self, text: Text) -> list[Found]:
        """Every phrase, from every word, in the order of where they begin."""
        found: list[Found] = []
        first = self._first
        for index, keys in enumerate(text.keys):
            for key in keys:
                for node in first.get(key, ()):
                    if node.next or node.skip:
                        self._walk(text, node, index, index + 1, (index,), found)
                    elif node.end is not None:
                        found.append(Found(node.end[0], node.end[1], index, index + 1, (index,)))
        return found

    def _walk(
        self, text: Text, node: _Node, start: int, index: int, literal: tuple[int, ...], found: list[Found]
    ) -> None:
        if node.end is not None:
            found.append(Found(node.end[0], node.end[1], start, index, literal))
        if index >= len(text):
            return
        if node.next and text.gaps[index] is Gap.SPACE:
            self._step(text, node, start, index, literal, found)
        for length, after in node.skip:
            # Commas may lie in a run of any words; the end of the sentence may not.
            for place in range(index, min(index + length + 1, len(text))):
                if text.gaps[place] is Gap.SENTENCE:
                    break
                self._step(text, after, start, place, literal, found)

    def _step(
        self, text: Text, node: _Node, start: int, index: int, literal: tuple[int, ...], found: list[Found]
    ) -> None:
        for key in text.keys[index]:
            after = node.next.get(key)
            if after is not None:
                self._walk(text, after, start, index + 1, (*literal, index), found)


def longest(found: Iterable[Found]) -> list[Found]:
    """Of phrases of one kind, those that are not inside a longer one that begins no later."""
    chosen: list[Found] = []
    reach = -1
    for item in sorted(found, key=lambda each: (each.start, -each.end)):
        if item.end > reach:
            chosen.append(item)
            reach = item.end
        elif chosen and (item.start, item.end) == (chosen[-1].start, chosen[-1].end):
            chosen.append(item)
    return chosen
