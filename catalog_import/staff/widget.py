"""What a product is for, as a small page beside the product in Saleor's dashboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog_import.staff.review import product_context
from storefront.catalog.queries import reviews
from storefront.staff.access import staff_view


@require_safe
@staff_view("catalog.view_product")
def widget(request: HttpRequest) -> HttpResponse:
    """`productId` is Saleor's. A product that was not read yet gets a page that says so."""
    found = reviews.product_to_review_by_id(request.GET.get("productId", ""))
    return render(request, "imports/widget.html", product_context(request, found) if found else {})
