"""Variants, with their prices and stocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.saleor.fake.fields import column_errors, find, set_columns
from tests.saleor.fake.refusals import Failed, Refused, error, not_found, unresolved
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Channel, Price, Product, ProductType, Shop, Stock, Variant, global_id
from tests.saleor.fake.values import BadValues, Cleaned, check_values, drop_references, save_values

Given = Mapping[str, Any]
Json = dict[str, Any]

REJECT_EVERYTHING, REJECT_FAILED_ROWS = "REJECT_EVERYTHING", "REJECT_FAILED_ROWS"
PRICES = ("price", "cost_price", "prior_price")
TOO_LONG = "max_length"
CAMEL = {"cost_price": "costPrice", "prior_price": "priorPrice"}


class Draft:
    """One variant of a request. `ready`: it can be saved at all, without the parts that are in error."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.errors: list[Json] = []
        self.late_errors: list[Json] = []
        self.ready = True
        self.values: Cleaned = []
        self.prices: list[tuple[Channel, Given]] = []
        self.stocks: list[Given] = []
        self.variant: Variant | None = None

    def fault(self, path: str, code: str, message: str, field: str | None = None, **more: Any) -> None:
        self.errors.append(error(field or path, code, message, path=path) | more)

    def check_columns(self, shop: Shop, pk: int | None = None, long: str = TOO_LONG) -> None:
        """What is found only when the row itself is made: without the variant's place in the path.

        `long`: the code for a text that is too long. By itself it is one that the schema does not have, so that it
        cannot be answered.
        """
        for fault in column_errors(shop, "ProductVariant", self.columns(), pk=pk, long=long):
            self.late_errors.append(fault | {"path": fault["field"]})
            self.ready = False

    def columns(self) -> Given:
        sku = self.given.get("sku")
        return {**self.given, "sku": sku.strip() or None} if sku is not None else self.given


def clean_new_variants(
    shop: Shop, given: Sequence[Given], kind: ProductType, channels: Sequence[Channel], twice: set[str]
) -> list[Draft]:
    """The variants as far as they can be checked by themselves."""
    drafts = [Draft(entry) for entry in given]
    for draft in drafts:
        clean_base(shop, draft, kind, twice)
        draft.prices = clean_prices(shop, draft, draft.given.get("channel_listings") or (), channels, "channelListings")
        draft.stocks = clean_stocks(shop, draft, draft.given.get("stocks") or (), "stocks")
    return drafts


def clean_base(shop: Shop, draft: Draft, kind: ProductType, twice: set[str]) -> None:
    given = draft.given
    if given.get("weight") is not None and given["weight"] < 0:
        draft.fault("weight", "INVALID", "Product variant can't have negative weight.")
        draft.ready = False
    if given.get("sku") in twice:
        draft.fault("sku", "UNIQUE", "Duplicated SKU.")
        draft.ready = False
    attributes = given.get("attributes")
    if not attributes:
        return
    named = {shop.attributes[pk].id for pk in kind.variant_attributes} | {
        shop.attributes[pk].external_reference for pk in kind.variant_attributes
    }
    foreign = [entry.get("id") or entry.get("external_reference") for entry in attributes]
    foreign = [name for name in foreign if name not in named]
    if foreign:
        message = "Given attributes are not a variant attributes."
        draft.fault("attributes", "ATTRIBUTE_CANNOT_BE_ASSIGNED", message, attributes=foreign)
        draft.ready = False
    try:
        draft.values = check_values(shop, attributes, kind.variant_attributes, creation=True)
    except BadValues as bad:
        for problem in bad.problems:
            draft.fault("attributes", problem.code, problem.message, attributes=list(problem.attributes) or None)
        draft.ready = False


def has_too_many_places(amount: Decimal | None) -> bool:
    exponent = amount.normalize().as_tuple().exponent if amount else 0
    return isinstance(exponent, int) and exponent < -2


def price_faults(draft: Draft, given: Given, path: str, channel: str) -> bool:
    found = False
    for name in PRICES:
        if has_too_many_places(given.get(name)):
            field = CAMEL.get(name, name)
            message = "Value cannot have more than 2 decimal places."
            draft.fault(f"{path}.{field}", "INVALID_PRICE", message, field, channels=[channel])
            found = True
    return found


def clean_prices(
    shop: Shop, draft: Draft, given: Sequence[Given], channels: Sequence[Channel], path: str
) -> list[tuple[Channel, Given]]:
    found = []
    counts = Counter(entry["channel_id"] for entry in given)
    listed = {channel.id: channel for channel in channels}
    for number, entry in enumerate(given):
        gid = entry["channel_id"]
        place = f"{path}.{number}"
        if gid not in listed:
            code, message = "PRODUCT_NOT_ASSIGNED_TO_CHANNEL", "Product not available in channels."
            draft.fault(f"{place}.channelId", code, message, "channelId", channels=[gid])
        elif counts[gid] > 1:
            code, message = "DUPLICATED_INPUT_ITEM", "Duplicated channel ID."
            draft.fault(f"{place}.channelId", code, message, "channelId", channels=[gid])
        elif not price_faults(draft, entry, place, gid):
            found.append((listed[gid], entry))
    return found


def clean_stocks(shop: Shop, draft: Draft, given: Sequence[Given], path: str) -> list[Given]:
    found = []
    counts = Counter(entry["warehouse"] for entry in given)
    for number, entry in enumerate(given):
        gid = entry["warehouse"]
        place = f"{path}.{number}.warehouse"
        if shop.node(gid, "Warehouse") is None:
            draft.fault(place, "NOT_FOUND", "Not existing warehouse ID.", "warehouses", warehouses=[gid])
        elif counts[gid] > 1:
            draft.fault(place, "DUPLICATED_INPUT_ITEM", "Duplicated warehouse ID.", "warehouse", warehouses=[gid])
        else:
            found.append(entry)
    return found


# Saving --------------------------------------------------------------------------------------------------------------


def save_new_variants(shop: Shop, product: Product, drafts: Iterable[Draft], *, by_sku: bool) -> None:
    """`by_sku`: a variant without a name is called by its SKU; a product's first ones are called by no id at all."""
    for draft in drafts:
        if not draft.ready:
            continue
        variant = draft.variant = shop.variants.add(Variant(product=product.pk))
        set_variant(variant, draft.columns())
        save_values(shop, variant, draft.values)
        if not variant.name:
            variant.name = (variant.sku if by_sku else None) or global_id("ProductVariant", None)
        add_prices(shop, variant, draft.prices)
        add_stocks(shop, variant, draft.stocks)


def set_variant(variant: Variant, given: Given) -> None:
    set_columns(variant, given, "name", "sku", "external_reference", "weight")
    variant.name = variant.name or ""
    if given.get("track_inventory") is not None:
        variant.track_inventory = given["track_inventory"]


def add_prices(shop: Shop, variant: Variant, prices: Iterable[tuple[Channel, Given]]) -> None:
    for channel, entry in prices:
        if shop.prices.first(variant=variant.pk, channel=channel.pk):
            raise Failed("IntegrityError")
        price = shop.prices.add(Price(variant=variant.pk, channel=channel.pk))
        for name in PRICES:
            setattr(price, name, entry.get(name))


def add_stocks(shop: Shop, variant: Variant, stocks: Iterable[Given]) -> None:
    for entry in stocks:
        warehouse = shop.node(entry["warehouse"])
        shop.stocks.add(Stock(variant=variant.pk, warehouse=warehouse.pk, quantity=entry["quantity"]))


def delete_variants(shop: Shop, variants: Iterable[Variant]) -> None:
    for variant in list(variants):
        shop.prices.remove(shop.prices.where(variant=variant.pk))
        shop.stocks.remove(shop.stocks.where(variant=variant.pk))
        drop_references(shop, "ProductVariant", variant.pk)
        shop.variants.remove([variant])


# Mutations -----------------------------------------------------------------------------------------------------------


def product_of(shop: Shop, gid: str) -> Product:
    return find(shop, gid, "Product")  # type: ignore[no-any-return]


def channels_of(shop: Shop, product: Product) -> list[Channel]:
    return [shop.channels[listing.channel] for listing in shop.listings.where(product=product.pk)]


def duplicated(variants: Sequence[Given]) -> set[str]:
    return {sku for sku, count in Counter(entry.get("sku") for entry in variants).items() if sku and count > 1}


def settled(drafts: Sequence[Draft], policy: str) -> bool:
    """Applies the error policy. False: nothing is to be saved."""
    failed = any(draft.errors for draft in drafts)
    if policy == REJECT_FAILED_ROWS:
        for draft in drafts:
            draft.ready = draft.ready and not draft.errors
    return not (failed and policy == REJECT_EVERYTHING)


def results(drafts: Sequence[Draft], *, saved: bool) -> list[Json]:
    return [{"productVariant": draft.variant if saved else None, "errors": draft.errors} for draft in drafts]


@performs("productVariantBulkCreate", "MANAGE_PRODUCTS")
def product_variant_bulk_create(
    asked: Asked, product: str, variants: Sequence[Given], error_policy: str = REJECT_EVERYTHING
) -> Json:
    shop = asked.shop
    owner = product_of(shop, product)
    kind = shop.product_types[owner.product_type]
    drafts = clean_new_variants(shop, variants, kind, channels_of(shop, owner), duplicated(variants))
    for draft in drafts:
        if draft.ready:
            draft.check_columns(shop)
            draft.errors += draft.late_errors
    top = [top_error(fault, number) for number, draft in enumerate(drafts) for fault in draft.errors]
    if not settled(drafts, error_policy):
        return {"count": 0, "results": results(drafts, saved=False), "errors": top}
    references = Counter(draft.given.get("external_reference") for draft in drafts if draft.ready)
    if any(reference is not None and count > 1 for reference, count in references.items()):
        raise Failed("IntegrityError")
    save_new_variants(shop, owner, drafts, by_sku=True)
    owner.updated_at = datetime.now(UTC)
    return {"count": sum(draft.ready for draft in drafts), "results": results(drafts, saved=True), "errors": top}


def top_error(fault: Json, number: int) -> Json:
    return {**fault, "index": number, "code": "INVALID" if fault["code"] == TOO_LONG else fault["code"]}


@performs("productVariantBulkUpdate", "MANAGE_PRODUCTS")
def product_variant_bulk_update(
    asked: Asked, product: str, variants: Sequence[Given], error_policy: str = REJECT_EVERYTHING
) -> Json:
    shop = asked.shop
    owner = product_of(shop, product)
    kind = shop.product_types[owner.product_type]
    channels = channels_of(shop, owner)
    twice = duplicated(variants)
    drafts = [Draft(entry) for entry in variants]
    for draft in drafts:
        variant = shop.node(draft.given["id"], "ProductVariant")
        if variant is None or variant.product != owner.pk:
            draft.fault("id", "INVALID", f"Variant #{draft.given['id']} does not exist.")
            draft.ready = False
            continue
        clean_base(shop, draft, kind, twice)
        clean_changes(shop, draft, variant, channels)
        if draft.ready:
            draft.check_columns(shop, variant.pk)
            draft.errors += [fault | {"path": None} for fault in draft.late_errors]
    if not settled(drafts, error_policy):
        return {"count": 0, "results": results(drafts, saved=False), "errors": []}
    for draft in drafts:
        if draft.ready:
            draft.variant = shop.node(draft.given["id"])
            save_changes(shop, draft.variant, draft)
    return {"count": sum(draft.ready for draft in drafts), "results": results(drafts, saved=True), "errors": []}


def clean_changes(shop: Shop, draft: Draft, variant: Variant, channels: Sequence[Channel]) -> None:
    listings = draft.given.get("channel_listings") or {}
    draft.prices = clean_prices(shop, draft, listings.get("create") or (), channels, "channelListings.create")
    own = {price.id for price in shop.prices.where(variant=variant.pk)}
    for number, entry in enumerate(listings.get("update") or ()):
        gid, path = entry["channel_listing"], f"channelListings.update.{number}"
        if gid not in own:
            message = "Channel listing was not found."
            draft.fault(f"{path}.channelListing", "NOT_FOUND", message, "channelListing", channelListings=[gid])
        else:
            # Saleor tells the channel's key here, not its id.
            price_faults(draft, entry, path, str(shop.node(gid).channel))
    for number, gid in enumerate(listings.get("remove") or ()):
        if gid not in own:
            message = "Channel listing was not found."
            fault = error(None, "NOT_FOUND", message, path=f"channelListings.remove.{number}", channelListings=[gid])
            draft.errors.append(fault)
    clean_stock_changes(shop, draft, variant)


def clean_stock_changes(shop: Shop, draft: Draft, variant: Variant) -> None:
    given = draft.given.get("stocks") or {}
    own = {stock.id: stock for stock in shop.stocks.where(variant=variant.pk)}
    used = {global_id("Warehouse", stock.warehouse) for stock in own.values()}
    for number, entry in enumerate(given.get("create") or ()):
        if entry["warehouse"] in used:
            code, message = "STOCK_ALREADY_EXISTS", "Stock for provided warehouse already exists."
            path = f"stocks.create.{number}.warehouse"
            draft.fault(path, code, message, "warehouse", warehouses=[entry["warehouse"]])
    draft.stocks = clean_stocks(shop, draft, given.get("create") or (), "stocks.create")
    for number, entry in enumerate(given.get("update") or ()):
        if entry["stock"] not in own:
            path = f"stocks.update.{number}.stock"
            draft.fault(path, "NOT_FOUND", "Stock was not found.", "stock", stocks=[entry["stock"]])
    for number, gid in enumerate(given.get("remove") or ()):
        if gid not in own:
            draft.fault(f"stocks.remove.{number}", "NOT_FOUND", "Stock was not found.", "stock", stocks=[gid])


def save_changes(shop: Shop, variant: Variant, draft: Draft) -> None:
    set_variant(variant, draft.columns())
    save_values(shop, variant, draft.values)
    listings, stocks = draft.given.get("channel_listings") or {}, draft.given.get("stocks") or {}
    for entry in listings.get("update") or ():
        price = shop.node(entry["channel_listing"])
        for name in PRICES:
            if price is not None and name in entry:
                setattr(price, name, entry[name])
    shop.prices.remove(filter(None, (shop.node(gid) for gid in listings.get("remove") or ())))
    add_prices(shop, variant, draft.prices)
    for entry in stocks.get("update") or ():
        stock = shop.node(entry["stock"])
        if stock is not None:
            stock.quantity = entry["quantity"]
    shop.stocks.remove(filter(None, (shop.node(gid) for gid in stocks.get("remove") or ())))
    held = {stock.warehouse for stock in shop.stocks.where(variant=variant.pk)}
    if any(shop.node(entry["warehouse"]).pk in held for entry in draft.stocks):
        raise Failed("IntegrityError")
    add_stocks(shop, variant, draft.stocks)


@performs("productVariantBulkDelete", "MANAGE_PRODUCTS")
def product_variant_bulk_delete(
    asked: Asked, ids: Sequence[str] | None = None, skus: Sequence[str] | None = None
) -> Json:
    shop = asked.shop
    if ids is not None:
        found = {gid: shop.node(gid, "ProductVariant") for gid in ids}
        if None in found.values():
            missing = [gid for gid, variant in found.items() if variant is None]
            raise Refused(error("id", "GRAPHQL_ERROR", unresolved(missing)))
        chosen = list(found.values())
    else:
        chosen = [variant for variant in shop.variants if variant.sku in (skus or ())]
    delete_variants(shop, chosen)
    return {"count": len(chosen)}


@performs("productVariantUpdate", "MANAGE_PRODUCTS")
def product_variant_update(
    asked: Asked,
    input: Given,
    id: str | None = None,
    sku: str | None = None,
    external_reference: str | None = None,
) -> Json:
    shop = asked.shop
    variant = shop.node(id, "ProductVariant") if id else None
    variant = variant or (shop.variants.first(sku=sku) if sku else None)
    variant = variant or (shop.variants.first(external_reference=external_reference) if external_reference else None)
    if variant is None:
        raise not_found(str(id or sku or external_reference), "id" if id else "sku" if sku else "externalReference")
    faults = list(column_errors(shop, "ProductVariant", input, pk=variant.pk))
    if faults:
        raise Refused(*faults)
    kind = shop.product_types[shop.products[variant.product].product_type]
    try:
        cleaned = check_values(shop, input.get("attributes") or (), kind.variant_attributes, creation=False)
    except BadValues as bad:
        raise Refused(*(error("attributes", problem.code, problem.message) for problem in bad.problems)) from None
    set_variant(variant, input)
    save_values(shop, variant, cleaned)
    variant.updated_at = datetime.now(UTC)
    shop.products[variant.product].updated_at = variant.updated_at
    return {"productVariant": variant}


@performs("productVariantChannelListingUpdate", "MANAGE_PRODUCTS")
def variant_listing_update(asked: Asked, input: Sequence[Given], id: str | None = None, sku: str | None = None) -> Json:
    """Prices of one variant, set or changed. The stamp of nothing moves (facts, B)."""
    shop = asked.shop
    variant = one_variant(shop, id, sku)
    draft = Draft({})
    cleaned = clean_prices(shop, draft, input, channels_of(shop, shop.products[variant.product]), "input")
    if draft.errors:
        raise Refused(*draft.errors)
    for channel, entry in cleaned:
        price = shop.prices.first(variant=variant.pk, channel=channel.pk)
        price = price or shop.prices.add(Price(variant=variant.pk, channel=channel.pk))
        for name in PRICES:
            if name in entry:
                setattr(price, name, entry[name])
    return {"variant": variant}


@performs("productVariantStocksUpdate", "MANAGE_PRODUCTS")
def variant_stocks_update(
    asked: Asked, stocks: Sequence[Given], variant_id: str | None = None, sku: str | None = None
) -> Json:
    """Stocks of one variant, set or changed. The stamp of nothing moves (facts, B)."""
    shop = asked.shop
    variant = one_variant(shop, variant_id, sku)
    draft = Draft({})
    cleaned = clean_stocks(shop, draft, stocks, "stocks")
    if draft.errors:
        raise Refused(*draft.errors)
    for entry in cleaned:
        stock = shop.stocks.first(variant=variant.pk, warehouse=shop.node(entry["warehouse"]).pk)
        if stock is None:
            add_stocks(shop, variant, [entry])
        else:
            stock.quantity = entry["quantity"]
    return {"productVariant": variant}


def one_variant(shop: Shop, gid: str | None, sku: str | None) -> Variant:
    found = shop.node(gid, "ProductVariant") if gid else shop.variants.first(sku=sku)
    if found is None:
        raise not_found(str(gid or sku), "id" if gid else "sku")
    return found  # type: ignore[no-any-return]
