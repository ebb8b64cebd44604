"""The start page and the body areas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.catalog.facets import FacetName
from storefront.catalog.models import Term, Vocabulary
from storefront.catalog.queries.areas import areas_above
from storefront.catalog.queries.cards import guide_cards, product_cards
from storefront.catalog.queries.guides import guides_for_area, most_linked_guides
from storefront.catalog.queries.product_conditions import in_areas
from storefront.catalog.queries.products import (
    ProductQuery,
    count_products_by_area,
    first_for_groups_above,
    products_for_area,
    shown_products,
)
from storefront.catalog.queries.safety import shop_taxonomy
from storefront.catalog.queries.terms import load_terms, tool_types_in_use
from storefront.catalog.safety import keeping_off, lower_first, places_inside
from storefront.catalog.taxonomy import Taxonomy
from storefront.pages.views.kept import kept
from storefront.pages.views.lists import list_context
from storefront.pages.views.requests import required, shop_channel

GUIDES_ON_START = 6
# One that is published at a certain time stands there so much later at most.
GUIDES_TTL_S = 60
ALSO_SIZE = 6
MAX_GUIDES = 48


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    channel = shop_channel()
    areas = areas_among(load_terms())
    counts = count_products_by_area(channel, areas)
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
        "guides": kept("guides-on-start", guides_on_start, GUIDES_TTL_S),
        "tool_types": tool_types_in_use(channel),
    }
    return render(request, "pages/home.html", context)


def guides_on_start() -> list[dict[str, str]]:
    return [
        {"slug": guide.slug, "title": guide.title, "summary": guide.summary}
        for guide in most_linked_guides(GUIDES_ON_START)
    ]


def areas_among(terms: list[Term]) -> list[Term]:
    return [term for term in terms if term.vocabulary == Vocabulary.AREA.value]


@require_safe
def area(request: HttpRequest, slug: str) -> HttpResponse:
    terms = load_terms()
    areas = areas_among(terms)
    shown = required(next((area for area in areas if area.slug == slug), None), "body area")
    channel = shop_channel()
    taxonomy = shop_taxonomy()
    nearest = partial(products_for_area, shown, channel)
    lists = list_context(
        request,
        channel,
        terms,
        base=f"area:{slug}",
        query=ProductQuery(in_areas([slug])),
        as_found=lambda condition: nearest(shown_products(channel).filter(condition)),
        hidden=(FacetName.AREA,) if not any(area.parent_id == shown.pk for area in areas) else (),
    )
    is_narrowed = bool(lists["narrowing"].filters)
    context = {
        **lists,
        "area": shown,
        "above": list(reversed(areas_above(shown, areas))),
        "children": [child for child in areas if child.parent_id == shown.pk],
        # What is chosen was chosen among the tools for the area.
        "also": [] if is_narrowed else product_cards(channel, first_for_groups_above(shown, channel, ALSO_SIZE, areas)),
        "guides": guide_cards(guides_for_area(shown, areas).in_order()[:MAX_GUIDES]),
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
