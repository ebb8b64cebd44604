"""Judged listings and guides: what a person would tag and link, and how near the project comes to it.

The listings and guides in `judged/` are parted in two halves by a hash of their names. The development half may be
looked at and tuned on; the held-back half shows whether what was tuned holds for texts that nobody tuned on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from catalog_import.tagging.enrich import enrich_guide, enrich_product
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.records import GuideRecord, LinkRole, ProductRecord, TaggedGuide, TaggedProduct, Tags
from storefront.catalog.taxonomy import Taxonomy

FOLDER = Path(__file__).with_name("judged")
# Whole shops, judged later, whose misses were not looked at before their figures were written down.
SHOPS = {name: FOLDER / name for name in ("fresh", "later")}


class Case(NamedTuple):
    """A listing with its judgement. `tiers`: the right guides, those of the next tier only where none of this is."""

    record: ProductRecord
    areas: frozenset[str]
    tool: str
    tiers: tuple[frozenset[str], ...]


class GuideCase(NamedTuple):
    """A guide with its judgement."""

    record: GuideRecord
    areas: frozenset[str]
    tools: frozenset[str]


@dataclass
class Count:
    """Micro counts of what was expected and what was given."""

    right: int = 0
    extra: int = 0
    missing: int = 0

    def add(self, expected: Collection[str], given: Collection[str]) -> None:
        wanted, found = set(expected), set(given)
        self.right += len(wanted & found)
        self.extra += len(found - wanted)
        self.missing += len(wanted - found)

    @property
    def f1(self) -> float:
        whole = 2 * self.right + self.extra + self.missing
        return 2 * self.right / whole if whole else 1.0


@dataclass
class Figures:
    """How many judgements were met, and one line for each that was not."""

    areas: Count = field(default_factory=Count)
    tools: Count = field(default_factory=Count)
    guide_areas: Count = field(default_factory=Count)
    guide_tools: Count = field(default_factory=Count)
    related: Count = field(default_factory=Count)
    hits: int = 0
    cases: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def hit_rate(self) -> float:
        return self.hits / self.cases if self.cases else 1.0

    def lines(self) -> list[str]:
        related = self.related.right + self.related.extra
        useful = self.related.right / related if related else 1.0
        return [
            f"product area F1    {self.areas.f1:6.3f}",
            f"tool type          {self.tools.f1:6.3f}",
            f"guide area F1      {self.guide_areas.f1:6.3f}",
            f"guide tool F1      {self.guide_tools.f1:6.3f}",
            f"guide hit@1        {self.hit_rate:6.3f}  {self.hits} of {self.cases}",
            f"related useful     {useful:6.3f}  {self.related.right} of {related}",
        ]


def is_held_back(name: str) -> bool:
    """Whether a listing or guide of this name belongs to the half that is not tuned on."""
    return hashlib.blake2b(name.encode(), digest_size=1).digest()[0] % 2 == 1


def listings(folder: Path = FOLDER) -> list[Case]:
    return [
        Case(
            record=ProductRecord.model_validate(
                {"reference": f"J-{number:03}", "name": row["name"], "description": row["text"]}
            ),
            areas=frozenset(row["areas"]),
            tool=row["tool"],
            tiers=tuple(map(frozenset, row["guides"])),
        )
        for number, row in enumerate(_rows(folder / "listings.yaml"), start=1)
    ]


def guides(folder: Path = FOLDER) -> list[GuideCase]:
    return [
        GuideCase(
            record=GuideRecord.model_validate({name: row[name] for name in ("slug", "title", "summary", "body")}),
            areas=frozenset(row["areas"]),
            tools=frozenset(row["tools"]),
        )
        for row in _rows(folder / "guides.yaml")
    ]


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


def measure(
    products: Iterable[Case], among: Iterable[GuideCase], taxonomy: Taxonomy, *, figures: Figures | None = None
) -> Figures:
    """Tag the listings and the guides, link them, and count what a person would have done as well."""
    figures = figures or Figures()
    tagged = []
    general = set()
    for guide in among:
        found = enrich_guide(guide.record, taxonomy)
        tagged.append(found)
        if "full-body" in guide.areas:
            general.add(guide.record.slug)
        _count_guide(figures, guide, found)
    index = GuideIndex(tagged, taxonomy)
    for case in products:
        _count_product(figures, case, enrich_product(case.record, index, taxonomy), index.slugs, general)
    return figures


def slugs(tags: Sequence[Any]) -> set[str]:
    return {tag.slug for tag in tags}


def _count_guide(figures: Figures, guide: GuideCase, found: TaggedGuide) -> None:
    figures.guide_areas.add(guide.areas, slugs(found.tags.target_areas))
    figures.guide_tools.add(guide.tools, slugs(found.tags.tool_types))
    notes = [
        *_differences("area", guide.areas, slugs(found.tags.target_areas)),
        *_differences("tool", guide.tools, slugs(found.tags.tool_types)),
    ]
    if notes:
        figures.misses.append(f"guide {guide.record.slug}: {'; '.join(notes)}")


def _count_product(
    figures: Figures, case: Case, found: TaggedProduct, pool: Collection[str], general: Collection[str]
) -> None:
    tags: Tags = found.tags
    figures.areas.add(case.areas, slugs(tags.target_areas))
    figures.tools.add({case.tool}, slugs(tags.tool_types))
    primary = next((link.guide for link in found.links if link.role is LinkRole.PRIMARY), None)
    related = [link.guide for link in found.links if link.role is LinkRole.RELATED]
    # Where no guide of a tier is there, a general one is as good as none.
    last = frozenset(general) if case.tiers else frozenset()
    right: frozenset[str | None] = next((tier & set(pool) for tier in case.tiers if tier & set(pool)), last | {None})
    useful = frozenset[str]().union(*case.tiers, last)
    figures.related.right += len(set(related) & useful)
    figures.related.extra += len(set(related) - useful)
    figures.cases += 1
    figures.hits += primary in right
    notes = [
        *_differences("area", case.areas, slugs(tags.target_areas)),
        *_differences("tool", {case.tool}, slugs(tags.tool_types)),
    ]
    if primary not in right:
        notes.append(f"guide: {primary} instead of {' or '.join(str(guide) for guide in sorted(right, key=str))}")
    if set(related) - useful:
        notes.append(f"related of no use: {', '.join(sorted(set(related) - useful))}")
    if notes:
        figures.misses.append(f"{case.record.name}: {'; '.join(notes)}")


def _differences(what: str, expected: Collection[str], given: Collection[str]) -> list[str]:
    notes = [f"no {what} {slug}" for slug in sorted(set(expected) - set(given))]
    return notes + [f"{what} {slug} too many" for slug in sorted(set(given) - set(expected))]
