"""Products: made in bulk, changed, listed in channels, deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.saleor.fake.fields import (
    check_slug_kept,
    column_errors,
    find,
    pairs,
    seo_errors,
    set_columns,
    slugs_of,
)
from tests.saleor.fake.refusals import Failed, Refused, error, unresolved
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Channel, Listing, Product, ProductType, Shop, parse_id
from tests.saleor.fake.texts import BadEditorJs, clean_editorjs, slug_of
from tests.saleor.fake.values import BadValues, Cleaned, check_values, drop_references, save_values
from tests.saleor.fake.variants import Draft, clean_new_variants, delete_variants, save_new_variants

Given = Mapping[str, Any]
Json = dict[str, Any]

REJECT_EVERYTHING, REJECT_FAILED_ROWS, IGNORE_FAILED = "REJECT_EVERYTHING", "REJECT_FAILED_ROWS", "IGNORE_FAILED"


def now() -> datetime:
    return datetime.now(UTC)


# Bulk creation -------------------------------------------------------------------------------------------------------


class Row:
    """One product of a request: what is wrong with it, and what is to be saved. `ready`: it can be saved at all."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.errors: list[Json] = []
        self.ready = True
        self.slug = ""
        self.values: Cleaned = []
        self.listings: list[tuple[Channel, Given]] = []
        self.variants: list[Draft] = []
        self.product: Product | None = None

    def fault(self, path: str | None, code: str | None, message: str, **more: Any) -> None:
        self.errors.append(error(None, code, message, path=path) | more)


@performs("productBulkCreate", "MANAGE_PRODUCTS")
def product_bulk_create(asked: Asked, products: Sequence[Given], error_policy: str = REJECT_EVERYTHING) -> Json:
    shop = asked.shop
    skus = Counter(variant.get("sku") for given in products for variant in given.get("variants") or ())
    twice = {sku for sku, count in skus.items() if sku and count > 1}
    new_slugs: list[str] = []
    rows = [clean_row(shop, given, twice, new_slugs) for given in products]
    if any(row.errors for row in rows) and error_policy == REJECT_EVERYTHING:
        return {"count": 0, "results": [{"product": None, "errors": row.errors} for row in rows]}
    if error_policy == REJECT_FAILED_ROWS:
        for row in rows:
            row.ready = row.ready and not row.errors
    saved = [row for row in rows if row.ready]
    check_unique(shop, saved)
    for row in saved:
        save_row(shop, row)
    return {"count": len(saved), "results": [{"product": row.product, "errors": row.errors} for row in rows]}


def clean_row(shop: Shop, given: Given, twice: set[str], new_slugs: list[str]) -> Row:
    row = Row(given)
    kind = shop.node(given["product_type"], "ProductType")
    if kind is None:
        row.fault("productType", "NOT_FOUND", f"Couldn't resolve to a node: {given['product_type']}")
    if given.get("category") and shop.node(given["category"], "Category") is None:
        row.fault("category", "NOT_FOUND", f"Couldn't resolve to a node: {given['category']}")
    for gid in given.get("collections") or ():
        if shop.node(gid, "Collection") is None:
            row.fault("collections", "INVALID", f"Could not resolve to a node with the global id list of '['{gid}']'.")
    if row.errors:
        row.ready = False
        return row
    try:
        clean_editorjs(given.get("description"))
    except BadEditorJs:
        raise Refused(error(None, "INVALID", "Invalid EditorJS input", path=None)) from None
    if given.get("weight") is not None and given["weight"] < 0:
        row.fault("weight", "INVALID", "Product can't have negative weight.")
        row.ready = False
    row.slug = given.get("slug") or slug_of(given.get("name") or "", slugs_of(shop, "Product") | set(new_slugs))
    if not given.get("slug"):
        new_slugs.append(row.slug)
    clean_attributes(shop, row, kind)
    clean_media(row)
    clean_listings(shop, row)
    if given.get("variants"):
        channels = [channel for channel, _ in row.listings]
        row.variants = clean_new_variants(shop, given["variants"], kind, channels, twice)
        for number, draft in enumerate(row.variants):
            row.errors += [fault | {"path": f"variants.{number}.{fault['path']}"} for fault in draft.errors]
    if not row.ready:
        return row
    columns = {**given, "name": given.get("name"), "slug": row.slug}
    faults = [*metadata_errors(given), *column_errors(shop, "Product", columns, long="MAX_LENGTH", blank="BLANK")]
    for fault in [*faults, *seo_errors(given, "MAX_LENGTH")]:
        row.fault(fault["field"], fault["code"], fault["message"])
        row.ready = False
    if row.ready:
        for draft in row.variants:
            draft.check_columns(shop, long="MAX_LENGTH")
            row.errors += draft.late_errors
    return row


def metadata_errors(given: Given) -> list[Json]:
    try:
        for name in ("metadata", "private_metadata"):
            pairs(given, name)
    except Refused as refused:
        return refused.errors
    return []


def clean_attributes(shop: Shop, row: Row, kind: ProductType) -> None:
    if not row.given.get("attributes"):
        return
    try:
        row.values = check_values(shop, row.given["attributes"], kind.product_attributes, creation=True)
    except BadValues as bad:
        row.ready = False
        for problem in bad.problems:
            row.fault("attributes", problem.code or None, problem.message)


def clean_media(row: Row) -> None:
    for number, media in enumerate(row.given.get("media") or ()):
        if not media.get("image") and not media.get("media_url"):
            row.fault(f"media.{number}", "REQUIRED", "Image or external URL is required.")
        else:
            raise NotImplementedError("The fake does not model media in productBulkCreate; use productMediaCreate")


def clean_listings(shop: Shop, row: Row) -> None:
    given = row.given.get("channel_listings") or ()
    ids = [listing["channel_id"] for listing in given]
    unknown = [gid for gid in ids if shop.node(gid, "Channel") is None]
    twice = [gid for gid, count in Counter(ids).items() if count > 1]
    if unknown:
        row.fault("channelListings", "NOT_FOUND", "Not existing channel ID.", channels=unknown)
    if twice:
        row.fault("channelListings", "DUPLICATED_INPUT_ITEM", "Duplicated channel ID.", channels=twice)
    if not (unknown or twice):
        row.listings = [(shop.node(listing["channel_id"]), listing) for listing in given]


def check_unique(shop: Shop, rows: Sequence[Row]) -> None:
    """What the database refuses only when all are saved: the whole request fails."""
    for name in ("slug", "external_reference"):
        given = [row.slug if name == "slug" else row.given.get(name) for row in rows]
        if any(value is not None and count > 1 for value, count in Counter(given).items()):
            raise Failed("IntegrityError")
    references = Counter(draft.given.get("external_reference") for row in rows for draft in row.variants if draft.ready)
    if any(reference is not None and count > 1 for reference, count in references.items()):
        raise Failed("IntegrityError")


def save_row(shop: Shop, row: Row) -> None:
    given = row.given
    product = Product(name=given.get("name") or "", slug=row.slug, product_type=shop.node(given["product_type"]).pk)
    set_product(shop, product, {**given, "slug": row.slug})
    shop.products.add(product)
    row.product = product
    for channel, listing in row.listings:
        place = shop.listings.add(Listing(product=product.pk, channel=channel.pk))
        set_listing(place, listing)
    for gid in given.get("collections") or ():
        shop.node(gid, "Collection").products.append(product.pk)
    save_values(shop, product, row.values)
    save_new_variants(shop, product, row.variants, by_sku=False)


def set_product(shop: Shop, product: Product, given: Given) -> None:
    set_columns(product, given, "name", "slug", "external_reference", "weight", "rating")
    if "description" in given:
        product.description = clean_editorjs(given["description"])
    if "category" in given:
        product.category = shop.node(given["category"]).pk if given["category"] else None
    if given.get("seo"):
        product.seo_title = given["seo"].get("title", product.seo_title)
        product.seo_description = given["seo"].get("description", product.seo_description)


def set_listing(place: Listing, given: Given) -> None:
    for name in ("is_published", "visible_in_listings"):
        if given.get(name) is not None:
            setattr(place, name, given[name])
    if given.get("published_at") is not None:
        place.published_at = given["published_at"]
    if place.is_published and place.published_at is None:
        place.published_at = now()
    if given.get("is_available_for_purchase") is not None:
        available = given.get("available_for_purchase_at") or now()
        place.available_at = available if given["is_available_for_purchase"] else None


# Changes -------------------------------------------------------------------------------------------------------------


def find_product(shop: Shop, id: str | None, external_reference: str | None = None) -> Product:
    if id is not None:
        return find(shop, id, "Product")  # type: ignore[no-any-return]
    product = shop.products.first(external_reference=external_reference)
    if product is None:
        message = f"Couldn't resolve to a node: {external_reference}"
        raise Refused(error("externalReference", "NOT_FOUND", message))
    return product


@performs("productUpdate", "MANAGE_PRODUCTS")
def product_update(asked: Asked, input: Given, id: str | None = None, external_reference: str | None = None) -> Json:
    shop = asked.shop
    product = find_product(shop, id, external_reference)
    if input.get("category"):
        find(shop, input["category"], "Category", "category")
    check_slug_kept(input)
    if input.get("weight") is not None and input["weight"] < 0:
        raise Refused(error("weight", "INVALID", "Product can't have negative weight."))
    cleaned = values_to_change(shop, product, input)
    try:
        clean_editorjs(input.get("description"))
    except BadEditorJs:
        raise Refused(error(None, "INVALID", "Invalid EditorJS input")) from None
    faults = [*column_errors(shop, "Product", input, pk=product.pk), *seo_errors(input, "INVALID")]
    if faults:
        raise Refused(*faults)
    set_product(shop, product, input)
    if input.get("collections") is not None:
        put_in_collections(shop, product, input["collections"])
    save_values(shop, product, cleaned)
    product.updated_at = now()
    return {"product": product}


def values_to_change(shop: Shop, product: Product, given: Given) -> Cleaned:
    if not given.get("attributes"):
        return []
    attributes = shop.product_types[product.product_type].product_attributes
    try:
        return check_values(shop, given["attributes"], attributes, creation=False)
    except BadValues as bad:
        raise Refused(
            *(
                error(
                    "attributes",
                    problem.code or "INVALID",
                    problem.message,
                    attributes=list(problem.attributes) or None,
                )
                for problem in bad.problems
            )
        ) from None


def put_in_collections(shop: Shop, product: Product, ids: Iterable[str]) -> None:
    wanted = {shop.node(gid, "Collection").pk for gid in ids}
    for collection in shop.collections:
        if collection.pk not in wanted and product.pk in collection.products:
            collection.products.remove(product.pk)
        elif collection.pk in wanted and product.pk not in collection.products:
            collection.products.append(product.pk)


@performs("productChannelListingUpdate", "MANAGE_PRODUCTS")
def product_channel_listing_update(asked: Asked, id: str, input: Given) -> Json:
    shop = asked.shop
    product = find_product(shop, id)
    updates = input.get("update_channels") or []
    check_channels(shop, updates, input.get("remove_channels") or [])
    published = [
        update["channel_id"]
        for update in updates
        if update.get("is_published") is True or update.get("is_available_for_purchase") is True
    ]
    if product.category is None and published:
        message = "You must select a category to be able to publish."
        raise Refused(error("isPublished", "PRODUCT_WITHOUT_CATEGORY", message, channels=published))
    for update in updates:
        channel = shop.node(update["channel_id"])
        place = shop.listings.first(product=product.pk, channel=channel.pk)
        set_listing(place or shop.listings.add(Listing(product=product.pk, channel=channel.pk)), update)
    own = {variant.pk for variant in shop.variants.where(product=product.pk)}
    for gid in input.get("remove_channels") or ():
        channel = shop.node(gid)
        shop.listings.remove(shop.listings.where(product=product.pk, channel=channel.pk))
        shop.prices.remove(price for price in shop.prices.where(channel=channel.pk) if price.variant in own)
    return {"product": product}


def check_channels(shop: Shop, updates: Sequence[Given], removed: Sequence[str]) -> None:
    updated = [update["channel_id"] for update in updates]
    both = sorted(set(updated) & set(removed))
    if both:
        message = "The same object cannot be in both lists for adding and removing items."
        raise Refused(error("input", "DUPLICATED_INPUT_ITEM", message, channels=both))
    twice = sorted(gid for gid, count in Counter(updated).items() if count > 1)
    if twice:
        raise Refused(error("updateChannels", "DUPLICATED_INPUT_ITEM", "Duplicated channel ID.", channels=twice))
    for gid in (*updated, *removed):
        if shop.node(gid, "Channel") is None:
            raise Refused(error("channelId", "GRAPHQL_ERROR", unresolved([gid])))


# Deletion ------------------------------------------------------------------------------------------------------------


def delete_products(shop: Shop, products: Iterable[Product]) -> None:
    for product in list(products):
        delete_variants(shop, shop.variants.where(product=product.pk))
        shop.listings.remove(shop.listings.where(product=product.pk))
        shop.media.remove(shop.media.where(product=product.pk))
        for collection in shop.collections:
            if product.pk in collection.products:
                collection.products.remove(product.pk)
        for keys in product.assigned.values():
            own = (shop.values.get(key) for key in keys)
            shop.values.remove(value for value in own if value and is_own(value.slug, product.pk))
        drop_references(shop, "Product", product.pk)
        shop.products.remove([product])


def is_own(slug: str, pk: int) -> bool:
    return slug.startswith((f"product-{pk}_", f"{pk}_"))


@performs("productDelete", "MANAGE_PRODUCTS")
def product_delete(asked: Asked, id: str | None = None, external_reference: str | None = None) -> Json:
    product = find_product(asked.shop, id, external_reference)
    delete_products(asked.shop, [product])
    return {"product": product}


@performs("productVariantSetDefault", "MANAGE_PRODUCTS")
def product_variant_set_default(asked: Asked, product_id: str, variant_id: str) -> Json:
    product = find(asked.shop, product_id, "Product")
    variant = find(asked.shop, variant_id, "ProductVariant")
    if variant.product != product.pk:
        raise Refused(
            error("variantId", "NOT_PRODUCTS_VARIANT", "Provided variant doesn't belong to provided product.")
        )
    product.default_variant = variant.pk
    product.updated_at = now()
    return {"product": product}


@performs("productBulkDelete", "MANAGE_PRODUCTS")
def product_bulk_delete(asked: Asked, ids: Sequence[str]) -> Json:
    found = {gid: asked.shop.node(gid, "Product") for gid in ids}
    wrong = [gid for gid in ids if (parse_id(gid) or ("",))[0] != "Product"]
    if wrong:
        raise Refused(error("ids", "GRAPHQL_ERROR", f"Must receive Product id: {wrong[0]}."))
    missing = [gid for gid, product in found.items() if product is None]
    if missing:
        raise Refused(error("id", "GRAPHQL_ERROR", unresolved(missing)))
    delete_products(asked.shop, found.values())
    return {"count": len(found)}
