"""Collections by body area, where the shop wants them: a product is in those of its areas."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from storefront.saleor.client.batches import in_parallel, portions
from storefront.saleor.client.mutations import do
from storefront.saleor.client.transport import MAX_MUTATIONS, Saleor
from storefront.saleor.read.shop import Shop
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call

log = logging.getLogger(__name__)


def put_into_collections(
    saleor: Saleor, shop: Shop, areas: Mapping[str, Collection[str]], new: Collection[str] = ()
) -> None:
    """Put products (id → slugs of their areas) into the collections of their areas, and take them out of others.
    Products that are `new` are in none yet. Safe to repeat."""
    calls = []
    for area, collection in shop.area_collections.items():
        inside = [id for id, slugs in areas.items() if area in slugs]
        outside = [id for id in areas if id not in inside and id not in new]
        if inside:
            calls.append(Call(documents.COLLECTION_ADD, {"collectionId": collection, "products": inside}))
        if outside:
            calls.append(Call(documents.COLLECTION_REMOVE, {"collectionId": collection, "products": outside}))
    for outcomes in in_parallel(saleor, lambda part: do(saleor, part), portions(calls, MAX_MUTATIONS)):
        for outcome in outcomes:
            for refusal in outcome.refusals:
                log.warning("Saleor refused a change of a collection: %s", refusal.message)
