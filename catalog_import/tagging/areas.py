"""Body areas that a text says: from phrases to mentions, and which mentions count, by the rules of tagging."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.lexicon import Language
from storefront.catalog.language.phrases import longest
from storefront.catalog.language.scopes import Scopes
from storefront.catalog.language.words import Found, Gap, Text
from storefront.catalog.taxonomy import Taxonomy

MAX_BETWEEN_LISTED = 6
MAX_FILLERS = 4
# So many areas in a row are a list of where to use the thing, even where each word alone says little.
LONG_LIST = 3


@dataclass(slots=True)
class Mention:
    """One phrase of a text that says areas, and whether it counts."""

    start: int
    end: int
    areas: tuple[str, ...]
    weakness: str = ""
    is_part: bool = False
    counts: bool = False
    is_used: bool = False
    is_complaint: bool = False
    conditions: list[str] = field(default_factory=list)


def area_mentions(
    language: Language,
    text: Text,
    scopes: Scopes,
    *,
    is_title: bool,
    has_chart: bool,
    parts: Collection[str] = (),
    is_guide: bool = False,
    marked: Sequence[tuple[int, int]] = (),
) -> list[Mention]:
    """The mentions of areas that count, in the order of the text.

    `is_title`: names and titles say what the thing is for, so an ambiguous word counts there. `has_chart`: the
    item is about reflexology, so sentences about its chart name no areas but those that are massaged. `parts` are
    words for what the tool has itself, like a massage gun's head. `is_guide`: some complaints name more areas there.
    `marked`: places of headings and stressed words, in which an ambiguous word on its own counts.
    """
    found = longest([*text.found(kinds.AREA), *(text.found(kinds.GUIDE_AREA) if is_guide else ())])
    mentions = [mention for mention in _merged(found) if not scopes.hides(mention.start, mention.end)]
    mentions = _with_shared_nouns(language, text, mentions)
    if has_chart:
        mentions = [mention for mention in mentions if not _is_on_chart(language, text, mention)]
    for mention in mentions:
        mention.weakness = _weakness(language, text, mention)
        says_in_title = is_title and text.lemmas[mention.start] not in language.words["grips"]
        mention.is_part = bool(mention.weakness) and text.lemmas[mention.start] in parts
        mention.is_used = not mention.is_part and (
            mention.is_complaint
            or _has_sign_of_use(language, text, mention)
            or _is_whole(language, text, mention, marked)
        )
        mention.counts = not mention.weakness or mention.is_used or (says_in_title and not mention.is_part)
    for listed in _lists(language, text, mentions):
        is_range = _is_range(language, text, listed)
        if is_guide and is_range:
            # The way of a stroke.
            continue
        is_use = is_range or sum(not mention.is_part for mention in listed) >= LONG_LIST
        if is_use or any(mention.counts for mention in listed):
            is_used = is_use or any(mention.is_used for mention in listed)
            for mention in listed:
                mention.counts, mention.is_used = True, is_used
        _name_pains(language, text, listed)
    return [mention for mention in mentions if mention.counts]


def _merged(found: Iterable[Found]) -> list[Mention]:
    """One mention a place: a phrase that is both an area and a complaint says the areas of both."""
    merged: dict[tuple[int, int], Mention] = {}
    for item in found:
        areas = item.value if isinstance(item.value, tuple) else ()
        mention = merged.setdefault((item.start, item.end), Mention(item.start, item.end, ()))
        mention.areas = tuple(dict.fromkeys((*mention.areas, *areas)))
        mention.is_complaint = mention.is_complaint or item.kind == kinds.GUIDE_AREA
    return list(merged.values())


def _with_shared_nouns(language: Language, text: Text, mentions: Sequence[Mention]) -> list[Mention]:
    """Adds what "upper, mid and lower back" leaves out: the noun of all but the last."""
    words = language.words
    result: list[Mention] = []
    for mention in mentions:
        noun = text.lemmas[mention.end - 1]
        is_shared = mention.end - mention.start == 2 and (text.lemmas[mention.start], noun) in language.shared_nouns
        index = mention.start - 1
        while is_shared and index >= 0 and text.gaps[index + 1] <= Gap.LIST:
            lemma = text.lemmas[index]
            areas = language.shared_nouns.get((lemma, noun))
            if areas is not None:
                result.append(Mention(index, index + 1, areas))
            elif lemma not in words["joiners"]:
                break
            index -= 1
        result.append(mention)
    return sorted(result, key=lambda each: each.start)


def _is_on_chart(language: Language, text: Text, mention: Mention) -> bool:
    if set(mention.areas) & set(language.taxonomy.vocabulary.denials.chart_areas):
        return False
    first, last = text.sentence_bounds(mention.start)
    return not language.words["chart_words"].isdisjoint(text.lemmas[first:last])


def _weakness(language: Language, text: Text, mention: Mention) -> str:
    """ "held" or "common" for a word that is often no area (see context.yaml), else nothing."""
    if mention.end - mention.start != 1:
        return ""
    lemma = text.lemmas[mention.start]
    return next((kind for kind in ("held", "common") if lemma in language.words[kind]), "")


def _has_sign_of_use(language: Language, text: Text, mention: Mention) -> bool:
    """Whether the words around an area show that it is the place of use."""
    words = language.words
    after, before = words["after"], words["before"] | words["complaints"]
    if mention.weakness == "common":
        after, before = after | words["after_common"], before | words["before_common"]
    elif not mention.weakness:
        before = before | words["before_plain"]
    if _followed_by(text, mention.end, after):
        return True
    index = mention.start - 1
    owned = False
    for _ in range(MAX_FILLERS + 1):
        if index < 0 or text.gaps[index + 1] is not Gap.SPACE:
            break
        surface = text.surfaces[index]
        if surface in before:
            return True
        owned = owned or surface in words["owners"]
        if surface not in words["fillers"]:
            break
        index -= 1
    return owned and text.lemmas[mention.start] in words["owned"]


def _is_whole(language: Language, text: Text, mention: Mention, marked: Sequence[tuple[int, int]]) -> bool:
    """Whether the words are all that a heading or a stressed piece of text says."""
    first = mention.start
    while first > 0 and text.gaps[first] is Gap.SPACE and text.surfaces[first - 1] in language.words["fillers"]:
        first -= 1
    begin, end = text.starts[first], text.ends[mention.end - 1]
    return any(start == begin and end <= stop <= end + 1 for start, stop in marked)


def _followed_by(text: Text, index: int, words: frozenset[str]) -> bool:
    return index < len(text) and text.gaps[index] is Gap.SPACE and text.surfaces[index] in words


def _lists(language: Language, text: Text, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions that are listed together ("neck, tired shoulders and the back"), each list in order."""
    lists: list[list[Mention]] = []
    for mention in mentions:
        if lists and _are_listed(language, text, lists[-1][-1], mention):
            lists[-1].append(mention)
        else:
            lists.append([mention])
    return lists


def _are_listed(language: Language, text: Text, first: Mention, second: Mention) -> bool:
    if second.start - first.end > MAX_BETWEEN_LISTED:
        return False
    words = language.words
    # "neck shoulder massager", but not "fingertip jaw wand".
    is_joined = second.start == first.end and text.lemmas[first.end - 1] not in words["grips"]
    for index in range(first.end, second.start + 1):
        gap = text.gaps[index]
        if gap >= Gap.CLAUSE:
            return False
        is_joined = is_joined or gap is Gap.LIST
        if index < second.start:
            surface = text.surfaces[index]
            if surface in words["joiners"]:
                is_joined = True
            elif surface not in words["fillers"] and surface not in words["complaints"]:
                return False
    return is_joined


def _is_range(language: Language, text: Text, listed: Sequence[Mention]) -> bool:
    """ "From the toes to the hips"."""
    before = listed[0].start - 1
    while before > 0 and text.surfaces[before] in language.words["fillers"]:
        before -= 1
    joined = text.surfaces[listed[0].end : listed[-1].start]
    return before >= 0 and text.surfaces[before] == "from" and "to" in joined


def _name_pains(language: Language, text: Text, listed: Sequence[Mention]) -> None:
    """ "Neck and shoulder pain", "pain in the neck and shoulders": a complaint for each area of the list."""
    words = language.words
    after = listed[-1].end
    if _followed_by(text, after, frozenset({"muscle", "muscles", "joint"})):
        after += 1
    before = listed[0].start - 1
    while (
        before >= 0
        and text.surfaces[before] in ("in", "of", "the", "your", "for")
        and text.gaps[before + 1] is Gap.SPACE
    ):
        before -= 1
    last = text.surfaces[listed[-1].end - 1]
    pained = (
        last in words["pain"]
        or _followed_by(text, after, words["pain"])
        or (before >= 0 and text.surfaces[before] in words["pain"])
    )
    if pained:
        for mention in listed:
            # "Tailbone pain" is a complaint of its own, not a lower back pain.
            if not any(
                named.start <= mention.start
                and mention.end <= named.end
                and text.surfaces[named.end - 1] in words["pain"]
                for named in text.found(kinds.CONDITION)
            ):
                mention.conditions.extend(
                    language.pain_conditions[area] for area in mention.areas if area in language.pain_conditions
                )


def narrowest(areas: Iterable[str], taxonomy: Taxonomy) -> set[str]:
    """Areas without the groups of which something narrower was said; the whole body stays (rules 2 and 3)."""
    given = set(areas)
    covered = {group for area in given for group in taxonomy.ancestors(area) if group != taxonomy.root}
    return given - covered
