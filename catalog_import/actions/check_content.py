"""`check_content`: guides and products as an editor would check them, of files or of the shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path

from django.conf import settings

from catalog_import.sources.problems import Problem, Severity
from catalog_import.sources.reading import open_catalogue
from catalog_import.tagging.content import Finding, guide_findings, product_findings
from catalog_import.tagging.readability import reading_grade
from storefront.catalog.fields import Fields, guide_record, product_record, to_json
from storefront.catalog.models import Page, Product
from storefront.catalog.records import GUIDE_TYPE, GuideRecord, ProductRecord, Status
from storefront.catalog.snapshots import GUIDE_COLUMNS
from storefront.catalog.taxonomy import load_taxonomy

PRODUCT_COLUMNS = ("name", "description", "cautions")
# As many are kept; a shop that has more has one fault many times.
MAX_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be mended; what could not be read; and guides with how hard they are to read, the hardest first."""

    findings: list[Finding]
    problems: list[Problem]
    grades: list[tuple[str, float]]


def check_files(products: Path | None, guides: Path | None, *, on: date, review_days: int) -> Checked:
    """Check files as they are."""
    with open_catalogue(products, guides, load_taxonomy(settings.TAXONOMY_FOLDER), {}) as reading:
        records = [guide.record for guide in reading.guides]
        found = checked(records, (product.record for product in reading.products()), on=on, review_days=review_days)
        found.problems.extend(problem for problem in reading.problems if problem.severity is Severity.ERROR)
        return found


def check_shop(*, on: date, review_days: int) -> Checked:
    """Check what the shop shows: guides first, each by its name."""
    return checked(list(shown_guides()), shown_products(), on=on, review_days=review_days)


def checked(guides: Sequence[GuideRecord], products: Iterable[ProductRecord], *, on: date, review_days: int) -> Checked:
    findings = chain(
        (finding for guide in guides for finding in guide_findings(guide, on=on, review_days=review_days)),
        (finding for product in products for finding in product_findings(product)),
    )
    grades = [(guide.slug, grade) for guide in guides if (grade := reading_grade(guide.body)) is not None]
    return Checked(list(islice(findings, MAX_FINDINGS)), [], sorted(grades, key=lambda pair: -pair[1]))


def shown_guides() -> Iterator[GuideRecord]:
    rows = Page.objects.filter(page_type__slug=GUIDE_TYPE, status=Status.ACTIVE.value).order_by("title")
    for row in rows.iterator():
        yield guide_record(row.slug, Fields(own={name: to_json(getattr(row, name)) for name in GUIDE_COLUMNS}))


def shown_products() -> Iterator[ProductRecord]:
    rows = Product.objects.filter(status=Status.ACTIVE.value).order_by("name")
    for row in rows.values("public_id", *PRODUCT_COLUMNS).iterator():
        yield product_record(row["public_id"], Fields(own={name: row[name] for name in PRODUCT_COLUMNS}), {})
