"""What Saleor asks of the app: its manifest, to take its token, and to take events. Nothing here needs a session."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import orjson
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from storefront.callers import client_address, count_try, network_of
from storefront.saleor.app.jwks import KeysUnavailable
from storefront.saleor.app.manifest import build_manifest
from storefront.saleor.app.webhooks import MAX_BYTES, Malformed, UntrustedEvent, is_of_our_import, read_event
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.installation import TokenRefused, register
from storefront.saleor.follow.enqueue import enqueue_follow
from storefront.saleor.follow.events import note_event

log = logging.getLogger(__name__)

MAX_REGISTRATION_BYTES = 8 * 1024
MAX_TOKEN = 500
REGISTRATIONS_A_MINUTE = 20

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def refused(status: int, code: str, message: str) -> JsonResponse:
    """Return a refusal as Saleor shows it to whoever installs the app."""
    return JsonResponse({"success": False, "error": {"code": code, "message": message}}, status=status)


def with_saleor(view: View[P]) -> View[P]:
    """Answer only where there is a Saleor."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.SALEOR_API_URL:
            return refused(404, "NO_SALEOR", "This Knotwise is a shop of its own: SALEOR_API_URL is not set.")
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@with_saleor
def manifest(request: HttpRequest) -> HttpResponse:
    here = request.build_absolute_uri("/").rstrip("/")
    return JsonResponse(build_manifest(settings.PUBLIC_URL or here, settings.INTERNAL_URL or here))


@csrf_exempt
@require_POST
@with_saleor
def registration(request: HttpRequest) -> HttpResponse:
    """Take the app's token. One deployment serves one Saleor; any other is refused."""
    if request.headers.get("Saleor-Api-Url") != settings.SALEOR_API_URL:
        return refused(
            403,
            "OTHER_SALEOR",
            f"This Knotwise serves {settings.SALEOR_API_URL} alone. Run another one for another Saleor; if this is "
            "the same, SALEOR_API_URL must be its address as Saleor itself says it (its PUBLIC_URL).",
        )
    token = token_in(request)
    if token is None:
        return refused(400, "NO_TOKEN", "The body must be JSON with an auth_token.")
    if is_too_often(network_of(client_address(request))):
        return refused(429, "TOO_OFTEN", "There were too many attempts to install this app. Try again in a minute.")
    try:
        register(token)
    except TokenRefused as error:
        log.warning("A registration was rejected: %s", error)
        return refused(403, "TOKEN_REFUSED", str(error))
    except SaleorError as error:
        log.warning("A registration failed: %s", error)
        return refused(
            503, "SALEOR_UNREACHABLE", f"{settings.SALEOR_URL} could not be asked whether the token is valid."
        )
    return JsonResponse({"success": True})


def is_too_often(caller: str) -> bool:
    """Count a try of this caller to register: each has Saleor asked, and nobody may use up the tries of others."""
    return count_try(f"registrations:{int(time.time() // 60)}:{caller}", 60) > REGISTRATIONS_A_MINUTE


def token_in(request: HttpRequest) -> str | None:
    if size_of(request) > MAX_REGISTRATION_BYTES:
        return None
    try:
        payload = orjson.loads(request.body)
    except ValueError:
        return None
    token = payload.get("auth_token") if isinstance(payload, dict) else None
    is_token = isinstance(token, str) and 0 < len(token) <= MAX_TOKEN and token.isascii() and token.isprintable()
    return token if is_token else None


@csrf_exempt
@require_POST
@with_saleor
def webhooks(request: HttpRequest) -> HttpResponse:
    """Mark what an event says has changed, and answer; reading it again is a worker's."""
    if size_of(request) > MAX_BYTES:
        return JsonResponse({}, status=413)
    try:
        event = read_event(
            request.headers.get("Saleor-Api-Url", ""), request.headers.get("Saleor-Signature", ""), request.body
        )
    except UntrustedEvent as error:
        log.warning("A webhook was rejected: %s", error)
        return JsonResponse({}, status=401)
    except Malformed as error:
        log.warning("A webhook could not be parsed: %s", error)
        return JsonResponse({}, status=400)
    except KeysUnavailable as error:
        # Saleor repeats what is answered so; a refusal would be final.
        log.warning("A webhook could not be verified: %s", error)
        return JsonResponse({}, status=503)
    if not is_of_our_import(event) and note_event(event):
        transaction.on_commit(enqueue_follow)
    return JsonResponse({})


def size_of(request: HttpRequest) -> int:
    """Return the length of the body as the server counts it; without a length there is no body."""
    return int(request.META.get("CONTENT_LENGTH") or 0)
