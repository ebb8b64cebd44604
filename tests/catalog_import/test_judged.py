"""What a person would tag and link: the figures of the development half stay where they are."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize("folder", [judging.FOLDER, *judging.SHOPS.values()], ids=lambda folder: folder.name)
def test_the_judgements_name_known_slugs(folder: Path) -> None:
    guides = judging.guides(folder)
    known = {guide.record.slug for guide in guides}

    assert len(known) == len(guides)
    assert all(guide.areas <= set(TAXONOMY.areas) and guide.tools <= set(TAXONOMY.tool_types) for guide in guides)
    for case in judging.listings(folder):
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


@pytest.mark.parametrize("shop", judging.SHOPS.values(), ids=judging.SHOPS)
def test_whole_shops_are_tagged_and_linked_as_a_person_would(shop: Path) -> None:
    found = judging.measure(judging.listings(shop), judging.guides(shop), TAXONOMY)

    assert found.areas.f1 >= 0.97, found.misses
    assert found.guide_areas.f1 >= 0.95, found.misses
    assert found.hit_rate >= 0.94, found.misses
