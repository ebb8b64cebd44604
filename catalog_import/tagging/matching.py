"""Product × guides → one primary and up to three related guides, each with its reasons.

A guide has a subject: the tools or the technique that its title names, or else the places that it works on. A guide
to another tool is no guide to the product. A guide to the product's own tool comes first where the tool needs a
technique of its own (a gun, cups, heat); for a plain tool, such as a ball, it only counts beside how much of the
product's areas the guide covers and how much of the guide is about them. What else counts: whether the guide teaches
that form of tool, and whether both name the same complaint. A guide for the whole body stands in where the product's
areas are so spread that no other guide is about most of them, and where a tool is for no area in particular.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from enum import Enum
from typing import NamedTuple

from catalog_import.tagging.tagger import Subject, place_words, quoted_words, subject_of
from storefront.catalog.language.lexicon import language_of
from storefront.catalog.records import (
    GuideLink,
    LinkRole,
    Origin,
    ProductRecord,
    Status,
    TaggedGuide,
    Tags,
)
from storefront.catalog.taxonomy import Taxonomy

MAX_RELATED = 3
# Different sets of tags that an index remembers the ranking of.
MAX_REMEMBERED = 20_000

AREA_WEIGHT = 0.75
# A guide to the product's own tool where the tool needs a technique of its own: at least this, and the more the more
# of the product's areas the guide covers.
OWN_TECHNIQUE_BASE = 0.6
OWN_TECHNIQUE_COVERAGE = 0.3
# A guide to the product's own tool where the tool is a plain one; and how well it fits an area if it names none.
OWN_TOOL_WEIGHT = 0.3
OWN_TOOL_ANYWHERE = 0.6
# A guide to one tool says more about it than one to many.
TOOL_WEIGHT = 0.1
ONLY_TOOL_WEIGHT = 0.04
SAME_LEAD_WEIGHT = 0.04
CONDITION_WEIGHT = 0.08
FURTHER_CONDITION_WEIGHT = 0.02
MAX_CONDITIONS_WEIGHT = 0.14
TECHNIQUE_WEIGHT = 0.01
# Both are about the complaint that the guide's title names.
SUBJECT_CONDITION_WEIGHT = 0.12
# Inside one area the guide to the scalp and the one to the jaw are told apart by the words for the place.
SAME_WORDS_WEIGHT = 0.08
# What is no tool, such as a splint, is bought for its complaint.
NO_TOOL_CONDITION_WEIGHT = 0.2

# How much more it counts that a guide covers the product than that it is about nothing else.
COVERAGE_EMPHASIS = 1.5
# A guide for a group covers a product's area inside it so much, and is about it so much.
WITHIN_GROUP = 0.65
WITHIN_GROUP_FOCUS = 0.35
# Of a product's group a guide covers the share of its parts that it is for, and a little; its parts are about it.
PART_BASE = 0.2
PART_OF_PRODUCT = 0.9
# How much of a named area a whole-body guide covers beside a product's own "full body".
WHOLE_BODY_SHARE = 0.5
# How well a whole-body guide fits where so many guides would be needed for all the regions of the body that the
# product is for, and none of them covered any.
SPREAD = {1: 0.2, 2: 0.35, 3: 0.5}
WIDE_SPREAD = 0.9
# A guide for so many regions that teaches the tool is a general one, though less so than one for the whole body.
MANY_REGIONS = 4
BROAD_SHARE = 0.8
# A guide to places all over the body, or to all of it without this tool, explains rather than shows what to do.
WIDE_FACTOR = 0.6
# A guide that is first of all for another part of the body.
ELSEWHERE_FACTOR = 0.7
# A guide to places that does not teach the tool, where the tool needs a technique of its own.
MERE_PLACE_FACTOR = 0.85
# A guide to a technique that the tool has besides, such as warmth.
EXTRA_FACTOR = 0.6
# A guide whose title names the place and another tool.
ASIDE_FACTOR = 0.7
# A guide for certain people, or about keeping tools.
BESIDE_USE_FACTOR = 0.5
# A guide whose title names so many kinds of tools compares them; the guide to one of them says more about it.
MANY_TOOLS = 4
# A guide to the tool and one place, for a tool that is for no place in particular.
ONE_PLACE_FACTOR = 0.5
# From this share on a guide takes care of an area.
TAKEN_CARE_OF = 0.5
# A tool for no area in particular.
NO_AREA_FIT = 0.4

LEAST_PRIMARY = 0.3
LEAST_RELATED = 0.3
# A related guide is at least so good as this share of the best one.
RELATED_SHARE = 0.6

OTHER = "other"


class _Stand(Enum):
    """What a guide's subject is to a product."""

    OWN = "a guide to this tool or its technique"
    TAUGHT = "a guide that teaches this tool among others"
    OPEN = "a guide to places, whatever the tool"
    ASIDE = "a guide to a place, with another tool"
    OTHER = "a guide to another tool"


class _Guide:
    """What a guide's tags say, as sets; slugs that the taxonomy does not have count for nothing."""

    __slots__ = (
        "areas",
        "conditions",
        "is_wide",
        "lead",
        "regions",
        "shares",
        "slug",
        "subject",
        "techniques",
        "tools",
        "weights",
        "words",
    )

    def __init__(self, guide: TaggedGuide, taxonomy: Taxonomy) -> None:
        tags = guide.tags
        self.slug = guide.record.slug
        self.weights = {tag.slug: tag.score for tag in tags.target_areas if tag.slug in taxonomy.areas}
        self.areas = frozenset(self.weights)
        self.lead = next(iter(self.weights), None)
        self.tools = frozenset(tag.slug for tag in tags.tool_types)
        self.conditions = frozenset(tag.slug for tag in tags.conditions)
        self.techniques = frozenset(tag.slug for tag in tags.techniques)
        self.regions = len({region(area, taxonomy) for area in self.areas})
        self.is_wide = self.regions >= MANY_REGIONS
        self.subject = self.subject_among(subject_of(language_of(taxonomy), guide.record))
        self.words = place_words(language_of(taxonomy), guide.record)
        # How much of each area of the body the guide is for.
        self.shares = {area: covered(area, self.areas, taxonomy) for area in taxonomy.areas}

    def subject_among(self, named: Subject) -> Subject:
        """What is named, as far as the guide teaches it; a guide to one tool and no place is to that tool."""
        taught = self.tools - {OTHER}
        tools = named.tools & taught
        if not tools and not named.techniques and len(taught) == 1 and (self.is_wide or not self.areas):
            tools = taught
        return named._replace(tools=tools)


def region(area: str, taxonomy: Taxonomy) -> str:
    """The part of the body just under the whole that the area is or lies in."""
    inside = [group for group in taxonomy.ancestors(area) if group != taxonomy.root]
    return inside[-1] if inside else area


def covered(area: str, others: Set[str], taxonomy: Taxonomy) -> float:
    """How much of an area a guide with these areas is for."""
    if area in others:
        return 1.0
    if area == taxonomy.root:
        return 0.0
    if any(group in others for group in taxonomy.ancestors(area) if group != taxonomy.root):
        return WITHIN_GROUP
    parts = taxonomy.children(area)
    share = sum(part in others for part in parts) / len(parts) if parts else 0.0
    return share and PART_BASE + (1 - PART_BASE) * share


class _Match(NamedTuple):
    guide: _Guide
    score: float

    @property
    def slug(self) -> str:
        return self.guide.slug


class GuideIndex:
    """The active guides, made ready once for matching many products.

    Products with the same tags fit the same guides, so what was ranked is remembered.
    """

    def __init__(self, guides: Iterable[TaggedGuide], taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.language = language_of(taxonomy)
        self.guides = sorted(
            (_Guide(guide, taxonomy) for guide in guides if guide.record.status is Status.ACTIVE),
            key=lambda guide: guide.slug,
        )
        self.slugs = frozenset(guide.slug for guide in self.guides)
        self.remembered: dict[object, tuple[_Matcher, list[_Match]]] = {}

    def match(self, product: ProductRecord, tags: Tags) -> tuple[GuideLink, ...]:
        """The product's guides: at most one primary link, then the related ones, the best first.

        Guides that the record states win; stated slugs that are not among the active guides are passed over (it
        is for the caller to report them).
        """
        matcher, matches = self.ranked(tags)
        primary = self.primary(product, matches, matcher)
        taken = {primary.guide} if primary is not None else set()
        related = self.related(product, matches, matcher, taken)
        return (primary, *related) if primary is not None else related

    def ranked(self, tags: Tags) -> tuple[_Matcher, list[_Match]]:
        key = (
            tuple((tag.slug, tag.score) for tag in tags.target_areas),
            tuple(tag.slug for tag in tags.tool_types),
            frozenset(tag.slug for tag in tags.conditions),
            frozenset(tag.slug for tag in tags.techniques),
            is_named_for_areas(tags),
            quoted_words(self.language, tags.target_areas),
        )
        if key not in self.remembered:
            if len(self.remembered) >= MAX_REMEMBERED:
                self.remembered.clear()
            matcher = _Matcher(tags, self.taxonomy)
            self.remembered[key] = matcher, matcher.ranked(self.guides)
        return self.remembered[key]

    def primary(self, product: ProductRecord, matches: Sequence[_Match], matcher: _Matcher) -> GuideLink | None:
        if product.guide is not None and product.guide in self.slugs:
            return _stated(product.guide, LinkRole.PRIMARY)
        is_cleared = product.guide is None and "guide" in product.model_fields_set
        if is_cleared or not matches or matches[0].score < LEAST_PRIMARY:
            return None
        return matcher.link(matches[0], LinkRole.PRIMARY)

    def related(
        self, product: ProductRecord, matches: Sequence[_Match], matcher: _Matcher, taken: set[str]
    ) -> tuple[GuideLink, ...]:
        stated = [slug for slug in dict.fromkeys(product.related_guides) if slug in self.slugs and slug not in taken]
        if stated or ("related_guides" in product.model_fields_set and not product.related_guides):
            return tuple(_stated(slug, LinkRole.RELATED) for slug in stated)
        least = max(LEAST_RELATED, RELATED_SHARE * matches[0].score) if matches else LEAST_RELATED
        good = [match for match in matches if match.slug not in taken and match.score >= least]
        return tuple(matcher.link(match, LinkRole.RELATED) for match in good[:MAX_RELATED])


def _stated(slug: str, role: LinkRole) -> GuideLink:
    return GuideLink(guide=slug, role=role, origin=Origin.STATED, reasons=("the product's file names this guide",))


def is_named_for_areas(tags: Tags) -> bool:
    """Whether more than a description says what the product is for: its name, its file or a person."""
    return any(
        tag.origin is not Origin.INFERRED or any(piece.field != "description" for piece in tag.evidence)
        for tag in tags.target_areas
    )


class _Matcher:
    """Weighs guides for one product's tags."""

    def __init__(self, tags: Tags, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.root = taxonomy.root
        self.tool = next((tag.slug for tag in tags.tool_types if tag.slug in taxonomy.tool_types), OTHER)
        self.conditions = frozenset(tag.slug for tag in tags.conditions)
        self.techniques = frozenset(tag.slug for tag in tags.techniques)
        self.mixed = (taxonomy.vocabulary.other_items.powered_type, OTHER)
        self.technique = self.main_technique(tags)
        self.is_guide_first = self.technique is not None and taxonomy.techniques[self.technique].guide_first
        self.is_no_tool = self.tool == OTHER and self.technique is None
        # A stated slug that the taxonomy does not have is for the caller to report; here it counts for nothing.
        known = [tag for tag in tags.target_areas if tag.slug in taxonomy.areas]
        total = sum(tag.score for tag in known) or 1.0
        self.lead = known[0].slug if known else None
        self.words = quoted_words(language_of(taxonomy), tags.target_areas)
        self.is_named_for_areas = is_named_for_areas(tags)
        self.areas = {tag.slug: tag.score / total for tag in known}
        self.regions = {region(area, taxonomy) for area in self.areas}
        self.links: dict[tuple[str, LinkRole], GuideLink] = {}
        self.coverages: dict[str, float] = {}
        self.relevances: dict[str, float] = {}

    def ranked(self, guides: Sequence[_Guide]) -> list[_Match]:
        """Guides that have something to say on the product, the best first; equals by slug."""
        special = [guide for guide in guides if not self.is_general(guide)]
        closest = max(special, key=self.coverage, default=None)
        matches = [_Match(guide, self.score(guide, closest)) for guide in guides]
        return sorted((match for match in matches if match.score > 0), key=lambda match: (-match.score, match.slug))

    def score(self, guide: _Guide, closest: _Guide | None) -> float:
        """Weighs one guide; `closest` is the one for single areas that covers the product best."""
        stand = self.stand(guide)
        if stand is _Stand.OTHER or self.is_far_fetched():
            return 0.0
        fit = self.area_fit(guide)
        if stand is _Stand.OWN:
            score = self.own_score(guide, fit)
        else:
            score = self.place_score(guide, fit, closest, is_taught=stand is _Stand.TAUGHT)
            if stand is _Stand.ASIDE:
                score *= ASIDE_FACTOR
        if score <= 0:
            return 0.0
        if guide.subject.is_beside_use:
            score *= BESIDE_USE_FACTOR
        score += TECHNIQUE_WEIGHT * bool(self.shared_techniques(guide))
        if self.lead is not None and guide.lead == self.lead:
            score += SAME_LEAD_WEIGHT
        if self.words:
            score += SAME_WORDS_WEIGHT * len(self.words & guide.words) / len(self.words)
        return min(score + self.condition_score(guide), 1.0)

    def condition_score(self, guide: _Guide) -> float:
        shared = self.conditions & guide.conditions
        if not shared:
            return 0.0
        first = CONDITION_WEIGHT
        if self.is_no_tool:
            first = NO_TOOL_CONDITION_WEIGHT
        elif shared & guide.subject.conditions:
            first = SUBJECT_CONDITION_WEIGHT
        return min(first + FURTHER_CONDITION_WEIGHT * (len(shared) - 1), max(first, MAX_CONDITIONS_WEIGHT))

    def is_far_fetched(self) -> bool:
        """A thing that is no tool, such as a gift card, and whose description names the place in passing."""
        return self.is_no_tool and not self.is_named_for_areas and not self.conditions

    def main_technique(self, tags: Tags) -> str | None:
        """The technique that parts this product from others: that of its form, or, as "electric massager" and "other"
        are many things, that of its text."""
        own = [technique for technique in self.taxonomy.techniques.values() if technique.own]
        by_form = [technique.slug for technique in own if self.tool in technique.tool_types]
        if by_form or self.tool not in self.mixed:
            return next(iter(by_form), None)
        said = [technique for technique in reversed(own) if technique.slug in self.techniques]
        return next((technique.slug for technique in said if self.tool == OTHER or not technique.extra), None)

    def stand(self, guide: _Guide) -> _Stand:
        """What the guide's subject is to the product."""
        subject = guide.subject
        if self.tool in subject.tools and len(subject.tools) >= MANY_TOOLS:
            return _Stand.TAUGHT
        if self.tool in subject.tools:
            # A TENS guide is none to a shiatsu pillow, though both are electric massagers.
            is_same = self.tool not in self.mixed or not subject.techniques or self.technique in subject.techniques
            # Nor is a guide to scraping the face one to a blade for the forearms.
            is_elsewhere = subject.names_place and self.areas and not self.coverage(guide)
            return _Stand.OWN if is_same and not is_elsewhere else _Stand.OTHER
        other = _Stand.ASIDE if subject.names_place else _Stand.OTHER
        if subject.tools and not self.is_taught(guide):
            return other
        if subject.techniques and not subject.tools:
            if self.technique in subject.techniques:
                return _Stand.OWN
            return _Stand.OPEN if self.techniques & (subject.techniques | subject.further) else other
        return _Stand.TAUGHT if self.is_taught(guide) else _Stand.OPEN

    def place_score(self, guide: _Guide, fit: float, closest: _Guide | None, *, is_taught: bool) -> float:
        """How good a guide is whose subject is the places that it works on."""
        if not guide.areas and not is_taught:
            return 0.0
        is_general = self.is_general(guide)
        if is_general:
            fit = max(fit, self.general_fit(guide, closest))
        if (guide.is_wide and not is_general) or (self.root in guide.areas and not is_taught):
            fit *= WIDE_FACTOR
        elif (
            guide.lead not in (None, self.root) and self.areas and region(guide.lead, self.taxonomy) not in self.regions
        ):
            fit *= ELSEWHERE_FACTOR
        score = AREA_WEIGHT * fit
        if is_taught and fit > 0:
            score += TOOL_WEIGHT + ONLY_TOOL_WEIGHT / len(guide.tools)
        elif self.is_guide_first:
            score *= MERE_PLACE_FACTOR
        if guide.subject.techniques:
            score *= EXTRA_FACTOR
        if is_taught and self.root in guide.areas:
            # Better than none, where no other guide is.
            score = max(score, LEAST_PRIMARY)
        return score

    def own_score(self, guide: _Guide, fit: float) -> float:
        """How good a guide to the product's own tool is."""
        is_anywhere = not self.areas or not guide.areas or self.root in guide.areas or self.root in self.areas
        if self.tool in self.mixed and not is_anywhere and not self.coverage(guide):
            return OWN_TOOL_WEIGHT if self.is_guide_first else 0.0
        if not self.areas:
            # The more of the body the guide is for, the better for a tool that may go anywhere.
            breadth = 1.0 if self.root in guide.areas or not guide.areas else min(guide.regions / MANY_REGIONS, 1.0)
            score = OWN_TECHNIQUE_BASE + OWN_TECHNIQUE_COVERAGE * breadth
            return score * (ONE_PLACE_FACTOR if guide.subject.names_place else 1)
        if self.is_guide_first:
            return OWN_TECHNIQUE_BASE + OWN_TECHNIQUE_COVERAGE * (1.0 if is_anywhere else self.coverage(guide))
        return AREA_WEIGHT * (max(fit, OWN_TOOL_ANYWHERE) if is_anywhere else fit) + OWN_TOOL_WEIGHT

    def link(self, match: _Match, role: LinkRole) -> GuideLink:
        key = (match.slug, role)
        if key not in self.links:
            self.links[key] = GuideLink(
                guide=match.slug,
                role=role,
                origin=Origin.INFERRED,
                score=round(match.score, 4),
                reasons=self.reasons(match.guide),
            )
        return self.links[key]

    def reasons(self, guide: _Guide) -> tuple[str, ...]:
        """Why the guide is linked, in sentences for people."""
        taxonomy = self.taxonomy
        reasons = self.area_reasons(guide)
        if self.is_taught(guide):
            verb = "is about" if self.tool in guide.subject.tools else "teaches"
            reasons.append(f"the guide {verb} {_inside(taxonomy.tool_types[self.tool].plural)}")
        if self.technique is not None and self.technique in guide.subject.techniques:
            reasons.append(f"the guide is about {_inside(taxonomy.techniques[self.technique].name)}, as is the tool")
        reasons += [f"both name {_inside(taxonomy.conditions[slug].name)}" for slug in self.shared_conditions(guide)]
        reasons += [
            f"the guide teaches {_inside(taxonomy.techniques[slug].name)}, which this tool is made for"
            for slug in self.shared_techniques(guide)
            if slug != self.technique or slug not in guide.subject.techniques
        ]
        return tuple(reasons)

    def shared_conditions(self, guide: _Guide) -> list[str]:
        shared = self.conditions & guide.conditions
        return [slug for slug in self.taxonomy.conditions if slug in shared] if shared else []

    def is_general(self, guide: _Guide) -> bool:
        """A guide for the whole body, or for a tool and no area.

        For a product that is for no area in particular, or for all, a guide for many regions is a general one too.
        """
        areas = guide.areas
        if not areas or self.root in areas:
            return True
        is_for_any = not self.areas or self.root in self.areas
        return is_for_any and guide.is_wide and self.is_taught(guide)

    def is_taught(self, guide: _Guide) -> bool:
        return self.tool != OTHER and self.tool in guide.tools

    def relevance(self, other: str) -> float:
        """How much of one of a guide's areas the product is for."""
        known = self.relevances.get(other)
        if known is None:
            known = self.relevances[other] = self.weigh_relevance(other)
        return known

    def weigh_relevance(self, other: str) -> float:
        if other in self.areas:
            return 1.0
        if other == self.root:
            return 0.0
        if any(group in self.areas for group in self.taxonomy.ancestors(other) if group != self.root):
            return PART_OF_PRODUCT
        return WITHIN_GROUP_FOCUS if any(area in self.areas for area in self.taxonomy.descendants(other)) else 0.0

    def coverage(self, guide: _Guide) -> float:
        """The share of the product's areas, by their weight, that the guide is for."""
        known = self.coverages.get(guide.slug)
        if known is None:
            shares = guide.shares
            known = sum(weight * shares[area] for area, weight in self.areas.items())
            self.coverages[guide.slug] = known
        return known

    def area_fit(self, guide: _Guide) -> float:
        """The mean (harmonic, weighted) of how much of the product the guide covers and how much of it is about it."""
        coverage = self.coverage(guide)
        if coverage == 0:
            return 0.0
        relevance = {other: self.relevance(other) for other in guide.areas}
        total = sum(guide.weights.values()) or 1.0
        by_weight = sum(guide.weights[other] * relevance[other] for other in relevance) / total
        by_count = sum(relevance.values()) / len(relevance)
        focus = (by_weight + by_count) / 2
        return (1 + COVERAGE_EMPHASIS) * coverage * focus / (COVERAGE_EMPHASIS * focus + coverage)

    def general_fit(self, guide: _Guide, closest: _Guide | None) -> float:
        """How well a guide for the whole body, for many regions, or for a tool alone fits."""
        if self.tool == OTHER:
            return 0.0
        is_broad = bool(guide.areas) and self.root not in guide.areas
        if not self.areas:
            return NO_AREA_FIT * (BROAD_SHARE if is_broad else 1)
        whole = self.areas.get(self.root or "", 0.0)
        if is_broad:
            return BROAD_SHARE * whole + self.coverage(guide)
        if whole:
            return whole + WHOLE_BODY_SHARE * (1 - whole)
        shares = closest.shares if closest is not None else {}
        left = {region(area, self.taxonomy) for area in self.areas if shares.get(area, 0.0) < TAKEN_CARE_OF}
        coverage = self.coverage(closest) if closest is not None else 0.0
        return SPREAD.get(len(left) + bool(coverage), WIDE_SPREAD) * (1 - coverage)

    def shared_techniques(self, guide: _Guide) -> list[str]:
        return [
            technique.slug
            for technique in self.taxonomy.techniques.values()
            if technique.slug in guide.techniques and self.tool in technique.tool_types
        ]

    def area_reasons(self, guide: _Guide) -> list[str]:
        others = guide.areas
        areas = self.taxonomy.areas
        order = list(areas)
        both = sorted(self.areas.keys() & others, key=order.index)
        if not self.areas:
            is_anywhere = not others or self.root in others
            return ["the tool is for no area in particular, and neither is the guide"] if is_anywhere else []
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
                reasons.append(
                    f"the guide is for the {_inside(areas[other].name)}, part of the {_inside(areas[around[0]].name)}"
                )
        return reasons


def _inside(name: str) -> str:
    """A name as it stands inside a sentence: "Massage balls" → "massage balls", "T-bars" stays."""
    return name if name[1:2].isupper() or not name[1:2].isalpha() else name[0].lower() + name[1:]


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
