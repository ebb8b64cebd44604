"""What a shop has besides products, as it is read from elsewhere; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from storefront.catalog.models import Channel
from storefront.catalog.public_ids import encode_public_id
from storefront.catalog.records import Named
from storefront.catalog.writer.remote.categories import RemoteCategory
from storefront.catalog.writer.remote.collections import RemoteCollection, RemoteListing
from storefront.catalog.writer.remote.menus import RemoteMenu, RemoteMenuItem
from storefront.catalog.writer.remote.pages import RemotePage

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return timezone.now()


def before() -> datetime:
    return timezone.now() - timedelta(hours=1)


def a_category(slug: str, **changes: Any) -> RemoteCategory:
    given = {"id": encode_public_id("Category", slug), "slug": slug, "name": slug.title()}
    return RemoteCategory.model_validate(given | changes)


PLAIN = Named(id=encode_public_id("PageType", "plain"), slug="plain", name="Plain")


def a_page(slug: str, **changes: Any) -> RemotePage:
    given = {
        "id": encode_public_id("Page", slug),
        "slug": slug,
        "title": slug.title(),
        "body": "Words.",
        "page_type": PLAIN.id,
        "is_published": True,
    }
    return RemotePage.model_validate(given | changes)


def a_collection(slug: str, *products: str, **changes: Any) -> RemoteCollection:
    """It is published in the default channel, unless something else is said."""
    channel = Channel.objects.get(slug="default-channel").public_id
    given = {
        "id": encode_public_id("Collection", slug),
        "slug": slug,
        "name": slug.title(),
        "products": products,
        "listings": [RemoteListing(channel=channel, is_published=True)],
    }
    return RemoteCollection.model_validate(given | changes)


def hidden_listing(**changes: Any) -> RemoteListing:
    channel = Channel.objects.get(slug="default-channel").public_id
    return RemoteListing.model_validate({"channel": channel, "is_published": False} | changes)


def an_item(name: str, **changes: Any) -> RemoteMenuItem:
    return RemoteMenuItem.model_validate({"id": encode_public_id("MenuItem", name), "name": name} | changes)


def a_menu(slug: str, *items: RemoteMenuItem, **changes: Any) -> RemoteMenu:
    """Its items are in the order in which they are given."""
    placed = tuple(item.model_copy(update={"position": place}) for place, item in enumerate(items))
    given = {"id": encode_public_id("Menu", slug), "slug": slug, "name": slug, "items": placed}
    return RemoteMenu.model_validate(given | changes)
