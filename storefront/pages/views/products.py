"""Products, and the lists of them: by kind of tool, category, collection and search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.catalog.facets import FacetName
from storefront.catalog.models import Channel, Vocabulary
from storefront.catalog.queries.availability import Availability
from storefront.catalog.queries.categories import category_tree, find_category
from storefront.catalog.queries.collections import find_collection
from storefront.catalog.queries.product_conditions import in_categories, tagged_with
from storefront.catalog.queries.products import ProductQuery, ProductSort, find_product
from storefront.catalog.queries.safety import product_contraindications
from storefront.catalog.queries.terms import load_terms, terms_of, tool_types_in_use
from storefront.catalog.records import LinkRole
from storefront.catalog.safety import grouped
from storefront.catalog.search import answer
from storefront.catalog.search.report import count_search
from storefront.pages.views.filters import read_narrowing, shown_facets
from storefront.pages.views.lists import EVERYTHING, list_context
from storefront.pages.views.openings import count_opening_of
from storefront.pages.views.requests import PAGE_SIZE, is_ahead_of_time, required, shop_channel

SEARCH_LENGTH = 200
PAGE_NUMBER = re.compile(r"[1-9][0-9]?", re.ASCII)


@require_safe
def tool_type(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    term = required(next((term for term in tool_types_in_use(channel) if term.slug == slug), None), "kind of tool")
    query = ProductQuery(tagged_with(Vocabulary.TOOL_TYPE, [slug]), sort=ProductSort.NAME)
    return product_list(
        request, channel, f"tool_type:{slug}", query, {"title": term.name}, hidden=(FacetName.TOOL_TYPE,)
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    channel = shop_channel()
    if not text:
        return product_list(request, channel, EVERYTHING, ProductQuery(sort=ProductSort.NAME), {"title": "All tools"})
    number = page_number(request)
    narrowing = read_narrowing(request, text)
    found = answer(
        text,
        channel,
        start=(number - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
        filters=narrowing.filters,
        order=narrowing.sort.order,
    )
    if number == 1 and not narrowing.is_any and not is_ahead_of_time(request):
        count_search(text, is_empty=not found.hits)
    context = {
        "title": f"Results for “{text}”",
        "text": text,
        "channel": channel,
        "found": found,
        "total": len(found.hits),
        "narrowing": narrowing,
        "facets": shown_facets(found.counts, narrowing, found.terms, channel),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(found.hits) > number * PAGE_SIZE else None,
    }
    return render(request, "pages/search.html", context)


def page_number(request: HttpRequest) -> int:
    """Return which page of a search is asked for. Raises `BadRequest` for anything but a small number."""
    number = request.GET.get("page", "1")
    if not PAGE_NUMBER.fullmatch(number):
        raise BadRequest("This link is not valid: `page` must be a number from 1 to 99.")
    return int(number)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    shown = required(find_category(slug), "category")
    tree = category_tree()
    context = {
        "title": shown.name,
        "description": shown.description,
        "children": tree.children(shown),
        "above": tree.ancestors(shown),
        "is_listing": True,
    }
    query = ProductQuery(in_categories([shown.public_id], tree), sort=ProductSort.NAME)
    return product_list(request, channel, f"category:{shown.pk}", query, context)


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    shown = required(find_collection(channel, slug), "collection")
    context = {"title": shown.name, "description": shown.description, "is_listing": True}
    query = ProductQuery(sort=ProductSort.COLLECTION, collection=shown)
    return product_list(request, channel, f"collection:{shown.pk}", query, context)


def product_list(
    request: HttpRequest,
    channel: Channel,
    base: str,
    query: ProductQuery,
    context: Mapping[str, Any],
    hidden: Iterable[FacetName] = (),
) -> HttpResponse:
    shown = list_context(request, channel, load_terms(), base=base, query=query, hidden=hidden)
    return render(request, "pages/products.html", {**shown, **context})


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    shown = required(find_product(channel, slug), "product")
    count_opening_of(request, shown.slug, is_guide=False)
    links = shown.shown_links
    context = {
        "channel": channel,
        "product": shown,
        "stock": Availability(shown.units),
        "areas": terms_of(shown.shown_tags, Vocabulary.AREA),
        "safety": grouped(product_contraindications(shown), shown.cautions),
        "tool_type": next(iter(terms_of(shown.shown_tags, Vocabulary.TOOL_TYPE)), None),
        "primary": next((link for link in links if link.role == LinkRole.PRIMARY.value), None),
        "related": [link for link in links if link.role == LinkRole.RELATED.value],
    }
    return render(request, "pages/product.html", context)
