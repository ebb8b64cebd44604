"""Product × guides → one primary and up to three related guides, each with its reasons.

What counts, in this order: how much of the product's areas the guide covers, how much of the guide is about them,
whether the guide teaches that form of tool, and whether both name the same complaint. A guide for the whole body
stands in where the product's areas are so spread that no other guide is about most of them, and where a tool is
for no area in particular.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storefront.catalog.records import (
    GuideLink,
    LinkRole,
    Origin,
    ProductRecord,
    Status,
    Tag,
    TaggedGuide,
    Tags,
)
from storefront.catalog.taxonomy import Taxonomy

MAX_RELATED = 3

COVERAGE_WEIGHT = 0.55
FOCUS_WEIGHT = 0.25
TOOL_WEIGHT = 0.15
CONDITION_WEIGHT = 0.1
FURTHER_CONDITION_WEIGHT = 0.04
MAX_CONDITIONS_WEIGHT = 0.2
TECHNIQUE_WEIGHT = 0.01

# How near a group is to an area inside it, when one is the product's and the other the guide's.
GROUP_CLOSENESS = 0.6
# How much of a named area a whole-body guide covers beside a product's own "full body".
WHOLE_BODY_SHARE = 0.5
# How well a whole-body guide fits a product for so many regions of the body, if no other guide fits at all.
SPREAD = {1: 0.2, 2: 0.35, 3: 0.5}
WIDE_SPREAD = 0.9
# A tool for no area in particular.
NO_AREA_FIT = 0.4

LEAST_PRIMARY = 0.2
LEAST_RELATED = 0.3

OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Match:
    guide: TaggedGuide
    score: float
    reasons: tuple[str, ...]

    @property
    def slug(self) -> str:
        return self.guide.record.slug


def match_guides(
    product: ProductRecord, tags: Tags, guides: Sequence[TaggedGuide], taxonomy: Taxonomy
) -> tuple[GuideLink, ...]:
    """The product's guides: at most one primary link, then the related ones, the best first.

    Guides that the record states win; stated slugs that are not among the active guides are passed over (it is
    for the caller to report them). The order of `guides` makes no difference.
    """
    active = {guide.record.slug: guide for guide in guides if guide.record.status is Status.ACTIVE}
    matches = _Matcher(tags, taxonomy).ranked(active.values())
    primary = _primary(product, active, matches)
    taken = {primary.guide} if primary is not None else set()
    related = _related(product, active, matches, taken)
    return (primary, *related) if primary is not None else related


def _primary(product: ProductRecord, active: Iterable[str], matches: Sequence[_Match]) -> GuideLink | None:
    if product.guide is not None and product.guide in active:
        return _stated(product.guide, LinkRole.PRIMARY)
    is_cleared = product.guide is None and "guide" in product.model_fields_set
    if is_cleared or not matches or matches[0].score < LEAST_PRIMARY:
        return None
    return _inferred(matches[0], LinkRole.PRIMARY)


def _related(
    product: ProductRecord, active: Iterable[str], matches: Sequence[_Match], taken: set[str]
) -> tuple[GuideLink, ...]:
    stated = [slug for slug in dict.fromkeys(product.related_guides) if slug in active and slug not in taken]
    if stated or ("related_guides" in product.model_fields_set and not product.related_guides):
        return tuple(_stated(slug, LinkRole.RELATED) for slug in stated)
    good = [match for match in matches if match.slug not in taken and match.score >= LEAST_RELATED]
    return tuple(_inferred(match, LinkRole.RELATED) for match in good[:MAX_RELATED])


def _stated(slug: str, role: LinkRole) -> GuideLink:
    return GuideLink(guide=slug, role=role, origin=Origin.STATED, reasons=("the product's file names this guide",))


def _inferred(match: _Match, role: LinkRole) -> GuideLink:
    return GuideLink(
        guide=match.slug, role=role, origin=Origin.INFERRED, score=round(match.score, 4), reasons=match.reasons
    )


class _Matcher:
    """Weighs guides for one product's tags."""

    def __init__(self, tags: Tags, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.root = taxonomy.root
        self.tool = next((tag.slug for tag in tags.tool_types), OTHER)
        self.conditions = _slugs(tags.conditions)
        total = sum(tag.score for tag in tags.target_areas) or 1.0
        self.areas = {tag.slug: tag.score / total for tag in tags.target_areas}

    def ranked(self, guides: Iterable[TaggedGuide]) -> list[_Match]:
        """Guides that have something to say on the product, the best first; equals by slug."""
        guides = list(guides)
        best_coverage = max((self.coverage(guide) for guide in guides if not self.is_general(guide)), default=0.0)
        matches = [self.match(guide, best_coverage) for guide in guides]
        return sorted((match for match in matches if match.score > 0), key=lambda match: (-match.score, match.slug))

    def match(self, guide: TaggedGuide, best_coverage: float) -> _Match:
        fit = self.general_fit(best_coverage) if self.is_general(guide) else self.area_fit(guide)
        teaches = self.tool != OTHER and self.tool in _slugs(guide.tags.tool_types)
        if fit <= 0 or (self.is_tool_guide(guide) and not teaches):
            return _Match(guide, 0.0, ())
        shared = [slug for slug in self.taxonomy.conditions if slug in self.conditions & _slugs(guide.tags.conditions)]
        techniques = self.shared_techniques(guide)
        score = fit + TOOL_WEIGHT * teaches + TECHNIQUE_WEIGHT * bool(techniques)
        if shared:
            further = FURTHER_CONDITION_WEIGHT * (len(shared) - 1)
            score += min(CONDITION_WEIGHT + further, MAX_CONDITIONS_WEIGHT)
        reasons = self.area_reasons(guide)
        if teaches:
            reasons.append(f"the guide teaches {_inside(self.taxonomy.tool_types[self.tool].plural)}")
        reasons += [f"both name {_inside(self.taxonomy.conditions[slug].name)}" for slug in shared]
        reasons += [
            f"the guide teaches {_inside(self.taxonomy.techniques[slug].name)}, which this tool is made for"
            for slug in techniques
        ]
        return _Match(guide, min(score, 1.0), tuple(reasons))

    def is_general(self, guide: TaggedGuide) -> bool:
        """A guide for the whole body, or for a tool and no area."""
        areas = _slugs(guide.tags.target_areas)
        return not areas or self.root in areas

    def is_tool_guide(self, guide: TaggedGuide) -> bool:
        return not guide.tags.target_areas

    def closeness(self, area: str, other: str) -> float:
        if area == other:
            return 1.0
        if self.root in (area, other):
            return 0.0
        if area in self.taxonomy.ancestors(other) or other in self.taxonomy.ancestors(area):
            return GROUP_CLOSENESS
        return 0.0

    def coverage(self, guide: TaggedGuide) -> float:
        """The share of the product's areas, by their weight, that the guide is for."""
        others = _slugs(guide.tags.target_areas)
        return sum(
            weight * max((self.closeness(area, other) for other in others), default=0.0)
            for area, weight in self.areas.items()
        )

    def area_fit(self, guide: TaggedGuide) -> float:
        coverage = self.coverage(guide)
        if coverage == 0:
            return 0.0
        others = _slugs(guide.tags.target_areas)
        focus = sum(max(self.closeness(area, other) for area in self.areas) for other in others) / len(others)
        return COVERAGE_WEIGHT * coverage + FOCUS_WEIGHT * focus

    def general_fit(self, best_coverage: float) -> float:
        """How well a guide for the whole body fits, where `best_coverage` is the best of the other guides."""
        if not self.areas:
            return NO_AREA_FIT if self.tool != OTHER else 0.0
        regions = {self.region(area) for area in self.areas if area != self.root}
        if self.tool == OTHER and not regions:
            return 0.0
        whole = self.areas.get(self.root or "", 0.0)
        if whole:
            return (COVERAGE_WEIGHT + FOCUS_WEIGHT) * (whole + WHOLE_BODY_SHARE * (1 - whole))
        if self.tool == OTHER:
            return 0.0
        spread = SPREAD.get(len(regions), WIDE_SPREAD)
        return (COVERAGE_WEIGHT + FOCUS_WEIGHT) * spread * (1 - best_coverage)

    def region(self, area: str) -> str:
        """The part of the body just under the whole that the area is or lies in."""
        inside = [group for group in self.taxonomy.ancestors(area) if group != self.root]
        return inside[-1] if inside else area

    def shared_techniques(self, guide: TaggedGuide) -> list[str]:
        taught = _slugs(guide.tags.techniques)
        return [
            technique.slug
            for technique in self.taxonomy.techniques.values()
            if technique.slug in taught and self.tool in technique.tool_types
        ]

    def area_reasons(self, guide: TaggedGuide) -> list[str]:
        others = _slugs(guide.tags.target_areas)
        areas = self.taxonomy.areas
        order = list(areas)
        both = sorted(self.areas.keys() & others, key=order.index)
        reasons = [f"both are for the {_listed(_inside(areas[slug].name) for slug in both)}"] if both else []
        for other in sorted(others - self.areas.keys(), key=order.index):
            if other == self.root:
                reasons.append("the guide is for the whole body")
                continue
            inside = [area for area in self.areas if other in self.taxonomy.ancestors(area)]
            if inside:
                names = _listed(_inside(areas[slug].name) for slug in sorted(inside, key=order.index))
                reasons.append(f"the guide is for the {_inside(areas[other].name)}, and so for the {names}")
            around = [area for area in self.areas if area != self.root and area in self.taxonomy.ancestors(other)]
            if around:
                reasons.append(f"the guide is for the {_inside(areas[other].name)}, part of the {_inside(areas[around[0]].name)}")
        return reasons


def _slugs(tags: Iterable[Tag]) -> set[str]:
    return {tag.slug for tag in tags}


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: "Massage balls" → "massage balls", "T-bars" stays."""
    return name if name[1:2].isupper() or not name[1:2].isalpha() else name[0].lower() + name[1:]


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
