"""What an editor looks for in guides and products: cautions, sources, dates, promises, links, hard words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from catalog_import.tagging.claims import claims_in
from catalog_import.tagging.readability import reading_grade
from storefront.catalog.records import Caution, CautionKind, GuideRecord, ProductRecord, Status

MAX_GRADE = 9.0
_LINK = re.compile(r"(?<!!)\[[^\]\n]{0,300}\]\(([^)\s]{1,1000})(?:\s[^)\n]{0,200})?\)")
_HOST = re.compile(r"\A[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


class ContentCode(StrEnum):
    NO_CAUTIONS = "no-cautions"
    NO_SOURCES = "no-sources"
    NOT_REVIEWED = "not-reviewed"
    REVIEW_OUTDATED = "review-outdated"
    PROMISE = "promise"
    NO_STOP_SIGN = "no-stop-sign"
    BAD_LINK = "bad-link"
    HARD_TO_READ = "hard-to-read"


# To be improved; everything else is an error.
ADVICE = frozenset({ContentCode.HARD_TO_READ})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in a guide or product. `message` says what was found and what to do."""

    kind: str
    key: str
    name: str
    code: ContentCode
    message: str

    @property
    def is_error(self) -> bool:
        return self.code not in ADVICE


def guide_findings(guide: GuideRecord, *, on: date, review_days: int) -> list[Finding]:
    """Return what is to be mended in a guide on that day; a draft or archived one is left alone."""
    if guide.status is not Status.ACTIVE:
        return []
    return [Finding("guide", guide.slug, guide.title, code, text) for code, text in _of_guide(guide, on, review_days)]


def _of_guide(guide: GuideRecord, on: date, review_days: int) -> Iterator[tuple[ContentCode, str]]:
    if not guide.cautions:
        yield ContentCode.NO_CAUTIONS, "It has no cautions. Say who should not do this, and when to stop."
    if not guide.sources:
        yield ContentCode.NO_SOURCES, "It names no source. Say what its statements rest on."
    if guide.reviewed_on is None:
        yield ContentCode.NOT_REVIEWED, "It has no date of review. Fill in reviewed_on."
    elif guide.reviewed_on < on - timedelta(days=review_days):
        message = (
            f"It was last reviewed on {guide.reviewed_on.isoformat()}, more than {review_days} days ago. Review it."
        )
        yield ContentCode.REVIEW_OUTDATED, message
    yield from _promises(("title", guide.title), ("summary", guide.summary), ("body", guide.body))
    for source in guide.sources:
        if not (source.url or source.citation):
            yield ContentCode.BAD_LINK, f'The source "{source.title}" has neither an address nor a citation.'
    yield from _bad_links([*(source.url for source in guide.sources if source.url), *_LINK.findall(guide.body)])
    grade = reading_grade(guide.body)
    if grade is not None and grade > MAX_GRADE:
        message = f"It reads like grade {grade:g}; {MAX_GRADE:g} or less is easier for all. Shorten sentences."
        yield ContentCode.HARD_TO_READ, message


def product_findings(product: ProductRecord) -> list[Finding]:
    """Return what is to be mended in a product; a draft or archived one is left alone."""
    if product.status is not Status.ACTIVE:
        return []
    return [Finding("product", product.reference, product.name, code, text) for code, text in _of_product(product)]


def _of_product(product: ProductRecord) -> Iterator[tuple[ContentCode, str]]:
    if not has_stop_sign(product.cautions):
        yield ContentCode.NO_STOP_SIGN, "No caution says when to stop. Add one that begins with stop:"
    yield from _promises(("name", product.name), ("description", product.description))
    yield from _bad_links(_LINK.findall(product.description))


def has_stop_sign(cautions: Iterable[Caution]) -> bool:
    return any(caution.kind is CautionKind.STOP for caution in cautions)


def _promises(*texts: tuple[str, str]) -> Iterator[tuple[ContentCode, str]]:
    for field, text in texts:
        for claim in claims_in(field, text):
            yield ContentCode.PROMISE, f'"{claim.text}" ({field}) promises too much. Better: {claim.instead}.'


def _bad_links(addresses: Iterable[str]) -> Iterator[tuple[ContentCode, str]]:
    for address in dict.fromkeys(addresses):
        if not is_sound(address):
            yield ContentCode.BAD_LINK, f'"{address}" is no address of the web, like https://example.org/page.'


def is_sound(address: str) -> bool:
    """Return whether a link is well-formed: an address of the web, or a path or anchor of the shop itself."""
    if address.startswith(("/", "#")) and not address.startswith("//"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bool(_HOST.fullmatch(parts.hostname or ""))
