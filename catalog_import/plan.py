"""What a plan is: data, the same for the terminal, the pages, JSON and the worker that applies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from catalog_import.problems import Problem
from catalog_import.threeway import Change, Conflict
from storefront.catalog.fields import Fields
from storefront.catalog.records import GuideLink, Record, Tags


class Kind(StrEnum):
    GUIDE = "guide"
    PRODUCT = "product"


class Action(StrEnum):
    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    ARCHIVE = "archive"
    UNCHANGED = "unchanged"


class PlanItem(Record):
    """What would happen to one product or guide.

    `changes` and `variant_changes` hold the fields to write, before → after; `tags` and `links` what
    replaces the present ones (None: they stay); `base` what is new in what the source has said;
    `adopted_variants` those that were made in the shop, reference → SKU.
    """

    kind: Kind
    action: Action
    reference: str
    name: str
    file: str = ""
    row: int = 0
    public_id: str | None = None
    changes: dict[str, Change] = {}
    variant_changes: dict[str, dict[str, Change]] = {}
    conflicts: tuple[Conflict, ...] = ()
    tags: Tags | None = None
    links: tuple[GuideLink, ...] | None = None
    base: Fields = Fields()
    adopted_variants: dict[str, str] = {}

    @property
    def writes(self) -> bool:
        """Whether applying it writes anything, be it only the base."""
        return self.action is not Action.UNCHANGED or self.base != Fields()


@dataclass(frozen=True, slots=True)
class Plan:
    source: str
    items: list[PlanItem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return counts_of(self.items)

    def to_apply(self) -> list[PlanItem]:
        """The items that write something, guides first: products link to them."""
        return sorted((item for item in self.items if item.writes), key=lambda item: item.kind is not Kind.GUIDE)


def counts_of(items: Iterable[PlanItem]) -> dict[str, int]:
    """How many items of each action, and how many have a conflict."""
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.action.value] += 1
        counts["conflict"] += bool(item.conflicts)
    return {name: counts[name] for name in (*(action.value for action in Action), "conflict")}
