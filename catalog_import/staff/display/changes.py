"""What an item of a plan changes, in the words of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from catalog_import.planning.plan import Action, PlanItem
from catalog_import.planning.threeway import Change, Conflict
from catalog_import.staff.display.textdiff import text_diff
from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_WAREHOUSE

LONG = 90
SHORT = 70
SHOWN = 3
REWORDED = "reworded"

_WORDS = {
    "target_areas": "Body areas",
    "tool_types": "Tool type",
    "weight_g": "Weight (g)",
    "media": "Pictures",
    "seo_title": "SEO title",
    "seo_description": "SEO description",
    "sku": "SKU",
    "fsa_hsa_eligible": "FSA/HSA eligible",
    "fsa_hsa_condition": "FSA/HSA condition",
    "reviewed_on": "Reviewed on",
    "warranty_years": "Warranty (years)",
}
_PREFIXES = {
    PRICE: ("Price", DEFAULT_CHANNEL),
    COMPARE_AT: ("Price before", DEFAULT_CHANNEL),
    STOCK: ("Stock", DEFAULT_WAREHOUSE),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after. `diff` has both in one where they are long texts."""

    label: str
    before: str
    after: str
    diff: SafeString | None = None


@dataclass(frozen=True, slots=True)
class ShownConflict:
    label: str
    base: str
    file: str
    shop: str


def field_label(name: str) -> str:
    """A field's name for people: the default channel and warehouse go without saying."""
    for prefix, (word, usual) in _PREFIXES.items():
        if name.startswith(prefix):
            of = name.removeprefix(prefix)
            return word if of == usual else f"{word} ({of})"
    plain = name.removeprefix(ATTRIBUTE).removeprefix(OPTION)
    return _WORDS.get(plain) or plain[:1].upper() + plain[1:].replace("_", " ")


def field_text(name: str, value: Any) -> str:
    """A field's value as text: money with its cents."""
    text = value_text(value)
    is_money = name.startswith((PRICE, COMPARE_AT)) and re.fullmatch(r"\d+(\.\d)?", text)
    return f"{Decimal(text):.2f}" if is_money else text


def value_text(value: Any) -> str:
    """A value as text; nothing is an empty one."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return "\n".join(value_text(part) for part in value)
        case {"location": location, **rest}:
            return f"{location} ({rest['alt']})" if rest.get("alt") else str(location)
        case {"kind": kind, "text": text}:
            return f"{kind}: {text}"
        case Mapping():
            return ", ".join(value_text(part) for part in value.values() if part)
    return str(value)


def field_changes(changes: Mapping[str, Change]) -> list[FieldChange]:
    """Each field before → after."""
    return [field_change(name, change) for name, change in changes.items()]


def field_change(name: str, change: Change) -> FieldChange:
    before, after = field_text(name, change.before), field_text(name, change.after)
    is_long = before and after and max(len(before), len(after)) > LONG
    return FieldChange(field_label(name), before, after, text_diff(before, after) if is_long else None)


def shown_conflicts(conflicts: Iterable[Conflict]) -> list[ShownConflict]:
    return [
        ShownConflict(
            f"{field_label(found.field)}{f' of {found.variant}' if found.variant else ''}",
            field_text(found.field, found.base),
            field_text(found.field, found.file),
            field_text(found.field, found.shop),
        )
        for found in conflicts
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """The first changes of an item in a line each, and how many more there are."""

    changes: tuple[FieldChange, ...]
    more: int


def summary_of(item: PlanItem) -> Summary:
    """What a list shows of an item. What is made anew has no before, and its price says more than its texts."""
    found = list(each_change(item))
    if item.action is Action.CREATE:
        wanted = (field_label("category"), field_label(PRICE + DEFAULT_CHANNEL), field_label("target_areas"))
        chosen = {change.label: change for change in found if change.label in wanted}
        return Summary(tuple(chosen.values()), 0)
    return Summary(tuple(found[:SHOWN]), max(0, len(found) - SHOWN))


def each_change(item: PlanItem) -> Iterator[FieldChange]:
    for name, change in item.changes.items():
        yield short(field_label(name), name, change)
    is_one = len(item.variant_changes) == 1
    for reference, changes in item.variant_changes.items():
        for name, change in changes.items():
            yield short(f"{field_label(name)}{'' if is_one else f' of {reference}'}", name, change)


def short(label: str, name: str, change: Change) -> FieldChange:
    """A change in one line. Two long texts look alike there, so that they changed is all that is said."""
    if name == "media":
        return FieldChange(label, pictures(change.before), pictures(change.after))
    before, after = one_line(field_text(name, change.before)), one_line(field_text(name, change.after))
    if before and after and max(len(before), len(after)) > SHORT:
        return FieldChange(label, "", REWORDED)
    return FieldChange(label, shortened(before), shortened(after))


def pictures(media: Any) -> str:
    count = len(media or ())
    return f"{count} picture{'' if count == 1 else 's'}" if count else ""


def one_line(text: str) -> str:
    return ", ".join(line.strip() for line in text.splitlines() if line.strip())


def shortened(text: str) -> str:
    return text if len(text) <= SHORT else text[:SHORT].rstrip() + "…"
