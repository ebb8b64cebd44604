"""Helpers for all pages: reading the request, and refusing it."""

from __future__ import annotations

from typing import TypeVar

from django.http import Http404

from storefront.catalog.models import Channel
from storefront.catalog.queries.channels import pages_channel

PAGE_SIZE = 24

T = TypeVar("T")


def required(thing: T | None, what: str) -> T:
    """Return the thing. Raises `Http404` where there is none."""
    if thing is None:
        raise Http404(f"There is no such {what}.")
    return thing


def shop_channel() -> Channel:
    """Return the channel that the pages show. Raises `Http404` where the shop has none."""
    return required(pages_channel(), "channel")
