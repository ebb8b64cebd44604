"""Menus whose lines lead only to what may be shown."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from storefront.catalog.models import Category, Channel, Collection, Menu, MenuItem, Page
from storefront.catalog.queries.collections import shown_collections
from storefront.catalog.queries.pages import shown_pages, with_tags


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A line of a menu that may be shown, with what it leads to and the lines inside it."""

    public_id: str
    name: str
    level: int
    url: str
    category: Category | None = None
    collection: Collection | None = None
    page: Page | None = None
    children: list[ShownItem] = field(default_factory=list)

    @property
    def leads_somewhere(self) -> bool:
        return bool(self.url or self.category or self.collection or self.page)


@dataclass(frozen=True, slots=True)
class ShownMenu:
    public_id: str
    slug: str
    name: str
    items: list[ShownItem]


@dataclass(frozen=True, slots=True)
class MenuLookup:
    """How a menu is asked for, and the channel whose collections are shown in it."""

    column: Literal["public_id", "name", "slug"]
    value: str
    channel: Channel | None


def load_menus(lookups: Sequence[MenuLookup]) -> list[ShownMenu | None]:
    """Return the menu of each lookup, of several with one name the first by slug. A document has few: each is read by
    itself."""
    return [next(iter(list_menus(lookup.channel, Q(**{lookup.column: lookup.value}))), None) for lookup in lookups]


def list_menus(in_channel: Channel | None, condition: Q) -> list[ShownMenu]:
    """Return menus with their lines.

    A line that leads to what may not be shown is left out with all that lies in it: its name may tell of it. One that
    leads nowhere is a heading for the lines inside it.
    """
    menus = {
        row.pk: ShownMenu(row.public_id, row.slug, row.name, [])
        for row in Menu.objects.filter(condition).order_by("slug")
    }
    rows = list(MenuItem.objects.filter(menu__in=menus).order_by("level", "position", "pk")) if menus else []
    items = targets_of(in_channel, rows)
    shown: dict[int, ShownItem] = {}
    for row in rows:
        item = items[row.pk]
        inside = shown[row.parent_id].children if row.parent_id in shown else None
        if row.parent_id is None:
            inside = menus[row.menu_id].items
        if inside is not None and may_be_shown(row, item):
            inside.append(item)
            shown[row.pk] = item
    for menu in menus.values():
        menu.items[:] = without_bare_headings(menu.items)
    return list(menus.values())


def may_be_shown(row: MenuItem, item: ShownItem) -> bool:
    """Return whether a line is a heading or leads somewhere."""
    if row.url:
        return is_allowed(row.url)
    return item.leads_somewhere or not (row.category_id or row.collection_id or row.page_id)


def targets_of(in_channel: Channel | None, rows: Iterable[MenuItem]) -> dict[int, ShownItem]:
    """Return key of a line → the line with what it leads to, in as many queries as there are kinds of targets."""
    given = list(rows)
    categories = by_id(Category.objects.all(), {row.category_id for row in given})
    pages = by_id(with_tags(shown_pages()), {row.page_id for row in given})
    of_channel = shown_collections(in_channel) if in_channel else Collection.objects.none()
    collections = by_id(of_channel, {row.collection_id for row in given})
    return {
        row.pk: ShownItem(
            row.public_id,
            row.name,
            row.level,
            row.url,
            category=categories.get(row.category_id),
            collection=collections.get(row.collection_id),
            page=pages.get(row.page_id),
        )
        for row in given
    }


def by_id(rows: QuerySet[Any], ids: Some[Any]) -> dict[Any, Any]:
    wanted = {id for id in ids if id}
    return {row.public_id: row for row in rows.filter(public_id__in=wanted)} if wanted else {}


def without_bare_headings(items: list[ShownItem]) -> list[ShownItem]:
    for item in items:
        item.children[:] = without_bare_headings(item.children)
    return [item for item in items if item.leads_somewhere or item.children]


def is_allowed(url: str) -> bool:
    """Return whether an address is one of the web, or a path of this site. Browsers drop spaces and take \\ for /."""
    if "\\" in url or any(letter <= " " or letter == "\x7f" for letter in url):
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
