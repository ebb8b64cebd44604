"""Collections that are published in a channel."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Channel, Collection, CollectionListing
from storefront.catalog.queries.lookups import Lookup, find_rows_in_channels


def shown_collections(in_channel: Channel) -> QuerySet[Collection]:
    """Return those that are published in the channel by now."""
    listings = CollectionListing.objects.filter(
        Q(published_at=None) | Q(published_at__lte=timezone.now()),
        collection=OuterRef("pk"),
        channel=in_channel.public_id,
        is_published=True,
    )
    return Collection.objects.filter(Exists(listings))


def find_collection(in_channel: Channel, slug: str) -> Collection | None:
    return shown_collections(in_channel).filter(slug=slug).first()


def load_collections(lookups: Sequence[Lookup]) -> list[Collection | None]:
    """Return the collection of each lookup, as its channel shows it."""
    return find_rows_in_channels(shown_collections, lookups)


def list_collections(in_channel: Channel, condition: Q, keys: Sequence[Key]) -> Listing[Collection]:
    rows = shown_collections(in_channel)
    return Listing(rows.filter(condition), keys, anywhere=rows, kind=("collection", in_channel.pk))
