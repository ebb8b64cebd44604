"""Access to staff pages: only signed-in staff with the required permission."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from storefront.staff import second_factor
from storefront.staff.roles import people_who_give_permissions

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_view(permission: str = "") -> Callable[[View[P]], View[P]]:
    """For views of staff pages. Whoever has not signed in is sent to do so; staff without the permission (like
    `catalog.change_product`) get a 403 page that says what is missing and whom to ask. Answers are never cached.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not is_signed_in(request):
                return to_sign_in(request)
            if permission and not request.user.has_perm(permission):
                return forbidden(request, permission)
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return decorate


def shop_is_editable() -> bool:
    """Whether this store is the source of truth. With Saleor it is Saleor's projection, and is edited there."""
    return not settings.SALEOR_API_URL


def is_signed_in(request: HttpRequest) -> bool:
    """Return whether somebody of the staff asks who has given all that is asked for."""
    user = request.user
    return user.is_authenticated and user.is_staff and not second_factor.is_missing(user)


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, and not a page."""
    return request.headers.get("HX-Request") == "true"


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, or where only the second factor lacks to that, and from there back to the page."""
    if request.user.is_authenticated and request.user.is_staff:
        answer: HttpResponse = redirect(second_factor.address(page_of(request)))
    else:
        answer = redirect_to_login(page_of(request), reverse("staff:sign_in"))
    if not is_htmx(request):
        return answer
    # A redirect would be followed unseen, and the sign-in page put in the place of a row.
    return HttpResponse(status=401, headers={"HX-Redirect": answer["Location"]})


def page_of(request: HttpRequest) -> str:
    """The page that a request was made from: a form's address is none to come back to."""
    if request.method in ("GET", "HEAD") and not is_htmx(request):
        return request.get_full_path()
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(before, {request.get_host()}):
        parts = urlsplit(before)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("staff:overview")


def forbidden(request: HttpRequest, permission: str) -> HttpResponse:
    app, _, codename = permission.partition(".")
    found = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    context = {
        "missing": found.name if found else permission,
        "people": people_who_give_permissions(),
        "back": page_of(request) if request.method == "POST" else "",
    }
    return render(request, "staff/forbidden.html", context, status=403)
