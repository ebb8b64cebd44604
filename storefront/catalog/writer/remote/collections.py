"""Collections with their listings and products, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from storefront.catalog.bulk import copy_rows
from storefront.catalog.models import (
    CatalogVersion,
    Collection,
    CollectionListing,
    CollectionProduct,
)
from storefront.catalog.records import Record
from storefront.catalog.writer.remote.full_reads import COLLECTIONS, Named, make_equal, takes


class RemoteListing(Record):
    channel: str
    is_published: bool
    published_at: datetime | None = None


class RemoteCollection(Named):
    """A collection with the ids of its products in their order."""

    description: str = ""
    listings: tuple[RemoteListing, ...] = ()
    products: tuple[str, ...] = ()


@transaction.atomic
def project_collections(found: Sequence[RemoteCollection], started: datetime) -> int:
    """Make the collections equal to those elsewhere; return how many differed. Their products may come later."""
    if not takes(COLLECTIONS, started):
        return 0
    wanted = {one.id: {"slug": one.slug, "name": one.name, "description": one.description} for one in found}
    changes = make_equal(Collection.objects.all(), wanted)
    Collection.objects.filter(pk__in=changes.gone).delete()
    keys = dict(Collection.objects.values_list("public_id", "pk"))
    listings, members = listings_by_collection(), members_by_collection()
    listed = [
        one for one in found if listings.get(keys[one.id], {}) != {place.channel: place for place in one.listings}
    ]
    CollectionListing.objects.filter(collection__in=[keys[one.id] for one in listed]).delete()
    CollectionListing.objects.bulk_create(
        [
            CollectionListing(
                collection_id=keys[one.id],
                channel_id=place.channel,
                is_published=place.is_published,
                published_at=place.published_at,
            )
            for one in listed
            for place in one.listings
        ]
    )
    filled = [one for one in found if members.get(keys[one.id], []) != list(one.products)]
    CollectionProduct.objects.filter(collection__in=[keys[one.id] for one in filled]).delete()
    copy_rows(
        CollectionProduct,
        ("collection", "product", "position"),
        ((keys[one.id], id, position) for one in filled for position, id in enumerate(one.products)),
    )
    touched = changes.keys() | {keys[one.id] for one in (*listed, *filled)}
    if touched:
        CatalogVersion.bump()
    return len(touched)


def listings_by_collection() -> dict[int, dict[str, RemoteListing]]:
    found: dict[int, dict[str, RemoteListing]] = {}
    for row in CollectionListing.objects.all():
        place = RemoteListing(channel=row.channel_id, is_published=row.is_published, published_at=row.published_at)
        found.setdefault(row.collection_id, {})[row.channel_id] = place
    return found


def members_by_collection() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = CollectionProduct.objects.order_by("collection", "position").values_list("collection_id", "product_id")
    for collection, product in rows.iterator(10_000):
        found.setdefault(collection, []).append(str(product))
    return found
