"""Helpers for all pages: reading the request, and refusing it."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from django.http import Http404, HttpRequest
from django.urls import reverse

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


def is_ahead_of_time(request: HttpRequest) -> bool:
    """Return whether a browser fetches a page before anybody asked for it."""
    return "prefetch" in request.headers.get("Sec-Purpose", "")


def search_before(request: HttpRequest) -> str:
    """Return the text of the search from whose answer a page was opened, or "". Browsers say where they come from."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
        if (parts.netloc, parts.path) != (request.get_host(), reverse("pages:products")):
            return ""
        return parse_qs(parts.query, max_num_fields=50).get("q", [""])[0]
    except ValueError:
        return ""
