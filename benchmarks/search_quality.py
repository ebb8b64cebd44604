"""How well the search answers: `python benchmarks/search_quality.py [tune|measure]` (both halves without).

Loads sample_data into a database of its own, asks every query of `search_queries.yaml`, and prints hit@1 and hit@5 by
kind of query, and the misses. A query of the kind "nothing" is answered by an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
QUERIES = Path(__file__).with_name("search_queries.yaml")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    kind: str
    text: str
    items: frozenset[str]

    @property
    def half(self) -> str:
        return "tune" if sha256(self.text.encode()).digest()[0] % 2 else "measure"

    def is_answered(self, slugs: Sequence[str], within: int) -> bool:
        return not slugs if self.kind == NOTHING else bool(self.items.intersection(slugs[:within]))


def questions(path: Path = QUERIES) -> Iterator[Question]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    groups = data["groups"]
    for kind, queries in data["queries"].items():
        for text, items in queries.items():
            yield Question(kind, str(text), frozenset(slug for item in items for slug in groups.get(item, [item])))
