"""Educational guides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.catalog.models import Vocabulary
from storefront.catalog.queries.cards import card_page
from storefront.catalog.queries.guides import all_guides, find_guide
from storefront.catalog.queries.products import products_for_page
from storefront.catalog.queries.safety import shop_taxonomy
from storefront.catalog.queries.terms import terms_of
from storefront.catalog.safety import common_contraindications, grouped
from storefront.pages.views.openings import count_opening_of
from storefront.pages.views.requests import PAGE_SIZE, required, shop_channel


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/guides.html", {"guides": all_guides()})


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    shown = required(find_guide(slug), "guide")
    count_opening_of(request, shown.slug, is_guide=True)
    channel = shop_channel()
    taxonomy = shop_taxonomy()
    tools, techniques = (
        [term.slug for term in terms_of(shown.shown_tags, vocabulary)]
        for vocabulary in (Vocabulary.TOOL_TYPE, Vocabulary.TECHNIQUE)
    )
    common, some = common_contraindications(tools, techniques, taxonomy)
    context = {
        "channel": channel,
        "guide": shown,
        "areas": terms_of(shown.shown_tags, Vocabulary.AREA),
        "safety": grouped(common, shown.cautions),
        "some_tools": [
            (one.contraindication, [taxonomy.tool_types[slug].plural for slug in one.tool_types]) for one in some
        ],
        "products": card_page(products_for_page(shown, channel), {"first": PAGE_SIZE}),
    }
    return render(request, "pages/guide.html", context)
