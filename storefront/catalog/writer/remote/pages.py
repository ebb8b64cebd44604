"""Taking over what Saleor's staff put together: plain pages, collections, menus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from storefront.catalog.bulk import copy_rows
from storefront.catalog.models import (
    CatalogVersion,
    Collection,
    CollectionListing,
    CollectionProduct,
    Menu,
    MenuItem,
    Page,
    PageType,
)
from storefront.catalog.records import Record, Status
from storefront.catalog.search import index_pages
from storefront.catalog.writer.guides import GUIDE_TYPE
from storefront.catalog.writer.remote.full_reads import COLLECTIONS, MENUS, PAGES, Named, make_equal, takes
from storefront.catalog.writer.vocabulary import free_slug


class PageThere(Record):
    id: str
    slug: str
    title: str
    body: str
    page_type: str
    is_published: bool
    published_at: datetime | None = None


class ListingThere(Record):
    channel: str
    is_published: bool
    published_at: datetime | None = None


class CollectionThere(Named):
    """A collection with the ids of its products in their order."""

    description: str = ""
    listings: tuple[ListingThere, ...] = ()
    products: tuple[str, ...] = ()


class ItemThere(Record):
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


class MenuThere(Named):
    """A menu with its items, each after the one that it lies in."""

    items: tuple[ItemThere, ...] = ()


# Pages ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def project_pages(
    types: Sequence[Named], pages: Sequence[PageThere], started: datetime, *, guides: str | None = None
) -> int:
    """Make page types and plain pages equal to those elsewhere; gives how many differed.

    `guides`: the id of the type that guides have, where there is one. Those are taken over by themselves.
    """
    if not takes(PAGES, started):
        return 0
    keys, gone_types, count = project_page_types(types, guides)
    wanted = {
        one.id: {
            "slug": one.slug,
            "title": one.title,
            "body": one.body,
            "page_type_id": keys[one.page_type],
            "status": (Status.ACTIVE if one.is_published else Status.DRAFT).value,
            "published_at": one.published_at,
        }
        for one in pages
    }
    own_guides = list(Page.objects.filter(page_type__slug=GUIDE_TYPE).values_list("pk", flat=True))
    changes = make_equal(Page.objects.all(), wanted, others=own_guides)
    touched = [*changes.made, *changes.changed]
    # A guide whose slug is a plain page's by now is to be read again, whatever it was read at.
    Page.objects.filter(pk__in=own_guides, slug__startswith="moved-").update(read_at=None)
    Page.objects.filter(pk__in=touched).update(updated_at=timezone.now())
    index_pages(touched)
    Page.objects.filter(pk__in=changes.gone).delete()
    PageType.objects.filter(pk__in=gone_types).delete()
    count += len(changes.keys())
    if count:
        CatalogVersion.bump()
    return count


def project_page_types(types: Sequence[Named], guides: str | None) -> tuple[dict[str, int], list[int], int]:
    """Id → key of the types, keys of those that are gone, and how many differ. The guides' one is always there."""
    slugs = {one.slug for one in types}
    wanted: dict[str, dict[str, Any]] = {}
    for one in types:
        is_guide = one.id == guides
        # The shop may call guides something else, and something else so.
        slug = GUIDE_TYPE if is_guide else free_slug(one.slug, slugs) if one.slug == GUIDE_TYPE else one.slug
        wanted[one.id] = {"slug": slug, "name": one.name}
    own = PageType.objects.get(slug=GUIDE_TYPE)
    if guides and own.public_id != guides:
        # The store's own type of guides is the shop's by now.
        Page.objects.filter(page_type__public_id=guides).update(page_type=own)
        PageType.objects.filter(public_id=guides).delete()
        PageType.objects.filter(pk=own.pk).update(public_id=guides)
    changes = make_equal(PageType.objects.all(), wanted, others=[own.pk])
    return dict(PageType.objects.values_list("public_id", "pk")), changes.gone, len(changes.keys())


# Collections ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def project_collections(found: Sequence[CollectionThere], started: datetime) -> int:
    """Make the collections equal to those elsewhere; gives how many differed. Their products may come later."""
    if not takes(COLLECTIONS, started):
        return 0
    wanted = {one.id: {"slug": one.slug, "name": one.name, "description": one.description} for one in found}
    changes = make_equal(Collection.objects.all(), wanted)
    Collection.objects.filter(pk__in=changes.gone).delete()
    keys = dict(Collection.objects.values_list("public_id", "pk"))
    listings, members = listings_by_collection(), members_by_collection()
    listed = [
        one for one in found if listings.get(keys[one.id], {}) != {place.channel: place for place in one.listings}
    ]
    CollectionListing.objects.filter(collection__in=[keys[one.id] for one in listed]).delete()
    CollectionListing.objects.bulk_create(
        [
            CollectionListing(
                collection_id=keys[one.id],
                channel_id=place.channel,
                is_published=place.is_published,
                published_at=place.published_at,
            )
            for one in listed
            for place in one.listings
        ]
    )
    filled = [one for one in found if members.get(keys[one.id], []) != list(one.products)]
    CollectionProduct.objects.filter(collection__in=[keys[one.id] for one in filled]).delete()
    copy_rows(
        CollectionProduct,
        ("collection", "product", "position"),
        ((keys[one.id], id, position) for one in filled for position, id in enumerate(one.products)),
    )
    touched = changes.keys() | {keys[one.id] for one in (*listed, *filled)}
    if touched:
        CatalogVersion.bump()
    return len(touched)


def listings_by_collection() -> dict[int, dict[str, ListingThere]]:
    found: dict[int, dict[str, ListingThere]] = {}
    for row in CollectionListing.objects.all():
        place = ListingThere(channel=row.channel_id, is_published=row.is_published, published_at=row.published_at)
        found.setdefault(row.collection_id, {})[row.channel_id] = place
    return found


def members_by_collection() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = CollectionProduct.objects.order_by("collection", "position").values_list("collection_id", "product_id")
    for collection, product in rows.iterator(10_000):
        found.setdefault(collection, []).append(str(product))
    return found


# Menus ----------------------------------------------------------------------------------------------------------------

_TARGETS = ("category", "collection", "page")


@transaction.atomic
def project_menus(found: Sequence[MenuThere], started: datetime) -> int:
    """Make the menus equal to those elsewhere; gives how many differed. What they lead to may come later."""
    if not takes(MENUS, started):
        return 0
    changes = make_equal(Menu.objects.all(), {one.id: {"slug": one.slug, "name": one.name} for one in found})
    Menu.objects.filter(pk__in=changes.gone).delete()
    keys = dict(Menu.objects.values_list("public_id", "pk"))
    items = items_by_menu()
    differing = [one for one in found if items.get(keys[one.id], {}) != {item.id: item for item in one.items}]
    # Of all of them before any is made: an item may have gone from one menu to another.
    MenuItem.objects.filter(menu__in=[keys[one.id] for one in differing]).delete()
    made: dict[str, int] = {}
    for one in differing:
        make_items(keys[one.id], one.items, made)
    touched = changes.keys() | {keys[one.id] for one in differing}
    if touched:
        CatalogVersion.bump()
    return len(touched)


def items_by_menu() -> dict[int, dict[str, ItemThere]]:
    found: dict[int, dict[str, ItemThere]] = {}
    for row in MenuItem.objects.select_related("parent"):
        found.setdefault(row.menu_id, {})[row.public_id] = ItemThere(
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
    return found


def make_items(menu: int, items: Sequence[ItemThere], made: dict[str, int]) -> None:
    """Make a menu's items. `made`: id → key of those that were made so far, also in other menus."""
    for item in items:
        # One that was put into another menu while they were read comes twice.
        if item.id in made:
            continue
        targets: Mapping[str, str | None] = {f"{name}_id": getattr(item, name) for name in _TARGETS}
        row = MenuItem.objects.create(
            public_id=item.id,
            menu_id=menu,
            parent_id=made[item.parent] if item.parent else None,
            position=item.position,
            level=item.level,
            name=item.name,
            url=item.url,
            **targets,
        )
        made[item.id] = row.pk
