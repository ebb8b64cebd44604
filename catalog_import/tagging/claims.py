"""Health claims that a shop should not make, found in texts, each with a gentler wording.

A warning is advice to staff, no judgement of law. A claim that is denied ("does not cure") is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from catalog_import.sources.problems import Place, Problem, ProblemCode, warning_at
from catalog_import.tagging import plain_text
from storefront.catalog.records import Record

# "not a cure", "does not treat", "no promise that it heals": a few words before the claim turn it round.
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|cannot|can't|don't|doesn't|won't|isn't|without)\b[^.;:!?\n]{0,40}$", re.IGNORECASE
)
_AROUND = 40
# As many of one text are told.
MAX_CLAIMS = 100


class Claim(Record):
    """A wording that was found, where it begins in the plain text, and what could be said instead."""

    field: str
    text: str
    start: int
    instead: str


class _Rule(NamedTuple):
    says: str
    pattern: re.Pattern[str]
    instead: str


@cache
def rules() -> tuple[_Rule, ...]:
    entries = yaml.safe_load((Path(__file__).parent / "claims.yaml").read_text(encoding="utf-8"))
    return tuple(
        _Rule(
            entry["says"],
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
    """Finds something wherever a rule might: most texts claim nothing, and are done with one look.

    It looks at the text with its markup, so it asks for the words of a rule alone.
    """
    return re.compile("|".join(rf"\b(?:{rule.says})\b" for rule in rules()), re.IGNORECASE)


def claims_in(field: str, source: str) -> list[Claim]:
    """The claims in a Markdown or HTML text, in its order; of those that overlap the first rule's."""
    if not any_rule().search(source):
        return []
    text = plain_text(source)
    found: list[Claim] = []
    for rule in rules():
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            if len(found) >= MAX_CLAIMS:
                break
            overlaps = any(start < claim.start + len(claim.text) and claim.start < end for claim in found)
            if not overlaps and not _DENIED.search(text[max(0, start - _AROUND) : start]):
                found.append(Claim(field=field, text=match.group(), start=start, instead=rule.instead))
    return sorted(found, key=lambda claim: claim.start)


def claim_problems(place: Place, claims: Iterable[Claim]) -> list[Problem]:
    """Claims as warnings at their place."""
    return [
        warning_at(
            place,
            claim.field,
            ProblemCode.HEALTH_CLAIM,
            f'"{claim.text}" promises more than a massage tool can keep. Better: {claim.instead}.',
            value=claim.text,
        )
        for claim in claims
    ]
