"""The little language of the taxonomy's phrases; how it is written is said in patterns.yaml."""

from __future__ import annotations

import re
from typing import NamedTuple

_RUN = re.compile(r"~(\d+)")


class PatternError(ValueError):
    """A pattern that can't be read; the message begins with the pattern."""


class Place(NamedTuple):
    """One place of a pattern: alternative words (`=word` as written, `<set>`), or a run of up to `run` words."""

    words: tuple[str, ...]
    is_optional: bool = False
    run: int = 0


def parse_pattern(pattern: str) -> tuple[Place, ...]:
    """Return the places of a pattern, in lower case, with hyphens read as spaces; raises `PatternError`."""
    places = tuple(_parse_place(part, pattern) for part in pattern.lower().replace("-", " ").split())
    if not places or places[0].run or places[-1].run or all(place.is_optional for place in places):
        raise PatternError(f"`{pattern}` must begin and end with a word, and need one")
    return places


def _parse_place(part: str, pattern: str) -> Place:
    if part.startswith("~"):
        run = _RUN.fullmatch(part)
        if run is None:
            raise PatternError(f"`{pattern}` has a run without a number")
        return Place((), run=int(run.group(1)))
    words = tuple(part.removesuffix("?").split("|"))
    if not all(words):
        raise PatternError(f"`{pattern}` has an empty alternative")
    return Place(words, is_optional=part.endswith("?"))
