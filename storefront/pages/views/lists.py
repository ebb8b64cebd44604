"""A page of a list of products with what narrows and orders it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest

from storefront.catalog.facets import FacetName
from storefront.catalog.keyset import CursorError, Listing, Window
from storefront.catalog.models import Channel, Product, Term
from storefront.catalog.queries.cards import CardPage, card_page
from storefront.catalog.queries.facets import count_facets, counted_facets
from storefront.catalog.queries.products import ProductQuery, fitting_products, list_products
from storefront.pages.views.filters import kept_counts, read_narrowing, shown_facets
from storefront.pages.views.requests import PAGE_SIZE

# The list of all that the channel sells, which the writer counts.
EVERYTHING = ""


def list_context(
    request: HttpRequest,
    channel: Channel,
    terms: Sequence[Term],
    *,
    base: str,
    query: ProductQuery,
    as_found: Callable[[Q], Listing[Product]] | None = None,
    hidden: Iterable[FacetName] = (),
) -> dict[str, Any]:
    """Return what templates show of a list that the address narrows and orders.

    `base`: a name of the list, unlike all others'; `query`: which products are in it, in its own order, unless
    `as_found` makes the list in that order of a condition. `hidden`: facets that do not narrow it.
    """
    narrowing = read_narrowing(request)
    filters = narrowing.filters
    order = narrowing.sort.order
    if order is None and as_found is not None:
        listing = as_found(filters.condition())
    else:
        sort, is_descending = order or (query.sort, query.is_descending)
        narrowed = replace(query, condition=query.condition & filters.condition(), sort=sort)
        listing = list_products(channel, replace(narrowed, is_descending=is_descending))
    if base == EVERYTHING and not filters:
        counts = counted_facets(channel.pk)
    else:
        count = partial(count_facets, fitting_products(channel, query), filters)
        counts = kept_counts(channel, base, filters, count)
    return {
        "channel": channel,
        "products": page_of_cards(request, listing),
        "total": counts.total,
        "narrowing": narrowing,
        "facets": shown_facets(counts, narrowing, terms, channel, hidden),
    }


def page_of_cards(request: HttpRequest, listing: Listing[Product]) -> CardPage:
    """Return the part of a list that the address asks for. Raises `BadRequest` for a cursor of another list."""
    before, after = request.GET.get("before"), request.GET.get("after") or None
    window: Window = {"last": PAGE_SIZE, "before": before} if before else {"first": PAGE_SIZE, "after": after}
    try:
        return card_page(listing, window)
    except CursorError as error:
        raise BadRequest(str(error)) from error
