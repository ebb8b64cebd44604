"""The queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError

from tests.saleor.fake.connections import by_key, by_name, by_slug, page_of
from tests.saleor.fake.refusals import denied
from tests.saleor.fake.registry import Asked, answers
from tests.saleor.fake.state import App, Attribute, Page, Product, global_id, parse_id

Json = dict[str, Any]
Where = Mapping[str, Any]

STAFF = ("AUTHENTICATED_APP", "AUTHENTICATED_STAFF_USER")
STAFF_FIRST = ("AUTHENTICATED_STAFF_USER", "AUTHENTICATED_APP")
VERSION = "3.23.28"


@answers("Query", "shop")
def shop(_asked: Asked, _: None) -> Json:
    return {
        "id": global_id("Shop", 1),
        "name": "Saleor e-commerce",
        "version": VERSION,
        "schemaVersion": ".".join(VERSION.split(".")[:2]),
        "defaultWeightUnit": "KG",
        "countries": [{"code": code, "country": code} for code in ("US", "CA", "DE", "PL", "GB")],
    }


@answers("Shop", "availablePaymentGateways")
def gateways(asked: Asked, _: Json, currency: str | None = None, channel: str | None = None) -> list[Json]:
    """One that takes dollars alone."""
    place = asked.shop.channels.first(slug=channel)
    is_taken = place is None or place.currency_code == "USD"
    return [{"id": "mirumee.payments.dummy", "name": "Dummy", "currencies": ["USD"]}] if is_taken else []


@answers("Query", "orders")
def orders(asked: Asked, _: None, where: Where | None = None, **page: Any) -> Json:
    asked.require("MANAGE_ORDERS")
    not_modelled(where, "updated_at")
    since = ((where or {}).get("updated_at") or {}).get("gte")
    found = (row for row in asked.shop.orders if since is None or row.updated_at >= since)
    return page_of("orders", found, by_key, **page)


@answers("Shop", "version")
def version(asked: Asked, row: Json) -> str:
    if asked.app is None:
        raise denied(*STAFF_FIRST)
    return str(row["version"])


@answers("Query", "app")
def app(asked: Asked, _: None, id: str | None = None) -> App | None:
    if asked.app is None:
        raise denied(*STAFF_FIRST)
    return asked.app


@answers("Query", "channels")
def channels(asked: Asked, _: None) -> list[Any]:
    if asked.app is None:
        raise denied(*STAFF)
    return sorted(asked.shop.channels, key=by_slug)


@answers("Query", "warehouses")
def warehouses(asked: Asked, _: None, **page: Any) -> Json:
    asked.require("MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_SHIPPING")
    return page_of("warehouses", asked.shop.warehouses, by_slug, **page)


# Filters -------------------------------------------------------------------------------------------------------------


def texts_allowed(wanted: Where | None) -> set[str] | None:
    """Of a filter of texts: which ones it lets through."""
    if wanted is None:
        return None
    if wanted.get("one_of") is not None:
        return set(wanted["one_of"])
    return {wanted["eq"]} if wanted.get("eq") is not None else set()


def keys_allowed(ids: Iterable[str], kind: str) -> set[Any]:
    """The keys of ids of this kind. Others find nothing."""
    parsed = (parse_id(gid) for gid in ids)
    return {found[1] for found in parsed if found is not None and found[0] == kind}


def not_modelled(where: Where | None, *modelled: str) -> None:
    for name in where or ():
        if name not in modelled:
            raise NotImplementedError(f"The fake does not model the filter {name}")


def with_values(asked: Asked, rows: Iterable[Any], where: Where | None) -> list[Any]:
    """The products or variants that have one of the values, named by their slugs, of each attribute."""
    found = list(rows)
    for wanted in (where or {}).get("attributes") or ():
        not_modelled(wanted, "slug", "value")
        not_modelled(wanted["value"], "slug")
        slugs = texts_allowed(wanted["value"]["slug"]) or set()
        attribute = asked.shop.attributes.first(slug=wanted["slug"])
        key = attribute.pk if attribute else None
        found = [row for row in found if any(asked.shop.values[pk].slug in slugs for pk in row.assigned.get(key, ()))]
    return found


def filtered(rows: Iterable[Any], where: Where | None, kind: str) -> list[Any]:
    """The rows that `where` lets through: its `ids` and `slug`."""
    found = list(rows)
    if where and where.get("ids") is not None:
        keys = keys_allowed(where["ids"], kind)
        found = [row for row in found if row.pk in keys]
    slugs = texts_allowed((where or {}).get("slug"))
    if slugs is not None:
        found = [row for row in found if row.slug in slugs]
    return found


# Attributes and types ------------------------------------------------------------------------------------------------


@answers("Query", "attributes")
def attributes(asked: Asked, _: None, where: Where | None = None, channel: str | None = None, **page: Any) -> Json:
    not_modelled(where, "ids", "slug", "input_type")
    found = filtered(asked.shop.attributes, where, "Attribute")
    inputs = texts_allowed((where or {}).get("input_type"))
    if inputs is not None:
        found = [row for row in found if row.input_type in inputs]
    return page_of("attributes", found, by_name, **page)


@answers("Query", "attribute")
def attribute(
    asked: Asked, _: None, id: str | None = None, slug: str | None = None, external_reference: str | None = None
) -> Attribute | None:
    if id is not None:
        return node_of(asked, id, "Attribute")  # type: ignore[no-any-return]
    if slug is not None:
        return asked.shop.attributes.first(slug=slug)
    return asked.shop.attributes.first(external_reference=external_reference)


@answers("Query", "productTypes")
def product_types(asked: Asked, _: None, **page: Any) -> Json:
    return page_of("productTypes", asked.shop.product_types, by_slug, **page)


@answers("Query", "pageTypes")
def page_types(asked: Asked, _: None, filter: Where | None = None, **page: Any) -> Json:
    not_modelled(filter, "slugs")
    slugs = (filter or {}).get("slugs")
    found = (row for row in asked.shop.page_types if slugs is None or row.slug in slugs)
    return page_of("pageTypes", found, by_slug, **page)


@answers("Query", "categories")
def categories(asked: Asked, _: None, level: int | None = None, **page: Any) -> Json:
    return page_of("categories", asked.shop.categories, by_key, **page)


@answers("Query", "collections")
def collections(asked: Asked, _: None, channel: str | None = None, **page: Any) -> Json:
    return page_of("collections", asked.shop.collections, by_slug, **page)


@answers("Query", "collection")
def collection(
    asked: Asked, _: None, id: str | None = None, slug: str | None = None, channel: str | None = None
) -> Any:
    asked.require("MANAGE_PRODUCTS")
    return node_of(asked, id, "Collection") if id is not None else asked.shop.collections.first(slug=slug)


# Products ------------------------------------------------------------------------------------------------------------


def node_of(asked: Asked, gid: str, kind: str) -> Any:
    parsed = parse_id(gid)
    if parsed is None:
        raise GraphQLError(f"Invalid ID: {gid}. Expected: {kind}.")
    return asked.shop.node(gid, kind)


def visible_products(asked: Asked, channel: str | None) -> list[Product]:
    """All of them for who manages them; else those that are published in the channel."""
    if channel is None and not asked.may("MANAGE_PRODUCTS"):
        active = [found for found in asked.shop.channels if found.is_active]
        if len(active) != 1:
            raise GraphQLError("More than one channel exists. Specify which channel to use.")
        channel = active[0].slug
    if channel is None:
        return list(asked.shop.products)
    place = asked.shop.channels.first(slug=channel)
    if place is None:
        return []
    listings = list(asked.shop.listings.where(channel=place.pk))
    if asked.may("MANAGE_PRODUCTS"):
        listed = {listing.product for listing in listings}
    else:
        priced = {asked.shop.variants[price.variant].product for price in asked.shop.prices.where(channel=place.pk)}
        listed = {listing.product for listing in listings if listing.is_published} & priced
    return [product for product in asked.shop.products if product.pk in listed]


@answers("Query", "product")
def product(
    asked: Asked,
    _: None,
    id: str | None = None,
    slug: str | None = None,
    external_reference: str | None = None,
    channel: str | None = None,
) -> Product | None:
    given = [found for found in (id, slug, external_reference) if found]
    if len(given) != 1:
        raise GraphQLError(
            "At least one of arguments is required: 'id', 'slug', 'external_reference'."
            if not given
            else "Argument 'id' cannot be combined with 'slug'"
        )
    asked.channel = channel
    wanted = node_of(asked, id, "Product") if id else None
    for found in visible_products(asked, channel):
        if (wanted is not None and found.pk == wanted.pk) or (slug and found.slug == slug):
            return found
        if external_reference and found.external_reference == external_reference:
            return found
    return None


@answers("Query", "products")
def products(asked: Asked, _: None, where: Where | None = None, channel: str | None = None, **page: Any) -> Json:
    not_modelled(where, "ids", "slug", "updated_at", "attributes")
    asked.channel = channel
    found = with_values(asked, filtered(visible_products(asked, channel), where, "Product"), where)
    moment = (where or {}).get("updated_at")
    if moment:
        after = (moment.get("range") or {}).get("gte")
        found = [row for row in found if after is None or row.updated_at >= after]
    return page_of("products", found, by_slug, **page)


@answers("Query", "productVariants")
def product_variants(
    asked: Asked,
    _: None,
    ids: list[str] | None = None,
    filter: Where | None = None,
    where: Where | None = None,
    channel: str | None = None,
    **page: Any,
) -> Json:
    not_modelled(filter, "sku")
    not_modelled(where, "attributes")
    products_seen = {product.pk for product in visible_products(asked, channel)}
    found = [variant for variant in asked.shop.variants if variant.product in products_seen]
    if ids is not None:
        keys = keys_allowed(ids, "ProductVariant")
        found = [variant for variant in found if variant.pk in keys]
    if filter and filter.get("sku") is not None:
        found = [variant for variant in found if variant.sku in filter["sku"]]
    return page_of("productVariants", with_values(asked, found, where), by_key, **page)


# Pages ---------------------------------------------------------------------------------------------------------------


def visible_pages(asked: Asked) -> list[Page]:
    return [page for page in asked.shop.pages if page.is_published or asked.may("MANAGE_PAGES")]


@answers("Query", "page")
def page(
    asked: Asked, _: None, id: str | None = None, slug: str | None = None, channel: str | None = None
) -> Page | None:
    wanted = node_of(asked, id, "Page") if id else None
    for found in visible_pages(asked):
        if (wanted is not None and found.pk == wanted.pk) or (slug and found.slug == slug):
            return found
    return None


@answers("Query", "pages")
def pages(asked: Asked, _: None, where: Where | None = None, channel: str | None = None, **page: Any) -> Json:
    not_modelled(where, "ids", "slug", "page_type")
    found = filtered(visible_pages(asked), where, "Page")
    types = texts_allowed((where or {}).get("page_type"))
    if types is not None:
        keys = keys_allowed(types, "PageType")
        found = [row for row in found if row.page_type in keys]
    return page_of("pages", found, by_slug, **page)
