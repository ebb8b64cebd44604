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


def titled(title: str, *areas: str, **changes: Any) -> TaggedGuide:
    return a_guide(title.lower().replace(" ", "-"), *areas, title=title, **changes)


GUN = titled("First Massage Gun", "thighs", "calves", "glutes", tool_types=("massage-gun",))
BALLS = titled("Seven Balls", "feet", "glutes", "chest", "upper-back", tool_types=("massage-ball",))
CUPS = titled("Cupping at Home", "upper-back", "thighs", tool_types=("cupping-set",))
TENS = titled("TENS Explained", "lower-back", "knees", tool_types=("electric-massager",))
KNEADING = titled("Choosing a Shiatsu Cushion", "neck", "shoulders", tool_types=("electric-massager",))
HEAT = titled("A Short Guide to Heat", "neck", "lower-back")
STONE = titled("Gua Sha for the Jaw", "head", tool_types=("scraper",))
BACK = titled("A Kinder Lower Back", "lower-back", tool_types=("massage-ball", "electric-massager"))
SHOP = (*ALL, GUN, BALLS, CUPS, TENS, KNEADING, HEAT, STONE, BACK)


@pytest.mark.parametrize(
    ("name", "areas", "tool", "guide"),
    [
        # A tool with a technique of its own: the tool's guide, also beside one that is about the very places.
        ("Massage Gun", ("thighs", "calves"), "massage-gun", GUN),
        ("Cups", ("thighs",), "cupping-set", CUPS),
        ("TENS Unit", ("lower-back",), "electric-massager", TENS),
        ("Wheat Bag to Warm", ("lower-back",), "other", HEAT),
        # A plain tool: the place's guide for one place, the tool's for many and for none.
        ("Ball", ("feet",), "massage-ball", FEET),
        ("Ball", ("feet", "chest", "upper-back"), "massage-ball", BALLS),
        ("Ball", (), "massage-ball", BALLS),
        # "Electric massager" is many things.
        ("Shiatsu Pillow", ("neck", "shoulders"), "electric-massager", KNEADING),
        ("Shiatsu Pillow with Heat", ("lower-back",), "electric-massager", BACK),
        ("TENS Unit", ("neck", "shoulders"), "electric-massager", DESK),
        # Another tool's guide is none.
        ("Blade", ("forearms",), "scraper", None),
        ("Cane", ("chest",), "massage-cane", None),
    ],
)
def test_the_guide_is_the_one_that_a_person_would_hand_over(
    name: str, areas: tuple[str, ...], tool: str, guide: TaggedGuide | None
) -> None:
    primary = primary_of(a_product(name=name, target_areas=areas, tool_type=tool), *SHOP)

    assert primary == (guide.record.slug if guide else None)


def test_another_tools_guide_is_no_related_one_either() -> None:
    links = links_of(a_product(target_areas=("thighs", "calves"), tool_type="foam-roller"), *SHOP)

    assert [link.guide for link in links] == ["legs"]


def test_a_description_that_names_a_place_in_passing_links_nothing_to_what_is_no_tool() -> None:
    card = ProductRecord(reference="R", name="Gift Card", description="For anyone with a lower back and no time.")
    splint = ProductRecord(reference="R", name="Night Splint", description="For plantar fasciitis.")

    assert links_of(card, *SHOP) == ()
    assert primary_of(splint, *SHOP) == "feet"


def test_a_ranking_is_remembered_with_all_that_it_depends_on() -> None:
    index = GuideIndex(SHOP, TAXONOMY)
    named = ProductRecord(reference="R", name="Lower Back Belt", tool_type="other")
    passing = ProductRecord(reference="R", name="Voucher", tool_type="other", description="For the lower back.")

    for product in (named, passing, named):
        tags = tag_product(product, TAXONOMY)
        assert bool(index.match(product, tags)) is (product is named)


def test_guides_for_one_area_are_told_apart_by_the_words_for_the_place() -> None:
    scalp = a_guide("b-scalp", "head", body="Draw your fingers over the scalp.")
    jaw = a_guide("a-jaw", "head", body="Let the jaw hang.")
    comb = ProductRecord(reference="R", name="Scalp Comb", tool_type="scraper")

    assert primary_of(comb, jaw, scalp) == "b-scalp"


def test_a_link_to_a_guide_about_the_tool_says_so() -> None:
    (gun, *_) = links_of(a_product(name="Gun", target_areas=("thighs",), tool_type="massage-gun"), GUN)
    (heat, *_) = links_of(ProductRecord(reference="R", name="Wheat Bag for the Neck", description="Warm it."), HEAT)

    assert "the guide is about massage guns" in gun.reasons
    assert "the guide is about heat and cold, as is the tool" in heat.reasons


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
