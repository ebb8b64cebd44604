"""Read one input in every way that staff could bring it, and hold what was promised against what came."""

from __future__ import annotations

import random
import time
from pathlib import Path

from catalog_import.sources.guides import read_guides
from catalog_import.sources.problems import Problem, ProblemCode, Severity
from catalog_import.sources.proposals import propose_mapping
from catalog_import.sources.reading import open_catalogue
from storefront.catalog.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
MAPPING = Path(__file__).parents[3] / "docs" / "examples" / "other-mapping.yaml"
NAMES = ("products.csv", "products.xlsx", "products.json", "feed.xml", "catalogue.zip", "no-ending", "ü b.txt")
# Far above what any of the inputs takes, far below what a person would wait for.
MAX_SECONDS = 20.0


class BrokenPromise(AssertionError):
    """Reading did what it must never do."""


def read_input(content: bytes, folder: Path, chance: random.Random) -> int:
    """How many problems this input has. Raises what reading raises, and `BrokenPromise`."""
    path = folder / chance.choice(NAMES)
    path.write_bytes(content)
    began = time.monotonic()
    try:
        mapping = MAPPING if chance.random() < 0.1 else None
        with open_catalogue(path, None, TAXONOMY, {"default-channel": "USD"}, mapping=mapping) as reading:
            for product in reading.products():
                check_text(product.record.model_dump_json())
            problems = list(reading.problems)
            for interpretation in reading.interpretations:
                check_text(interpretation.what + interpretation.example + interpretation.column)
        if chance.random() < 0.1:
            propose_mapping(path)
        if chance.random() < 0.2 or content.startswith(b"---"):
            problems += read_as_guide(content, folder)
    finally:
        path.unlink()
    for problem in problems:
        check_problem(problem)
    if time.monotonic() - began > MAX_SECONDS:
        raise BrokenPromise(f"Reading took {time.monotonic() - began:.1f} s.")
    return len(problems)


def read_as_guide(content: bytes, folder: Path) -> list[Problem]:
    guides = folder / "guides"
    guides.mkdir(exist_ok=True)
    (guides / "a.md").write_bytes(content)
    return read_guides(guides, TAXONOMY)[1]


def check_problem(problem: Problem) -> None:
    if not isinstance(problem.code, ProblemCode) or not isinstance(problem.severity, Severity):
        raise BrokenPromise(f"A problem without a code: {problem}")
    if not problem.message or len(problem.message) > 2_000 or len(problem.value) > 300:
        raise BrokenPromise(f"A problem that nobody can read: {problem}")
    check_text(problem.message + problem.value + problem.column)


def check_text(text: str) -> None:
    """What is read goes into a database and to a terminal: it must be text."""
    text.encode("utf-8")
