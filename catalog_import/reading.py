"""The files that staff bring, read whole: products, guides, pictures, and all their problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog_import.pictures import digest_pictures
from catalog_import.problems import Place, Problem, ProblemCode, problem_at
from catalog_import.sources.guides import ReadGuide, read_guides
from catalog_import.sources.native import ReadProduct, read_products
from storefront.catalog.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was read. `folder` is where relative picture paths begin."""

    folder: Path
    files: tuple[str, ...]
    products: list[ReadProduct] = field(default_factory=list)
    guides: list[ReadGuide] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_catalogue(
    products: Path | None, guides: Path | None, taxonomy: Taxonomy, currencies: Mapping[str, str]
) -> Catalogue:
    """Read a products file and a folder of guides; either may be missing."""
    found = Catalogue(
        folder=products.parent if products else Path(),
        files=tuple(path.name for path in (products, guides) if path is not None),
    )
    if guides is not None:
        read, problems = read_guides(guides, taxonomy)
        found.guides.extend(read)
        found.problems.extend(problems)
    if products is None:
        return found
    if not products.exists():
        message = "There is no such file. Check its name and folder."
        found.problems.append(problem_at(Place(str(products)), "", ProblemCode.UNREADABLE_FILE, message))
        return found
    rows, problems = read_products(products, taxonomy, currencies)
    found.problems.extend(problems)
    with_pictures, problems = digest_pictures(rows, found.folder)
    found.products.extend(with_pictures)
    found.problems.extend(problems)
    return found
