"""What differs between the store and Saleor, in words for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storefront.catalog.fields import STOCK, Fields
from storefront.catalog.models import Product
from storefront.catalog.records import Named
from storefront.catalog.snapshots import ShopProduct
from storefront.catalog.writer.products import Projected


@dataclass(frozen=True, slots=True)
class RemoteProduct:
    """A product as it is in Saleor. `digest` stands for what its source last said."""

    product: ShopProduct
    projected: Projected
    digest: str = ""
    category: Named | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A product that differs between the store and Saleor. `fields`: in what, in words for staff."""

    id: str
    name: str
    fields: tuple[str, ...] = ()


def differences(row: Product, before: ShopProduct, remote: RemoteProduct, digests: Mapping[str, str]) -> list[str]:
    """Return what differs between the store's product and Saleor's, in words for staff; the order of variants
    counts."""
    product = remote.product
    now, then = plain(product.fields), plain(before.fields)
    names = differing_names(then.own, now.own)
    for key in dict.fromkeys([*then.variants, *now.variants]):
        has, had = now.variants.get(key), then.variants.get(key)
        if has is None or had is None:
            names.append(f"variant {key}")
        else:
            names += [f"{name} of {key}" for name in differing_names(had, has)]
    stated = {
        "order of variants": list(product.fields.variants) == list(before.fields.variants),
        "tags": before.tags == product.tags,
        "guides": before.links == product.links,
        "reference": (before.source, before.reference, before.nameless)
        == (product.source, product.reference, product.nameless),
        "what its source said": before.base == product.base and digests.get(product.reference, "") == remote.digest,
    }
    names += [name for name, is_same in stated.items() if not is_same]
    return names or differing_ids(row, remote.projected)


def differing_names(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [name for name in dict.fromkeys([*then, *now]) if then.get(name) != now.get(name)]


def plain(fields: Fields) -> Fields:
    """Return the fields without those that say nothing: one that was never said and one that is empty are alike."""

    def stated(of: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in of.items()
            if value not in (None, "", []) and not (name.startswith(STOCK) and value == 0)
        }

    return Fields(own=stated(fields.own), variants={key: stated(variant) for key, variant in fields.variants.items()})


def differing_ids(row: Product, projected: Projected) -> list[str]:
    variants = [variant.public_id for variant in row.variants.all()]
    pictures = {media.location: media.remote_id for media in row.media.all() if media.remote_id}
    available = {
        variant.public_id: {price.channel.slug: price.available for price in variant.prices.all()}
        for variant in row.variants.all()
    }
    unlisted = {place.channel.slug: place.is_reachable for place in row.unlisted.all()}
    stated = {
        "ids of variants": variants == list(projected.variants.values()),
        # An address may be signed again each time.
        "ids of pictures": pictures == {location: id for location, (id, _) in projected.pictures.items()},
        "units that can be had": available == {id: dict(units) for id, units in projected.available.items()},
        "publication": unlisted == dict(projected.unlisted_in),
        "category": (row.category.public_id if row.category else "") == projected.category,
    }
    return [name for name, is_same in stated.items() if not is_same]
