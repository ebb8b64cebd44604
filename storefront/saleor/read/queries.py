"""Reading products and guides from Saleor: cheap outlines first, and whole only what has to be."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from storefront.catalog.clock import database_now
from storefront.saleor.client.batches import in_parallel, portions
from storefront.saleor.client.errors import NotPermitted, RequestFailed
from storefront.saleor.client.transport import MAX_ALIASES, PAGE, Saleor
from storefront.saleor.read.answers import Reader, SaleorGuide, SaleorProduct
from storefront.saleor.read.fingerprints import fingerprint_of
from storefront.saleor.read.shop import Shop
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)

Found = TypeVar("Found")

# Whole products are heavy: smaller pages keep several connections busy.
WHOLE_PAGE = 50
# One alias a product, and the one in its outline.
LOOKED_UP = MAX_ALIASES - 1
CHANNELS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Outline:
    """As much of a product as tells whether it may have changed. `updated_at` does not move with prices and stock."""

    id: str
    external: str
    updated_at: str
    digest: str


def look_up_all(
    saleor: Saleor, look_up: Callable[[list[str]], Iterable[Found]], keys: Iterable[str], size: int = PAGE
) -> Iterator[Found]:
    """Yield what is found for these keys, asked for in portions over several connections."""
    return chain.from_iterable(in_parallel(saleor, look_up, portions(keys, size)))


def outlines_by_id(saleor: Saleor, ids: Iterable[str]) -> dict[str, Outline]:
    """Return id → outline of those of these products that exist."""

    def page(part: list[str]) -> list[Outline]:
        found = saleor.ask(documents.OUTLINES_BY_ID, {"ids": part, "first": PAGE})["products"]
        return [outline_of(edge["node"]) for edge in found["edges"]]

    return {outline.id: outline for outline in look_up_all(saleor, page, ids)}


def outlines_by_external(saleor: Saleor, externals: Iterable[str]) -> dict[str, Outline]:
    """Return `externalReference` → outline of those of these products that exist."""

    def look_up(part: list[str]) -> list[Outline]:
        document = documents.outlines_by_reference(len(part))
        found = saleor.ask(document, {f"r{number}": external for number, external in enumerate(part)})
        return [outline_of(node) for node in found.values() if node is not None]

    return {outline.external: outline for outline in look_up_all(saleor, look_up, externals, LOOKED_UP)}


def all_ids(saleor: Saleor) -> list[str]:
    """Return the ids of all products."""
    return [node["id"] for node in saleor.pages(documents.PRODUCT_IDS, {}, "products")]


def all_fingerprints(saleor: Saleor) -> dict[str, str]:
    """Return id → fingerprint of all products."""
    nodes = saleor.pages(documents.PRINTS, {}, "products")
    found: dict[str, str] = {}
    while page := list(islice(nodes, PAGE)):
        add_available(saleor, page)
        found |= {node["id"]: fingerprint_of(node) for node in page}
    return found


def add_available(saleor: Saleor, nodes: Sequence[Any]) -> None:
    """Add to each variant of these products (at most a page) what can be had of it in each channel that has a price of
    it, as `available`: slug → Saleor's `quantityAvailable`.

    Saleor itself works it out, since it depends on allocations, reservations, shipping zones and settings.
    """
    variants = [variant for node in nodes for variant in node["variants"] or ()]
    slugs = sorted({listing["channel"]["slug"] for variant in variants for listing in variant["channelListings"] or ()})
    units: dict[tuple[str, str], int] = {}
    ids = [node["id"] for node in nodes]
    for part in portions(slugs, CHANNELS_AT_ONCE):
        given = {f"c{number}": slug for number, slug in enumerate(part)}
        found = saleor.ask(documents.available_in(len(part)), {"ids": ids, "first": len(ids)} | given)
        for number, slug in enumerate(part):
            for edge in found[f"a{number}"]["edges"]:
                for variant in edge["node"]["variants"] or ():
                    units[variant["id"], slug] = variant["quantityAvailable"] or 0
    for variant in variants:
        in_channels = [listing["channel"]["slug"] for listing in variant["channelListings"] or ()]
        variant["available"] = {slug: units.get((variant["id"], slug), 0) for slug in in_channels}


def missing(saleor: Saleor, ids: Iterable[str]) -> set[str]:
    """Return those of these products that do not exist. A list may pass over a product that is renamed while it is
    read."""
    wanted = set(ids)
    return wanted - outlines_by_id(saleor, sorted(wanted)).keys()


def sku_owners(saleor: Saleor, skus: Iterable[str]) -> dict[str, str]:
    """Return SKU → id of the product that has a variant with it."""

    def look_up(part: list[str]) -> list[tuple[str, str]]:
        nodes = saleor.pages(documents.SKU_OWNERS, {"skus": part}, "productVariants")
        return [(node["sku"], node["product"]["id"]) for node in nodes]

    return dict(look_up_all(saleor, look_up, skus))


def taken_slugs(saleor: Saleor, slugs: Iterable[str]) -> set[str]:
    """Return those of these slugs that products have."""

    def look_up(part: list[str]) -> list[str]:
        data = saleor.ask(documents.SLUGS_TAKEN, {"slugs": part, "first": PAGE})["products"]
        return [edge["node"]["slug"] for edge in data["edges"]]

    return set(look_up_all(saleor, look_up, slugs))


def whole_nodes(saleor: Saleor, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return id → product as it is answered, of those of these that exist."""
    return {node["id"]: node for node in look_up_all(saleor, partial(whole_page, saleor), ids, WHOLE_PAGE)}


def whole_page(saleor: Saleor, ids: Sequence[str]) -> list[dict[str, Any]]:
    found = saleor.ask(documents.PRODUCTS_BY_ID, {"ids": ids, "first": len(ids)})["products"]
    nodes = [edge["node"] for edge in found["edges"]]
    add_available(saleor, nodes)
    return nodes


@dataclass(frozen=True, slots=True)
class WholePage:
    """Products that were asked for at `started`, and as they were answered those that are there. `is_answered`: else
    Saleor failed, be it for one of them alone."""

    started: datetime
    ids: Sequence[str]
    nodes: Sequence[dict[str, Any]]
    is_answered: bool = True

    def parts(self) -> Iterator[WholePage]:
        """Yield each product alone."""
        nodes = {node["id"]: node for node in self.nodes}
        for id in self.ids:
            yield WholePage(self.started, [id], [nodes[id]] if id in nodes else [])


def whole_pages(saleor: Saleor, ids: Sequence[str]) -> Iterator[WholePage]:
    """Yield all these products, page by page; the next pages are requested while one is worked on."""

    def read(part: list[str], started: datetime) -> WholePage:
        try:
            return WholePage(started, part, whole_page(saleor, part))
        except RequestFailed as error:
            log.warning("Saleor could not answer for products (%s): %s", error, ", ".join(part))
            return WholePage(started, part, [], is_answered=False)

    parts = deque(portions(ids, WHOLE_PAGE))
    with ThreadPoolExecutor(saleor.connections) as pool:
        coming: deque[Future[WholePage]] = deque()
        try:
            while parts or coming:
                while parts and len(coming) <= saleor.connections:
                    # Here, since a thread would need a connection to the database of its own.
                    coming.append(pool.submit(read, parts.popleft(), database_now()))
                yield coming.popleft().result()
        finally:
            for page in coming:
                page.cancel()


def whole_products(saleor: Saleor, reader: Reader, ids: Iterable[str]) -> dict[str, SaleorProduct]:
    """Return id → product, of those of these that exist."""
    return {id: reader.product(node) for id, node in whole_nodes(saleor, ids).items()}


def without_default(saleor: Saleor, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return product id → its variants (`externalReference` → id), of those of these that have no default variant."""

    def page(part: list[str]) -> list[dict[str, Any]]:
        found = saleor.ask(documents.VARIANT_IDS, {"ids": part, "first": PAGE})["products"]
        return [edge["node"] for edge in found["edges"]]

    return {
        node["id"]: {variant["externalReference"] or "": variant["id"] for variant in node["variants"]}
        for node in look_up_all(saleor, page, ids)
        if node["variants"] and not node["defaultVariant"]
    }


def allocated_units(saleor: Saleor, ids: Iterable[str]) -> dict[str, int]:
    """Return variant id → units that open orders wait for, of the variants of these products that have any."""
    found: dict[str, int] = {}
    for part in portions(ids, PAGE):
        for edge in saleor.ask(documents.ALLOCATED, {"ids": part, "first": PAGE})["products"]["edges"]:
            for variant in edge["node"]["variants"] or ():
                if units := sum(stock["quantityAllocated"] for stock in variant["stocks"] or ()):
                    found[variant["id"]] = units
    return found


def ordered_units(saleor: Saleor, since: datetime) -> dict[str, int] | None:
    """Return variant id → units in orders that were placed or changed since then, whatever became
    of them; None where the app may not read orders."""
    try:
        found: Counter[str] = Counter()
        for order in saleor.pages(documents.ORDERED, {"since": since.isoformat()}, "orders"):
            for line in order["lines"]:
                if line["variant"]:
                    found[line["variant"]["id"]] += line["quantity"]
        return dict(found)
    except NotPermitted:
        return None


def guide_nodes(saleor: Saleor, page_type: str) -> list[Mapping[str, Any]]:
    """Return all pages of the guides' type as they were answered; none where the type's id is empty."""
    return list(saleor.pages(documents.PAGES, {"type": [page_type]}, "pages")) if page_type else []


def guide_type(saleor: Saleor, slugs: Slugs) -> str:
    """Return the id of the guides' page type; empty where there is none."""
    found = saleor.ask(documents.GUIDE_TYPE, {"slugs": [slugs[model.PAGE_TYPE]]})["pageTypes"]["edges"]
    return str(found[0]["node"]["id"]) if found else ""


def guide_index(saleor: Saleor, slugs: Slugs) -> dict[str, str]:
    """Return id → slug of all guides' pages: what products refer to."""
    type_id = guide_type(saleor, slugs)
    nodes = saleor.pages(documents.GUIDE_INDEX, {"type": [type_id]}, "pages") if type_id else ()
    return {node["id"]: node["slug"] for node in nodes}


def guides_of(shop: Shop, nodes: Sequence[Mapping[str, Any]], source: str) -> dict[str, SaleorGuide]:
    """Return slug → guide, with what `source` last said of it."""
    reader = reader_for(shop, nodes)
    return {node["slug"]: reader.guide(node, source) for node in nodes}


def reader_for(shop: Shop, nodes: Iterable[Mapping[str, Any]]) -> Reader:
    """Return a reader that knows these pages as guides."""
    return Reader(shop.slugs, {node["id"]: node["slug"] for node in nodes})


def outline_of(node: Mapping[str, Any]) -> Outline:
    return Outline(node["id"], node["externalReference"] or "", node["updatedAt"], node["digest"] or "")
