"""What a plan is: data, the same for the terminal, the pages, JSON and the worker that applies it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson
from pydantic import Field

from catalog_import.planning.threeway import Change, Conflict
from catalog_import.sources.problems import Problem
from catalog_import.tagging.enrich import TAG_LISTS
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
    DELETE = "delete"
    UNCHANGED = "unchanged"


# Of an unchanged item that is written all the same: what its source says is kept.
NOTED = "noted"

# In a plan's changes these are the tags and links as words, not what the file said.
TAG_CHANGES = frozenset((*TAG_LISTS, "guides"))


class Undoing(Record):
    """What only an undo does to an item.

    `is_released`: the product was adopted and loses its reference again; `released_variants`: those of its variants
    that do. `is_deleted`: it is deleted completely; `seen` is its digest at planning time. `gone_variants`: these
    of its variants go, with what stands for each. `dropped`: what the source has not said any more.
    """

    is_released: bool = False
    released_variants: tuple[str, ...] = ()
    is_deleted: bool = False
    seen: str = ""
    gone_variants: dict[str, str] = Field(default_factory=dict)
    dropped: Fields = Field(default_factory=Fields)


def digest_of(fields: Fields | dict[str, Any] | None) -> str:
    """Stands for these fields, in whatever order they come."""
    plain = fields.model_dump() if isinstance(fields, Fields) else fields
    return hashlib.blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


class PlanItem(Record):
    """What would happen to one product or guide.

    `rows` are those of the variants that do not stand in `row`, by reference. `changes` and `variant_changes` hold the
    fields to write, before → after; `tags` and `links` what replaces the present ones (None: they stay), `tags_before`
    and `links_before` what is replaced. `base` is what is new in what the source has said besides those changes,
    `base_before` what it had said of all that before; `digest` stands for all that it says now. `adopted_variants` are
    those that were made in the shop, reference → SKU.
    """

    kind: Kind
    action: Action
    reference: str
    name: str
    file: str = ""
    row: int = 0
    rows: dict[str, int] = Field(default_factory=dict)
    public_id: str | None = None
    skus: tuple[str, ...] = ()
    changes: dict[str, Change] = Field(default_factory=dict)
    variant_changes: dict[str, dict[str, Change]] = Field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    tags: Tags | None = None
    tags_before: Tags | None = None
    links: tuple[GuideLink, ...] | None = None
    links_before: tuple[GuideLink, ...] | None = None
    base: Fields = Field(default_factory=Fields)
    base_before: Fields = Field(default_factory=Fields)
    digest: str = ""
    adopted_variants: dict[str, str] = Field(default_factory=dict)
    undoing: Undoing | None = None

    @property
    def changes_shop(self) -> bool:
        """Whether applying it changes anything that the shop shows or knows its things by."""
        return bool(
            self.changes
            or self.variant_changes
            or self.adopted_variants
            or self.tags is not None
            or self.links is not None
            or self.action in (Action.CREATE, Action.ADOPT)
            or (
                self.undoing
                and (
                    self.undoing.is_released
                    or self.undoing.released_variants
                    or self.undoing.is_deleted
                    or self.undoing.gone_variants
                )
            )
        )

    @property
    def writes(self) -> bool:
        """Whether applying it writes anything, be it only what the source has said."""
        return bool(self.changes_shop or self.digest or self.base != Fields() or self.undoing)

    def newly_said(self) -> Fields:
        """What is new in what the source has said: the changes that a file brought, and `base`."""
        if not self.file:
            return self.base
        own = {name: change.after for name, change in self.changes.items() if name not in TAG_CHANGES}
        said = dict(self.base.variants)
        for reference, changes in self.variant_changes.items():
            after = {name: change.after for name, change in changes.items()}
            said[reference] = after | said.get(reference, {})
        return Fields(own=own | self.base.own, variants=said)


def plan_json(
    source: str,
    items: Iterable[PlanItem],
    rest: Callable[[], tuple[Mapping[str, int], Sequence[object], Sequence[Problem]]],
) -> Iterator[bytes]:
    """Yield a plan as JSON, an item at a time. `rest` is asked for counts, interpretations and problems at the end."""
    yield b'{"source": ' + orjson.dumps(source) + b',\n"items": ['
    separator = b"\n"
    for item in items:
        yield separator + item.model_dump_json().encode()
        separator = b",\n"
    counts, interpretations, problems = rest()
    said = {"counts": counts, "interpretations": interpretations, "problems": [one.as_json() for one in problems]}
    yield b"\n],\n" + orjson.dumps(said)[1:] + b"\n"


def beside_changes(
    base: Fields, changes: Mapping[str, Change], variant_changes: Mapping[str, Mapping[str, Change]]
) -> Fields:
    """What of a base the changes do not say themselves."""
    variants = {}
    for reference, said in base.variants.items():
        changed = variant_changes.get(reference, {})
        if rest := {name: value for name, value in said.items() if name not in changed}:
            variants[reference] = rest
    own = {name: value for name, value in base.own.items() if name not in changes or name in TAG_CHANGES}
    return Fields(own=own, variants=variants)


def counts_of(items: Iterable[PlanItem]) -> dict[str, int]:
    """How many items of each action, how many have a conflict, and how many only update the import record."""
    counts: Counter[str] = Counter()
    for item in items:
        counts[item.action.value] += 1
        counts["conflict"] += bool(item.conflicts)
        counts[NOTED] += is_only_noted(item)
    found = {name: counts[name] for name in (*(action.value for action in Action), "conflict")}
    return found | ({NOTED: counts[NOTED]} if counts[NOTED] else {})


def is_only_noted(item: PlanItem) -> bool:
    """Return whether applying an item only notes what its source says; the shop has it all the same already."""
    return item.action is Action.UNCHANGED and item.writes
