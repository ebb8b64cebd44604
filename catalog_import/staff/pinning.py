"""Pins set and taken back from a row of the review queue.

With htmx the row alone is answered; without, the page comes again with a line on what was done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalog_import.actions.pin import pin_guide, pin_product, shop_taxonomy, unpin_guide, unpin_product
from catalog_import.planning.pins import Pin, PinRefused, Signature
from catalog_import.staff.review import key_of, pinned_names, product_of, reviewed, row_context
from storefront.catalog.models import Page, Product
from storefront.catalog.queries import reviews
from storefront.catalog.queries.reviews import Queue
from storefront.staff.access import is_htmx, staff_view
from storefront.staff.counts import shown_queues


@require_POST
@staff_view("catalog.change_product")
def pin(request: HttpRequest, key: int) -> HttpResponse:
    page_of_product(request)  # Refused before anything is written.
    product = product_of(key)
    try:
        pin_product(product.public_id, pin_of(request), signature(request.user), shop_taxonomy())
    except PinRefused as error:
        return refused(request, product, str(error))
    return pinned_response(request, product)


@require_POST
@staff_view("catalog.change_product")
def unpin(request: HttpRequest, key: int) -> HttpResponse:
    page_of_product(request)
    product = product_of(key)
    try:
        unpin_product(product.public_id, request.POST.getlist("names"), shop_taxonomy())
    except PinRefused as error:
        return refused(request, product, str(error))
    if is_htmx(request):
        return row(request, product_of(key))
    messages.success(request, f"{product.name}: the pin was removed.")
    return redirect(back(request))


@require_POST
@staff_view("catalog.change_page")
def pin_areas(request: HttpRequest, key: int) -> HttpResponse:
    areas, by = request.POST.getlist("target_areas"), signature(request.user)
    done = "are pinned. The next retagging links products with it."
    return edit_guide(request, key, lambda guide: pin_guide(guide.slug, areas, by, shop_taxonomy()), done)


@require_POST
@staff_view("catalog.change_page")
def unpin_areas(request: HttpRequest, key: int) -> HttpResponse:
    done = "are again the ones stated in the file or inferred from the text."
    return edit_guide(request, key, lambda guide: unpin_guide(guide.slug, shop_taxonomy()), done)


def edit_guide(request: HttpRequest, key: int, edit: Callable[[Page], object], done: str) -> HttpResponse:
    page_of_product(request)
    guide = get_object_or_404(reviews.active_guides(), pk=key)
    try:
        edit(guide)
    except PinRefused as error:
        return refused(request, guide, str(error))
    messages.success(request, f"The areas of “{guide.title}” {done}")
    return redirect(back(request))


def pin_of(request: HttpRequest) -> Pin:
    """What the form says of a product or an item of a plan."""
    return Pin(
        target_areas=tuple(request.POST.getlist("target_areas")) if "areas" in request.POST else None,
        tool_type=request.POST.get("tool_type"),
        guide=request.POST.get("guide"),
    )


def signature(user: AbstractBaseUser | AnonymousUser) -> Signature:
    return Signature(by=user.get_username(), on=timezone.now().date())


def queue_of(request: HttpRequest) -> Queue:
    said = request.POST.get("queue", "")
    return Queue(said) if said in shown_queues() else Queue.NO_AREA


def page_of_product(request: HttpRequest) -> int | None:
    """The product on whose own page the form stood, if it was one. Raises `BadRequest` for what is no product."""
    said = request.POST.get("product", "")
    key = key_of(said)
    if said and key is None:
        raise BadRequest("This is no product.")
    return key


def back(request: HttpRequest, **more: Any) -> str:
    """The page that the form stood on: a product's own, or the part of a queue."""
    if (key := page_of_product(request)) is not None:
        return reverse("imports:product", args=[key])
    kept = {name: value for name in ("q", "after", "before") if (value := request.POST.get(name))}
    query = urlencode(kept | more)
    address = reverse("imports:review_queue", args=[queue_of(request).value])
    return f"{address}?{query}" if query else address


def pinned_response(request: HttpRequest, product: Product) -> HttpResponse:
    """Say what was pinned, with a way back."""
    if page_of_product(request) is not None:
        messages.success(request, "The pin is set; guides were matched again.")
        return redirect(back(request))
    if not is_htmx(request):
        return redirect(back(request, settled=product.pk))
    now, queue = product_of(product.pk), queue_of(request)
    context = {"settled": now, "settled_names": pinned_names(now, queue)} | row_context(request, queue)
    return render(request, "imports/_settled.html", context)


def row(request: HttpRequest, product: Product, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"item": reviewed([product])[0], "error": error, "is_focused": True} | row_context(
        request, queue_of(request)
    )
    return render(request, "imports/_product_row.html", context, status=status)


def refused(request: HttpRequest, item: Product | Page, error: str) -> HttpResponse:
    if is_htmx(request) and isinstance(item, Product):
        return row(request, item, error=error, status=422)
    messages.error(request, f"{item}: {error}")
    return redirect(back(request))
