"""How well the search answers: `python benchmarks/search_quality.py [tune|measure]` (both halves without).

Loads sample_data into a database of its own, asks every query of `search_queries.yaml`, and prints hit@1 and hit@5 by
kind of query, and the misses. A query of the kind "nothing" is answered by an empty list.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


def main() -> None:
    half = sys.argv[1] if len(sys.argv) > 1 else None
    if "DATABASE_URL" in os.environ:
        report(half)
    else:
        with tempfile.TemporaryDirectory() as folder, sample_shop(Path(folder) / "home") as environment:
            os.environ.update(environment)
            report(half)


def report(half: str | None) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.config.settings")
    django.setup()
    rows = [(asked, found(asked.text)) for asked in questions() if half in (None, asked.half)]
    kinds = dict.fromkeys(asked.kind for asked, _ in rows)
    print(f"{'kind':>12}{'queries':>9}{'hit@1':>8}{'hit@5':>8}")  # noqa: T201
    for kind in (*kinds, "all but nothing", NOTHING):
        some = [row for row in rows if row[0].kind == kind or (kind.startswith("all") and row[0].kind != NOTHING)]
        shares = [sum(asked.is_answered(slugs, within) for asked, slugs in some) / len(some) for within in (1, 5)]
        print(f"{kind:>16}{len(some):5}{shares[0]:8.2f}{shares[1]:8.2f}")  # noqa: T201
    for asked, slugs in rows:
        if not asked.is_answered(slugs, 1):
            level = "not first" if asked.is_answered(slugs, 5) else "MISSED"
            print(f"{level}: {asked.kind}: {asked.text!r} → {', '.join(slugs[:5]) or 'nothing'}")  # noqa: T201


def found(text: str) -> list[str]:
    from storefront.catalog.models import Product
    from storefront.catalog.queries.channels import pages_channel
    from storefront.catalog.search import answer

    channel = pages_channel()
    assert channel is not None  # noqa: S101
    results = answer(text, channel).results
    slugs = [result.card.slug for result in results if not result.is_guide]
    references = dict(Product.objects.filter(slug__in=slugs).values_list("slug", "reference"))
    return [result.card.slug if result.is_guide else references[result.card.slug] for result in results]


@contextmanager
def sample_shop(home: Path) -> Iterator[dict[str, str]]:
    """A fresh shop with the sample catalogue; gives its environment."""
    variables = os.environ | {"KNOTWISE_HOME": str(home), "PORT": "18766", "CACHE_FOLDER": str(home / "cache")}
    command = [sys.executable, "-m", "storefront", "embedded"]
    running = subprocess.Popen(command, cwd=PROJECT, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr is not None  # noqa: S101
        for line in running.stderr:
            if "is ready" in line:
                break
        left = json.loads((home / "environment.json").read_text())
        yield {name: str(value) for name, value in left.items()}
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()


if __name__ == "__main__":
    main()
