"""What a shop has besides products, as it is read from elsewhere; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from storefront.catalog.models import Channel
from storefront.catalog.public_ids import encode_public_id
from storefront.catalog.writer.remote.categories import CategoryThere
from storefront.catalog.writer.remote.full_reads import Named
from storefront.catalog.writer.remote.pages import CollectionThere, ItemThere, ListingThere, MenuThere, PageThere

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return timezone.now()


def before() -> datetime:
    return timezone.now() - timedelta(hours=1)


def a_category(slug: str, **changes: Any) -> CategoryThere:
    given = {"id": encode_public_id("Category", slug), "slug": slug, "name": slug.title()}
    return CategoryThere.model_validate(given | changes)


PLAIN = Named(id=encode_public_id("PageType", "plain"), slug="plain", name="Plain")


def a_page(slug: str, **changes: Any) -> PageThere:
    given = {
        "id": encode_public_id("Page", slug),
        "slug": slug,
        "title": slug.title(),
        "body": "Words.",
        "page_type": PLAIN.id,
        "is_published": True,
    }
    return PageThere.model_validate(given | changes)


def a_collection(slug: str, *products: str, **changes: Any) -> CollectionThere:
    """It is published in the default channel, unless something else is said."""
    channel = Channel.objects.get(slug="default-channel").public_id
    given = {
        "id": encode_public_id("Collection", slug),
        "slug": slug,
        "name": slug.title(),
        "products": products,
        "listings": [ListingThere(channel=channel, is_published=True)],
    }
    return CollectionThere.model_validate(given | changes)


def hidden_listing(**changes: Any) -> ListingThere:
    channel = Channel.objects.get(slug="default-channel").public_id
    return ListingThere.model_validate({"channel": channel, "is_published": False} | changes)


def an_item(name: str, **changes: Any) -> ItemThere:
    return ItemThere.model_validate({"id": encode_public_id("MenuItem", name), "name": name} | changes)


def a_menu(slug: str, *items: ItemThere, **changes: Any) -> MenuThere:
    """Its items are in the order in which they are given."""
    placed = tuple(item.model_copy(update={"position": place}) for place, item in enumerate(items))
    given = {"id": encode_public_id("Menu", slug), "slug": slug, "name": slug, "items": placed}
    return MenuThere.model_validate(given | changes)
