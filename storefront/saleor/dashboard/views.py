"""The page that the dashboard frames, and where it trades the dashboard's token for a pass."""

from __future__ import annotations

import logging
from typing import Final

from csp.constants import NONE
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from storefront.saleor.app.jwks import KeysUnavailable
from storefront.saleor.app.views import with_saleor
from storefront.saleor.dashboard.claims import TokenRefused, read_token
from storefront.saleor.dashboard.passes import issue

log = logging.getLogger(__name__)

# What stands behind each address that the manifest names: the staff page that is shown first.
PLACES: Final = {"": "imports:runs", "imports": "imports:runs", "import": "imports:new", "product": "imports:widget"}
WIDGET: Final = "product"


def may_be_framed(answer: HttpResponseBase) -> None:
    """Let the dashboard, and nobody else, show this answer in a frame."""
    answer.xframe_options_exempt = True  # type: ignore[attr-defined]
    ancestors = settings.SALEOR_DASHBOARD_ORIGINS or [NONE]
    answer._csp_replace = {"frame-ancestors": ancestors}  # type: ignore[attr-defined]


# Never cached: "not modified" would be answered without what lets it be framed.
@require_safe
@never_cache
@with_saleor
def shell(request: HttpRequest, place: str = "") -> HttpResponse:
    """Return the framed page: the same for everybody, without any data."""
    context = {
        "start": reverse(PLACES[place]),
        "origins": " ".join(settings.SALEOR_DASHBOARD_ORIGINS),
        "is_widget": place == WIDGET,
    }
    answer = render(request, "saleor/dashboard.html", context)
    may_be_framed(answer)
    return answer


@csrf_exempt
@require_POST
@never_cache
@with_saleor
def token(request: HttpRequest) -> HttpResponse:
    """Return a pass for the dashboard's token (`Authorization: Bearer`)."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise TokenRefused("no token")
        visitor = read_token(credentials.strip())
    except TokenRefused as error:
        log.warning("A token of the dashboard was rejected: %s", error)
        answer = JsonResponse({"error": f"Saleor's token was rejected: {error}."}, status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    except KeysUnavailable as error:
        log.warning("A token of the dashboard could not be verified: %s", error)
        return JsonResponse({"error": "Saleor's keys are not available at the moment. Try again soon."}, status=503)
    made, seconds = issue(visitor)
    return JsonResponse({"pass": made, "seconds": seconds})
