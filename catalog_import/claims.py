"""Health claims that a shop should not make, found in texts, each with a gentler wording.

A warning is advice to staff, no judgement of law. A claim that is denied ("does not cure") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from catalog_import.problems import Place, Problem, ProblemCode, warning_at
from catalog_import.tagging import plain_text

# "not a cure", "does not treat", "no promise that it heals": a few words before the claim turn it round.
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|cannot|can't|don't|doesn't|won't|isn't|without)\b[^.;:!?\n]{0,40}$", re.IGNORECASE
)
_AROUND = 40


class Claim(NamedTuple):
    """A wording that was found, and what could be said instead."""

    text: str
    start: int
    instead: str


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    instead: str


@cache
def rules() -> tuple[_Rule, ...]:
    entries = yaml.safe_load((Path(__file__).parent / "claims.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Rule(
            re.compile(
                rf"\b(?:{entry['says']})\b" + (rf"\s+(?:{entry['before']})\b" if "before" in entry else ""),
                re.IGNORECASE,
            ),
            entry["instead"],
        )
        for entry in entries
    )


@cache
def any_rule() -> re.Pattern[str]:
    """Finds something wherever a rule would: most texts claim nothing, and are done with one look."""
    return re.compile("|".join(f"(?:{rule.pattern.pattern})" for rule in rules()), re.IGNORECASE)


def claims_in(text: str) -> Iterator[Claim]:
    """The claims in a plain text, in its order; of those that overlap the first rule's."""
    found: list[Claim] = []
    if not any_rule().search(text):
        return
    for rule in rules():
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            overlaps = any(start < claim.start + len(claim.text) and claim.start < end for claim in found)
            if not overlaps and not _DENIED.search(text[max(0, start - _AROUND) : start]):
                found.append(Claim(match.group(), start, rule.instead))
    yield from sorted(found, key=lambda claim: claim.start)


def claim_problems(place: Place, column: str, source: str) -> list[Problem]:
    """Warnings for the claims in a Markdown or HTML text."""
    return [
        warning_at(
            place,
            column,
            ProblemCode.HEALTH_CLAIM,
            f'"{claim.text}" promises more than a massage tool can keep. Better: {claim.instead}.',
            value=claim.text,
        )
        for claim in claims_in(plain_text(source))
    ]
