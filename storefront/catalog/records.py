"""The kernel: the typed, frozen records that every part of the system speaks.

Sources produce records, tagging and matching enrich them, a plan is the difference between two sets
of them, and the store writes them.

A record says only what its file says. A field that the file does not mention is absent from
`model_fields_set` ("leave it as it is"); a field that the file clears with ``-`` is there with its
empty value. `said()` returns the fields that are there. What absent, empty and ``-`` mean is decided
once, for the terminal, the pages and the API alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from storefront.catalog.defaults import DEFAULT_CHANNEL as DEFAULT_CHANNEL
from storefront.catalog.defaults import DEFAULT_CURRENCY as DEFAULT_CURRENCY
from storefront.catalog.defaults import DEFAULT_SOURCE as DEFAULT_SOURCE
from storefront.catalog.defaults import DEFAULT_WAREHOUSE as DEFAULT_WAREHOUSE

# The slug of the page type that educational guides have.
GUIDE_TYPE = "guide"


class Status(StrEnum):
    ACTIVE = "active"
    DRAFT = "draft"
    ARCHIVED = "archived"


class CautionKind(StrEnum):
    CONTRAINDICATION = "contraindication"
    NOT_FOR = "not-for"
    LIMIT = "limit"
    STOP = "stop"


class Origin(StrEnum):
    """Who said a tag or a link: a pin beats the file, the file beats inference."""

    PINNED = "pinned"
    STATED = "stated"
    INFERRED = "inferred"


# One mention in a description scores 1, and up to 1 more the earlier it stands; two mentions, or one in the name,
# score at least 2. So below 2 all that speaks for an area is one mention in the description.
WEAK_BELOW = 2.0


class LinkRole(StrEnum):
    PRIMARY = "primary"
    RELATED = "related"


def normalise_key(value: str) -> str:
    """Return a reference or SKU as it is compared: trimmed and in Unicode NFC, otherwise exact."""
    return unicodedata.normalize("NFC", value.strip())


Key = Annotated[str, AfterValidator(normalise_key), Field(min_length=1, max_length=250)]


class Record(BaseModel):
    """Base of all records: immutable, compared by value, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def stated_fields(self) -> dict[str, Any]:
        """Return the fields that the file mentions, cleared ones included."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class Named(Record):
    """Something that the store knows by its slug and that has its id in Saleor."""

    id: str
    slug: str
    name: str


class RemoteChannel(Named):
    currency: str
    is_active: bool = True


class Caution(Record):
    """One thing to know before using the tool or following the guide."""

    kind: CautionKind
    text: str


class Money(Record):
    """A price in major units; `compare_at` is the price before a reduction."""

    amount: Decimal
    currency: str
    compare_at: Decimal | None = None


class MediaRecord(Record):
    """A picture: a URL, or a path relative to the file that names it.

    `digest` is the SHA-256 of its content (hex), once that was read: a changed picture is a change. What a URL holds
    is not read with the file, so such a picture is known by its URL alone and has none.
    """

    location: str
    alt: str = ""
    digest: str = ""


def is_url(location: str) -> bool:
    """Return whether a picture's location is an address of the web, not a path."""
    return location.lower().startswith(("http://", "https://"))


class VariantRecord(Record):
    """What one row says about one variant. Prices by channel slug, stock (units) by warehouse slug."""

    reference: Key
    sku: Key
    name: str = ""
    options: Mapping[str, str] = {}
    prices: Mapping[str, Money] = {}
    stock: Mapping[str, int] = {}
    weight_g: int | None = None
    barcode: str = ""


class ProductRecord(Record):
    """What a file says about one product and its variants. Descriptions are normalised Markdown.

    A contraindication is stated as `severity:subject`, like `never:pregnancy` or `keep-off:neck`. `fsa_hsa_eligible` is
    an unconditional yes or no; `fsa_hsa_condition` says under what condition it is eligible.
    """

    reference: Key
    name: str = ""
    slug: str = ""
    description: str = ""
    brand: str = ""
    category: str = ""
    seo_title: str = ""
    seo_description: str = ""
    tool_type: str | None = None
    target_areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    contraindications: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    guide: str | None = None
    related_guides: tuple[str, ...] = ()
    media: tuple[MediaRecord, ...] = ()
    material: str = ""
    warranty_years: Decimal | None = None
    fsa_hsa_eligible: bool | None = None
    fsa_hsa_condition: str = ""
    attributes: Mapping[str, str] = {}
    status: Status = Status.ACTIVE
    variants: tuple[VariantRecord, ...] = ()


class SourceCitation(Record):
    """Where a guide's statements come from, and which of them."""

    title: str
    citation: str = ""
    url: str = ""
    supports: str = ""


class GuideRecord(Record):
    """An educational guide: front matter and a CommonMark body."""

    slug: Key
    title: str = ""
    summary: str = ""
    body: str = ""
    target_areas: tuple[str, ...] = ()
    tool_types: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    sources: tuple[SourceCitation, ...] = ()
    reviewed_on: date | None = None
    status: Status = Status.ACTIVE


class Evidence(Record):
    """Why a tag was given: the words and where they stand.

    `field` is the record's field that was read; `quote` the words as they stand in its plain text,
    `start` their offset there (characters), `None` for a stated value.
    """

    field: str
    quote: str
    start: int | None = None


class Tag(Record):
    """One vocabulary slug on a product or guide. `score` is comparable within one item only."""

    slug: str
    origin: Origin
    score: float = 1.0
    evidence: tuple[Evidence, ...] = ()


class Tags(Record):
    """All tags of a product or a guide, the strongest first in each list.

    A product has at most one tool type; a guide may have several. Contraindications are a product's, by
    `severity:subject`; those that follow from the taxonomy's rules are not among them (`storefront.catalog.safety`).
    """

    target_areas: tuple[Tag, ...] = ()
    tool_types: tuple[Tag, ...] = ()
    conditions: tuple[Tag, ...] = ()
    techniques: tuple[Tag, ...] = ()
    contraindications: tuple[Tag, ...] = ()


class GuideLink(Record):
    """Product → guide, why, and who says so. `reasons` are sentences for people, like "both are for the neck"."""

    guide: str
    role: LinkRole
    origin: Origin
    score: float = 1.0
    reasons: tuple[str, ...] = ()


class TaggedGuide(Record):
    record: GuideRecord
    tags: Tags


class TaggedProduct(Record):
    record: ProductRecord
    tags: Tags
    links: tuple[GuideLink, ...] = ()
