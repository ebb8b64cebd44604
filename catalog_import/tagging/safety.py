"""Contraindications that a product's texts state: phrases → tags like `never:pregnancy`, each with its evidence.

A situation counts where its sentence, the heading above it or the kind of its caution says what is to be done: never,
or ask first. A place counts where it is denied. Words that only mention one ("helps people with diabetes") say nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from catalog_import.tagging.text import plain_text
from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.lexicon import Language
from storefront.catalog.language.phrases import longest
from storefront.catalog.language.scopes import Scopes
from storefront.catalog.language.words import Found, Gap, Text
from storefront.catalog.records import Caution, CautionKind, Evidence, Origin, Tag
from storefront.catalog.taxonomy import Severity, Taxonomy

CAUTIONS = "cautions"
PARTING = "\n\n"
# A line of so many words or fewer that names no situation is the heading of what stands below it.
HEADING_WORDS = 8
# The words between what is said and of what are quoted as well, if they are so few.
QUOTED_WORDS = 14
MAX_EVIDENCE = 5
# What a caution means that only names a situation or a place.
_MEANS = {CautionKind.CONTRAINDICATION: kinds.NEVER, CautionKind.NOT_FOR: kinds.NEVER}


@dataclass(slots=True)
class SafetyText:
    """A text that may speak of safety. `means`: what a sentence without a cue means, by where it begins."""

    text: Text
    scopes: Scopes
    parts: Collection[str] = ()
    means: Sequence[tuple[int, str | None]] = field(default_factory=list)

    def meaning_at(self, place: int) -> str | None:
        index = bisect_right([begin for begin, _ in self.means], place)
        return self.means[index - 1][1] if index else None


def read_cautions(language: Language, cautions: Sequence[Caution]) -> SafetyText:
    """Return the cautions as one text; signs to stop are none that rule a person out."""
    told = told_cautions(cautions)
    text = language.read(CAUTIONS, cautions_text(cautions))
    begins = accumulate((len(line) + len(PARTING) for _, line in told), initial=0)
    means = [(begin, _MEANS.get(kind)) for begin, (kind, _) in zip(begins, told, strict=False)]
    return SafetyText(text, Scopes(language, text), means=means)


def told_cautions(cautions: Sequence[Caution]) -> list[tuple[CautionKind, str]]:
    return [
        (caution.kind, " ".join(plain_text(caution.text).split()))
        for caution in cautions
        if caution.kind is not CautionKind.STOP
    ]


def cautions_text(cautions: Sequence[Caution]) -> str:
    """Return the cautions that are read as one plain text, in which evidence offsets count."""
    return PARTING.join(line for _, line in told_cautions(cautions))


def contraindication_tags(
    taxonomy: Taxonomy, texts: Iterable[SafetyText], inferred_areas: Collection[str]
) -> tuple[Tag, ...]:
    """Return what the texts say, in the order of the taxonomy; of one situation the strictest.

    `inferred_areas`: what the text says that the tool is for. A place that fills one of them is not kept off by a word
    in the description ("not on a stiff neck"); a caution says it for certain.
    """
    evidence: dict[str, list[Evidence]] = {}
    for each in texts:
        for slug, piece in _statements(each):
            evidence.setdefault(slug, []).append(piece)
    for place in taxonomy.places.values():
        slug = f"{Severity.KEEP_OFF}:{place.slug}"
        if not set(place.fills).isdisjoint(inferred_areas) and slug in evidence:
            evidence[slug] = [piece for piece in evidence[slug] if piece.field == CAUTIONS]
    for situation in taxonomy.situations:
        if evidence.get(f"{Severity.NEVER}:{situation}"):
            evidence.pop(f"{Severity.ASK_FIRST}:{situation}", None)
    return tuple(
        Tag(slug=slug, origin=Origin.INFERRED, evidence=tuple(dict.fromkeys(pieces))[:MAX_EVIDENCE])
        for slug in taxonomy.contraindications
        if (pieces := evidence.get(slug))
    )


def _statements(read: SafetyText) -> Iterator[tuple[str, Evidence]]:
    text = read.text
    situations, places = longest(text.found(kinds.SITUATION)), longest(text.found(kinds.PLACE))
    if not situations and not places:
        return
    excused = {index for found in text.found(kinds.NO_SAFETY) for index in found.literal}
    cues = _by_sentence(
        text, (found for kind in (kinds.NEVER, kinds.ASK_FIRST) for found in text.found(kind)), without=excused
    )
    others = {
        kind: _by_sentence(text, text.found(kind), without=()) for kind in (kinds.UNLESS, kinds.LIMIT, kinds.BREAK)
    }
    leads = _leads(text, cues, {text.sentence[found.start] for found in (*situations, *places)})
    for found in situations:
        cue = _cue_of(text, found, cues, others[kinds.BREAK])
        kind = cue.kind if cue else leads.get(text.sentence[found.start]) or read.meaning_at(text.starts[found.start])
        if kind is None:
            continue
        unless = others[kinds.UNLESS].get(text.sentence[found.start], ())
        is_asked = kind == kinds.ASK_FIRST or any(each.end > found.start for each in unless)
        severity = Severity.ASK_FIRST if is_asked else Severity.NEVER
        yield f"{severity}:{found.value}", _evidence(text, found, cue)
    for found in places:
        if not _is_part(read, found) and _keeps_off(read, found, cues, others, leads):
            cue = _cue_of(text, found, cues, others[kinds.BREAK])
            yield f"{Severity.KEEP_OFF}:{found.value}", _evidence(text, found, cue)


def _by_sentence(text: Text, found: Iterable[Found], *, without: Collection[int]) -> Mapping[int, Sequence[Found]]:
    """Return phrases by their sentence, in their order; those that begin in excused words are none."""
    sentences: dict[int, list[Found]] = {}
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if each.start not in without:
            sentences.setdefault(text.sentence[each.start], []).append(each)
    return sentences


def _cue_of(
    text: Text, found: Found, cues: Mapping[int, Sequence[Found]], breaks: Mapping[int, Sequence[Found]]
) -> Found | None:
    """Return what says what to do about a situation: the last cue before it, else the first one after it."""
    number = text.sentence[found.start]
    ends = [each.start for each in breaks.get(number, ())]
    before = [cue for cue in cues.get(number, ()) if cue.start < found.start]
    after = [cue for cue in cues.get(number, ()) if cue.start >= found.end]
    for cue, begin, stop in (
        *((cue, cue.end, found.start) for cue in reversed(before)),
        *((cue, found.end, cue.start) for cue in after[:1]),
    ):
        # "Do not use near water, but fine for people with diabetes."
        if not any(begin <= end < stop for end in ends):
            return cue
    return None


def _keeps_off(
    read: SafetyText,
    found: Found,
    cues: Mapping[int, Sequence[Found]],
    others: Mapping[str, Mapping[int, Sequence[Found]]],
    leads: Mapping[int, str],
) -> bool:
    text = read.text
    number = text.sentence[found.start]
    if others[kinds.LIMIT].get(number) or others[kinds.UNLESS].get(number):
        return False
    if found.start in read.scopes.denied:
        return True
    cue = _cue_of(text, found, cues, others[kinds.BREAK])
    if cue is not None:
        return cue.kind == kinds.NEVER and cue.start < found.start
    return (leads.get(number) or read.meaning_at(text.starts[found.start])) == kinds.NEVER


def _is_part(read: SafetyText, found: Found) -> bool:
    """Whether the word is of the tool itself or says nothing: the head of a gun, "hand-held"."""
    if found.end - found.start == 1 and read.text.lemmas[found.start] in read.parts:
        return True
    silent = read.scopes.silent.get(found.start, ())
    return any(words.issuperset(range(found.start, found.end)) for words in silent)


def _leads(text: Text, cues: Mapping[int, Sequence[Found]], naming: Collection[int]) -> dict[int, str]:
    """Return sentence → what the heading above it says: "Do not use if:" over a list, to the end of the block."""
    leads: dict[int, str] = {}
    lead: str | None = None
    for index, gap in enumerate(text.gaps):
        if gap is not Gap.SENTENCE:
            continue
        number = text.sentence[index]
        first, last = text.sentence_bounds(index)
        own = cues.get(number)
        if own and number not in naming and last - first <= HEADING_WORDS:
            lead = own[0].kind
        elif own or ("\n\n" in text.between(index) and number - 1 in leads):
            lead = None
        elif lead is not None:
            leads[number] = lead
    return leads


def _evidence(text: Text, found: Found, cue: Found | None) -> Evidence:
    start, end = found.start, found.end
    if cue is not None:
        first, last = min(start, cue.start), max(end, cue.end)
        if last - first <= QUOTED_WORDS:
            start, end = first, last
    begin, stop = text.starts[start], text.ends[end - 1]
    return Evidence(field=text.field, quote=text.plain[begin:stop], start=begin)
