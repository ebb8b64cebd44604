"""Products and guides → tags: what the file states, and for the rest what the text says, with evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from catalog_import.tagging.areas import Mention, area_mentions, narrowest
from catalog_import.tagging.safety import SafetyText, contraindication_tags, read_cautions
from catalog_import.tagging.text import (
    cells_of,
    emphases_of,
    headings_of,
    item_starts_of,
    lead_ins_of,
    plain_text,
)
from catalog_import.tagging.tools import OTHER, ToolChoice, lead_end, tool_of_product, tools_of_guide, words_of_lacks
from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.lexicon import Language, language_of
from storefront.catalog.language.phrases import longest
from storefront.catalog.language.scopes import Scopes
from storefront.catalog.language.words import Found, Gap, Text
from storefront.catalog.records import Evidence, GuideRecord, Origin, ProductRecord, Record, Tag, Tags
from storefront.catalog.taxonomy import Taxonomy

NAME_WEIGHT = 3.0
SUMMARY_WEIGHT = 2.0
LEAD_IN_WEIGHT = 1.5
TEXT_WEIGHT = 1.0
EARLY_BONUS = 1.0
MAX_COUNTED = 3
MAX_EVIDENCE = 5
# A guide's text names many parts of the body in passing; what it teaches is what it works on or returns to.
PASSING_WEIGHT = 0.5
TAUGHT = 1.0
# So many mentions in the text of a guide to one tool make another more than an aside.
ASIDES = 2


@dataclass(slots=True)
class _Read:
    """One field of a record, read: its words, and which of them count for nothing.

    `leads` are headings and stressed beginnings, `items` what list items begin with and what is stressed elsewhere,
    `cells` are those of tables.
    """

    text: Text
    scopes: Scopes
    weight: float
    leads: Sequence[tuple[int, int]] = ()
    items: Sequence[tuple[int, int]] = ()
    cells: Sequence[tuple[int, int]] = ()


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

    def evidence(self, slug: str) -> list[Evidence]:
        return self._evidence[slug]

    def take(self, other: _Tally, slugs: Iterable[str]) -> None:
        """Adds what another tally has for these slugs."""
        for slug in slugs:
            self._weights.setdefault(slug, []).extend(other._weights[slug])
            evidence = self._evidence.setdefault(slug, [])
            evidence.extend(other._evidence[slug][: MAX_EVIDENCE - len(evidence)])

    def take_all(self, other: _Tally, slug: str) -> None:
        """Adds what another tally has, whatever it is for, as evidence for one slug."""
        for each in other.slugs():
            self._weights.setdefault(slug, []).extend(other._weights[each])
            evidence = self._evidence.setdefault(slug, [])
            evidence.extend(other._evidence[each][: MAX_EVIDENCE - len(evidence)])

    def drop(self, slugs: Iterable[str]) -> None:
        for slug in list(slugs):
            del self._weights[slug], self._evidence[slug]

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
    """All tags of a product: exactly one tool type unless the file clears it, areas, conditions, techniques, and what
    its texts say that it is not for.

    A field that the record states wins, also where it states nothing (a cleared field).
    """
    language = language_of(taxonomy)
    name = _read(language, "name", record.name, NAME_WEIGHT)
    body = _read(language, "description", record.description, TEXT_WEIGHT)
    tool = tool_of_product(language, name.text, body.text)
    parts = _own_parts(language, name, tool)
    areas, conditions = _areas_and_conditions(language, (name, body), parts)
    tool_types = _stated(record, "tool_type", (_tool_tag(tool),))
    techniques = _product_techniques(language, (name, body), tool_types)
    safety = [SafetyText(each.text, each.scopes, parts) for each in (name, body)]
    if record.cautions:
        safety.append(read_cautions(language, record.cautions))
    contraindications = contraindication_tags(taxonomy, safety, [tag.slug for tag in areas])
    return Tags(
        target_areas=_stated(record, "target_areas", areas),
        tool_types=tool_types,
        conditions=_stated(record, "conditions", conditions),
        techniques=_stated(record, "techniques", techniques),
        contraindications=_stated(record, "contraindications", contraindications),
    )


def tag_guide(record: GuideRecord, taxonomy: Taxonomy) -> Tags:
    """All tags of a guide; its title, summary, headings and lead-ins say what it is for."""
    language = language_of(taxonomy)
    title = _read(language, "title", record.title, NAME_WEIGHT)
    summary = _read(language, "summary", record.summary, SUMMARY_WEIGHT)
    body = _read(language, "body", record.body, TEXT_WEIGHT)
    fields = (title, summary, body)
    subject = subject_of(language, record)
    tools = _guide_tools(language, fields)
    parts = {part for slug in tools.slugs() for part in language.taxonomy.tool_types[slug].parts}
    areas, conditions = _guide_areas_and_conditions(
        language, fields, parts, is_to_tool=bool(subject.tools or subject.techniques)
    )
    if not areas.slugs() and language.taxonomy.root:
        # A guide to a tool or a technique that names no place is for wherever they go.
        areas.take_all(tools, language.taxonomy.root)
        if subject.techniques:
            areas.take_all(_technique_tally(fields, subject.techniques), language.taxonomy.root)
    keep = narrowest(areas.slugs(), taxonomy)
    techniques = _technique_tally(fields, taxonomy.techniques)
    return Tags(
        target_areas=_stated(record, "target_areas", areas.tags(keep, list(taxonomy.areas))),
        tool_types=_stated(record, "tool_types", tools.tags(tools.slugs(), list(taxonomy.tool_types))),
        conditions=_stated(record, "conditions", conditions),
        techniques=_stated(record, "techniques", techniques.tags(techniques.slugs(), list(taxonomy.techniques))),
    )


def _read(language: Language, field: str, source: str, weight: float) -> _Read:
    plain = plain_text(source)
    text = language.read(field, plain)
    if field != "body":
        return _Read(text, Scopes(language, text), weight)
    headings, lead_ins = headings_of(source, plain), lead_ins_of(source, plain)
    return _Read(
        text,
        Scopes(language, text, headings, lead_ins),
        weight,
        [*headings, *lead_ins],
        [*item_starts_of(source, plain), *emphases_of(source, plain)],
        cells_of(source, plain),
    )


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
    language: Language, fields: tuple[_Read, _Read, _Read], parts: Collection[str], *, is_to_tool: bool
) -> tuple[_Tally, tuple[Tag, ...]]:
    """The areas that the guide's title, summary and headings are about.

    Also those that its text teaches to work on, where title and summary name none or the guide is one to a tool.
    """
    title, _, body = fields
    areas, taught, conditions = _Tally(), _Tally(), _Tally()
    has_chart = _has_chart(fields)
    weights: dict[str, float] = {}
    for each in fields:
        mentions = area_mentions(
            language,
            each.text,
            each.scopes,
            is_title=each is title,
            has_chart=has_chart,
            parts=parts,
            is_guide=True,
            marked=[*each.leads, *each.items, *each.cells],
        )
        for mention in mentions:
            begin = each.text.starts[mention.start]
            if each is not body:
                _count(areas, conditions, each, mention, each.weight)
            elif _is_within(begin, body.leads):
                _count(areas, conditions, each, mention, LEAD_IN_WEIGHT)
            else:
                _count(taught, conditions, each, mention, each.weight)
                # A step or a list says that the guide works on the area, a word in passing hardly does.
                is_taught = mention.is_used or _is_within(begin, (*body.items, *body.cells))
                is_taught = is_taught or language.taxonomy.root in mention.areas
                weight = TAUGHT if is_taught else PASSING_WEIGHT
                for area in mention.areas:
                    weights[area] = weights.get(area, 0) + weight
        _count_conditions(conditions, each, each.weight)
    about = {evidence.field for slug in areas.slugs() for evidence in areas.evidence(slug)}
    if about <= {"body"} or (is_to_tool and "title" not in about):
        areas.take(taught, (area for area in weights if weights[area] >= TAUGHT))
    else:
        # "Legs" in the summary, thighs and calves in the steps; one of them alone is only an example.
        for group in set(areas.slugs()) - {language.taxonomy.root}:
            inside = [area for area in language.taxonomy.children(group) if weights.get(area, 0) >= TAUGHT]
            if len(inside) > 1:
                areas.take(taught, inside)
    return areas, conditions.tags(conditions.slugs(), list(language.taxonomy.conditions))


def _is_within(place: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in ranges)


def _guide_tools(language: Language, fields: tuple[_Read, _Read, _Read]) -> _Tally:
    """The tools that a guide teaches. In a guide to one tool another that is named once is an aside."""
    title = fields[0]
    tally = _Tally()
    asides: dict[str, int] = {}
    has_subject = any(_speaks(title, found) for found in tools_of_guide(title.text))
    for each in fields:
        for found in tools_of_guide(each.text):
            if _speaks(each, found):
                slug = str(found.value)
                tally.add(slug, each.text, found.start, found.end, each.weight)
                is_aside = each is not title and not _is_within(
                    each.text.starts[found.start], (*each.leads, *each.items)
                )
                asides[slug] = asides.get(slug, 0) + 1 if is_aside else ASIDES
    if has_subject:
        tally.drop(slug for slug in asides if asides[slug] < ASIDES)
    tally.drop(_only_in_short(tally))
    return tally


def _only_in_short(tally: _Tally) -> list[str]:
    """Tools that are only named by a bare word, such as "roller", with which the full name of another tool ends."""
    words = {slug: {piece.quote.lower().rstrip("s") for piece in tally.evidence(slug)} for slug in tally.slugs()}
    return [
        slug
        for slug, quotes in words.items()
        if all(
            " " not in quote
            and any(full.endswith(f" {quote}") for other in words for full in words[other] if other != slug)
            for quote in quotes
        )
    ]


class Subject(NamedTuple):
    """What a guide is about besides places: the tools, the techniques that need a tool of their own, and others."""

    tools: frozenset[str]
    techniques: frozenset[str]
    further: frozenset[str]
    conditions: frozenset[str]
    names_place: bool
    # For certain people, or about keeping tools, rather than about using one on a place.
    is_beside_use: bool


def subject_of(language: Language, record: GuideRecord) -> Subject:
    """What a guide's title names; where the title names neither tool, technique nor place, what its summary does."""
    subject = _named(language, _read(language, "title", record.title, NAME_WEIGHT))
    if subject.is_beside_use or subject.tools or subject.techniques or subject.names_place:
        return subject
    summary = _named(language, _read(language, "summary", record.summary, SUMMARY_WEIGHT))
    return subject if summary.names_place else summary


def place_words(language: Language, record: GuideRecord) -> frozenset[str]:
    """The words with which a guide speaks of places on the body: "scalp", "jaw", "piriformis"."""
    texts = (language.read("", plain_text(source)) for source in (record.title, record.summary, record.body))
    return frozenset(
        text.lemmas[index] for text in texts for found in text.found(kinds.AREA) for index in found.literal
    )


def quoted_words(language: Language, tags: Iterable[Tag]) -> frozenset[str]:
    """The words of the evidence of tags, in their dictionary form."""
    look_up = language.reader.look_up
    return frozenset(
        look_up(word)[1]
        for tag in tags
        for piece in tag.evidence
        if piece.start is not None
        for word in piece.quote.split()
    )


def _named(language: Language, read: _Read) -> Subject:
    techniques = language.taxonomy.techniques
    named = _said(read, kinds.TECHNIQUE)
    return Subject(
        tools=frozenset(str(found.value) for found in tools_of_guide(read.text) if _speaks(read, found)),
        techniques=frozenset(slug for slug in named if techniques[slug].own),
        further=frozenset(slug for slug in named if not techniques[slug].own),
        conditions=frozenset(_said(read, kinds.CONDITION)),
        names_place=any(_speaks(read, found) for found in read.text.found(kinds.AREA)),
        is_beside_use=not language.words["beside_use"].isdisjoint(read.text.lemmas),
    )


def _said(read: _Read, kind: str) -> set[str]:
    return {str(found.value) for found in longest(read.text.found(kind)) if _speaks(read, found)}


def _speaks(read: _Read, found: Found) -> bool:
    return found.start not in read.scopes.safety and found.start not in read.scopes.denied


def _technique_tally(fields: Iterable[_Read], wanted: Collection[str]) -> _Tally:
    """The techniques that no denial or caution covers."""
    tally = _Tally()
    for each in fields:
        for found in longest(each.text.found(kinds.TECHNIQUE)):
            if found.value in wanted and _speaks(each, found):
                tally.add(str(found.value), each.text, found.start, found.end, each.weight)
    return tally


def _product_techniques(language: Language, fields: tuple[_Read, _Read], tool_types: Iterable[Tag]) -> tuple[Tag, ...]:
    """What the product's form is made for, then what its text says that it does; "no vibration" is none."""
    tally = _Tally()
    for each in fields:
        lacking = words_of_lacks(each.text)
        for found in longest(each.text.found(kinds.TECHNIQUE)):
            if found.start not in lacking and not each.scopes.hides(found.start, found.end):
                tally.add(str(found.value), each.text, found.start, found.end, each.weight)
    techniques = language.taxonomy.techniques
    tags = tally.tags(tally.slugs(), list(techniques))
    said = {tag.slug for tag in tags}
    by_form = (
        Tag(slug=technique.slug, origin=Origin.INFERRED, evidence=tool.evidence)
        for tool in tool_types
        for technique in techniques.values()
        if tool.slug in technique.tool_types and technique.slug not in said
    )
    return (*by_form, *tags)
