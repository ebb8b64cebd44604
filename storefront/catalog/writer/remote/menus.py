"""Menus with their items, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from storefront.catalog.models import CatalogVersion, Menu, MenuItem
from storefront.catalog.records import Named, Record
from storefront.catalog.writer.remote.full_reads import MENUS, accept_read, make_equal


class RemoteMenuItem(Record):
    """A line of a menu. At most one of the last four is there; the last three are ids."""

    id: str
    name: str
    parent: str | None = None
    level: int = 0
    position: int = 0
    url: str = ""
    category: str | None = None
    collection: str | None = None
    page: str | None = None


class RemoteMenu(Named):
    """A menu with its items, each after the one that it lies in."""

    items: tuple[RemoteMenuItem, ...] = ()


_TARGETS = ("category", "collection", "page")


@transaction.atomic
def project_menus(remotes: Sequence[RemoteMenu], started: datetime) -> int:
    """Make the menus equal to Saleor's; return how many differed. What they lead to may come later."""
    if not accept_read(MENUS, started):
        return 0
    wanted = {remote.id: remote.model_dump(include={"slug", "name"}) for remote in remotes}
    changes = make_equal(Menu.objects.all(), wanted)
    Menu.objects.filter(pk__in=changes.gone).delete()
    keys = dict(Menu.objects.values_list("public_id", "pk"))
    items = items_by_menu()
    differing = [
        remote for remote in remotes if items.get(keys[remote.id], {}) != {item.id: item for item in remote.items}
    ]
    # Of all of them before any is made: an item may have gone from one menu to another.
    MenuItem.objects.filter(menu__in=[keys[remote.id] for remote in differing]).delete()
    made: dict[str, int] = {}
    for remote in differing:
        make_items(keys[remote.id], remote.items, made)
    touched = changes.keys() | {keys[remote.id] for remote in differing}
    if touched:
        CatalogVersion.bump()
    return len(touched)


def items_by_menu() -> dict[int, dict[str, RemoteMenuItem]]:
    result: dict[int, dict[str, RemoteMenuItem]] = {}
    for row in MenuItem.objects.select_related("parent"):
        result.setdefault(row.menu_id, {})[row.public_id] = RemoteMenuItem(
            id=row.public_id,
            name=row.name,
            parent=row.parent.public_id if row.parent else None,
            level=row.level,
            position=row.position,
            url=row.url,
            category=row.category_id,
            collection=row.collection_id,
            page=row.page_id,
        )
    return result


def make_items(menu: int, items: Sequence[RemoteMenuItem], made: dict[str, int]) -> None:
    """Make a menu's items. `made`: id → key of those that were made so far, also in other menus."""
    for item in items:
        # One that was put into another menu while they were read comes twice.
        if item.id in made:
            continue
        row = MenuItem.objects.create(
            public_id=item.id,
            menu_id=menu,
            parent_id=made[item.parent] if item.parent else None,
            **item.model_dump(include={"name", "level", "position", "url"}),
            **{f"{name}_id": getattr(item, name) for name in _TARGETS},
        )
        made[item.id] = row.pk
