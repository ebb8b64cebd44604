"""The rules of a taxonomy worked out for a product, joined with what its tags say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from storefront.catalog.records import Evidence, Origin, Record, Tag, Tags
from storefront.catalog.taxonomy import Rule, SafetySource, Severity, SubjectKind, Taxonomy

_STRICTNESS = {severity: place for place, severity in enumerate(Severity)}


class SafetyOrigin(StrEnum):
    """Who says a contraindication: a rule of the taxonomy, or as for any tag a pin, the file or the text."""

    RULE = "rule"
    PINNED = "pinned"
    STATED = "stated"
    INFERRED = "inferred"


# Of two that are equally strict, the one that is shown: a rule has a source.
_PREFERENCE = {origin: place for place, origin in enumerate(SafetyOrigin)}


class Contraindication(Record):
    """Who must not use a tool or must ask first, or a place that it keeps off. Only a rule has a source."""

    kind: SubjectKind
    subject: str
    name: str
    severity: Severity
    reason: str = ""
    origin: SafetyOrigin
    source: SafetySource | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def slug(self) -> str:
        return f"{self.severity}:{self.subject}"


class SharedContraindication(Record):
    """A contraindication of some kinds of tools; `tool_types` are their slugs."""

    contraindication: Contraindication
    tool_types: tuple[str, ...]


def contraindications_of(tags: Tags, taxonomy: Taxonomy) -> tuple[Contraindication, ...]:
    """Return all contraindications of a product, of each subject the strictest, in the order of the taxonomy.

    A pin adds to what the rules say, and never takes from it.
    """
    found = [from_rule(rule, taxonomy) for rule in rules_for(tags, taxonomy)]
    found += [one for tag in tags.contraindications if (one := from_tag(tag, taxonomy)) is not None]
    return strictest(found, taxonomy)


def strictest(found: Iterable[Contraindication], taxonomy: Taxonomy) -> tuple[Contraindication, ...]:
    by_subject: dict[str, Contraindication] = {}
    for one in found:
        other = by_subject.get(one.subject)
        if other is None or _rank(one) < _rank(other):
            by_subject[one.subject] = one
    order = {subject: place for place, subject in enumerate((*taxonomy.situations, *taxonomy.places))}
    return tuple(sorted(by_subject.values(), key=lambda one: (_STRICTNESS[one.severity], order[one.subject])))


def _rank(one: Contraindication) -> tuple[int, int]:
    return _STRICTNESS[one.severity], _PREFERENCE[one.origin]


def rules_for(tags: Tags, taxonomy: Taxonomy) -> list[Rule]:
    """Return the rules that hold for a product: those of which it has one of each list."""
    tool_types, techniques, areas = (
        {tag.slug for tag in found} for found in (tags.tool_types, tags.techniques, tags.target_areas)
    )
    return [
        rule
        for rule in taxonomy.safety.rules
        if _has_one(rule.tool_types, tool_types)
        and _has_one(rule.techniques, techniques)
        and _has_one(rule.areas, areas)
    ]


def _has_one(wanted: Sequence[str], has: Collection[str]) -> bool:
    return not wanted or any(slug in has for slug in wanted)


def from_rule(rule: Rule, taxonomy: Taxonomy) -> Contraindication:
    term = taxonomy.contraindications[f"{rule.severity}:{rule.subject}"]
    return Contraindication(
        kind=term.kind,
        subject=rule.subject,
        name=subject_name(rule.subject, taxonomy),
        severity=rule.severity,
        reason=rule.reason,
        origin=SafetyOrigin.RULE,
        source=taxonomy.safety.sources[rule.source],
    )


def from_tag(tag: Tag, taxonomy: Taxonomy) -> Contraindication | None:
    """Return what a tag says; None for a word that the taxonomy does not have."""
    term = taxonomy.contraindications.get(tag.slug)
    if term is None:
        return None
    return Contraindication(
        kind=term.kind,
        subject=term.subject,
        name=subject_name(term.subject, taxonomy),
        severity=term.severity,
        reason=_reason(tag),
        origin=origin_of(tag),
        evidence=tag.evidence,
    )


def origin_of(tag: Tag) -> SafetyOrigin:
    return SafetyOrigin(tag.origin.value)


def _reason(tag: Tag) -> str:
    if tag.origin is Origin.INFERRED:
        return "Its description says so."
    return "The maker or seller says so." if tag.origin is Origin.STATED else "The shop says so."


def subject_name(subject: str, taxonomy: Taxonomy) -> str:
    return (taxonomy.situations.get(subject) or taxonomy.places[subject]).name


def kept_off_areas(tags: Tags, taxonomy: Taxonomy) -> frozenset[str]:
    """Return the areas for which a product is not offered, whatever it is tagged with: those that a place fills."""
    # Each product of an import is asked for it: no more is made than the slugs.
    places = {rule.subject for rule in rules_for(tags, taxonomy) if rule.severity is Severity.KEEP_OFF}
    for tag in tags.contraindications:
        term = taxonomy.contraindications.get(tag.slug)
        if term is not None and term.severity is Severity.KEEP_OFF:
            places.add(term.subject)
    return frozenset(
        inner
        for place in places
        for area in taxonomy.places[place].fills
        for inner in (area, *taxonomy.descendants(area))
    )


def places_filling(area: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the places that are the whole of an area, or of a group that it lies in."""
    around = {area, *taxonomy.ancestors(area)}
    return tuple(slug for slug, place in taxonomy.places.items() if not around.isdisjoint(place.fills))


def keeping_off(area: str, taxonomy: Taxonomy) -> tuple[Rule, ...]:
    """Return the rules by which tools are not offered for an area."""
    places = places_filling(area, taxonomy)
    return tuple(
        rule for rule in taxonomy.safety.rules if rule.severity is Severity.KEEP_OFF and rule.subject in places
    )


def places_inside(area: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the places that are a part of an area, in the order of the taxonomy."""
    return tuple(slug for slug, place in taxonomy.places.items() if area in place.lies_in)


def common_contraindications(
    tool_types: Sequence[str], techniques: Collection[str], taxonomy: Taxonomy
) -> tuple[list[Contraindication], list[SharedContraindication]]:
    """Return what holds for all of several kinds of tools, and what holds for some of them.

    A rule of a technique holds where the technique is among these. What holds for all is shown as strictly as it holds
    for each; where it is stricter for some, it is among the others too.
    """
    by_subject: dict[str, dict[str, Contraindication]] = {}
    for tool_type in tool_types:
        tags = Tags(
            tool_types=(Tag(slug=tool_type, origin=Origin.STATED),),
            techniques=tuple(
                Tag(slug=slug, origin=Origin.STATED)
                for slug in techniques
                if not taxonomy.techniques[slug].tool_types or tool_type in taxonomy.techniques[slug].tool_types
            ),
        )
        for one in contraindications_of(tags, taxonomy):
            by_subject.setdefault(one.subject, {})[tool_type] = one
    common, some = [], []
    for of_types in by_subject.values():
        severities = {one.severity for one in of_types.values()}
        if len(of_types) == len(tool_types):
            mildest = max(of_types.values(), key=_rank)
            common.append(mildest)
            if len(severities) == 1:
                continue
        worst = min(severities, key=_STRICTNESS.__getitem__)
        named = {slug: one for slug, one in of_types.items() if one.severity is worst}
        some.append(SharedContraindication(contraindication=next(iter(named.values())), tool_types=tuple(named)))
    order = [one.subject for one in strictest(common, taxonomy)]
    return sorted(common, key=lambda one: order.index(one.subject)), some
