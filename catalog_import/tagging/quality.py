"""How sure the tags and guides of many products are: counts, and the least certain with what speaks for them."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from catalog_import.sources.problems import Place
from storefront.catalog.records import WEAK_BELOW, GuideLink, LinkRole, Origin, Tag, Tags

SHOWN = 10


class Certainty(StrEnum):
    STATED = "stated"
    INFERRED = "inferred"
    WEAK = "weak"
    NONE = "none"


# What each is worth when products are compared by how sure everything about them is.
_WORTH: Mapping[str, int] = {Certainty.STATED: 3, Certainty.INFERRED: 2, Certainty.WEAK: 1, Certainty.NONE: 0}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A product about which little is sure. `evidence`: the words that speak for its tags; `reasons`: for its guide."""

    name: str
    reference: str
    file: str
    row: int
    areas: Certainty
    tool_type: Certainty
    guide: Certainty
    found: tuple[str, ...]
    evidence: tuple[str, ...]
    reasons: tuple[str, ...]


class Judged(NamedTuple):
    """How sure a product's areas, tool type and primary guide are, and how strongly its text speaks for its areas."""

    areas: str
    tool_type: str
    guide: str
    strength: float


Explain = Callable[[], tuple[Tags, Sequence[GuideLink]]]


def judge(tags: Tags, links: Sequence[GuideLink]) -> Judged:
    return Judged(
        certainty(tags.target_areas, is_strong=lambda tag: tag.score >= WEAK_BELOW),
        # The form of a tool is in its name.
        certainty(tags.tool_types, is_strong=lambda tag: any(part.field == "name" for part in tag.evidence)),
        link_certainty(primary_of(links)),
        max((tag.score for tag in tags.target_areas), default=0.0),
    )


def primary_of(links: Sequence[GuideLink]) -> GuideLink | None:
    return next((link for link in links if link.role is LinkRole.PRIMARY), None)


@dataclass(slots=True)
class Quality:
    """Gathers the certainty of products one by one; what it keeps does not grow with their number.

    `changes`: what is different from the shop, in products; empty where there is no shop to compare with.
    """

    products: int = 0
    areas: Counter[str] = field(default_factory=Counter)
    tool_types: Counter[str] = field(default_factory=Counter)
    guides: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    # (how sure it is, less its number: of equals the first are kept, the doubt)
    _doubts: list[tuple[float, int, Doubt]] = field(default_factory=list)

    def add(self, judged: Judged, name: str, reference: str, place: Place, explain: Explain) -> None:
        """Count a product. `explain` is called for those alone that are among the least certain so far."""
        areas, tool_type, guide, strength = judged
        self.products += 1
        self.areas[areas] += 1
        self.tool_types[tool_type] += 1
        self.guides[guide] += 1
        # By certainty first; among equals by how strongly the text speaks.
        sure = _WORTH[areas] + _WORTH[tool_type] + _WORTH[guide] + min(strength, 9.9) / 10
        if areas == tool_type == guide == Certainty.STATED:
            return
        if len(self._doubts) == SHOWN and -self._doubts[0][0] <= sure:
            return
        tags, links = explain()
        primary = primary_of(links)
        found = [*tags.target_areas, *tags.tool_types]
        doubt = Doubt(
            *(name, reference, place.file, place.row, Certainty(areas), Certainty(tool_type), Certainty(guide)),
            found=(*(tag.slug for tag in found), *([primary.guide] if primary else [])),
            evidence=tuple(dict.fromkeys(piece.quote for tag in found for piece in tag.evidence)),
            reasons=primary.reasons if primary else (),
        )
        heapq.heappush(self._doubts, (-sure, -self.products, doubt))
        if len(self._doubts) > SHOWN:
            heapq.heappop(self._doubts)

    def doubts(self) -> list[Doubt]:
        """Return the least certain products, the least certain first."""
        return [doubt for _, _, doubt in sorted(self._doubts, key=lambda kept: (-kept[0], -kept[1]))]

    def as_json(self) -> dict[str, Any]:
        counts = {"areas": self.areas, "tool_types": self.tool_types, "guides": self.guides}
        return {
            "products": self.products,
            **{name: {kind.value: found[kind] for kind in Certainty} for name, found in counts.items()},
            "least_certain": [asdict(doubt) for doubt in self.doubts()],
            "changes": dict(self.changes),
        }


def certainty(tags: Sequence[Tag], is_strong: Callable[[Tag], bool]) -> Certainty:
    """Return how sure the surest of these tags is."""
    if not tags:
        return Certainty.NONE
    if any(tag.origin is not Origin.INFERRED for tag in tags):
        return Certainty.STATED
    return Certainty.INFERRED if any(map(is_strong, tags)) else Certainty.WEAK


def link_certainty(link: GuideLink | None) -> Certainty:
    """Return how sure a primary guide is; one that has a single thing in common with the product is weak."""
    if link is None:
        return Certainty.NONE
    if link.origin is not Origin.INFERRED:
        return Certainty.STATED
    return Certainty.INFERRED if len(link.reasons) > 1 else Certainty.WEAK


def counted_lines(report: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the report's counts with their names, for people."""
    for key, title in (("areas", "Areas"), ("tool_types", "Tool types"), ("guides", "Guides")):
        yield title, [(kind.value, report[key][kind.value]) for kind in Certainty]
