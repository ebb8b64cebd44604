"""What is read of Saleor as a whole, one kind at a time: which read counts, and rows made equal to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from storefront.catalog.models import KindRead

ATTRIBUTES = "attributes"
CATEGORIES = "categories"
COLLECTIONS = "collections"
MENUS = "menus"
PAGES = "pages"
PLACES = "places"
VALUES = "values"


def accept_read(kind: str, started: datetime) -> bool:
    """Return whether a read of all things of a kind that began then is to be taken; if so, it is the one that the store
    has.

    Call it first in the transaction that takes it: whoever has another read of the kind waits until its end.
    """
    KindRead.objects.get_or_create(kind=kind, defaults={"read_at": started})
    row = KindRead.objects.select_for_update().get(kind=kind)
    if row.read_at > started:
        return False
    row.read_at = started
    row.save(update_fields=["read_at"])
    return True


@dataclass(slots=True)
class Changes:
    """What differed: keys of rows that were made, that were changed (with their old values), and that are to go."""

    made: list[int] = field(default_factory=list)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    def keys(self) -> set[int]:
        return {*self.made, *self.changed, *self.gone}


def make_equal(
    rows: QuerySet[Any],
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    others: Collection[int] = (),
    adopts_slugs: bool = False,
) -> Changes:
    """Create and change rows so that they have these columns, by public id; slugs may have changed places.

    Rows that are no longer wanted are reported, not deleted: the caller knows what goes with them. Those with keys in
    `others` are left out. `adopts_slugs`: a row that Saleor does not know by its id is taken for the one of its slug.
    """
    model: Any = rows.model
    existing = list(rows)
    by_id = {row.public_id: row for row in existing}
    adoptable = {row.slug: row for row in existing if row.public_id not in wanted} if adopts_slugs else {}
    changes, kept = Changes(), set(others)
    differing: list[tuple[Any, dict[str, Any]]] = []
    for public_id, columns in wanted.items():
        row: Any = by_id.get(public_id) or adoptable.get(columns["slug"]) or model(slug="")
        now = {"public_id": public_id, **columns}
        kept.add(row.pk)
        if row.pk is None or any(getattr(row, name) != value for name, value in now.items()):
            differing.append((row, now))
    changes.gone = [row.pk for row in existing if row.pk not in kept]
    release_slugs(model, {columns["slug"]: row.pk for row, columns in differing})
    for row, columns in differing:
        before = {name: getattr(row, name) for name in columns}
        for name, value in columns.items():
            setattr(row, name, value)
        is_new = row.pk is None
        if is_new:
            row.save()
            changes.made.append(row.pk)
        else:
            row.save(update_fields=list(columns))
            changes.changed[row.pk] = before
    return changes


def release_slugs(model: Any, wanted: Mapping[str, int | None]) -> list[int]:
    """Take each slug (→ key of the row that gets it) from any other row that has it; return the keys of those."""
    holders = model._default_manager.filter(slug__in=wanted).values_list("pk", "slug")
    moved = [(pk, slug) for pk, slug in holders if wanted[slug] != pk]
    for pk, slug in moved:
        model._default_manager.filter(pk=pk).update(slug=f"moved-{pk}-{slug}"[:255])
    return [pk for pk, _ in moved]
