"""What is to be mended in the shop's guides and products, as a list."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog_import.actions.check_content import MAX_FINDINGS, check_shop
from storefront.staff.access import staff_view


@require_safe
@staff_view("catalog.view_product")
def content(request: HttpRequest) -> HttpResponse:
    found = check_shop(on=timezone.now().date(), review_days=settings.CONTENT_REVIEW_DAYS)
    context = {
        "errors": [finding for finding in found.findings if finding.is_error],
        "advice": [finding for finding in found.findings if not finding.is_error],
        "is_cut": len(found.findings) == MAX_FINDINGS,
        "grades": found.grades[:10],
    }
    return render(request, "imports/content.html", context)
