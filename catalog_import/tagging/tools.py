"""What form of tool a product is, and which tools a guide speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from storefront.catalog.language import lexicon as kinds
from storefront.catalog.language.lexicon import Language
from storefront.catalog.language.phrases import longest
from storefront.catalog.language.words import Found, Gap, Text

OTHER = "other"

# How much a phrase counts for a form that the name itself does not say.
NAME_HINT, NAME_FEATURE, BODY_HINT = 3, 2, 1
# An English name ends with what the thing is: a "sinus pressure roller" rolls.
HEAD_NOUN = 3
# What a "no motor, no batteries" takes from the powered type.
LACK_PENALTY = 3
# From this score on, features make a tool of a thing that the description calls by another name.
CLEAR_SCORE = 3


def lead_end(language: Language, text: Text) -> int:
    """Where the part of a name ends that says what the thing is: at "with", "for", a comma, a dash …

    Also at "and" after a form: in a kit the name leads with the main piece.
    """
    words = language.words
    form_ends = [found.end for found in text.found(kinds.FORM)]
    for index in range(1, len(text)):
        surface = text.surfaces[index]
        if text.gaps[index] >= Gap.LIST or surface in words["with_words"] or surface in words["fits"]:
            return index
        if surface == "and" and any(end <= index for end in form_ends):
            return index
    return len(text)


class ToolChoice(NamedTuple):
    """The tool type of a product with the phrase that says it; `found` is None if nothing does."""

    slug: str
    text: Text | None = None
    found: Found | None = None


def tool_of_product(language: Language, name: Text, body: Text) -> ToolChoice:
    """The name decides; features in the description decide what a plain "massager" is."""
    lead = lead_end(language, name)
    is_powered = _is_powered(language, name, body)
    accessory = _accessory(language, name, lead, is_powered)
    if accessory is not None:
        return ToolChoice(OTHER, name, accessory)
    moves = is_powered and (_moves(name) or _moves(body))
    return _named_form(language, name, lead, is_powered, moves) or _by_features(language, name, body)


def _accessory(language: Language, name: Text, lead: int, is_powered: bool) -> Found | None:
    """A part or an extra: "massage gun case", "case for a massage gun", "replacement heads".

    A powered "shiatsu calf wrap" is the tool itself.
    """
    words = language.words
    forms = [found for found in name.found(kinds.FORM) if found.value != language.powered_type or not is_powered]
    own_part = next((index for index in range(len(name)) if name.surfaces[index] in words["with_words"]), len(name))
    if any(name.lemmas[index] in words["leads"] for index in range(own_part)):
        return next(iter(name.found(kinds.ACCESSORY)), None) or Found(kinds.ACCESSORY, None, 0, 1, (0,))
    for part in name.found(kinds.ACCESSORY):
        if part.end > lead or (part.start and "<number>" in name.keys[part.start - 1]):
            continue
        if any(form.start <= part.start and part.end <= form.end for form in forms):
            continue
        is_head_noun = part.end == lead
        led_by_tool = any(form.end <= part.start for form in forms)
        fits_tool = (
            lead < len(name)
            and name.surfaces[lead] in words["fits"]
            and any(form.start > lead for form in forms)
            and not any(form.end <= lead for form in forms)
        )
        if is_head_noun and (led_by_tool or fits_tool):
            return part
    return None


def _named_form(language: Language, name: Text, lead: int, is_powered: bool, moves: bool) -> ToolChoice | None:
    """The form that a name leads with; one of a plainer rank only where the name says no other."""
    forms = [
        found
        for found in (*name.found(kinds.FORM), *name.found(kinds.ITEM))
        if not _comes_after_for(language, name, found) and not _is_inside_complaint(name, found)
    ]
    forms = [found for found in forms if not _is_inside_longer_form(found, forms)]
    if not forms:
        return None
    leading = [found for found in forms if found.end <= lead] or forms
    if all(found.value == language.plain_type for found in leading):
        leading = forms
    highest = min(_rank(language, found) for found in leading)
    chosen = _first_whole([found for found in leading if _rank(language, found) == highest])
    if chosen.kind != kinds.ITEM:
        return ToolChoice(str(chosen.value), name, chosen)
    is_massager = is_powered and not {"massager", "massage"}.isdisjoint(name.lemmas)
    has_motor = is_massager or moves or any(found.value == language.powered_type for found in leading)
    if has_motor and name.lemmas[chosen.end - 1] not in language.words["unpowered"]:
        return ToolChoice(language.powered_type, name, chosen)
    return ToolChoice(OTHER, name, chosen)


def _rank(language: Language, found: Found) -> int:
    """A form or a thing of its own (0) says more than the motor (1), and that more than "pressure tool" (2)."""
    return {language.powered_type: 1, language.plain_type: 2}.get(str(found.value), 0)


def _first_whole(forms: Sequence[Found]) -> Found:
    """The first of the forms; of those that overlap with it the one that reaches furthest.

    An English name ends with what the thing is: a "massage roller ball" is a ball.
    """
    first = min(forms, key=lambda found: (found.start, -found.end))
    reach = first.end
    cluster = [first]
    for found in sorted(forms, key=lambda each: each.start):
        if found.start < reach:
            cluster.append(found)
            reach = max(reach, found.end)
    return max(cluster, key=lambda found: (found.end, found.end - found.start, found.kind == kinds.FORM))


def _is_inside_longer_form(found: Found, forms: Sequence[Found]) -> bool:
    """A "massage chair" inside "massage chair pad"."""
    return found.kind == kinds.ITEM and any(
        other.kind == kinds.FORM
        and other.start <= found.start
        and found.end <= other.end
        and other.end - other.start > found.end - found.start
        for other in forms
    )


def _is_inside_complaint(name: Text, found: Found) -> bool:
    """The "splint" of "shin splints roller"."""
    return found.kind == kinds.ITEM and any(
        complaint.start <= found.start and found.end <= complaint.end for complaint in name.found(kinds.CONDITION)
    )


def _comes_after_for(language: Language, name: Text, found: Found) -> bool:
    """Named only as what the thing fits or comes with, while something stands before it."""
    words = language.words
    return any(
        name.surfaces[index] in words["fits"] or name.surfaces[index] in words["with_words"]
        for index in range(1, found.start)
    )


def _is_powered(language: Language, name: Text, body: Text) -> bool:
    lacking = sum(len(text.found(kinds.LACK)) for text in (name, body))
    powered = sum(cue.value == language.powered_type for text in (name, body) for cue in text.found(kinds.CUE))
    return powered > lacking


def words_of_lacks(text: Text) -> set[int]:
    """The words of "no motor", "without vibration" and the like."""
    return {index for found in text.found(kinds.LACK) for index in range(found.start, found.end)}


def _moves(text: Text) -> bool:
    lacking = words_of_lacks(text)
    return any(found.start not in lacking for found in text.found(kinds.MOVES))


def _by_features(language: Language, name: Text, body: Text) -> ToolChoice:
    """A thing whose name says no form ("4D massager"): the form its description names, or its features."""
    scores, best = _weigh_features(language, name, body)
    # Of equals the later in the taxonomy: it begins with the plainest forms.
    order = list(language.taxonomy.tool_types)
    ranked = sorted((slug for slug in scores if scores[slug] > 0), key=lambda slug: (-scores[slug], -order.index(slug)))
    is_other_thing = "massage" not in name.lemmas and bool(body.found(kinds.ITEM))
    if not ranked:
        has_areas = bool(name.found(kinds.AREA) or body.found(kinds.AREA))
        lacks_motor = bool(name.found(kinds.LACK) or body.found(kinds.LACK))
        return ToolChoice(_without_features(language, name, lacks_motor, has_areas and not is_other_thing))
    says_tool = bool(name.found(kinds.LOOSE_FORM)) or not language.words["generic"].isdisjoint(name.lemmas)
    if is_other_thing and not says_tool and scores[ranked[0]] < CLEAR_SCORE:
        return ToolChoice(OTHER)
    if ranked[0] == language.powered_type and not any(
        language.words["massaging"].intersection(text.lemmas) for text in (name, body)
    ):
        return ToolChoice(OTHER)
    if ranked[0] == language.powered_type:
        motors = [slug for slug in ranked if slug in language.motor_types and best[slug][1].kind == kinds.LOOSE_FORM]
        ranked = [*motors, *ranked]
    text, found = best[ranked[0]]
    return ToolChoice(ranked[0], text, found)


def _weigh_features(language: Language, name: Text, body: Text) -> tuple[Counter[str], dict[str, tuple[Text, Found]]]:
    """How much speaks for each tool type, each wording once, and the first phrase that does."""
    scores: Counter[str] = Counter()
    lead = lead_end(language, name)
    best: dict[str, tuple[Text, Found]] = {}
    for text, kind, weight in (
        (name, kinds.LOOSE_FORM, NAME_HINT),
        (name, kinds.CUE, NAME_FEATURE),
        (body, kinds.FORM, BODY_HINT),
        (body, kinds.LOOSE_FORM, BODY_HINT),
        (body, kinds.CUE, BODY_HINT),
    ):
        lacking = words_of_lacks(text)
        seen = set()
        for found in longest(text.found(kind)):
            wording = (found.value, *text.lemmas[found.start : found.end])
            if wording not in seen and found.start not in lacking:
                seen.add(wording)
                scores[str(found.value)] += weight
                if text is name and kind == kinds.LOOSE_FORM and found.end == lead:
                    scores[str(found.value)] += HEAD_NOUN
                best.setdefault(str(found.value), (text, found))
    if name.found(kinds.LACK) or body.found(kinds.LACK):
        scores[language.powered_type] -= LACK_PENALTY
    return scores, best


def _without_features(language: Language, name: Text, lacks_motor: bool, is_for_areas: bool) -> str:
    """The tool type of a thing of which nothing but its name and its areas is known."""
    if "massager" in name.lemmas and not lacks_motor and language.words["manual"].isdisjoint(name.lemmas):
        return language.powered_type
    is_massage_tool = "massager" in name.lemmas or {"massage", "tool"} <= set(name.lemmas)
    return language.plain_type if is_massage_tool or is_for_areas else OTHER


def tools_of_guide(text: Text) -> list[Found]:
    """The tools that a guide's text speaks of, in order; "ball of the foot" and the like are none."""
    area_words = {index for found in text.found(kinds.AREA) if found.end - found.start > 1 for index in found.literal}
    return [found for found in longest(text.found(kinds.GUIDE_TOOL)) if found.start not in area_words]
