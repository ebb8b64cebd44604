"""The words of `words.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from catalog_import.sources.values.yaml_data import load_data

DATA = Path(__file__).with_name("words.yaml")


def word_list(name: str) -> list[str]:
    """Return the words of a list, as they are written there."""
    return _lists()[name]


@lru_cache(1)
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = load_data(DATA)
    return found
