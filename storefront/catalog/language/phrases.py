"""Patterns (see the taxonomy's patterns.yaml) compiled into one lexicon, and the scanner.

All kinds of phrases share the lexicon, so that a text is scanned once, whatever the number of patterns.
"""

from __future__ import annotations

from collections.abc import Iterable

from storefront.catalog.language.words import Found, Gap, Reader, Text, fold
from storefront.catalog.taxonomy.patterns import Place, parse_pattern


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


class _Start:
    """All patterns that begin with one word, joined: most are ruled out by one look at the second word."""

    __slots__ = ("ends", "second", "skipping")

    def __init__(self) -> None:
        self.ends: list[tuple[str, object]] = []
        self.second: dict[str, list[_Node]] = {}
        self.skipping: list[_Node] = []

    def add(self, node: _Node) -> None:
        if node.end is not None:
            self.ends.append(node.end)
        for key, after in node.next.items():
            self.second.setdefault(key, []).append(after)
        if node.skip:
            self.skipping.append(node)


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
        self._first: dict[str, _Start] = {}

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
            self._first.setdefault(key, _Start()).add(node)

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
        words, gaps = text.keys, text.gaps
        count = len(words)
        for index, keys in enumerate(words):
            after = index + 1
            is_joined = after < count and gaps[after] is Gap.SPACE
            for key in keys:
                start = first.get(key)
                if start is None:
                    continue
                for kind, value in start.ends:
                    found.append(Found(kind, value, index, after, (index,)))
                if is_joined and start.second:
                    for second in words[after]:
                        for node in start.second.get(second, ()):
                            self._walk(text, node, index, after + 1, (index, after), found)
                for node in start.skipping:
                    self._skip(text, node, index, after, (index,), found)
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
        if node.skip:
            self._skip(text, node, start, index, literal, found)

    def _skip(
        self, text: Text, node: _Node, start: int, index: int, literal: tuple[int, ...], found: list[Found]
    ) -> None:
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
