"""The taxonomy: body areas, complaints, forms of tools and techniques, as data that a shop can swap.

`load_taxonomy()` gives the packaged one; give it a folder with the same files for another. The files about
safety may be missing there: then the packaged ones count, as far as they speak of what that taxonomy has.
"""

from storefront.catalog.taxonomy.loader import TaxonomyError, TaxonomyFault, load_taxonomy
from storefront.catalog.taxonomy.model import (
    SEVERITY_NAMES,
    Area,
    BodyPlace,
    Condition,
    ContraindicationTerm,
    Entry,
    Muscle,
    Rule,
    SafetySource,
    Severity,
    Side,
    Situation,
    SubjectKind,
    Taxonomy,
    Technique,
    ToolType,
    Vocabulary,
)

__all__ = [
    "SEVERITY_NAMES",
    "Area",
    "BodyPlace",
    "Condition",
    "ContraindicationTerm",
    "Entry",
    "Muscle",
    "Rule",
    "SafetySource",
    "Severity",
    "Side",
    "Situation",
    "SubjectKind",
    "Taxonomy",
    "TaxonomyError",
    "TaxonomyFault",
    "Technique",
    "ToolType",
    "Vocabulary",
    "load_taxonomy",
]
