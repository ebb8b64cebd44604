"""Tables of other systems that are known by their headers: `systems.yaml` says how, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog_import.sources.dialects.headers import plain
from catalog_import.sources.values.yaml_data import load_data

DATA = Path(__file__).with_name("systems.yaml")
_LONGEST_HEAD = 200
_IN_LANGUAGE = re.compile(r"\A([A-Za-z_ ]+):([a-z]{2}(?:[_-][A-Za-z]{2,4})?)")


@dataclass(frozen=True, slots=True)
class System:
    """A system's table: how it is recognised, its columns in plain words → ours, patterns of headers → ours."""

    name: str
    signs: tuple[frozenset[str], ...]
    columns: Mapping[str, str]
    pattern: re.Pattern[str] | None = None
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    reads: bool = False
    continues: bool = False
    why: str = ""

    def knows(self, heads: Iterable[str], words: set[str]) -> bool:
        """Return whether a table with these headers is one of this system's."""
        return any(sign <= words for sign in self.signs) or (
            self.pattern is not None and any(self.pattern.fullmatch(head) for head in heads)
        )

    def columns_for(self, header: Sequence[str]) -> list[str | None]:
        """Return our column for each header, None for what is left out."""
        languages = [found[2] for head in header if (found := _IN_LANGUAGE.fullmatch(head.strip()))]
        # Of texts in several languages, those in the first are read; the others are left out by name.
        named = [self.column_for(without_language(head, languages[:1])) for head in header]
        for prefix in ("price: ", "currency: ", "stock: "):
            # The only channel or warehouse is the default one.
            there = {name for name in named if name and name.startswith(prefix)}
            if len(there) == 1:
                named = [prefix[:-2] if name in there else name for name in named]
        if published := [name for name in named if name and name.startswith("published: ")]:
            # The state in the first channel counts; the others are left out by name.
            named = ["status" if name == published[0] else None if name in published else name for name in named]
        return named

    def column_for(self, head: str) -> str | None:
        if found := self.columns.get(plain(head)):
            return found
        for pattern, ours in self.patterns:
            if len(head) <= _LONGEST_HEAD and (matched := pattern.fullmatch(head.strip())):
                return matched.expand(ours)
        return None


def without_language(head: str, languages: Sequence[str] = ()) -> str:
    """Return a header like "name:en" without its language, if that is one of `languages` or none is asked for."""
    found = _IN_LANGUAGE.fullmatch(head.strip()) if len(head) <= _LONGEST_HEAD else None
    return found[1] if found and (not languages or found[2] in languages) else head


@lru_cache(1)
def load_systems() -> tuple[System, ...]:
    return tuple(
        System(
            name=item["name"],
            signs=tuple(frozenset(group) for group in item["signs"]),
            columns=item["columns"],
            pattern=re.compile(item["pattern"], re.IGNORECASE) if "pattern" in item else None,
            patterns=tuple(
                (re.compile(pattern, re.IGNORECASE), ours) for pattern, ours in item.get("patterns", {}).items()
            ),
            reads=item.get("reads", False),
            continues=item.get("continues", False),
            why=item.get("why", ""),
        )
        for item in load_data(DATA)
    )


def system_of(header: Sequence[str]) -> System | None:
    """Return the system whose table has such a header, if it is one that is known."""
    heads = [head for head in header if len(head) <= _LONGEST_HEAD]
    words = {plain(without_language(head)) for head in heads} | set(map(plain, heads))
    return next((system for system in load_systems() if system.knows(heads, words)), None)
