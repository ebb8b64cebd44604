"""Contraindications of products: tags and a taxonomy's rules → what a tool is not for, and where it is not offered.

Pure: tags and a taxonomy go in. What follows from a rule is worked out whenever it is asked for, so that a change of
the rules holds at once; what a file states, a text says or a person pinned are tags (`severity:subject`). The database
is asked by `queries.safety`.

    contraindications_of(tags, taxonomy)    → all, the strictest of each subject
    kept_off_areas(tags, taxonomy)          → areas for which the tool is not offered
    common_contraindications(slugs, taxonomy)  → what holds for all, and for some, of several kinds of tools
"""

from storefront.catalog.safety.rules import (
    Contraindication,
    SafetyOrigin,
    SharedContraindication,
    common_contraindications,
    contraindications_of,
    keeping_off,
    kept_off_areas,
    origin_of,
    places_filling,
    places_inside,
)
from storefront.catalog.safety.wording import Groups, grouped, lower_first

__all__ = [
    "Contraindication",
    "Groups",
    "SafetyOrigin",
    "SharedContraindication",
    "common_contraindications",
    "contraindications_of",
    "grouped",
    "keeping_off",
    "kept_off_areas",
    "lower_first",
    "matrix",
    "origin_of",
    "places_filling",
    "places_inside",
    "rules",
    "wording",
]
