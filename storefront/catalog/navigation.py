"""What leads to products and pages: categories as a tree, collections, menus. Only what may be shown is in."""

from __future__ import annotations

from collections.abc import Collection as Some
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Category, Channel, Collection, CollectionListing, Menu, MenuItem, Page
from storefront.catalog.queries import shown_pages, with_tags

# Categories -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories, read once."""

    rows: dict[int, Category]
    inside: dict[int | None, list[Category]]

    def children(self, of: Category) -> list[Category]:
        return self.inside.get(of.pk, [])

    def ancestors(self, of: Category) -> list[Category]:
        """Those that it lies in, the outermost first."""
        found: list[Category] = []
        above = of.parent_id
        while above is not None and len(found) < len(self.rows):
            found.insert(0, self.rows[above])
            above = self.rows[above].parent_id
        return found


def category_tree() -> CategoryTree:
    rows = list(Category.objects.order_by("position", "pk"))
    inside: dict[int | None, list[Category]] = {}
    for row in rows:
        inside.setdefault(row.parent_id, []).append(row)
    return CategoryTree({row.pk: row for row in rows}, inside)


def categories_list(wanted: Q, keys: Sequence[Key]) -> Listing[Category]:
    return Listing(Category.objects.filter(wanted), keys, anywhere=Category.objects.all(), kind="category")


def categories(keys: Some[tuple[str, str]]) -> list[Category | None]:
    """Categories by ("slug" or "public_id", its value)."""
    return by_columns(Category.objects.select_related("parent"), keys)


def pages(keys: Some[tuple[str, str]]) -> list[Page | None]:
    """Shown pages in the same way."""
    return by_columns(with_tags(shown_pages()), keys)


def by_columns(rows: QuerySet[Any], keys: Some[tuple[str, str]]) -> list[Any]:
    values: dict[str, set[str]] = {"slug": set(), "public_id": set()}
    for column, value in keys:
        values[column].add(value)
    found: dict[tuple[str, str], Any] = {}
    for row in rows.filter(Q(slug__in=values["slug"]) | Q(public_id__in=values["public_id"])):
        found["slug", row.slug] = found["public_id", row.public_id] = row
    return [found.get(key) for key in keys]


# Collections ----------------------------------------------------------------------------------------------------------


def shown_collections(in_channel: Channel) -> QuerySet[Collection]:
    """Those that are published in the channel by now."""
    listings = CollectionListing.objects.filter(
        Q(published_at=None) | Q(published_at__lte=timezone.now()),
        collection=OuterRef("pk"),
        channel=in_channel.public_id,
        is_published=True,
    )
    return Collection.objects.filter(Exists(listings))


def collection(in_channel: Channel, *, slug: str | None = None, public_id: str | None = None) -> Collection | None:
    wanted = Q(slug=slug) if slug is not None else Q(public_id=public_id)
    return shown_collections(in_channel).filter(wanted).first()


def collections(keys: Some[tuple[Channel, str, str]]) -> list[Collection | None]:
    """Collections by (channel, "slug" or "public_id", its value)."""
    found: dict[tuple[int, str, str], Collection | None] = {}
    for place in {given.pk: given for given, _, _ in keys}.values():
        own = [(column, value) for given, column, value in keys if given.pk == place.pk]
        for (column, value), row in zip(own, by_columns(shown_collections(place), own), strict=True):
            found[place.pk, column, value] = row
    return [found[given.pk, column, value] for given, column, value in keys]


def collections_list(in_channel: Channel, wanted: Q, keys: Sequence[Key]) -> Listing[Collection]:
    rows = shown_collections(in_channel)
    return Listing(rows.filter(wanted), keys, anywhere=rows, kind=("collection", in_channel.pk))


# Menus ----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ShownItem:
    """A line of a menu that may be shown, with what it leads to and the lines inside it."""

    row: MenuItem
    category: Category | None = None
    collection: Collection | None = None
    page: Page | None = None
    children: list[ShownItem] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.row.url

    @property
    def leads_somewhere(self) -> bool:
        return bool(self.url or self.category or self.collection or self.page)


@dataclass(frozen=True, slots=True)
class ShownMenu:
    public_id: str
    slug: str
    name: str
    items: list[ShownItem]


def menu(in_channel: Channel | None, wanted: Q) -> ShownMenu | None:
    """The first menu by slug that is wanted."""
    return next(iter(menus(in_channel, wanted)), None)


def menus(in_channel: Channel | None, wanted: Q) -> list[ShownMenu]:
    """Menus with their lines. A line that leads to what may not be shown is not in, nor what lies in it: its name may
    tell of it. One that leads nowhere is there for the lines inside it alone."""
    found = {
        row.pk: ShownMenu(row.public_id, row.slug, row.name, []) for row in Menu.objects.filter(wanted).order_by("slug")
    }
    rows = list(MenuItem.objects.filter(menu__in=found).order_by("level", "position", "pk")) if found else []
    items = targets_of(in_channel, rows)
    shown: dict[int, ShownItem] = {}
    for row in rows:
        item = items[row.pk]
        inside = shown[row.parent_id].children if row.parent_id in shown else None
        if row.parent_id is None:
            inside = found[row.menu_id].items
        if inside is not None and may_be_shown(item):
            inside.append(item)
            shown[row.pk] = item
    for place in found.values():
        place.items[:] = without_bare_headings(place.items)
    return list(found.values())


def may_be_shown(item: ShownItem) -> bool:
    """A heading may, and what leads somewhere."""
    row = item.row
    if row.url:
        return is_allowed(row.url)
    return item.leads_somewhere or not (row.category_id or row.collection_id or row.page_id)


def targets_of(in_channel: Channel | None, rows: Iterable[MenuItem]) -> dict[int, ShownItem]:
    """Key of a line → the line with what it leads to, in as many queries as there are kinds of targets."""
    given = list(rows)
    categories = by_id(Category.objects.all(), {row.category_id for row in given})
    pages = by_id(with_tags(shown_pages()), {row.page_id for row in given})
    of_channel = shown_collections(in_channel) if in_channel else Collection.objects.none()
    collections = by_id(of_channel, {row.collection_id for row in given})
    return {
        row.pk: ShownItem(
            row,
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
    """Whether an address is one of the web, or a path of this site. Browsers drop spaces and take \\ for /."""
    if "\\" in url or any(letter <= " " or letter == "\x7f" for letter in url):
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
