"""A text as shoppers would see it, before it is saved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from storefront.catalog.richtext import MAX_LENGTH, normalise
from storefront.staff.access import staff_view


@require_POST
@staff_view("catalog.view_page")
def text(request: HttpRequest) -> HttpResponse:
    """The title, summary and body of a form that is being filled in; nothing is written."""
    context = {name: request.POST.get(name, "") for name in ("title", "name", "summary", "body", "description")}
    if any(len(text) > MAX_LENGTH for text in context.values()):
        message = f"A text may have {MAX_LENGTH:,} characters. Shorten it to see it."
        return HttpResponse(message, status=413, content_type="text/plain")
    # As it will be saved: lines that were typed are lines.
    context["description"] = normalise(context["description"], keeps_lines=True)
    return render(request, "staff/preview.html", context)
