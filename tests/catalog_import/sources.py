"""Reading files in tests: what came out of a file, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog_import.sources.native import ReadProduct
from catalog_import.sources.notes import Interpretation
from catalog_import.sources.problems import Problem, ProblemCode, Severity
from catalog_import.sources.reading import open_catalogue
from storefront.catalog.records import DEFAULT_CHANNEL, Money, ProductRecord, VariantRecord
from storefront.catalog.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@dataclass(frozen=True, slots=True)
class Read:
    products: list[ReadProduct]
    problems: list[Problem]
    interpretations: list[Interpretation]
    guides: list[str]

    @property
    def records(self) -> dict[str, ProductRecord]:
        return {product.record.reference: product.record for product in self.products}

    @property
    def variants(self) -> dict[str, VariantRecord]:
        return {variant.sku: variant for product in self.products for variant in product.record.variants}

    @property
    def prices(self) -> dict[str, Money]:
        """SKU → price in the default channel."""
        return {sku: variant.prices[DEFAULT_CHANNEL] for sku, variant in self.variants.items() if variant.prices}

    @property
    def told(self) -> list[tuple[int, str, ProblemCode]]:
        """(row, column, code) of each problem, those of pictures left aside."""
        about_pictures = (ProblemCode.MISSING_PICTURE, ProblemCode.PICTURE_NOT_FETCHED)
        return [
            (problem.row, problem.column, problem.code)
            for problem in self.problems
            if problem.code not in about_pictures
        ]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]

    @property
    def noted(self) -> set[tuple[str, str]]:
        """(column, what) of each interpretation."""
        return {(found.column, found.what) for found in self.interpretations}


def read(
    path: Path,
    guides: Path | None = None,
    *,
    mapping: Path | None = None,
    currencies: dict[str, str] | None = None,
) -> Read:
    with open_catalogue(path, guides, TAXONOMY, currencies or {}, mapping=mapping) as reading:
        products = list(reading.products())
        slugs = [guide.record.slug for guide in reading.guides]
        return Read(products, list(reading.problems), list(reading.interpretations), slugs)


def read_text(folder: Path, text: str | bytes, name: str = "a file.csv", **options: dict[str, str]) -> Read:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, currencies=options.get("currencies"))
