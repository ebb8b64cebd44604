"""Categories, collections, channels and warehouses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.saleor.fake.fields import check_columns, existing, find, new_slug, set_columns
from tests.saleor.fake.menus import remove_items_to
from tests.saleor.fake.refusals import Refused, error, not_found
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Category, Channel, Collection, Shop, Warehouse
from tests.saleor.fake.texts import BadEditorJs, clean_editorjs
from tests.saleor.fake.values import drop_references

Given = Mapping[str, Any]
Json = dict[str, Any]


@performs("categoryCreate", "MANAGE_PRODUCTS")
def category_create(asked: Asked, input: Given, parent: str | None = None) -> Json:
    shop = asked.shop
    above = shop.node(parent, "Category") if parent else None
    if parent and above is None:
        raise not_found(parent, "parent")
    name = input.get("name") or ""
    slug = new_slug(shop, "Category", {**input, "name": name})
    check_columns(shop, "Category", {**input, "slug": slug})
    category = Category(name=name, slug=slug, parent=above.pk if above else None)
    set_description(category, input)
    shop.categories.add(category)
    set_columns(category, input)
    return {"category": category}


@performs("categoryUpdate", "MANAGE_PRODUCTS")
def category_update(asked: Asked, input: Given, id: str | None = None) -> Json:
    """Its parent cannot be changed."""
    category = find(asked.shop, id or "", "Category")
    check_columns(asked.shop, "Category", input, pk=category.pk)
    set_description(category, input)
    set_columns(category, input, *(name for name in ("name", "slug") if input.get(name)))
    return {"category": category}


def set_description(row: Category | Collection, given: Given) -> None:
    if "description" in given:
        try:
            row.description = clean_editorjs(given["description"])
        except BadEditorJs:
            raise Refused(error(None, "INVALID", "Invalid EditorJS input")) from None


@performs("categoryDelete", "MANAGE_PRODUCTS")
def category_delete(asked: Asked, id: str) -> Json:
    """Its products lose their category, and are published nowhere."""
    shop = asked.shop
    category = existing(shop, id, "Category")
    for product in shop.products.where(category=category.pk):
        product.category = None
        for listing in shop.listings.where(product=product.pk):
            listing.is_published = False
            listing.published_at = None
    for below in list(shop.categories.where(parent=category.pk)):
        category_delete(asked, below.id)
    drop_references(shop, "Category", category.pk)
    remove_items_to(shop, "category", category.pk)
    shop.categories.remove([category])
    return {"category": category}


@performs("collectionCreate", "MANAGE_PRODUCTS")
def collection_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    name = input.get("name") or ""
    slug = new_slug(shop, "Collection", {**input, "name": name})
    check_columns(shop, "Collection", {**input, "slug": slug})
    products = [product.pk for product in nodes(shop, input.get("products") or (), "Product", "products")]
    collection = Collection(name=name, slug=slug, products=products)
    set_description(collection, input)
    shop.collections.add(collection)
    set_columns(collection, input)
    return {"collection": collection}


@performs("collectionUpdate", "MANAGE_PRODUCTS")
def collection_update(asked: Asked, id: str, input: Given) -> Json:
    collection = find(asked.shop, id, "Collection")
    check_columns(asked.shop, "Collection", input, pk=collection.pk)
    set_description(collection, input)
    set_columns(collection, input, *(name for name in ("name", "slug") if input.get(name)))
    return {"collection": collection}


@performs("collectionChannelListingUpdate", "MANAGE_PRODUCTS")
def collection_listing_update(asked: Asked, id: str, input: Given) -> Json:
    shop = asked.shop
    collection = find(shop, id, "Collection")
    for gid in input.get("remove_channels") or ():
        collection.listings.pop(find(shop, gid, "Channel").pk, None)
    for given in input.get("add_channels") or ():
        channel = find(shop, given["channel_id"], "Channel").pk
        before = collection.listings.get(channel, (False, None))
        is_published = before[0] if given.get("is_published") is None else given["is_published"]
        published_at = given.get("published_at") or before[1] or (datetime.now(UTC) if is_published else None)
        collection.listings[channel] = (is_published, published_at)
    return {"collection": collection}


@performs("collectionReorderProducts", "MANAGE_PRODUCTS")
def collection_reorder(asked: Asked, collection_id: str, moves: Sequence[Given]) -> Json:
    """`sortOrder` tells by how many places."""
    collection = find(asked.shop, collection_id, "Collection")
    for move in moves:
        product = find(asked.shop, move["product_id"], "Product").pk
        at = max(0, collection.products.index(product) + (move.get("sort_order") or 0))
        collection.products.remove(product)
        collection.products.insert(at, product)
    return {"collection": collection}


@performs("collectionAddProducts", "MANAGE_PRODUCTS")
def collection_add_products(asked: Asked, collection_id: str, products: Sequence[str]) -> Json:
    shop = asked.shop
    collection = existing(shop, collection_id, "Collection", "collectionId")
    for product in nodes(shop, products, "Product", "products"):
        if product.pk not in collection.products:
            collection.products.append(product.pk)
    return {"collection": collection}


@performs("collectionRemoveProducts", "MANAGE_PRODUCTS")
def collection_remove_products(asked: Asked, collection_id: str, products: Sequence[str]) -> Json:
    shop = asked.shop
    collection = existing(shop, collection_id, "Collection", "collectionId")
    gone = {product.pk for product in nodes(shop, products, "Product", "products")}
    collection.products[:] = [pk for pk in collection.products if pk not in gone]
    return {"collection": collection}


@performs("collectionDelete", "MANAGE_PRODUCTS")
def collection_delete(asked: Asked, id: str) -> Json:
    collection = existing(asked.shop, id, "Collection")
    drop_references(asked.shop, "Collection", collection.pk)
    remove_items_to(asked.shop, "collection", collection.pk)
    asked.shop.collections.remove([collection])
    return {"collection": collection}


def nodes(shop: Shop, ids: Iterable[str], kind: str, field: str) -> list[Any]:
    found = []
    for gid in ids:
        row = shop.node(gid, kind)
        if row is None:
            raise Refused(
                error(field, "GRAPHQL_ERROR", f"Could not resolve to a node with the global id list of '{list(ids)}'.")
            )
        found.append(row)
    return found


# Channels and warehouses ---------------------------------------------------------------------------------------------


def country_of(value: Any) -> str:
    return str(value or "US")


@performs("channelCreate", "MANAGE_CHANNELS")
def channel_create(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    check_columns(shop, "Channel", input)
    channel = shop.channels.add(
        Channel(
            name=input["name"],
            slug=input["slug"],
            currency_code=input["currency_code"],
            country=country_of(input.get("default_country")),
            is_active=bool(input.get("is_active")),
        )
    )
    change_channel(shop, channel, input)
    return {"channel": channel}


@performs("channelUpdate", "MANAGE_CHANNELS")
def channel_update(asked: Asked, id: str, input: Given) -> Json:
    channel = existing(asked.shop, id, "Channel")
    check_columns(asked.shop, "Channel", input, pk=channel.pk)
    set_columns(channel, input, "name", "slug", "is_active")
    change_channel(asked.shop, channel, input)
    return {"channel": channel}


def change_channel(shop: Shop, channel: Channel, given: Given) -> None:
    settings = given.get("order_settings") or {}
    if settings.get("allow_unpaid_orders") is not None:
        channel.allow_unpaid_orders = settings["allow_unpaid_orders"]
    removed = [shop.node(gid, "Warehouse").pk for gid in given.get("remove_warehouses") or ()]
    added = [shop.node(gid, "Warehouse").pk for gid in given.get("add_warehouses") or ()]
    channel.warehouses = [pk for pk in channel.warehouses if pk not in removed]
    channel.warehouses += [pk for pk in added if pk not in channel.warehouses]


@performs("channelDelete", "MANAGE_CHANNELS")
def channel_delete(asked: Asked, id: str) -> Json:
    shop = asked.shop
    channel = existing(shop, id, "Channel")
    shop.listings.remove(shop.listings.where(channel=channel.pk))
    shop.prices.remove(shop.prices.where(channel=channel.pk))
    shop.channels.remove([channel])
    return {"channel": channel}


@performs("createWarehouse", "MANAGE_PRODUCTS")
def create_warehouse(asked: Asked, input: Given) -> Json:
    shop = asked.shop
    slug = new_slug(shop, "Warehouse", input)
    check_columns(shop, "Warehouse", {**input, "slug": slug})
    warehouse = shop.warehouses.add(
        Warehouse(name=input["name"], slug=slug, external_reference=input.get("external_reference"))
    )
    return {"warehouse": warehouse}


@performs("updateWarehouse", "MANAGE_PRODUCTS")
def update_warehouse(asked: Asked, input: Given, id: str | None = None, external_reference: str | None = None) -> Json:
    warehouse = find(asked.shop, id or "", "Warehouse")
    check_columns(asked.shop, "Warehouse", input, pk=warehouse.pk)
    set_columns(warehouse, input, *(name for name in ("name", "slug", "external_reference") if input.get(name)))
    return {"warehouse": warehouse}


@performs("deleteWarehouse", "MANAGE_PRODUCTS")
def delete_warehouse(asked: Asked, id: str) -> Json:
    shop = asked.shop
    warehouse = existing(shop, id, "Warehouse")
    shop.stocks.remove(shop.stocks.where(warehouse=warehouse.pk))
    for channel in shop.channels:
        channel.warehouses = [pk for pk in channel.warehouses if pk != warehouse.pk]
    shop.warehouses.remove([warehouse])
    return {"warehouse": warehouse}
