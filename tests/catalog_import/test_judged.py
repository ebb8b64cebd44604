"""What a person would tag and link: the figures of the development half stay where they are."""

from __future__ import annotations

import pytest

from tests.builders import TAXONOMY
from tests.catalog_import import judging


@pytest.fixture(scope="module")
def figures() -> judging.Figures:
    return judging.measure(
        [case for case in judging.listings() if not judging.is_held_back(case.record.name)],
        [guide for guide in judging.guides() if not judging.is_held_back(guide.record.slug)],
        TAXONOMY,
    )


def test_the_judgements_name_known_slugs() -> None:
    guides = judging.guides()
    known = {guide.record.slug for guide in guides}

    assert len(known) == len(guides)
    assert all(guide.areas <= set(TAXONOMY.areas) and guide.tools <= set(TAXONOMY.tool_types) for guide in guides)
    for case in judging.listings():
        assert case.areas <= set(TAXONOMY.areas)
        assert case.tool in TAXONOMY.tool_types
        assert frozenset[str]().union(*case.tiers) <= known


def test_products_are_tagged_as_a_person_would(figures: judging.Figures) -> None:
    assert figures.areas.f1 >= 0.98, figures.misses
    assert figures.tools.f1 >= 0.98, figures.misses


def test_guides_are_tagged_as_a_person_would(figures: judging.Figures) -> None:
    assert figures.guide_areas.f1 >= 0.95, figures.misses
    assert figures.guide_tools.f1 >= 0.95, figures.misses


def test_products_are_linked_to_the_guide_that_a_person_would_hand_over(figures: judging.Figures) -> None:
    assert figures.hit_rate >= 0.95, figures.misses


def test_related_guides_are_few_and_useful(figures: judging.Figures) -> None:
    given = figures.related.right + figures.related.extra

    assert figures.related.right >= 0.75 * given, figures.misses
    assert given <= figures.cases
