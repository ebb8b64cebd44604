"""What Knotwise has in Saleor: two types, their attributes, and the slugs by which a shop calls them.

An attribute is known here by its key, which is its slug in Saleor too unless the shop says otherwise
(`SALEOR_SLUGS`). The values of a vocabulary are known by `externalReference`, ``<key>:<slug of the taxonomy>``:
Saleor makes a value's slug from its name anew whenever it is renamed, and the reference is unique over all attributes.
Product and page attributes are two kinds in Saleor, so a vocabulary that both use stands there twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from storefront.catalog.taxonomy import Taxonomy

PRODUCT_TYPE: Final = "massage-tool"
PRODUCT_TYPE_NAME: Final = "Massage tool"
PAGE_TYPE: Final = "guide"
PAGE_TYPE_NAME: Final = "Guide"

TARGET_AREAS: Final = "target-areas"
TOOL_TYPE: Final = "tool-type"
CONDITIONS: Final = "conditions"
CAUTIONS: Final = "cautions"
CONTRAINDICATIONS: Final = "contraindications"
BRAND: Final = "brand"
MATERIAL: Final = "material"
WARRANTY: Final = "warranty"
FSA_HSA: Final = "fsa-hsa-eligible"
FSA_HSA_CONDITION: Final = "fsa-hsa-condition"
GUIDE: Final = "guide"
RELATED_GUIDES: Final = "related-guides"
GUIDE_AREAS: Final = "guide-target-areas"
GUIDE_TOOL_TYPES: Final = "guide-tool-types"
GUIDE_CONDITIONS: Final = "guide-conditions"
GUIDE_TECHNIQUES: Final = "guide-techniques"
GUIDE_SUMMARY: Final = "guide-summary"
GUIDE_CAUTIONS: Final = "guide-cautions"
GUIDE_SOURCES: Final = "guide-sources"
GUIDE_REVIEWED_ON: Final = "guide-reviewed-on"

# A variant's options have keys of their own: option-size, option-firmness.
OPTION_PREFIX: Final = "option-"

# Collections by area are made with slugs like area-neck.
COLLECTION_PREFIX: Final = "area-"

# A variant's barcode: Saleor has no field for it. Public, since tills and other apps read it.
BARCODE_KEY: Final = "barcode"


class Input(StrEnum):
    """Kinds of attributes, as Saleor names them."""

    DROPDOWN = "DROPDOWN"
    MULTISELECT = "MULTISELECT"
    SWATCH = "SWATCH"
    PLAIN_TEXT = "PLAIN_TEXT"
    RICH_TEXT = "RICH_TEXT"
    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    DATE_TIME = "DATE_TIME"
    FILE = "FILE"
    REFERENCE = "REFERENCE"
    SINGLE_REFERENCE = "SINGLE_REFERENCE"


class Owner(StrEnum):
    """What an attribute is for."""

    PRODUCT = "PRODUCT_TYPE"
    PAGE = "PAGE_TYPE"


@dataclass(frozen=True, slots=True)
class Spec:
    """An attribute that is to be there. `vocabulary`: the taxonomy's list that its values are."""

    key: str
    name: str
    owner: Owner
    input: Input
    vocabulary: str = ""
    also: frozenset[Input] = frozenset()
    """Other kinds that do as well, where a shop maps an attribute of its own."""

    def fits(self, found: str) -> bool:
        return found == self.input or found in self.also


_TEXT = frozenset({Input.DROPDOWN, Input.RICH_TEXT})
_NUMBER = frozenset({Input.PLAIN_TEXT, Input.DROPDOWN})

ATTRIBUTES: Final = (
    Spec(TARGET_AREAS, "Target areas", Owner.PRODUCT, Input.MULTISELECT, "areas"),
    Spec(TOOL_TYPE, "Tool type", Owner.PRODUCT, Input.DROPDOWN, "tool_types"),
    Spec(CONDITIONS, "Conditions", Owner.PRODUCT, Input.MULTISELECT, "conditions"),
    Spec(CONTRAINDICATIONS, "Contraindications", Owner.PRODUCT, Input.MULTISELECT, "contraindications"),
    Spec(CAUTIONS, "Cautions", Owner.PRODUCT, Input.PLAIN_TEXT),
    Spec(BRAND, "Brand", Owner.PRODUCT, Input.PLAIN_TEXT, also=_TEXT),
    Spec(MATERIAL, "Material", Owner.PRODUCT, Input.PLAIN_TEXT, also=_TEXT),
    Spec(WARRANTY, "Warranty (years)", Owner.PRODUCT, Input.NUMERIC, also=_NUMBER),
    Spec(FSA_HSA, "FSA/HSA eligible", Owner.PRODUCT, Input.BOOLEAN),
    Spec(FSA_HSA_CONDITION, "FSA/HSA condition", Owner.PRODUCT, Input.PLAIN_TEXT, also=_TEXT),
    Spec(GUIDE, "Guide", Owner.PRODUCT, Input.SINGLE_REFERENCE),
    Spec(RELATED_GUIDES, "Related guides", Owner.PRODUCT, Input.REFERENCE),
    Spec(GUIDE_AREAS, "Guide: target areas", Owner.PAGE, Input.MULTISELECT, "areas"),
    Spec(GUIDE_TOOL_TYPES, "Guide: tool types", Owner.PAGE, Input.MULTISELECT, "tool_types"),
    Spec(GUIDE_CONDITIONS, "Guide: conditions", Owner.PAGE, Input.MULTISELECT, "conditions"),
    Spec(GUIDE_TECHNIQUES, "Guide: techniques", Owner.PAGE, Input.MULTISELECT, "techniques"),
    Spec(GUIDE_SUMMARY, "Guide: summary", Owner.PAGE, Input.PLAIN_TEXT),
    Spec(GUIDE_CAUTIONS, "Guide: cautions", Owner.PAGE, Input.PLAIN_TEXT),
    Spec(GUIDE_SOURCES, "Guide: sources", Owner.PAGE, Input.RICH_TEXT),
    Spec(GUIDE_REVIEWED_ON, "Guide: reviewed on", Owner.PAGE, Input.DATE),
)
KEYS: Final = frozenset({PRODUCT_TYPE, PAGE_TYPE, *(spec.key for spec in ATTRIBUTES)})

# What an app needs, and what for.
PERMISSIONS: Final[Mapping[str, str]] = {
    "MANAGE_PRODUCTS": "products, variants, prices, stock, categories and pictures",
    "MANAGE_PAGES": "guides",
    "MANAGE_PRODUCT_TYPES_AND_ATTRIBUTES": "the product type and its attributes",
    "MANAGE_PAGE_TYPES_AND_ATTRIBUTES": "the page type and its attributes",
}


def value_reference(key: str, slug: str) -> str:
    """Return the `externalReference` of a vocabulary's value."""
    return f"{key}:{slug}"


def vocabulary_of(spec: Spec, taxonomy: Taxonomy) -> dict[str, str]:
    """Return slug → name of the values that the attribute shall have, in the taxonomy's order."""
    if not spec.vocabulary:
        return {}
    return {slug: entry.name for slug, entry in getattr(taxonomy, spec.vocabulary).items()}


@dataclass(frozen=True, slots=True)
class Slugs:
    """Key → slug in this shop. A key that is not mapped is its own slug."""

    mapped: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.mapped.get(key, key)

    def key_of(self, slug: str) -> str | None:
        """Return the attribute's key that a slug stands for, if it is one of ours."""
        return next((spec.key for spec in ATTRIBUTES if self[spec.key] == slug), None)


def read_slugs(text: str) -> Slugs:
    """Return the slugs of a setting like ``target-areas=body-zone, massage-tool=accessory``.

    Raise `ValueError` that tells what is wrong with it.
    """
    mapped = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, slug = (piece.strip() for piece in part.partition("="))
        if not (equals and slug):
            raise ValueError(f'"{part}" is not of the form key=slug')
        if key not in KEYS:
            raise ValueError(f'"{key}" is none of {", ".join(sorted(KEYS))}')
        mapped[key] = slug
    if len(set(mapped.values())) < len(mapped):
        raise ValueError("two keys have one slug")
    return Slugs(mapped)
