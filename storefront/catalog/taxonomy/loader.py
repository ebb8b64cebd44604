"""Reads a taxonomy folder: every file is checked, and all faults are reported together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from storefront.catalog.taxonomy.model import (
    Area,
    BodyPlace,
    Condition,
    Context,
    Denials,
    Distractors,
    Entry,
    Muscle,
    OtherItems,
    Rule,
    SafetyRules,
    SafetyWords,
    SearchWords,
    Severity,
    Silence,
    Situation,
    Spelling,
    Taxonomy,
    Technique,
    ToolType,
    Vocabulary,
)
from storefront.catalog.taxonomy.patterns import PatternError, parse_pattern

PACKAGED = Path(__file__).resolve().parent
AREAS = "areas.yaml"
TOOL_TYPES = "tool_types.yaml"
ORDINARY_WORDS = "ordinary_words.txt"
SITUATIONS = "situations.yaml"
PLACES = "places.yaml"
CONTRAINDICATIONS = "contraindications.yaml"
SAFETY_WORDS = "safety_words.yaml"
# The tool type that there must be: that it is missing is a fault of its own.
OTHER = "other"
# A shop's own folder may be without these: the packaged ones are read instead.
OPTIONAL = frozenset({SITUATIONS, PLACES, CONTRAINDICATIONS, SAFETY_WORDS})
PARTS: Mapping[str, type[BaseModel]] = {
    "distractors": Distractors,
    "denials": Denials,
    "context": Context,
    "other_items": OtherItems,
    "spelling": Spelling,
    "search": SearchWords,
    "safety": SafetyWords,
}
FILES = {"safety": SAFETY_WORDS}
BUILT_IN_SETS = frozenset({"number"})

AnyModel = TypeVar("AnyModel", bound=BaseModel)
AnyEntry = TypeVar("AnyEntry", bound=Entry)


# The loader in C where PyYAML was built with it: each process reads the taxonomy when it starts.
QuickLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TaxonomyFault(NamedTuple):
    """One thing that is wrong: the file, the entry in it (a slug or term, or `#3` for the third), and what."""

    file: str
    entry: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.entry}" if self.entry else self.file
        return f"{place}: {self.message}"


class TaxonomyError(ValueError):
    """The data of a taxonomy folder has faults; `faults` has every one of them."""

    def __init__(self, folder: Path, faults: Sequence[TaxonomyFault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} fault(s) in the taxonomy {folder}:\n{lines}")


def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Return the taxonomy of a folder, by default the packaged one; raises `TaxonomyError` if its data has faults.

    A folder is read once; edits to its files are seen by the next process.
    """
    return _load(PACKAGED if folder is None else Path(folder).resolve())


@lru_cache(maxsize=8)
def _load(folder: Path) -> Taxonomy:
    return _Reader(folder).taxonomy()


class _Reader:
    """Reads one folder; gathers faults as it goes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[TaxonomyFault] = []
        self.digest = hashlib.sha256()
        self.refused: dict[str, set[str]] = {}

    def taxonomy(self) -> Taxonomy:
        areas = self.entries("areas.yaml", Area)
        muscles = tuple(muscle for _, muscle in self.models("muscles.yaml", Muscle))
        conditions = self.entries("conditions.yaml", Condition)
        tool_types = self.entries("tool_types.yaml", ToolType)
        techniques = self.entries("techniques.yaml", Technique)
        situations = self.entries(SITUATIONS, Situation)
        places = self.places(areas)
        vocabulary = self.vocabulary()
        safety = self.safety(areas, tool_types, techniques, {**situations, **places})

        self.check_area_tree(areas)
        self.check_unique("muscles.yaml", [muscle.term for muscle in muscles], "term")
        for muscle in muscles:
            self.check_known("muscles.yaml", muscle.term, "area", muscle.areas, areas)
        for condition in conditions.values():
            named = condition.areas if condition.pain_of is None else (*condition.areas, condition.pain_of)
            self.check_known("conditions.yaml", condition.slug, "area", named, areas)
        for technique in techniques.values():
            self.check_known("techniques.yaml", technique.slug, "tool type", technique.tool_types, tool_types)
        for slug in situations.keys() & places.keys():
            self.fault(PLACES, slug, "is a situation too; a place needs a slug of its own")
        if tool_types and OTHER not in tool_types:
            self.fault("tool_types.yaml", "", "there must be a tool type `other`, for what is none of the rest")
        if vocabulary is not None:
            known_sets = vocabulary.sets.keys() | BUILT_IN_SETS
            self.check_words("areas.yaml", areas.items(), known_sets)
            self.check_words("muscles.yaml", [(muscle.term, muscle) for muscle in muscles], known_sets)
            self.check_words("conditions.yaml", conditions.items(), known_sets)
            self.check_words("tool_types.yaml", tool_types.items(), known_sets)
            self.check_words("techniques.yaml", techniques.items(), known_sets)
            self.check_words(SITUATIONS, situations.items(), known_sets)
            self.check_words(PLACES, places.items(), known_sets)
            self.check_words(SAFETY_WORDS, [("", vocabulary.safety)], known_sets)
            for name in ("distractors", "denials", "other_items"):
                self.check_words(f"{name}.yaml", [("", getattr(vocabulary, name))], known_sets)
            stands_for = [(entry.says[0], entry) for entry in vocabulary.search.stands_for]
            self.check_words("search.yaml", stands_for, known_sets)
            for label, entry in stands_for:
                self.check_known("search.yaml", label, "area", entry.areas if areas else (), areas)
                self.check_known("search.yaml", label, "tool type", entry.tool_types if tool_types else (), tool_types)
                # A file that could not be read is a fault of its own.
                self.check_known("search.yaml", label, "condition", entry.conditions if conditions else (), conditions)
                self.check_known("search.yaml", label, "technique", entry.techniques if techniques else (), techniques)
            types = (vocabulary.other_items.powered_type, vocabulary.other_items.plain_type)
            self.check_known("other_items.yaml", "", "tool type", types, tool_types)
            self.check_known("denials.yaml", "chart_areas", "area", vocabulary.denials.chart_areas, areas)
        if self.faults or vocabulary is None or safety is None:
            raise TaxonomyError(self.folder, self.faults)
        return Taxonomy(
            version=self.digest.hexdigest()[:12],
            areas=areas,
            muscles=muscles,
            conditions=conditions,
            tool_types=tool_types,
            techniques=techniques,
            situations=situations,
            places=places,
            safety=safety,
            vocabulary=vocabulary,
        )

    def places(self, areas: Mapping[str, Area]) -> dict[str, BodyPlace]:
        """The places to keep off. The packaged ones may name areas that a shop's own taxonomy does not have."""
        places = self.entries(PLACES, BodyPlace)
        if self.is_packaged(PLACES):
            return {
                slug: place.model_copy(
                    update={
                        "fills": tuple(area for area in place.fills if area in areas),
                        "lies_in": tuple(area for area in place.lies_in if area in areas),
                    }
                )
                for slug, place in places.items()
            }
        for place in places.values():
            self.check_known(PLACES, place.slug, "area", (*place.fills, *place.lies_in), areas)
        return places

    def safety(
        self,
        areas: Mapping[str, Area],
        tool_types: Mapping[str, ToolType],
        techniques: Mapping[str, Technique],
        subjects: Mapping[str, Entry],
    ) -> SafetyRules | None:
        """The rules. Of the packaged ones those count that speak of what the taxonomy has."""
        safety = self.model(CONTRAINDICATIONS, SafetyRules, self.mapping(CONTRAINDICATIONS))
        if safety is None:
            return None
        if self.is_packaged(CONTRAINDICATIONS):
            rules = [rule for rule in safety.rules if rule.subject in subjects]
            known = (known_part(rule, areas, tool_types, techniques) for rule in rules)
            silences = (
                Silence(
                    subjects=tuple(slug for slug in silence.subjects if slug in subjects),
                    tool_types=tuple(slug for slug in silence.tool_types if slug in tool_types),
                    reason=silence.reason,
                )
                for silence in safety.silences
                if set(silence.subjects) & subjects.keys() and set(silence.tool_types) & tool_types.keys()
            )
            return safety.model_copy(update={"rules": tuple(filter(None, known)), "silences": tuple(silences)})
        for number, rule in enumerate(safety.rules, start=1):
            label = f"rule #{number} ({rule.subject})"
            self.check_known(CONTRAINDICATIONS, label, "situation or place", [rule.subject], subjects)
            self.check_known(CONTRAINDICATIONS, label, "tool type", set(rule.tool_types) - {OTHER}, tool_types)
            self.check_known(CONTRAINDICATIONS, label, "technique", rule.techniques, techniques)
            self.check_known(CONTRAINDICATIONS, label, "area", rule.areas, areas)
            self.check_known(CONTRAINDICATIONS, label, "source", [rule.source], safety.sources)
            is_place = isinstance(subjects.get(rule.subject), BodyPlace)
            if rule.subject in subjects and is_place != (rule.severity is Severity.KEEP_OFF):
                self.fault(CONTRAINDICATIONS, label, "`keep-off` is for places, `never` and `ask-first` for situations")
            if not (rule.tool_types or rule.techniques or rule.areas):
                self.fault(CONTRAINDICATIONS, label, "names neither tool types, techniques nor areas")
        for number, silence in enumerate(safety.silences, start=1):
            label = f"silence #{number}"
            self.check_known(CONTRAINDICATIONS, label, "situation or place", silence.subjects, subjects)
            self.check_known(CONTRAINDICATIONS, label, "tool type", set(silence.tool_types) - {OTHER}, tool_types)
        return safety

    def is_packaged(self, name: str) -> bool:
        """Whether an optional file is missing in a shop's own folder."""
        return self.folder != PACKAGED and name in OPTIONAL and not (self.folder / name).exists()

    def vocabulary(self) -> Vocabulary | None:
        parts: dict[str, Any] = {"sets": self.mapping("patterns.yaml").get("sets", {})}
        for name, model in PARTS.items():
            file = FILES.get(name, f"{name}.yaml")
            words = self.mapping(file)
            if model is Spelling:
                words |= {"ordinary": self.ordinary_words()}
            parts[name] = self.model(file, model, words)
        if any(parts[name] is None for name in PARTS):
            return None
        return self.model("patterns.yaml", Vocabulary, parts)

    def ordinary_words(self) -> frozenset[str]:
        """One word a line; lines that begin with # are comments."""
        lines = self.text(ORDINARY_WORDS).splitlines()
        return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))

    # Reading one file.

    def text(self, name: str) -> str:
        folder = PACKAGED if self.is_packaged(name) else self.folder
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            self.fault(name, "", error.strerror or str(error))
            return ""
        self.digest.update(name.encode() + b"\0" + content + b"\0")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.fault(name, "", "is not in UTF-8")
            return ""

    def data(self, name: str) -> Any:
        text = self.text(name)
        try:
            return yaml.load(text, QuickLoader)  # noqa: S506 - it is a safe loader
        except yaml.YAMLError as error:
            self.fault(name, "", f"is not valid YAML: {error}")
            return None

    def mapping(self, name: str) -> dict[str, Any]:
        data = self.data(name)
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.fault(name, "", "must be a mapping at the top")
            return {}
        return data

    def models(self, name: str, model: type[AnyModel]) -> Iterator[tuple[str, AnyModel]]:
        """Return the valid entries of a list file, each with the name by which messages call it."""
        data = self.data(name)
        if data is None:
            return
        if not isinstance(data, list):
            self.fault(name, "", "must be a list at the top")
            return
        for number, raw in enumerate(data, start=1):
            label = str(raw.get("slug") or raw.get("term") or f"#{number}") if isinstance(raw, dict) else f"#{number}"
            entry = self.model(name, model, raw, label)
            if entry is None:
                self.refused.setdefault(name, set()).add(label)
            else:
                yield label, entry

    def entries(self, name: str, model: type[AnyEntry]) -> dict[str, AnyEntry]:
        result = [entry for _, entry in self.models(name, model)]
        self.check_unique(name, [entry.slug for entry in result], "slug")
        return {entry.slug: entry for entry in result}

    def model(self, name: str, model: type[AnyModel], raw: object, label: str = "") -> AnyModel | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            self.refuse(name, label, error)
            return None

    # Faults.

    def fault(self, file: str, entry: str, message: str) -> None:
        self.faults.append(TaxonomyFault(file, entry, message))

    def refuse(self, file: str, label: str, error: ValidationError) -> None:
        for detail in error.errors(include_url=False):
            where = ".".join(str(part) for part in detail["loc"])
            self.fault(file, label, f"{where}: {detail['msg']}" if where else detail["msg"])

    def check_unique(self, file: str, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.fault(file, name, f"this {what} is there more than once")
            seen.add(name)

    def check_known(self, file: str, entry: str, what: str, named: Iterable[str], known: Mapping[str, object]) -> None:
        """An entry that was refused for another fault is known all the same: one mistake, one fault."""
        files = {"area": (AREAS,), "tool type": (TOOL_TYPES,), "situation or place": (SITUATIONS, PLACES)}
        refused = (self.refused.get(file, set()) for file in files.get(what, ()))
        listed = set(known).union(*refused)
        for slug in named:
            if slug not in listed:
                self.fault(file, entry, f"names the unknown {what} `{slug}`")

    def check_area_tree(self, areas: Mapping[str, Area]) -> None:
        for area in areas.values():
            if area.parent is not None:
                self.check_known(AREAS, area.slug, "area", [area.parent], areas)
            seen = {area.slug}
            parent = area.parent
            while parent is not None and parent in areas:
                if parent in seen:
                    self.fault("areas.yaml", area.slug, "lies inside itself (a cycle of parents)")
                    break
                seen.add(parent)
                parent = areas[parent].parent

    def check_words(self, file: str, entries: Iterable[tuple[str, BaseModel]], sets: Iterable[str]) -> None:
        """No empty phrases, no pattern that can't be read or names an unknown set."""
        known = frozenset(sets)
        for label, entry in entries:
            for field, value in entry:
                if isinstance(value, tuple):
                    for phrase in value:
                        message = _phrase_fault(str(phrase), known)
                        if message:
                            self.fault(file, label or field, message if not label else f"{field}: {message}")


def known_part(
    rule: Rule, areas: Mapping[str, Area], tool_types: Mapping[str, ToolType], techniques: Mapping[str, Technique]
) -> Rule | None:
    """Return the rule for what the taxonomy has; None where nothing of one of its lists is left."""
    lists: dict[str, tuple[str, ...]] = {}
    named: dict[str, Mapping[str, Entry]] = {"areas": areas, "tool_types": tool_types, "techniques": techniques}
    for name, known in named.items():
        slugs = getattr(rule, name)
        lists[name] = tuple(slug for slug in slugs if slug in known)
        if slugs and not lists[name]:
            return None
    return rule.model_copy(update=lists)


def _phrase_fault(phrase: str, sets: frozenset[str]) -> str:
    """Return what is wrong with a phrase, or nothing."""
    if not phrase.strip():
        return "there is an empty phrase"
    try:
        places = parse_pattern(phrase)
    except PatternError as error:
        return str(error)
    named = [word[1:-1] for place in places for word in place.words if word[0] == "<" and word[-1] == ">"]
    unknown = [name for name in named if name not in sets]
    return f"`{phrase}` names the unknown set <{unknown[0]}>" if unknown else ""
