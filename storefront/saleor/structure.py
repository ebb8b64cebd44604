"""Saleor's categories, collections, menus, plain pages and attributes read into the store, each kind as a whole.

Any number of processes may do so at once: of two reads, the store keeps the one that began later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from storefront.catalog.clock import database_now
from storefront.catalog.models import Attribute
from storefront.catalog.writer.remote.attributes import RemoteAttribute, project_attributes
from storefront.catalog.writer.remote.categories import RemoteCategory, project_categories
from storefront.catalog.writer.remote.collections import RemoteCollection, RemoteListing, project_collections
from storefront.catalog.writer.remote.full_reads import Named
from storefront.catalog.writer.remote.menus import RemoteMenu, RemoteMenuItem, project_menus
from storefront.catalog.writer.remote.pages import RemotePage, project_pages
from storefront.saleor import documents, model
from storefront.saleor.client import PAGE, Saleor
from storefront.saleor.errors import NotPermitted, RequestFailed
from storefront.saleor.model import Slugs
from storefront.saleor.reads import portions
from storefront.saleor.values import moment_of, plain_markdown

log = logging.getLogger(__name__)

Node = Mapping[str, Any]
Taken = TypeVar("Taken")

# Each with a hundred ids of products: smaller pages keep a request cheap.
COLLECTIONS_PAGE = 20


def refresh_categories(saleor: Saleor) -> tuple[int, set[str]]:
    """Take over the categories; gives how many differed, and the ids of products whose category is gone. With it Saleor
    unpublishes them, and tells of none: they must be read again."""
    started = database_now()

    def refresh() -> tuple[int, set[str]]:
        nodes = saleor.pages(documents.CATEGORIES_WHOLE, {}, "categories")
        return project_categories([category_of(node) for node in nodes], started)

    nothing: tuple[int, set[str]] = (0, set())
    return where_allowed("categories", refresh, nothing)


def refresh_collections(saleor: Saleor) -> int:
    """Take over the collections, with all of their products' ids; gives how many differed."""
    started = database_now()

    def refresh() -> int:
        nodes = saleor.pages(documents.COLLECTIONS_WHOLE, {}, "collections", size=COLLECTIONS_PAGE)
        return project_collections([collection_of(saleor, node) for node in nodes], started)

    return where_allowed("collections", refresh, 0)


def refresh_menus(saleor: Saleor) -> int:
    """Take over the menus; gives how many differed."""
    started = database_now()

    def refresh() -> int:
        return project_menus([menu_of(node) for node in saleor.pages(documents.MENUS, {}, "menus")], started)

    return where_allowed("menus", refresh, 0)


def refresh_pages(saleor: Saleor, slugs: Slugs) -> int:
    """Take over page types and all pages but the guides; gives how many differed."""
    started = database_now()

    def refresh() -> int:
        types = [named(node) for node in saleor.pages(documents.PAGE_TYPES, {}, "pageTypes")]
        guides = next((one.id for one in types if one.slug == slugs[model.PAGE_TYPE]), None)
        pages = [
            page_of(node)
            for part in portions([one.id for one in types if one.id != guides], PAGE)
            for node in saleor.pages(documents.PLAIN_PAGES, {"types": part}, "pages")
        ]
        return project_pages(types, pages, started, guides=guides)

    return where_allowed("pages", refresh, 0)


def refresh_attributes(saleor: Saleor, slugs: Slugs) -> int:
    """Take over the names of further attributes and options; gives how many differed. Those with our keys are fields of
    products here."""
    started = database_now()

    def refresh() -> int:
        types = saleor.pages(documents.PRODUCT_TYPES, {}, "productTypes")
        found = {(one.kind, one.id): one for node in types for one in attributes_of(node)}
        return project_attributes([one for one in found.values() if slugs.key_of(one.slug) is None], started)

    return where_allowed("attributes", refresh, 0)


def where_allowed(what: str, refresh: Callable[[], Taken], otherwise: Taken) -> Taken:
    """What the app may not read stays as the store has it."""
    try:
        return refresh()
    except NotPermitted as error:
        log.warning("Saleor's %s are not followed: %s", what, error)
    except RequestFailed as error:
        if not error.has_code("PermissionDenied"):
            raise
        log.warning("Saleor's %s are not followed: %s", what, error)
    return otherwise


# Answers --------------------------------------------------------------------------------------------------------------


def named(node: Node) -> Named:
    return Named(id=node["id"], slug=node["slug"], name=node["name"])


def category_of(node: Node) -> RemoteCategory:
    return RemoteCategory(
        id=node["id"],
        slug=node["slug"],
        name=node["name"],
        parent=node["parent"] and node["parent"]["id"],
        level=node["level"],
        description=plain_markdown(node["description"]),
    )


def collection_of(saleor: Saleor, node: Node) -> RemoteCollection:
    found = node["products"]
    products = [edge["node"]["id"] for edge in found["edges"]]
    if found["pageInfo"]["hasNextPage"]:
        products = [
            one["id"]
            for one in saleor.pages(documents.COLLECTION_PRODUCTS, {"id": node["id"]}, "collection", "products")
        ]
    return RemoteCollection(
        id=node["id"],
        slug=node["slug"],
        name=node["name"],
        description=plain_markdown(node["description"]),
        listings=tuple(
            RemoteListing(
                channel=one["channel"]["id"],
                is_published=one["isPublished"],
                published_at=moment_of(one["publishedAt"]),
            )
            for one in node["channelListings"] or ()
        ),
        # A product that was put elsewhere between two pages comes twice.
        products=tuple(dict.fromkeys(products)),
    )


def menu_of(node: Node) -> RemoteMenu:
    items = tuple(items_of(node["items"] or ()))
    return RemoteMenu(id=node["id"], slug=node["slug"], name=node["name"], items=items)


def items_of(nodes: Sequence[Node], parent: str | None = None, level: int = 0) -> Iterator[RemoteMenuItem]:
    for position, node in enumerate(nodes):
        targets = {name: node[name] and node[name]["id"] for name in ("category", "collection", "page")}
        yield RemoteMenuItem(
            id=node["id"],
            name=node["name"],
            parent=parent,
            level=level,
            position=position,
            url=node["url"] or "",
            **targets,
        )
        yield from items_of(node.get("children") or (), node["id"], level + 1)


def page_of(node: Node) -> RemotePage:
    return RemotePage(
        id=node["id"],
        slug=node["slug"],
        title=node["title"],
        body=plain_markdown(node["content"]),
        page_type=node["pageType"]["id"],
        is_published=node["isPublished"],
        published_at=moment_of(node["publishedAt"]),
    )


def attributes_of(node: Node) -> Iterator[RemoteAttribute]:
    """The attributes of a product type. A product's are known to records by slug, an option by its name."""
    for one in node["productAttributes"] or ():
        yield RemoteAttribute(**named(one).model_dump(), kind=Attribute.Kind.PRODUCT, known_as=one["slug"])
    for assigned in node["assignedVariantAttributes"] or ():
        one = assigned["attribute"]
        yield RemoteAttribute(**named(one).model_dump(), kind=Attribute.Kind.VARIANT, known_as=one["name"])
