"""What is missing from a product once it was tagged and linked: told as warnings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from catalog_import.problems import Place, Problem, ProblemCode, warning_at
from storefront.catalog.records import GuideLink, LinkRole, Status, Tags


def gaps(
    place: Place, own: Mapping[str, Any], tags: Tags, links: Sequence[GuideLink], guides: Collection[str]
) -> list[Problem]:
    """Warnings for a product without areas or without a guide, and for a stated guide that is not there."""
    found = []
    for column in ("guide", "related_guides"):
        for slug in [own[column]] if isinstance(own.get(column), str) else own.get(column) or ():
            if slug and slug not in guides:
                message = f'There is no guide "{slug}", neither among the files nor in the shop; it was left out.'
                found.append(warning_at(place, column, ProblemCode.UNKNOWN_GUIDE, message, value=slug))
    if own.get("status") not in (Status.ACTIVE, Status.ACTIVE.value, None, ""):
        return found
    if not tags.target_areas:
        message = "No body area is stated, and none could be read from name and description. Fill in target_areas."
        found.append(warning_at(place, "target_areas", ProblemCode.NO_AREA, message))
    if not any(link.role is LinkRole.PRIMARY for link in links):
        message = "No guide fits this product. Name one in the column guide, or write one."
        found.append(warning_at(place, "guide", ProblemCode.NO_GUIDE, message))
    return found
