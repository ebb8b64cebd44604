"""From the cart to the order: one page with everything on it, and the order's own page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from storefront.callers import client_address, count_try, network_of
from storefront.checkout.addresses import check_address, layout_of, lines_of
from storefront.checkout.countries import countries
from storefront.checkout.records import Address, Cart, Details, NoSuchCart, PaymentMethod, Refused
from storefront.pages.same_origin import from_our_pages
from storefront.pages.views.cart import COOKIE, cart_of, checkout, is_too_often, too_often, with_cart

ORDERS_AN_HOUR = 30
LINKS_AN_HOUR = 6
NO_EMAIL = "Enter an e-mail address, like name@example.com."


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the address: its name, label, the browser's word for it, and how wide it is."""

    name: str
    label: str
    autocomplete: str
    value: str
    error: str = ""
    is_required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it."""

    email: str = ""
    address: Address = field(default_factory=Address)
    delivery: str = ""
    payment: str = ""
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)


ADDRESS_FIELDS = (
    ("first_name", "First name", "given-name"),
    ("last_name", "Last name", "family-name"),
    ("company_name", "Company", "organization"),
    ("street_address_1", "Street and number", "address-line1"),
    ("street_address_2", "Flat, floor or building", "address-line2"),
    ("postal_code", "Postal code", "postal-code"),
    ("city", "City", "address-level2"),
    ("country_area", "State or province", "address-level1"),
    ("phone", "Phone, for the carrier", "tel"),
)
ALWAYS = {"first_name", "last_name", "company_name", "street_address_1", "street_address_2", "city", "phone"}
OPTIONAL = {"company_name", "street_address_2", "phone"}


@never_cache
@from_our_pages
@sensitive_post_parameters()
def order(request: HttpRequest) -> HttpResponse:
    """The page on which an order is placed. What is typed is kept with the cart, so that nothing is asked for twice."""
    cart = cart_of(request)
    if cart is None and (before := checkout().order_of_cart(request.COOKIES.get(COOKIE, ""))):
        # A double click, or the back button: it is ordered.
        return with_cart(redirect("pages:order", before.token), None)
    if cart is None or not cart.lines:
        return with_cart(redirect("pages:cart"), cart)
    if request.method != "POST":
        return show(request, cart, Form(cart.email, cart.address, cart.delivery, note=cart.note))
    if is_too_often(request):
        return too_often(request)
    form = read_form(request)
    cart = checkout().remember(cart.id, form.email, form.address, form.delivery, form.note)
    # A bot trap: people do not see this field, programs fill it in.
    if request.POST.get("website"):
        form.errors[""] = "The order could not be placed. Try again."
    if "refresh" in request.POST or form.errors:
        return show(request, cart, form, status=200 if "refresh" in request.POST else 422)
    if count_try(f"order:{network_of(client_address(request))}", 3600) > ORDERS_AN_HOUR:
        return too_often(request)
    return place(request, cart, form)


def place(request: HttpRequest, cart: Cart, form: Form) -> HttpResponse:
    try:
        payment = PaymentMethod(form.payment)
    except ValueError:
        form.errors["payment"] = "Choose how to pay."
        return show(request, cart, form, status=422)
    details = Details(
        form.email, form.address, form.delivery, payment, terms=request.POST.get("terms", ""), note=form.note
    )
    try:
        placed = checkout().place(cart.id, details)
    except Refused as refusal:
        form.errors |= refusal.errors
        return show(request, cart, form, status=422)
    except NoSuchCart:
        return with_cart(redirect("pages:cart"), None)
    return with_cart(redirect("pages:order", placed.token), None)


def read_form(request: HttpRequest) -> Form:
    said = {name: request.POST.get(name, "").strip()[:500] for name in (*Address.__dataclass_fields__, "email", "note")}
    address = Address(**{name: said[name] for name in Address.__dataclass_fields__})
    form = Form(said["email"], address, request.POST.get("delivery", "")[:40], request.POST.get("payment", ""))
    form.note = said["note"]
    if "refresh" in request.POST:
        return form
    try:
        validate_email(form.email)
    except ValidationError:
        form.errors["email"] = NO_EMAIL
    if address.country not in countries():
        form.errors["country"] = "Choose a country."
    else:
        try:
            check_address(address)
        except Refused as refusal:
            form.errors |= refusal.errors
    return form


def show(request: HttpRequest, cart: Cart, form: Form, *, status: int = 200) -> HttpResponse:
    country = form.address.country if form.address.country in countries() else ""
    options = checkout().delivery_options(cart, country) if country else ()
    chosen = next((option for option in options if option.id == form.delivery), options[0] if options else None)
    context: dict[str, Any] = {
        "cart": cart,
        "form": form,
        "fields": fields_of(form, country),
        "countries": countries(),
        "country": country,
        "options": options,
        "chosen": chosen,
        "totals": checkout().totals(cart, country, chosen),
        "seller": checkout().seller(),
        "errors": form.errors,
    }
    return render(request, "pages/checkout.html", context, status=status)


def fields_of(form: Form, country: str) -> list[Field]:
    """Return the fields that the country's addresses have."""
    layout = layout_of(country or "US")
    return [
        Field(
            name,
            layout.labels.get(name, label),
            autocomplete,
            getattr(form.address, name),
            form.errors.get(name, ""),
            name not in OPTIONAL and (name in ("first_name", "last_name") or name in layout.required),
            layout.areas if name == "country_area" else (),
        )
        for name, label, autocomplete in ADDRESS_FIELDS
        if name in ALWAYS or name in layout.fields
    ]


@never_cache
@require_safe
def placed(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an order, under a link that nobody can guess."""
    return show_order(request, token)


@never_cache
@from_our_pages
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    if is_too_often(request):
        return too_often(request)
    try:
        checkout().cancel(token)
    except NoSuchCart as error:
        raise Http404("There is no such order.") from error
    except Refused as refusal:
        return show_order(request, token, error=str(refusal), status=409)
    return redirect("pages:order", token)


def show_order(request: HttpRequest, token: str, *, error: str = "", status: int = 200) -> HttpResponse:
    found = checkout().order(token)
    if found is None:
        raise Http404("There is no such order.")
    context = {
        "order": found,
        "address": lines_of(found.address),
        "seller": checkout().seller(),
        "error": error,
    }
    answer = render(request, "pages/order.html", context, status=status)
    # The address is a key: not passed on to other sites, nor found by search engines. With "no-referrer" browsers would
    # not say either that the form on it is ours.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@from_our_pages
def find(request: HttpRequest) -> HttpResponse:
    """Mail somebody the links to their orders. The answer is the same whether or not there are any."""
    error, is_sent = "", False
    email = request.POST.get("email", "").strip()[:254]
    if request.method == "POST":
        try:
            validate_email(email)
        except ValidationError:
            error = NO_EMAIL
        else:
            address = network_of(client_address(request))
            if max(count_try(f"links:{address}", 3600), count_try(f"links:{email.lower()}", 3600)) > LINKS_AN_HOUR:
                return too_often(request)
            checkout().send_links(email)
            is_sent = True
    context = {"email": email, "error": error, "is_sent": is_sent}
    return render(request, "pages/find_order.html", context, status=422 if error else 200)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/terms.html", {"seller": checkout().seller()})
