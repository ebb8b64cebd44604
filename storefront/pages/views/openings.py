"""Counting what is opened from the answer to a search."""

from __future__ import annotations

from django.http import HttpRequest

from storefront.catalog.search.report import count_opening
from storefront.pages.views.requests import is_ahead_of_time, search_before


def count_opening_of(request: HttpRequest, slug: str, *, is_guide: bool) -> None:
    """Count the page of a product or guide, if it was opened from a search."""
    text = search_before(request)
    if text and not is_ahead_of_time(request):
        count_opening(text, slug, is_guide=is_guide)
