"""Plain pages of the shop's staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.catalog.queries.pages import find_plain_page
from storefront.pages.views.requests import required


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "pages/page.html", {"page": required(find_plain_page(slug), "page")})
