"""Variants by themselves, with all that a client may ask of them and of their products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.db.models import Prefetch, Q, QuerySet

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Channel, Product, ProductVariant
from storefront.catalog.queries.products import reachable_products, shown_products, with_details, with_offer


@dataclass(frozen=True, slots=True)
class VariantLookup:
    """How a variant is asked for in a channel."""

    column: Literal["public_id", "sku"]
    value: str
    channel: Channel


def load_variants(lookups: Sequence[VariantLookup]) -> list[ProductVariant | None]:
    """Return the variant of each lookup, of products that have a page in its channel, by few queries a channel."""
    found: dict[VariantLookup, ProductVariant] = {}
    for channel in {lookup.channel for lookup in lookups}:
        own = [lookup for lookup in lookups if lookup.channel == channel]
        ids = [lookup.value for lookup in own if lookup.column == "public_id"]
        skus = [lookup.value for lookup in own if lookup.column == "sku"]
        rows = sold_in(channel, reachable_products(channel)).filter(Q(public_id__in=ids) | Q(sku__in=skus))
        for row in with_product(rows, channel):
            found |= {
                VariantLookup("public_id", row.public_id, channel): row,
                VariantLookup("sku", row.sku, channel): row,
            }
    return [found.get(lookup) for lookup in lookups]


def sold_in(channel: Channel, products: QuerySet[Product]) -> QuerySet[ProductVariant]:
    """Return the variants of these products that are sold in the channel."""
    return ProductVariant.objects.filter(prices__channel=channel, product__in=products.values("pk"))


def list_variants(in_channel: Channel, condition: Q) -> Listing[ProductVariant]:
    """Return the variants of shown products that fit a condition, by SKU."""
    shown = sold_in(in_channel, shown_products(in_channel))
    return Listing(
        shown.filter(condition),
        [Key("sku")],
        anywhere=shown,
        kind=("variant", in_channel.pk),
        details=partial(with_product, in_channel=in_channel),
    )


def with_product(variants: QuerySet[ProductVariant], in_channel: Channel) -> QuerySet[ProductVariant]:
    """Fetch what is asked of them, and their products with all details."""
    products = with_details(reachable_products(in_channel), in_channel)
    return with_offer(variants, in_channel).prefetch_related(Prefetch("product", products))
