"""The taxonomy's types: areas of the body, complaints, forms of tools, techniques, and the tagger's words.

All of them are frozen. The first group is what the whole shop speaks of; `Vocabulary` holds the words that
only text tagging needs: what looks like a body area and is none, denials, signs of use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

AnyValue = TypeVar("AnyValue")
ReadOnly = Annotated[Mapping[str, AnyValue], AfterValidator(MappingProxyType)]
Words = tuple[str, ...]
Patterns = tuple[str, ...]


class Side(StrEnum):
    """The sides of the body on which an area is drawn."""

    FRONT = "front"
    BACK = "back"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(Frozen):
    """One slug of a vocabulary. `synonyms` are plain words; `says` are patterns (see patterns.yaml)."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    synonyms: Words = ()
    says: Patterns = ()


class Area(Entry):
    """A part of the body; `parent` is the group that it lies in."""

    parent: str | None = None
    sides: tuple[Side, ...] = Field(min_length=1)


class Muscle(Frozen):
    """An anatomical term and the areas that it says; none: it says no area, and hides shorter words in it.

    `only_guides`: a complaint of which guides have people work on more places than the words name.
    """

    term: str = Field(min_length=1)
    areas: tuple[str, ...]
    only_guides: bool = False
    synonyms: Words = ()
    says: Patterns = ()


class Condition(Entry):
    """A complaint; `areas` are those where a tool for it is used, `pain_of` the area whose pain it is."""

    areas: tuple[str, ...] = ()
    pain_of: str | None = None


class Technique(Entry):
    """A way to massage; `tool_types` are those made for it. What `own`, `extra` and `guide_first` mean is said
    in techniques.yaml."""

    own: bool = False
    extra: bool = False
    guide_first: bool = False
    tool_types: tuple[str, ...] = ()


class ToolType(Entry):
    """A form of tool. What `loose`, `guide`, `cues` and `parts` mean is said in tool_types.yaml."""

    plural: str = Field(min_length=1)
    loose: Patterns = ()
    guide: Patterns = ()
    cues: Patterns = ()
    parts: Words = ()


class Severity(StrEnum):
    """How strict a contraindication is, the strictest first."""

    NEVER = "never"
    ASK_FIRST = "ask-first"
    KEEP_OFF = "keep-off"


class SubjectKind(StrEnum):
    """What a contraindication is about: what a person has or is, or a place on the body."""

    SITUATION = "situation"
    PLACE = "place"


class Situation(Entry):
    """What a person has or is, for whom a tool may not be."""


class BodyPlace(Entry):
    """A place that a tool may have to keep off: all of the areas that it `fills`, a part of those it `lies_in`."""

    fills: tuple[str, ...] = ()
    lies_in: tuple[str, ...] = ()


class SafetySource(Frozen):
    """Where a rule is from."""

    name: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://[^\s/]+\.[^\s]+$")


class Rule(Frozen):
    """A contraindication of all products that have one of each list that is not empty."""

    subject: str
    severity: Severity
    reason: str = Field(min_length=1, max_length=140)
    source: str
    tool_types: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class Silence(Frozen):
    """Situations and kinds of tools of which nothing is said, for a reason."""

    subjects: tuple[str, ...] = Field(min_length=1)
    tool_types: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=1)


class SafetyRules(Frozen):
    """The rules of contraindications.yaml."""

    sources: ReadOnly[SafetySource] = Field(default_factory=dict, validate_default=True)
    rules: tuple[Rule, ...] = ()
    silences: tuple[Silence, ...] = ()


class SafetyWords(Frozen):
    """Words by which a text about safety says what it means (safety_words.yaml)."""

    never: Patterns = ()
    ask_first: Patterns = ()
    unless: Patterns = ()
    limits: Patterns = ()
    exceptions: Patterns = ()


class ContraindicationTerm(Frozen):
    """A severity of one situation or place, as a word that products are tagged with: `never:pregnancy`."""

    slug: str
    name: str
    kind: SubjectKind
    subject: str
    severity: Severity


SEVERITY_NAMES: Mapping[Severity, str] = MappingProxyType(
    {Severity.NEVER: "Never", Severity.ASK_FIRST: "Ask first", Severity.KEEP_OFF: "Keep off"}
)


class Distractors(Frozen):
    """Phrases with a body word that is no body area (distractors.yaml)."""

    holding: Patterns = ()
    looks: Patterns = ()
    everyday: Patterns = ()
    position: Patterns = ()
    similes: Patterns = ()


class Denials(Frozen):
    """Words that take a place on the body back, and sentences about safety (denials.yaml)."""

    opens: Patterns = ()
    closes: Patterns = ()
    covers: Patterns = ()
    exceptions: Patterns = ()
    breaks: Patterns = ()
    caution_sentences: Patterns = ()
    denial_signs: Words = ()
    caution_signs: Words = ()
    caution_headings: Patterns = ()
    caution_leads: Patterns = ()
    reflex_words: Patterns = ()
    chart_words: Words = ()
    chart_areas: tuple[str, ...] = ()


class Context(Frozen):
    """Words around an ambiguous area word that show whether it is one (context.yaml)."""

    held: Words = ()
    common: Words = ()
    grips: Words = ()
    fillers: Words = ()
    complaints: Words = ()
    before: Words = ()
    before_common: Words = ()
    before_plain: Words = ()
    after: Words = ()
    after_common: Words = ()
    owners: Words = ()
    owned: Words = ()
    modifiers: Words = ()
    joiners: Words = ()
    beside_use: Words = ()
    pain: Words = ()


class OtherItems(Frozen):
    """Things that are no massage tool, parts of tools, and how names speak of them (other_items.yaml)."""

    powered_type: str = "other"
    plain_type: str = "other"
    motor_types: Words = ()
    items: Patterns = ()
    accessories: Patterns = ()
    leads: Words = ()
    furniture: Words = ()
    moves: Patterns = ()
    massaging: Words = ()
    unpowered: Words = ()
    manual: Words = ()
    with_words: Words = Field(default=(), alias="with")
    fits: Words = ()
    generic: Words = ()
    lacks: Patterns = ()


class Spelling(Frozen):
    """Irregular plurals, known misspellings, and words that the spelling check leaves alone."""

    plurals: Mapping[str, str] = {}
    misspellings: Mapping[str, str] = {}
    ordinary: frozenset[str] = frozenset()


class StandsFor(Frozen):
    """Words that shoppers type, and what they stand for here: brand names of the field, everyday words."""

    says: Patterns = Field(min_length=1)
    areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    tool_types: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()


class SearchWords(Frozen):
    """What only the search reads (search.yaml): what words stand for, and words that ask for nothing."""

    stands_for: tuple[StandsFor, ...] = ()
    noise: Words = ()
    learning: Words = ()
    powered: Words = ()
    things: Words = ()
    spellings: tuple[tuple[str, str], ...] = ()


class Vocabulary(Frozen):
    """Everything that only the reading of texts and searches needs."""

    sets: ReadOnly[Words]
    distractors: Distractors
    denials: Denials
    context: Context
    other_items: OtherItems
    spelling: Spelling
    search: SearchWords
    safety: SafetyWords = SafetyWords()


class Taxonomy(Frozen):
    """A checked, read-only taxonomy. Mappings keep the order of their files.

    Two taxonomies are equal, and have the same hash, if they were read from the same data.
    """

    version: str
    areas: ReadOnly[Area]
    muscles: tuple[Muscle, ...]
    conditions: ReadOnly[Condition]
    tool_types: ReadOnly[ToolType]
    techniques: ReadOnly[Technique]
    situations: ReadOnly[Situation]
    places: ReadOnly[BodyPlace]
    safety: SafetyRules = Field(repr=False)
    vocabulary: Vocabulary = Field(repr=False)

    # Cached properties, as pydantic's private attributes are slow to read and these are read very often.
    @cached_property
    def inside(self) -> Mapping[str, tuple[str, ...]]:
        """Each area's children, in their order."""
        inside: dict[str, list[str]] = {slug: [] for slug in self.areas}
        for area in self.areas.values():
            if area.parent is not None:
                inside[area.parent].append(area.slug)
        return MappingProxyType({slug: tuple(below) for slug, below in inside.items()})

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """Each area's ancestors, the nearest first."""
        return MappingProxyType({slug: tuple(self._walk_up(slug)) for slug in self.areas})

    @cached_property
    def root(self) -> str | None:
        """The area that stands for the whole body: the first one without a parent that has areas inside."""
        return next((slug for slug, area in self.areas.items() if area.parent is None and self.inside[slug]), None)

    @cached_property
    def contraindications(self) -> Mapping[str, ContraindicationTerm]:
        """What products can be tagged with for safety, by `severity:subject`: situations first, then places."""
        terms: dict[str, ContraindicationTerm] = {}
        for severities, kind, entries in (
            ((Severity.NEVER, Severity.ASK_FIRST), SubjectKind.SITUATION, self.situations),
            ((Severity.KEEP_OFF,), SubjectKind.PLACE, self.places),
        ):
            for subject, entry in entries.items():
                for severity in severities:
                    slug = f"{severity}:{subject}"
                    name = f"{SEVERITY_NAMES[severity]}: {entry.name[:1].lower()}{entry.name[1:]}"
                    terms[slug] = ContraindicationTerm(
                        slug=slug, name=name, kind=kind, subject=subject, severity=severity
                    )
        return MappingProxyType(terms)

    def _walk_up(self, slug: str) -> Iterator[str]:
        parent = self.areas[slug].parent
        while parent is not None:
            yield parent
            parent = self.areas[parent].parent

    def children(self, slug: str) -> tuple[str, ...]:
        """Return the areas directly inside this one, in their order; KeyError for an unknown slug."""
        return self.inside[slug]

    def ancestors(self, slug: str) -> tuple[str, ...]:
        """Return the groups that this area lies in, the nearest first; KeyError for an unknown slug."""
        return self.around[slug]

    def descendants(self, slug: str) -> tuple[str, ...]:
        """Return all areas inside this one, at any depth, in the order of the taxonomy; KeyError for an unknown
        slug."""
        if slug not in self.areas:
            raise KeyError(slug)
        return tuple(other for other in self.areas if slug in self.around[other])

    def __hash__(self) -> int:
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taxonomy) and other.version == self.version
