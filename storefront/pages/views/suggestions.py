"""Suggestions while somebody types, as JSON for a script. Without one the search page answers."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from storefront.catalog.search.suggestions import Kind, Suggestion, suggest
from storefront.pages.views.requests import shop_channel

MAX_TYPED = 60
# Many people type the same beginnings.
KEPT_S = 60
PAGES = {
    Kind.AREA: "pages:area",
    Kind.TOOL_TYPE: "pages:tool_type",
    Kind.PRODUCT: "pages:product",
    Kind.GUIDE: "pages:guide",
}


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    found = suggest(request.GET.get("q", "")[:MAX_TYPED], shop_channel())
    shown = [{"kind": each.kind.value, "name": each.name, "url": address_of(each)} for each in found]
    response = JsonResponse({"suggestions": shown})
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


def address_of(suggestion: Suggestion) -> str:
    """Return where a suggestion leads; a complaint has the list of the tools for it."""
    if suggestion.kind is Kind.CONDITION:
        return reverse("pages:products", query={"condition": suggestion.slug})
    return reverse(PAGES[suggestion.kind], args=[suggestion.slug])
