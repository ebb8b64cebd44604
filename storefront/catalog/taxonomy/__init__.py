"""The taxonomy: body areas, complaints, forms of tools and techniques, as data that a shop can swap.

`load_taxonomy()` gives the packaged one; give it a folder with the same files for another.
"""

from storefront.catalog.taxonomy.loader import TaxonomyError, TaxonomyFault, load_taxonomy
from storefront.catalog.taxonomy.model import (
    Area,
    Condition,
    Entry,
    Muscle,
    Side,
    Taxonomy,
    Technique,
    ToolType,
    Vocabulary,
)

__all__ = [
    "Area",
    "Condition",
    "Entry",
    "Muscle",
    "Side",
    "Taxonomy",
    "TaxonomyError",
    "TaxonomyFault",
    "Technique",
    "ToolType",
    "Vocabulary",
    "load_taxonomy",
]
