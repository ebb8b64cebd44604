"""Collections with their listings and products, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from storefront.catalog.bulk import copy_rows
from storefront.catalog.models import CatalogVersion, Collection, CollectionListing, CollectionProduct
from storefront.catalog.records import Named, Record
from storefront.catalog.writer.remote.full_reads import COLLECTIONS, accept_read, make_equal


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
def project_collections(remotes: Sequence[RemoteCollection], started: datetime) -> int:
    """Make the collections equal to Saleor's; return how many differed. Their products may come later."""
    if not accept_read(COLLECTIONS, started):
        return 0
    wanted = {remote.id: remote.model_dump(include={"slug", "name", "description"}) for remote in remotes}
    changes = make_equal(Collection.objects.all(), wanted)
    Collection.objects.filter(pk__in=changes.gone).delete()
    keys = dict(Collection.objects.values_list("public_id", "pk"))
    listings, members = listings_by_collection(), members_by_collection()
    listed = [
        remote
        for remote in remotes
        if listings.get(keys[remote.id], {}) != {place.channel: place for place in remote.listings}
    ]
    CollectionListing.objects.filter(collection__in=[keys[remote.id] for remote in listed]).delete()
    CollectionListing.objects.bulk_create(
        [
            CollectionListing(
                collection_id=keys[remote.id],
                channel_id=place.channel,
                is_published=place.is_published,
                published_at=place.published_at,
            )
            for remote in listed
            for place in remote.listings
        ]
    )
    filled = [remote for remote in remotes if members.get(keys[remote.id], []) != list(remote.products)]
    CollectionProduct.objects.filter(collection__in=[keys[remote.id] for remote in filled]).delete()
    copy_rows(
        CollectionProduct,
        ("collection", "product", "position"),
        ((keys[remote.id], id, position) for remote in filled for position, id in enumerate(remote.products)),
    )
    touched = changes.keys() | {keys[remote.id] for remote in (*listed, *filled)}
    if touched:
        CatalogVersion.bump()
    return len(touched)


def listings_by_collection() -> dict[int, dict[str, RemoteListing]]:
    result: dict[int, dict[str, RemoteListing]] = {}
    for row in CollectionListing.objects.all():
        place = RemoteListing(channel=row.channel_id, is_published=row.is_published, published_at=row.published_at)
        result.setdefault(row.collection_id, {})[row.channel_id] = place
    return result


def members_by_collection() -> dict[int, list[str]]:
    result: dict[int, list[str]] = {}
    rows = CollectionProduct.objects.order_by("collection", "position").values_list("collection_id", "product_id")
    for collection, product in rows.iterator(10_000):
        result.setdefault(collection, []).append(str(product))
    return result
