"""What is missing from a product once it was tagged and linked, or in its way: told as warnings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from catalog_import.sources.problems import Place, Problem, ProblemCode, warning_at
from storefront.catalog.records import ProductRecord, Tags
from storefront.catalog.safety import contraindications_of, kept_off_areas, places_filling
from storefront.catalog.taxonomy import Taxonomy


def kept_off(tags: Tags, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Return the areas that a product is tagged with and kept off, each with the reason."""
    areas = kept_off_areas(tags, taxonomy)
    tagged = [tag.slug for tag in tags.target_areas if tag.slug in areas]
    if not tagged:
        return []
    found = contraindications_of(tags, taxonomy)
    return [
        (area, next(f"{one.name}: {one.reason}" for one in found if one.subject in places_filling(area, taxonomy)))
        for area in tagged
    ]


def keep_off_problems(place: Place, areas: Iterable[Sequence[str]]) -> list[Problem]:
    """Warnings for areas that a product is tagged with and is not offered for: (slug, reason)."""
    return [
        warning_at(
            place,
            "target_areas",
            ProblemCode.KEEP_OFF_AREA,
            f'It is tagged with "{area}" and must keep off it, so it is not offered there. {reason} '
            "Correct the text or the areas, or the rules of the taxonomy.",
            value=area,
        )
        for area, reason in areas
    ]


def gaps(
    place: Place,
    record: ProductRecord,
    known_guides: Collection[str],
    *,
    is_shown: bool,
    has_area: bool,
    has_guide: bool,
) -> list[Problem]:
    """Warnings for a product that is shown without areas or without a primary guide, and for guides that its record
    states and that are not there."""
    found = []
    stated = [("guide", record.guide)] if record.guide else []
    for column, slug in [*stated, *(("related_guides", slug) for slug in record.related_guides)]:
        if slug not in known_guides:
            message = f'There is no guide "{slug}", neither among the files nor in the shop; it was left out.'
            found.append(warning_at(place, column, ProblemCode.UNKNOWN_GUIDE, message, value=slug))
    if is_shown and not has_area:
        message = "No body area is stated, and none could be read from name and description. Fill in target_areas."
        found.append(warning_at(place, "target_areas", ProblemCode.NO_AREA, message))
    if is_shown and not has_guide:
        message = "No guide fits this product. Name one in the column guide, or write one."
        found.append(warning_at(place, "guide", ProblemCode.NO_GUIDE, message))
    return found
