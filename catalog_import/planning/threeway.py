"""Who wins, field by field: base (what the source last imported), file, shop.

A field is written only where the file differs from the base. Where the shop differs from the base
too, that is a conflict: the shop's value stays, so that staff may edit in the shop without fear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storefront.catalog.records import Record

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """A field's value before and after. No record: a large plan has a million of them, and nothing to validate."""

    before: Any
    after: Any


class Conflict(Record):
    """The file and the shop both changed a field since `base`; the shop's value stays."""

    field: str
    variant: str = ""
    base: Any
    file: Any
    shop: Any


@dataclass(slots=True)
class Comparison:
    changes: dict[str, Change] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    # Changed in the shop alone.
    edited: list[str] = field(default_factory=list)
    base: dict[str, Any] = field(default_factory=dict)


def compare(
    file: Mapping[str, Any],
    shop: Mapping[str, Any],
    base: Mapping[str, Any],
    *,
    variant: str = "",
    overwrites: Callable[[str], bool] = lambda name: False,
) -> Comparison:
    """What to write, what is in conflict, and the base after it.

    A field that the source never said before has no base: what the file says now is new, and is
    written. A conflict keeps its base, so that it is reported again until somebody resolves it.
    """
    found = Comparison(base=dict(base))
    for name, wanted in file.items():
        have, was = shop.get(name), base.get(name, _NOTHING)
        if same(wanted, have):
            found.base[name] = wanted
        elif was is not _NOTHING and same(wanted, was):
            found.edited.append(name)
        elif was is _NOTHING or same(have, was) or overwrites(name):
            found.changes[name] = Change(before=have, after=wanted)
            found.base[name] = wanted
        else:
            found.conflicts.append(Conflict(field=name, variant=variant, base=was, file=wanted, shop=have))
    return found


def same(one: Any, other: Any) -> bool:
    """Equal as far as a shop is concerned: nothing, an empty text and an empty list are one."""
    return one == other or (one in (None, "", []) and other in (None, "", []))
