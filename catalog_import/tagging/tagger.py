"""Products and guides → tags: what the file states, and for the rest what the text says, with evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from catalog_import.tagging import lexicon as kinds
from catalog_import.tagging.areas import Mention, area_mentions, narrowest
from catalog_import.tagging.lexicon import Language, language_of
from catalog_import.tagging.phrases import longest
from catalog_import.tagging.scopes import Scopes
from catalog_import.tagging.text import headings_of, lead_ins_of, plain_text
from catalog_import.tagging.tools import OTHER, ToolChoice, lead_end, tool_of_product, tools_of_guide
from catalog_import.tagging.words import Found, Gap, Text
from storefront.catalog.records import Evidence, GuideRecord, Origin, ProductRecord, Record, Tag, Tags
from storefront.catalog.taxonomy import Taxonomy

NAME_WEIGHT = 3.0
SUMMARY_WEIGHT = 2.0
LEAD_IN_WEIGHT = 1.5
TEXT_WEIGHT = 1.0
EARLY_BONUS = 1.0
MAX_COUNTED = 3
MAX_EVIDENCE = 5
# A guide's body names many parts of the body in passing; only what it returns to is what the guide is for.
BODY_ONLY_MENTIONS = 2
FEW_AREAS = 2


@dataclass(slots=True)
class _Read:
    """One field of a record, read: its words, which of them count for nothing, its headings and bold beginnings."""

    text: Text
    scopes: Scopes
    weight: float
    leads: Sequence[tuple[int, int]] = ()


class _Tally:
    """Gathers weighted evidence for slugs."""

    def __init__(self) -> None:
        self._weights: dict[str, list[float]] = {}
        self._evidence: dict[str, list[Evidence]] = {}

    def add(self, slug: str, text: Text, start: int, end: int, weight: float) -> None:
        early = EARLY_BONUS * (1 - start / max(len(text), 1)) if not self._weights.get(slug) else 0.0
        self._weights.setdefault(slug, []).append(weight + early)
        evidence = self._evidence.setdefault(slug, [])
        if len(evidence) < MAX_EVIDENCE:
            evidence.append(evidence_of(text, start, end))

    def slugs(self) -> list[str]:
        return list(self._weights)

    def tags(self, keep: Iterable[str], order: Sequence[str]) -> tuple[Tag, ...]:
        """Tags for the kept slugs, the strongest first; equal ones in the order of the taxonomy."""
        tags = [
            Tag(
                slug=slug,
                origin=Origin.INFERRED,
                score=round(sum(sorted(self._weights[slug], reverse=True)[:MAX_COUNTED]), 3),
                evidence=tuple(dict.fromkeys(self._evidence[slug])),
            )
            for slug in keep
        ]
        return tuple(sorted(tags, key=lambda tag: (-tag.score, order.index(tag.slug))))


def evidence_of(text: Text, start: int, end: int) -> Evidence:
    """The words `start` to `end` (exclusive) as they stand in the plain text of their field."""
    begin, stop = text.starts[start], text.ends[end - 1]
    return Evidence(field=text.field, quote=text.plain[begin:stop], start=begin)


def tag_product(record: ProductRecord, taxonomy: Taxonomy) -> Tags:
    """All tags of a product: exactly one tool type unless the file clears it, areas and conditions.

    A field that the record states wins, also where it states nothing (a cleared field).
    """
    language = language_of(taxonomy)
    name = _read(language, "name", record.name, NAME_WEIGHT)
    body = _read(language, "description", record.description, TEXT_WEIGHT)
    tool = tool_of_product(language, name.text, body.text)
    areas, conditions = _areas_and_conditions(language, (name, body), _own_parts(language, name, tool))
    return Tags(
        target_areas=_stated(record, "target_areas", areas),
        tool_types=_stated(record, "tool_type", (_tool_tag(tool),)),
        conditions=_stated(record, "conditions", conditions),
    )


def tag_guide(record: GuideRecord, taxonomy: Taxonomy) -> Tags:
    """All tags of a guide; its title, summary, headings and lead-ins say what it is for."""
    language = language_of(taxonomy)
    title = _read(language, "title", record.title, NAME_WEIGHT)
    summary = _read(language, "summary", record.summary, SUMMARY_WEIGHT)
    body = _read(language, "body", record.body, TEXT_WEIGHT)
    fields = (title, summary, body)
    areas, conditions = _guide_areas_and_conditions(language, fields)
    return Tags(
        target_areas=_stated(record, "target_areas", areas),
        tool_types=_stated(record, "tool_types", _guide_tools(language, fields)),
        conditions=_stated(record, "conditions", conditions),
        techniques=_stated(record, "techniques", _techniques(language, fields)),
    )


def _read(language: Language, field: str, source: str, weight: float) -> _Read:
    plain = plain_text(source)
    text = language.read(field, plain)
    if field != "body":
        return _Read(text, Scopes(language, text), weight)
    headings, lead_ins = headings_of(source, plain), lead_ins_of(source, plain)
    return _Read(text, Scopes(language, text, headings, lead_ins), weight, [*headings, *lead_ins])


def _stated(record: Record, field: str, inferred: tuple[Tag, ...]) -> tuple[Tag, ...]:
    """What the record says in `field`, or the inferred tags if it does not speak of it."""
    if field not in record.model_fields_set:
        return inferred
    value = getattr(record, field)
    slugs = (value,) if isinstance(value, str) else value or ()
    return tuple(
        Tag(slug=slug, origin=Origin.STATED, evidence=(Evidence(field=field, quote=slug),))
        for slug in dict.fromkeys(slugs)
        if slug
    )


def _tool_tag(tool: ToolChoice) -> Tag:
    evidence = (
        () if tool.text is None or tool.found is None else (evidence_of(tool.text, tool.found.start, tool.found.end),)
    )
    return Tag(slug=tool.slug, origin=Origin.INFERRED, evidence=evidence)


def _own_parts(language: Language, name: _Read, tool: ToolChoice) -> frozenset[str]:
    """The area words for what the product has itself: a gun has a head, a table has legs and a back."""
    lead = lead_end(language, name.text)
    if tool.slug == OTHER and not language.words["furniture"].isdisjoint(name.text.lemmas[:lead]):
        return language.words["held"] | language.words["common"]
    return frozenset(language.taxonomy.tool_types[tool.slug].parts)


def _has_chart(fields: Iterable[_Read]) -> bool:
    return any(each.text.found(kinds.REFLEX) for each in fields)


def _areas_and_conditions(
    language: Language, fields: tuple[_Read, _Read], parts: Collection[str]
) -> tuple[tuple[Tag, ...], tuple[Tag, ...]]:
    taxonomy = language.taxonomy
    name, body = fields
    has_chart = _has_chart(fields)
    areas, conditions = _Tally(), _Tally()
    for each in fields:
        mentions = area_mentions(
            language,
            each.text,
            each.scopes,
            is_title=each is name,
            has_chart=has_chart,
            parts=parts,
        )
        for mention in mentions:
            if each is name and mention.weakness and _is_likeness(name.text, mention, body.scopes):
                continue
            _count(areas, conditions, each, mention, each.weight)
        _count_conditions(conditions, each, each.weight)
    keep = narrowest(areas.slugs(), taxonomy)
    return areas.tags(keep, list(taxonomy.areas)), conditions.tags(conditions.slugs(), list(taxonomy.conditions))


def _is_likeness(name: Text, mention: Mention, body: Scopes) -> bool:
    """ "The Elbow", or a word of which the description says that the tool only looks like it."""
    if name.lemmas[mention.start] in body.likeness:
        return True
    is_whole_part = mention.end == len(name) or name.gaps[mention.end] >= Gap.LIST
    return mention.weakness == "held" and mention.start == 1 and name.surfaces[0] == "the" and is_whole_part


def _count(areas: _Tally, conditions: _Tally, read: _Read, mention: Mention, weight: float) -> None:
    for area in mention.areas:
        areas.add(area, read.text, mention.start, mention.end, weight)
    for condition in mention.conditions:
        conditions.add(condition, read.text, mention.start, mention.end, weight)


def _count_conditions(conditions: _Tally, read: _Read, weight: float) -> None:
    for found in longest(read.text.found(kinds.CONDITION)):
        if not read.scopes.hides(found.start, found.end):
            conditions.add(str(found.value), read.text, found.start, found.end, weight)


def _guide_areas_and_conditions(
    language: Language, fields: tuple[_Read, _Read, _Read]
) -> tuple[tuple[Tag, ...], tuple[Tag, ...]]:
    taxonomy = language.taxonomy
    title, _, body = fields
    areas, conditions, passing = _Tally(), _Tally(), _Tally()
    mentioned: dict[str, int] = {}
    for each in fields:
        mentions = area_mentions(
            language,
            each.text,
            each.scopes,
            is_title=each is title,
            has_chart=_has_chart(fields),
        )
        for mention in mentions:
            begin = each.text.starts[mention.start]
            if each is not body:
                _count(areas, conditions, each, mention, each.weight)
            elif any(start <= begin < end for start, end in body.leads):
                _count(areas, conditions, each, mention, LEAD_IN_WEIGHT)
            else:
                _count(passing, conditions, each, mention, each.weight)
                for area in mention.areas:
                    mentioned[area] = mentioned.get(area, 0) + 1
        _count_conditions(conditions, each, each.weight)
    if not areas.slugs():
        often = max(mentioned.values(), default=0)
        enough = min(often, BODY_ONLY_MENTIONS) if len(mentioned) <= FEW_AREAS else BODY_ONLY_MENTIONS
        keep = narrowest((area for area in mentioned if mentioned[area] >= enough), taxonomy)
        areas = passing
    else:
        keep = narrowest(areas.slugs(), taxonomy)
    return areas.tags(keep, list(taxonomy.areas)), conditions.tags(conditions.slugs(), list(taxonomy.conditions))


def _guide_tools(language: Language, fields: Iterable[_Read]) -> tuple[Tag, ...]:
    return _counted(fields, tools_of_guide, list(language.taxonomy.tool_types))


def _techniques(language: Language, fields: Iterable[_Read]) -> tuple[Tag, ...]:
    return _counted(fields, lambda text: longest(text.found(kinds.TECHNIQUE)), list(language.taxonomy.techniques))


def _counted(
    fields: Iterable[_Read], found_in: Callable[[Text], Iterable[Found]], order: Sequence[str]
) -> tuple[Tag, ...]:
    """Tags for the phrases of some kind that no denial or caution covers."""
    tally = _Tally()
    for each in fields:
        for found in found_in(each.text):
            if found.start not in each.scopes.safety and found.start not in each.scopes.denied:
                tally.add(str(found.value), each.text, found.start, found.end, each.weight)
    return tally.tags(tally.slugs(), order)
