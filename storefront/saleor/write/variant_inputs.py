"""Variants of the kernel's writes → Saleor's inputs: what is made, and of what is there only what changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storefront.catalog.fields import COMPARE_AT, OPTION, PRICE, STOCK, with_prefix
from storefront.catalog.records import Named, RemoteChannel
from storefront.catalog.writer import ProductWrite
from storefront.catalog.writer.vocabulary import attribute_slug
from storefront.saleor.client.errors import CannotWrite
from storefront.saleor.read.answers import SaleorProduct, SaleorVariant
from storefront.saleor.read.shop import Attribute, Shop
from storefront.saleor.read.values import weight_input
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.documents import Call
from storefront.saleor.schema.references import variant_external
from storefront.saleor.schema.state import State
from storefront.saleor.write.attribute_inputs import attribute_input

POLICY = "REJECT_FAILED_ROWS"


def channel(shop: Shop, slug: str) -> RemoteChannel:
    found = shop.channels.get(slug)
    if found is None:
        raise CannotWrite(f'Saleor no longer has the channel "{slug}".', PRICE + slug)
    return found


def warehouse(shop: Shop, slug: str) -> Named:
    found = shop.warehouses.get(slug)
    if found is None:
        raise CannotWrite(f'Saleor no longer has the warehouse "{slug}".', STOCK + slug)
    return found


def new_variant(shop: Shop, product: str, reference: str, fields: Mapping[str, Any], state: State) -> dict[str, Any]:
    """Return the input that makes a variant; `product`: its product's `externalReference`."""
    sku = str(fields["sku"])
    given: dict[str, Any] = {
        "sku": sku,
        "externalReference": variant_external(product, reference, sku),
        "name": fields.get("name") or state.names.get(reference) or sku,
        "trackInventory": True,
        "attributes": [
            attribute_input(option(shop, name), str(value), OPTION + name)
            for name, value in with_prefix(fields, OPTION).items()
            if value
        ],
        "stocks": [
            {"warehouse": warehouse(shop, slug).id, "quantity": quantity or 0}
            for slug, quantity in with_prefix(fields, STOCK).items()
        ],
        "channelListings": [
            {"channelId": channel(shop, slug).id, "price": amount, "priorPrice": fields.get(COMPARE_AT + slug)}
            for slug, amount in with_prefix(fields, PRICE).items()
            if amount is not None
        ],
    }
    if fields.get("weight_g") is not None:
        given["weight"] = weight_input(fields["weight_g"], shop.weight_unit)
    if fields.get("barcode"):
        given["metadata"] = [{"key": model.BARCODE_KEY, "value": fields["barcode"]}]
    return given


def option(shop: Shop, name: str) -> Attribute:
    found = shop.option(attribute_slug(name))
    if found is None:
        raise CannotWrite(f'The product type has no option "{name}".', OPTION + name)
    return found


def variant_calls(shop: Shop, write: ProductWrite, existing: SaleorProduct, external: str, state: State) -> list[Call]:
    changed, new = [], []
    wanted: dict[str, Mapping[str, Any]] = {reference: {} for reference in write.adopted_variants}
    for reference, fields in (wanted | dict(write.fields.variants)).items():
        known = existing.variants.get(write.adopted_variants.get(reference, reference))
        if known is None:
            new.append(new_variant(shop, external, reference, fields, state))
            continue
        change = changed_variant(shop, known, fields, state.names.get(reference))
        sku = str(fields.get("sku") or known.sku)
        if reference in write.adopted_variants and known.external != variant_external(external, reference, sku):
            change["externalReference"] = variant_external(external, reference, sku)
        if change:
            changed.append({"id": known.id} | change)
    for reference in write.released_variants:
        if known := existing.variants.get(reference):
            changed.append({"id": known.id, "externalReference": None})
    gone = [existing.variants[key].id for key in write.gone_variants if key in existing.variants]
    calls = []
    if gone:
        calls.append(Call(documents.VARIANT_BULK_DELETE, {"ids": gone}))
    rows = {"product": existing.id, "errorPolicy": POLICY}
    if changed:
        calls.append(Call(documents.VARIANT_BULK_UPDATE, rows | {"variants": changed}))
    if new:
        calls.append(Call(documents.VARIANT_BULK_CREATE, rows | {"variants": new}))
    return calls


def changed_variant(shop: Shop, known: SaleorVariant, fields: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    """Return what of a variant changes; `name`: the one that it has where its source gives none."""
    change: dict[str, Any] = {}
    if fields.get("sku") and fields["sku"] != known.sku:
        change["sku"] = fields["sku"]
    if "name" in fields:
        change["name"] = fields["name"] or name or known.sku
    if "weight_g" in fields:
        change["weight"] = weight_input(fields["weight_g"], shop.weight_unit)
    if "barcode" in fields:
        change["metadata"] = [{"key": model.BARCODE_KEY, "value": fields["barcode"] or ""}]
    if options := with_prefix(fields, OPTION):
        change["attributes"] = [
            attribute_input(option(shop, name), str(value or ""), OPTION + name) for name, value in options.items()
        ]
    if stocks := stock_changes(shop, known, fields):
        change["stocks"] = stocks
    if listings := price_changes(shop, known, fields):
        change["channelListings"] = listings
    return change


def stock_changes(shop: Shop, known: SaleorVariant, fields: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for slug, quantity in with_prefix(fields, STOCK).items():
        if slug in known.stocks:
            found.setdefault("update", []).append({"stock": known.stocks[slug], "quantity": quantity or 0})
        else:
            stock = {"warehouse": warehouse(shop, slug).id, "quantity": quantity or 0}
            found.setdefault("create", []).append(stock)
    return found


def price_changes(shop: Shop, known: SaleorVariant, fields: Mapping[str, Any]) -> dict[str, Any]:
    amounts, compare_at = with_prefix(fields, PRICE), with_prefix(fields, COMPARE_AT)
    found: dict[str, list[Any]] = {}
    for slug in dict.fromkeys([*amounts, *compare_at]):
        listing = known.prices.get(slug)
        if slug in amounts and amounts[slug] is None:
            if listing:
                found.setdefault("remove", []).append(listing)
            continue
        prices: dict[str, Any] = {}
        if slug in amounts:
            prices["price"] = amounts[slug]
        if slug in compare_at:
            prices["priorPrice"] = compare_at[slug]
        if listing:
            found.setdefault("update", []).append({"channelListing": listing} | prices)
        elif slug in amounts:
            found.setdefault("create", []).append({"channelId": channel(shop, slug).id} | prices)
    return found
