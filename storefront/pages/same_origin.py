"""Forms on pages that many people get from one cache carry no token; requests to change something are told apart by
what the browser itself says of where they come from (`docs/decisions/0030-forms-without-tokens.md`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def from_our_pages(view: View[P]) -> View[P]:
    """For views that change something for a shopper: another site's form is refused with 403."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in ("GET", "HEAD") and not is_from_our_pages(request):
            return render(request, "pages/foreign_form.html", status=403)
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def is_from_our_pages(request: HttpRequest) -> bool:
    """Return whether a request was made by a page of ours, as the browser says.

    Browsers send `Sec-Fetch-Site` to secure addresses and `Origin` with every POST; no page can change either. A
    client that sends neither is no browser: it has no cookies that another site could misuse.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return site is not None or not request.COOKIES
    return origin in own_origins(request)


def own_origins(request: HttpRequest) -> set[str]:
    scheme = "https" if request.is_secure() else "http"
    public = urlsplit(settings.PUBLIC_URL)
    ours = {f"{scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return ours | ({f"{public.scheme}://{public.netloc}"} if public.netloc else set())
