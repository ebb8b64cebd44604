"""What is read from Saleor as a whole, kind by kind, and taken over into the store: all but the products.

Each refresh reads all of its kind, marks products that must be read again because of it, and returns whether anything
differed. Any number of processes may do so at once: of two reads, the store keeps the one that began later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, Final

from django.db.models import Max

from storefront.catalog.clock import database_now
from storefront.catalog.models import Attribute, Page
from storefront.catalog.records import GUIDE_TYPE
from storefront.catalog.writer.remote.attributes import RemoteAttribute, project_attributes
from storefront.catalog.writer.remote.categories import RemoteCategory, project_categories
from storefront.catalog.writer.remote.collections import RemoteCollection, RemoteListing, project_collections
from storefront.catalog.writer.remote.menus import RemoteMenu, RemoteMenuItem, project_menus
from storefront.catalog.writer.remote.pages import RemotePage, project_pages
from storefront.saleor.client.batches import portions
from storefront.saleor.client.errors import SaleorError, is_permission_error
from storefront.saleor.client.transport import PAGE, Saleor
from storefront.saleor.mirror import changes
from storefront.saleor.mirror.renames import refresh_values
from storefront.saleor.mirror.view import open_structure_view, refresh_shop, take_over_guides
from storefront.saleor.models import Kind
from storefront.saleor.read import queries
from storefront.saleor.read.answers import Reader
from storefront.saleor.read.shop import named_of
from storefront.saleor.read.values import moment_of, plain_markdown
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)

Node = Mapping[str, Any]
Refresh = Callable[[Saleor, Slugs], bool]

# Each with a hundred ids of products: smaller pages keep a request cheap.
COLLECTIONS_PAGE = 20


def if_permitted(refresh: Refresh) -> Refresh:
    """Leave what the app may not read as the store has it."""

    @wraps(refresh)
    def refresh_if_permitted(saleor: Saleor, slugs: Slugs) -> bool:
        try:
            return refresh(saleor, slugs)
        except SaleorError as error:
            if not is_permission_error(error):
                raise
            log.warning("Saleor's %s are not synchronised: %s", refresh.__name__.removeprefix("refresh_"), error)
            return False

    return refresh_if_permitted


def refresh_places(saleor: Saleor, slugs: Slugs) -> bool:
    """Take over channels, warehouses and types."""
    return refresh_shop(open_structure_view(saleor, slugs))


@if_permitted
def refresh_attributes(saleor: Saleor, slugs: Slugs) -> bool:
    """Take over the names of further attributes and options. Those with our keys are fields of products here."""
    started = database_now()
    types = saleor.pages(documents.PRODUCT_TYPES, {}, "productTypes")
    found = {(attribute.kind, attribute.id): attribute for node in types for attribute in attributes_of(node)}
    return bool(
        project_attributes([attribute for attribute in found.values() if slugs.key_of(attribute.slug) is None], started)
    )


@if_permitted
def refresh_categories(saleor: Saleor, _: Slugs) -> bool:
    """Take over the categories. With a category that is gone Saleor unpublishes its products, and sends no event of
    them: they are marked."""
    started = database_now()
    nodes = saleor.pages(documents.CATEGORIES_WHOLE, {}, "categories")
    differing, orphans = project_categories([category_of(node) for node in nodes], started)
    changes.mark((Kind.PRODUCT, id) for id in orphans)
    return bool(differing)


@if_permitted
def refresh_collections(saleor: Saleor, _: Slugs) -> bool:
    """Take over the collections, with all of their products' ids."""
    started = database_now()
    nodes = saleor.pages(documents.COLLECTIONS_WHOLE, {}, "collections", size=COLLECTIONS_PAGE)
    return bool(project_collections([collection_of(saleor, node) for node in nodes], started))


@if_permitted
def refresh_menus(saleor: Saleor, _: Slugs) -> bool:
    """Take over the menus."""
    started = database_now()
    return bool(project_menus([menu_of(node) for node in saleor.pages(documents.MENUS, {}, "menus")], started))


@if_permitted
def refresh_pages(saleor: Saleor, slugs: Slugs) -> bool:
    """Take over page types, and all pages but the guides."""
    started = database_now()
    types = [named_of(node) for node in saleor.pages(documents.PAGE_TYPES, {}, "pageTypes")]
    guides = next((page_type.id for page_type in types if page_type.slug == slugs[model.PAGE_TYPE]), None)
    pages = [
        page_of(node)
        for part in portions([page_type.id for page_type in types if page_type.id != guides], PAGE)
        for node in saleor.pages(documents.PLAIN_PAGES, {"type": part}, "pages")
    ]
    return bool(project_pages(types, pages, started, guides=guides))


def refresh_guides(saleor: Saleor, slugs: Slugs) -> bool:
    """Take over the guides."""
    started = database_now()
    return take_over_guides(Reader(slugs, {}), queries.guide_nodes(saleor, queries.guide_type(saleor, slugs)), started)


def known_guides() -> dict[str, str]:
    """Return id → slug of the guides that the store has."""
    return dict(Page.objects.filter(page_type__slug=GUIDE_TYPE).values_list("public_id", "slug"))


def guides_version() -> object:
    """Return a value that changes with the guides of the store: reading products and proposing depend on them."""
    return known_guides(), Page.objects.filter(page_type__slug=GUIDE_TYPE).aggregate(Max("updated_at"))


# Kind → what is read of it, each by itself.
REFRESH: Final[Mapping[Kind, Sequence[Refresh]]] = {
    Kind.SHOP: (refresh_places,),
    Kind.ATTRIBUTE: (refresh_attributes, refresh_values),
    Kind.CATEGORY: (refresh_categories,),
    Kind.PAGE: (refresh_pages, refresh_guides),
    Kind.COLLECTION: (refresh_collections,),
    Kind.MENU: (refresh_menus,),
}


def refresh(kind: Kind, saleor: Saleor, slugs: Slugs) -> bool:
    """Read all of a kind; return whether anything differed."""
    differs = [part(saleor, slugs) for part in REFRESH[kind]]
    return any(differs)


# Answers --------------------------------------------------------------------------------------------------------------


def category_of(node: Node) -> RemoteCategory:
    return RemoteCategory(
        **named_of(node).model_dump(),
        parent=node["parent"] and node["parent"]["id"],
        level=node["level"],
        description=plain_markdown(node["description"]),
    )


def collection_of(saleor: Saleor, node: Node) -> RemoteCollection:
    found = node["products"]
    products = [edge["node"]["id"] for edge in found["edges"]]
    if found["pageInfo"]["hasNextPage"]:
        products = [
            product["id"]
            for product in saleor.pages(documents.COLLECTION_PRODUCTS, {"id": node["id"]}, "collection", "products")
        ]
    return RemoteCollection(
        **named_of(node).model_dump(),
        description=plain_markdown(node["description"]),
        listings=tuple(
            RemoteListing(
                channel=listing["channel"]["id"],
                is_published=listing["isPublished"],
                published_at=moment_of(listing["publishedAt"]),
            )
            for listing in node["channelListings"] or ()
        ),
        # A product that was put elsewhere between two pages comes twice.
        products=tuple(dict.fromkeys(products)),
    )


def menu_of(node: Node) -> RemoteMenu:
    items = tuple(items_of(node["items"] or ()))
    return RemoteMenu(**named_of(node).model_dump(), items=items)


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
    """Yield the attributes of a product type. A product's are known to records by slug, an option by its name."""
    for attribute in node["productAttributes"] or ():
        own = named_of(attribute).model_dump()
        yield RemoteAttribute(**own, kind=Attribute.Kind.PRODUCT, known_as=attribute["slug"])
    for assigned in node["assignedVariantAttributes"] or ():
        attribute = assigned["attribute"]
        own = named_of(attribute).model_dump()
        yield RemoteAttribute(**own, kind=Attribute.Kind.VARIANT, known_as=attribute["name"])
