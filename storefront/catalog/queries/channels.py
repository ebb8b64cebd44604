"""Channels: what is sold, in which currency."""

from __future__ import annotations

from storefront.catalog.models import Channel
from storefront.catalog.records import DEFAULT_CHANNEL


def active_channels() -> list[Channel]:
    """Return the active channels, by slug."""
    return list(Channel.objects.filter(is_active=True).order_by("slug"))


def find_channel(slug: str) -> Channel | None:
    return Channel.objects.filter(is_active=True, slug=slug).first()


def only_channel() -> Channel | None:
    """Return the one active channel; None if there are several, so that a caller must name one."""
    channels = active_channels()
    return channels[0] if len(channels) == 1 else None


def pages_channel() -> Channel | None:
    """Return the channel that the pages for shoppers show."""
    return find_channel(DEFAULT_CHANNEL) or only_channel()
