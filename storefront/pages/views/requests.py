"""Helpers for all pages: reading the request, and refusing it."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import Http404, HttpRequest

from storefront.catalog.keyset import CursorError, Listing, Page
from storefront.catalog.models import Channel
from storefront.catalog.queries.channels import pages_channel

PAGE_SIZE = 24

T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


def required(thing: T | None, what: str) -> T:
    """Return the thing. Raises `Http404` where there is none."""
    if thing is None:
        raise Http404(f"There is no such {what}.")
    return thing


def shop_channel() -> Channel:
    """Return the channel that the pages show. Raises `Http404` where the shop has none."""
    return required(pages_channel(), "channel")


def page_of_list(request: HttpRequest, listing: Listing[Row]) -> Page[Row]:
    """Return the part of a list that the address asks for. Raises `BadRequest` for a cursor of another list."""
    before, after = request.GET.get("before"), request.GET.get("after") or None
    try:
        return listing.page({"last": PAGE_SIZE, "before": before} if before else {"first": PAGE_SIZE, "after": after})
    except CursorError as error:
        raise BadRequest(str(error)) from error
