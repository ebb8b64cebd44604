"""The shop's pages for people. Each reads its input, asks `queries`, and shows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.static import serve
from redis.exceptions import RedisError

from storefront.catalog import navigation, queries
from storefront.catalog.keyset import CursorError, Page, Window
from storefront.catalog.models import Channel, Collection, Product, Term, Vocabulary

GUIDES = Q(page_type__slug=queries.GUIDE_TYPE)
PAGE_SIZE = 24
ALSO_SIZE = 6
SEARCH_LENGTH = 200
COUNTS_TTL_S = 3600


def shop_channel() -> Channel:
    """The channel that the pages show. Raises `Http404` where the shop has none."""
    found = queries.pages_channel()
    if found is None:
        raise Http404("This shop has no active channel.")
    return found


def window(request: HttpRequest, size: int = PAGE_SIZE) -> Window:
    """The part of a list that the address asks for."""
    before = request.GET.get("before")
    if before:
        return {"last": size, "before": before}
    return {"first": size, "after": request.GET.get("after") or None}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    channel = shop_channel()
    areas = queries.areas()
    counts = area_counts(channel)
    whole = next((area for area in areas if area.parent_id is None), None)
    groups = [
        {
            "area": area,
            "count": counts[area.pk],
            "children": [(child, counts[child.pk]) for child in areas if child.parent_id == area.pk],
        }
        for area in areas
        if whole is not None and area.parent_id == whole.pk
    ]
    context = {
        "channel": channel,
        "whole": whole,
        "whole_count": counts.get(whole.pk, 0) if whole else 0,
        "groups": groups,
        "guides": queries.most_linked_guides(6),
        "tool_types": queries.tool_types_in_use(channel),
    }
    return render(request, "pages/home.html", context)


def area_counts(channel: Channel) -> dict[int, int]:
    """Area key → number of tools; counted once for each state of the catalogue.

    The version is read before counting, so what was counted is never older than its key.
    """
    key = f"area-counts:{channel.pk}:{queries.catalog_version()}"
    try:
        kept: dict[str, int] | None = cache.get_or_set(key, lambda: queries.area_counts(channel), COUNTS_TTL_S)
    except (RedisError, OSError):
        kept = None
    return queries.area_counts(channel) if kept is None else {int(area): count for area, count in kept.items()}


@require_safe
def area(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.area(slug)
    if found is None:
        raise Http404("There is no such body area.")
    channel = shop_channel()
    try:
        products = queries.products_for_area(found, channel, window(request))
    except CursorError as error:
        raise BadRequest(str(error)) from error
    areas = queries.areas()
    context = {
        "channel": channel,
        "area": found,
        "above": list(reversed(queries.areas_above(found))),
        "children": [child for child in areas if child.parent_id == found.pk],
        "products": products,
        "total": products.total(),
        "also": queries.products_for_groups_above(found, channel, {"first": ALSO_SIZE}),
        "guides": queries.guides_for_area(found),
    }
    return render(request, "pages/area.html", context)


@require_safe
def tool_type(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    found = next((term for term in queries.tool_types_in_use(channel) if term.slug == slug), None)
    if found is None:
        raise Http404("There is no such kind of tool here.")
    return product_list(request, channel, title=found.name, wanted=queries.of_tool_types([slug]))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:SEARCH_LENGTH]
    channel = shop_channel()
    title = f"Results for “{text}”" if text else "All tools"
    return product_list(request, channel, title=title, text=text)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    found = queries.category(slug=slug)
    if found is None:
        raise Http404("There is no such category.")
    tree = navigation.category_tree()
    more = {
        "description": found.description,
        "children": tree.children(found),
        "above": tree.ancestors(found),
        "is_listing": True,
    }
    wanted = queries.in_categories([found.public_id])
    return product_list(request, channel, title=found.name, wanted=wanted, more=more)


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    found = navigation.collection(channel, slug=slug)
    if found is None:
        raise Http404("There is no such collection.")
    more = {"description": found.description, "is_listing": True}
    return product_list(request, channel, title=found.name, of=found, more=more)


def product_list(
    request: HttpRequest,
    channel: Channel,
    *,
    title: str,
    wanted: Q | None = None,
    of: Collection | None = None,
    text: str = "",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page of products: those `of` a collection in its order, of a search by rank, others by name."""
    sort = queries.ProductSort.COLLECTION if of is not None else queries.ProductSort.NAME
    try:
        products: Page[Product] = queries.products_page(
            channel,
            wanted=wanted,
            search=text or None,
            sort=queries.ProductSort.RANK if text else sort,
            collection=of,
            window=window(request),
        )
    except CursorError as error:
        raise BadRequest(str(error)) from error
    guides = queries.pages_page(wanted=GUIDES, search=text, window={"first": 6}).rows if text else []
    context = {
        "channel": channel,
        "title": title,
        "text": text,
        "products": products,
        "total": products.total(),
        "guides": guides,
        **(more or {}),
    }
    return render(request, "pages/products.html", context)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    channel = shop_channel()
    found = queries.product(channel, slug=slug)
    if found is None:
        raise Http404("There is no such product.")
    tags = found.shown_tags
    links = found.shown_links
    context = {
        "channel": channel,
        "product": found,
        "stock": queries.Availability(found.units),
        "areas": queries.terms_of(tags, Vocabulary.AREA),
        "tool_type": first(queries.terms_of(tags, Vocabulary.TOOL_TYPE)),
        "primary": next((link for link in links if link.role == "primary"), None),
        "related": [link for link in links if link.role == "related"],
    }
    return render(request, "pages/product.html", context)


def first(terms: list[Term]) -> Term | None:
    return terms[0] if terms else None


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.guide(slug)
    if found is None:
        raise Http404("There is no such guide.")
    channel = shop_channel()
    tags = found.shown_tags
    context = {
        "channel": channel,
        "guide": found,
        "areas": queries.terms_of(tags, Vocabulary.AREA),
        "products": queries.products_for_page(found, channel, {"first": PAGE_SIZE}),
    }
    return render(request, "pages/guide.html", context)


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/guides.html", {"guides": queries.guides()})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.plain_page(slug)
    if found is None:
        raise Http404("There is no such page.")
    return render(request, "pages/page.html", {"page": found})


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A stored picture, where the storage is this machine's disk. Names carry a hash: they never change."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    # A picture that is opened by itself may run nothing.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
