"""Matching: which guides a product is linked to, in what order, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_import.tagging import tag_guide, tag_product
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.records import (
    GuideLink,
    GuideRecord,
    LinkRole,
    Origin,
    ProductRecord,
    Status,
    TaggedGuide,
)
from storefront.catalog.taxonomy import load_taxonomy
from tests.effort import tries

TAXONOMY = load_taxonomy()


def a_product(**changes: Any) -> ProductRecord:
    return ProductRecord.model_validate({"reference": "R-1", "name": "Tool", "tool_type": "massage-ball"} | changes)


def a_guide(slug: str, *areas: str, **changes: Any) -> TaggedGuide:
    """A guide that states its areas and nothing else."""
    said = {"tool_types": (), "conditions": (), "techniques": ()} | changes
    record = GuideRecord.model_validate({"slug": slug, "title": slug, "target_areas": areas} | said)
    return TaggedGuide(record=record, tags=tag_guide(record, TAXONOMY))


def links_of(product: ProductRecord, *guides: TaggedGuide) -> tuple[GuideLink, ...]:
    return GuideIndex(guides, TAXONOMY).match(product, tag_product(product, TAXONOMY))


def primary_of(product: ProductRecord, *guides: TaggedGuide) -> str | None:
    return next((link.guide for link in links_of(product, *guides) if link.role is LinkRole.PRIMARY), None)


NECK = a_guide("neck", "neck")
DESK = a_guide("desk", "neck", "shoulders", tool_types=("massage-cane", "electric-massager"))
LEGS = a_guide("legs", "thighs", "calves", "knees", tool_types=("foam-roller", "massage-stick"))
FEET = a_guide("feet", "feet", tool_types=("massage-ball",))
GLUTES = a_guide("glutes", "glutes", "lower-back", conditions=("sciatica",), tool_types=("massage-ball",))
WHOLE = a_guide("whole", "full-body", tool_types=("massage-ball", "massage-gun", "foam-roller"))
ALL = (NECK, DESK, LEGS, FEET, GLUTES, WHOLE)


@pytest.mark.parametrize(
    ("areas", "tool_type", "guide"),
    [
        (("neck",), "massage-ball", "neck"),
        (("neck", "shoulders"), "massage-cane", "desk"),
        (("neck", "shoulders"), "other", "desk"),
        (("knees",), "electric-massager", "legs"),
        (("legs",), "massage-stick", "legs"),
        (("thighs", "calves", "feet"), "electric-massager", "legs"),
        (("feet",), "acupressure-mat", "feet"),
        (("full-body",), "massage-gun", "whole"),
        (("full-body", "thighs"), "massage-gun", "whole"),
        (("back", "arms", "legs", "chest"), "massage-gun", "whole"),
        ((), "massage-gun", "whole"),
    ],
)
def test_the_guide_that_covers_the_areas_is_the_primary_one(areas: tuple[str, ...], tool_type: str, guide: str) -> None:
    assert primary_of(a_product(target_areas=areas, tool_type=tool_type), *ALL) == guide


def test_between_equal_areas_the_guide_that_teaches_the_tool_wins() -> None:
    sticks = a_guide("a-sticks", "calves", tool_types=("massage-stick",))
    balls = a_guide("b-balls", "calves", tool_types=("massage-ball",))

    assert primary_of(a_product(target_areas=("calves",)), sticks, balls) == "b-balls"


def test_between_equal_areas_the_guide_that_names_the_complaint_wins() -> None:
    splints = a_guide("b-splints", "calves", conditions=("shin-splints",))
    plain = a_guide("a-plain", "calves")

    product = a_product(target_areas=("calves",), conditions=("shin-splints",))

    assert primary_of(product, plain, splints) == "b-splints"


def test_an_item_without_area_that_is_no_tool_stays_unlinked() -> None:
    assert links_of(a_product(name="Massage Oil", tool_type="other", target_areas=()), *ALL) == ()


def test_a_product_that_no_guide_fits_stays_unlinked() -> None:
    assert links_of(a_product(target_areas=("hands",)), NECK, LEGS) == ()


def test_a_tool_without_area_gets_a_guide_to_that_tool() -> None:
    cupping = a_guide("cupping", tool_types=("cupping-set",))

    assert primary_of(a_product(tool_type="cupping-set", target_areas=()), NECK, cupping) == "cupping"
    assert primary_of(a_product(tool_type="t-bar", target_areas=()), NECK, cupping) is None


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_guide_that_is_not_active_never_matches(status: Status) -> None:
    hidden = a_guide("hidden", "neck", status=status)

    assert links_of(a_product(target_areas=("neck",), guide="hidden"), hidden) == ()


def test_links_say_why() -> None:
    product = a_product(target_areas=("glutes", "lower-back"), conditions=("sciatica",))

    (link,) = links_of(product, GLUTES)

    assert link.reasons == (
        "both are for the lower back and glutes",
        "the guide teaches massage balls",
        "both name sciatica",
    )
    assert link.origin is Origin.INFERRED
    assert 0 < link.score <= 1


def test_a_link_through_a_group_says_so() -> None:
    legs = a_guide("all-legs", "legs")

    (link,) = links_of(a_product(target_areas=("calves",)), legs)

    assert link.reasons == ("the guide is for the legs, and so for the calves & shins",)


def test_a_technique_that_the_tool_is_made_for_is_a_reason() -> None:
    rolling = a_guide("rolling", "calves", techniques=("rolling",))

    (link,) = links_of(a_product(target_areas=("calves",), tool_type="foam-roller"), rolling)

    assert link.reasons[-1] == "the guide teaches rolling, which this tool is made for"


def test_a_stated_guide_beats_a_better_match() -> None:
    links = links_of(a_product(target_areas=("neck",), guide="feet"), *ALL)

    assert (links[0].guide, links[0].role, links[0].origin) == ("feet", LinkRole.PRIMARY, Origin.STATED)
    assert "feet" not in [link.guide for link in links[1:]]


def test_stated_related_guides_are_the_only_related_ones() -> None:
    links = links_of(a_product(target_areas=("neck",), related_guides=("legs", "neck", "feet")), *ALL)

    assert [(link.guide, link.origin) for link in links] == [
        ("neck", Origin.INFERRED),
        ("legs", Origin.STATED),
        ("feet", Origin.STATED),
    ]


def test_stated_guides_that_are_not_there_are_passed_over() -> None:
    links = links_of(a_product(target_areas=("neck",), guide="gone", related_guides=("lost", "feet")), *ALL)

    assert [link.guide for link in links] == ["neck", "feet"]


def test_a_cleared_guide_leaves_the_product_without_a_primary_one() -> None:
    links = links_of(a_product(target_areas=("neck",), guide=None, related_guides=()), *ALL)

    assert links == ()


def test_a_stated_slug_that_the_taxonomy_does_not_have_counts_for_nothing() -> None:
    strange = a_guide("strange", "neck", "nose", tool_types=("wand",), conditions=("itch",))
    product = a_product(target_areas=("neck", "nose"), tool_type="wand", conditions=("itch",))

    (link,) = links_of(product, strange)

    assert link.reasons == ("both are for the neck",)


def test_there_are_at_most_three_related_guides() -> None:
    guides = [a_guide(f"calves-{number}", "calves") for number in range(6)]

    links = links_of(a_product(target_areas=("calves",)), *guides)

    assert [link.guide for link in links] == ["calves-0", "calves-1", "calves-2", "calves-3"]
    assert [link.role for link in links] == [LinkRole.PRIMARY, *[LinkRole.RELATED] * 3]


AREA_SETS = st.lists(st.sampled_from(sorted(TAXONOMY.areas)), max_size=5, unique=True)
TOOLS = st.sampled_from(sorted(TAXONOMY.tool_types))
GUIDES = st.lists(
    st.tuples(AREA_SETS, st.lists(TOOLS, max_size=3, unique=True)).map(tuple),
    max_size=6,
)


def guides_from(parts: Sequence[tuple[list[str], list[str]]]) -> list[TaggedGuide]:
    return [a_guide(f"g-{number}", *areas, tool_types=tools) for number, (areas, tools) in enumerate(parts)]


@given(areas=AREA_SETS, tool=TOOLS, parts=GUIDES, shuffle=st.randoms(use_true_random=False))
@settings(max_examples=tries(100), deadline=None)
def test_the_order_of_the_guides_makes_no_difference(areas: Any, tool: str, parts: Any, shuffle: Any) -> None:
    product = a_product(target_areas=areas, tool_type=tool)
    guides = guides_from(parts)
    shuffled = list(guides)
    shuffle.shuffle(shuffled)

    assert links_of(product, *shuffled) == links_of(product, *guides)


@given(areas=AREA_SETS, tool=TOOLS, parts=GUIDES)
@settings(max_examples=tries(100), deadline=None)
def test_links_are_distinct_led_by_one_primary_and_never_without_a_reason(areas: Any, tool: str, parts: Any) -> None:
    links = links_of(a_product(target_areas=areas, tool_type=tool), *guides_from(parts))

    assert len({link.guide for link in links}) == len(links)
    assert [link.role for link in links[:1]] in ([], [LinkRole.PRIMARY])
    assert all(link.role is LinkRole.RELATED for link in links[1:])
    assert [link.score for link in links] == sorted((link.score for link in links), reverse=True)
    assert all(link.reasons for link in links)
