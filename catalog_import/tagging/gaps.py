"""What is missing from a product once it was tagged and linked: told as warnings."""

from __future__ import annotations

from collections.abc import Collection

from catalog_import.sources.problems import Place, Problem, ProblemCode, warning_at
from storefront.catalog.records import ProductRecord


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
