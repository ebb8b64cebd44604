"""Health claims: found with a gentler wording, and left alone where the text denies them."""

from __future__ import annotations

import pytest

from catalog_import.sources.problems import Place, ProblemCode, Severity
from catalog_import.tagging.claims import claim_problems, claims_in


@pytest.mark.parametrize(
    ("text", "claim", "instead"),
    [
        ("It cures back pain.", "cures", "may ease"),
        ("Treats sciatica at home.", "Treats sciatica", "is used by people with"),
        ("Guaranteed relief, or your money back.", "Guaranteed relief", "many people find relief"),
        ("Eliminates all muscle knots.", "Eliminates all muscle knots", "may ease"),
        ("Clinically proven.", "Clinically proven", "name the study, or leave it out"),
        ("Flushes out toxins.", "Flushes out toxins", "leave it out"),
    ],
)
def test_a_promise_is_found_with_a_gentler_wording(text: str, claim: str, instead: str) -> None:
    (found,) = claims_in("description", text)

    assert (found.text, found.start, found.instead) == (claim, text.index(claim), instead)


@pytest.mark.parametrize(
    "text",
    [
        "It does not cure anything.",
        "Not a treatment for sciatica.",
        "Never say that it heals.",
        "Backed by a two-year guarantee.",
        "Treat yourself to ten quiet minutes.",
        "For heel pain after a run.",
        "Eases tired calves.",
    ],
)
def test_what_promises_nothing_is_left_alone(text: str) -> None:
    assert claims_in("description", text) == []


def test_overlapping_claims_are_told_once() -> None:
    assert [claim.text for claim in claims_in("name", "Guaranteed instant relief that cures.")] == [
        "Guaranteed instant relief",
        "cures",
    ]


def test_a_claim_is_a_warning_at_its_place_and_reads_through_markup() -> None:
    claims = claims_in("description", "<p>It <b>cures</b> knots.</p>")

    (problem,) = claim_problems(Place("products.csv", 7), claims)

    assert (problem.row, problem.column, problem.code, problem.severity, problem.value) == (
        7,
        "description",
        ProblemCode.HEALTH_CLAIM,
        Severity.WARNING,
        "cures",
    )
    assert "may ease" in problem.message
