"""The cart: a cookie holds its id, and every change works without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from storefront.callers import client_address, count_try, network_of
from storefront.checkout.base import CheckoutProvider, provider
from storefront.checkout.records import Cart, NoSuchCart, Refused
from storefront.pages.same_origin import from_our_pages
from storefront.pages.views.requests import shop_channel

COOKIE = "cart"
# How many things are in the cart, for the header of pages that come from a cache. Nothing secret.
COUNT_COOKIE = "cart_count"
KEPT_S = 30 * 24 * 60 * 60
# Changes of carts by one address.
CHANGES_A_MINUTE = 120
NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)


def checkout() -> CheckoutProvider:
    """Return who keeps the carts. Raise `Http404` where nothing is sold here."""
    found = provider()
    if found is None:
        raise Http404("Nothing is sold on these pages.")
    return found


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the shopper's cart; None where there is none that is open."""
    id = request.COOKIES.get(COOKIE)
    if not id:
        return None
    try:
        return checkout().cart(id)
    except NoSuchCart:
        return None


def is_too_often(request: HttpRequest) -> bool:
    return count_try(f"cart:{network_of(client_address(request))}", 60) > CHANGES_A_MINUTE


def too_often(request: HttpRequest) -> HttpResponse:
    answer = render(request, "pages/too_often.html", status=429)
    answer["Retry-After"] = "60"
    return answer


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    checkout()
    found = cart_of(request)
    return with_cart(render(request, "pages/cart.html", {"cart": found}), found)


@never_cache
@from_our_pages
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put units of a variant into the cart, and show it; a script gets JSON and stays on the page."""
    if is_too_often(request):
        return too_often(request)
    quantity = number_in(request.POST, "quantity", 1)
    try:
        found = checkout().add(request.COOKIES.get(COOKIE), shop_channel(), request.POST.get("variant", ""), quantity)
    except Refused as refusal:
        if wants_json(request):
            return JsonResponse({"error": str(refusal)}, status=409)
        return show_cart(request, error=str(refusal), status=409)
    if wants_json(request):
        line = next((line for line in found.lines if line.variant == request.POST.get("variant")), None)
        added = line.product_name if line else ""
        return with_cart(JsonResponse({"added": added, "count": found.quantity, "cart": reverse("pages:cart")}), found)
    return with_cart(redirect("pages:cart"), found)


@never_cache
@from_our_pages
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change or remove a line, or accept prices that have changed."""
    if is_too_often(request):
        return too_often(request)
    id = request.COOKIES.get(COOKIE, "")
    try:
        if "accept" in request.POST:
            found = checkout().accept_prices(id)
        else:
            quantity = 0 if "remove" in request.POST else number_in(request.POST, "quantity", -1)
            found = checkout().set_quantity(id, request.POST.get("variant", ""), quantity)
    except Refused as refusal:
        return show_cart(request, error=str(refusal), status=409)
    except NoSuchCart:
        return with_cart(redirect("pages:cart"), None)
    return with_cart(redirect("pages:cart"), found)


def show_cart(request: HttpRequest, *, error: str, status: int) -> HttpResponse:
    return render(request, "pages/cart.html", {"cart": cart_of(request), "error": error}, status=status)


def number_in(form: Mapping[str, str], name: str, default: int) -> int:
    """Return a small number that a form says; -1 for anything else, which is refused."""
    text = form.get(name, "")
    if not text:
        return default
    return int(text) if NUMBER.fullmatch(text) else -1


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def with_cart(answer: HttpResponse, cart: Cart | None) -> HttpResponse:
    """Have the browser remember the cart for 30 more days, or forget one that is no longer open."""
    if cart is None:
        answer.delete_cookie(COOKIE, samesite="Lax")
        answer.delete_cookie(COUNT_COOKIE, samesite="Lax")
        return answer
    shared = {"max_age": KEPT_S, "secure": settings.SESSION_COOKIE_SECURE, "samesite": "Lax"}
    answer.set_cookie(COOKIE, cart.id, httponly=True, **shared)  # type: ignore[arg-type]
    answer.set_cookie(COUNT_COOKIE, str(cart.quantity), **shared)  # type: ignore[arg-type]
    return answer
