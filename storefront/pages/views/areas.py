"""The start page and the body areas."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from storefront.catalog.models import Channel
from storefront.catalog.queries.areas import areas_above, find_area, load_areas
from storefront.catalog.queries.guides import guides_for_area, most_linked_guides
from storefront.catalog.queries.products import count_products_by_area, products_for_area, products_for_groups_above
from storefront.catalog.queries.safety import shop_taxonomy
from storefront.catalog.queries.terms import tool_types_in_use
from storefront.catalog.queries.version import catalog_version
from storefront.catalog.safety import keeping_off, lower_first, places_inside
from storefront.catalog.taxonomy import Taxonomy
from storefront.pages.views.requests import page_of_list, required, shop_channel

GUIDES_ON_START = 6
ALSO_SIZE = 6
# More than any area has: the page shows all of them.
MAX_GUIDES = 1000
COUNTS_TTL_S = 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    channel = shop_channel()
    areas = load_areas()
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
        "guides": most_linked_guides(GUIDES_ON_START),
        "tool_types": tool_types_in_use(channel),
    }
    return render(request, "pages/home.html", context)


def area_counts(channel: Channel) -> dict[int, int]:
    """Return area key → number of tools; counted once for each state of the catalogue.

    The version is read before counting, so what was counted is never older than its key.
    """
    key = f"area-counts:{channel.pk}:{catalog_version()}"
    try:
        cached: dict[str, int] | None = cache.get_or_set(key, lambda: count_products_by_area(channel), COUNTS_TTL_S)
    except (RedisError, OSError):
        cached = None
    return count_products_by_area(channel) if cached is None else {int(area): n for area, n in cached.items()}


@require_safe
def area(request: HttpRequest, slug: str) -> HttpResponse:
    shown = required(find_area(slug), "body area")
    channel = shop_channel()
    areas = load_areas()
    taxonomy = shop_taxonomy()
    products = page_of_list(request, products_for_area(shown, channel, areas))
    context = {
        "channel": channel,
        "area": shown,
        "above": list(reversed(areas_above(shown, areas))),
        "children": [child for child in areas if child.parent_id == shown.pk],
        "products": products,
        "total": products.total(),
        "also": products_for_groups_above(shown, channel, areas).page({"first": ALSO_SIZE}),
        "guides": guides_for_area(shown, areas).page({"first": MAX_GUIDES}).rows,
        "not_offered": not_offered(shown.slug, taxonomy),
        "places": [lower_first(taxonomy.places[slug].name) for slug in places_inside(shown.slug, taxonomy)],
    }
    return render(request, "pages/area.html", context)


def not_offered(area: str, taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Return what kinds of tools are not offered for an area, each with the reason."""
    return [
        (" and ".join(tool_words(rule.tool_types, rule.techniques, taxonomy)), rule.reason)
        for rule in keeping_off(area, taxonomy)
    ]


def tool_words(tool_types: Sequence[str], techniques: Sequence[str], taxonomy: Taxonomy) -> list[str]:
    """Return kinds of tools as words, with the technique that a rule is about."""
    by = ", ".join(taxonomy.techniques[slug].name.lower() for slug in techniques)
    names = [taxonomy.tool_types[slug].plural for slug in tool_types] or ["Tools"]
    return [f"{name} with {by}" if by else name for name in names]
