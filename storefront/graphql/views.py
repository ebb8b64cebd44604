"""`/graphql/`: requests in, answers out, in Saleor's form; GraphiQL on GET where it is switched on.

A request is one JSON object (or an array of one). What it may cost is bounded, step by step, before anything is done
for it: its size, its nesting, its document, its work and its client's share (`limits/`), and its time. Data errors are
answered with HTTP 200, requests that cannot run with 400, as Saleor does; 429 and 503 mean that the same request may be
answered later.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from storefront.callers import client_address, network_of
from storefront.config.timeouts import RETRY_S
from storefront.graphql.execution import failure, run, storable
from storefront.graphql.limits.admission import TooBusy, admission
from storefront.graphql.limits.documents import MAX_NESTING

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024


class BadRequest(Exception):
    """The request is no GraphQL request; the text says why."""


# No cookie gives any right here, so that a foreign page gains nothing by posting.
@csrf_exempt
def graphql(request: HttpRequest) -> HttpResponseBase:
    if request.method == "GET" and settings.GRAPHIQL:
        return graphiql(request)
    if request.method == "OPTIONS":
        return with_cors(HttpResponse(status=204))
    if request.method != "POST":
        return with_cors(JsonResponse(failure("Method not allowed"), status=405))
    address = network_of(client_address(request))
    try:
        with admission.spending(address):
            body, is_array = read_body(request)
            query, variables, operation = read_operation(body)
            answer, status = run(query, variables, operation, request, address)
    except BadRequest as error:
        return with_cors(JsonResponse(failure(str(error)), status=400))
    except TooBusy as error:
        return with_cors(too_busy(error))
    except Exception:
        # The outermost handler: a bug is answered as a GraphQL error.
        log.exception("A GraphQL request failed")
        return with_cors(JsonResponse(failure("Internal Server Error"), status=500))
    response = JsonResponse([answer] if is_array else answer, status=status, safe=False)
    if status == 503:
        response["Retry-After"] = str(RETRY_S)
    return with_cors(response)


@csp_update({"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE], "font-src": [SELF, "data:"]})
def graphiql(request: HttpRequest) -> HttpResponse:
    return render(request, "graphql/graphiql.html")


def read_body(request: HttpRequest) -> tuple[Mapping[str, Any], bool]:
    """Return the request's object, and whether it came in an array."""
    too_large = f"The request is larger than {MAX_BODY_BYTES // 1024} KiB."
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
            raise BadRequest(too_large)
        raw = request.body
    except RequestDataTooBig as error:
        raise BadRequest(too_large) from error
    except (UnreadablePostError, ValueError) as error:
        raise BadRequest("The request's body cannot be read.") from error
    if len(raw) > MAX_BODY_BYTES:
        raise BadRequest(too_large)
    if request.content_type == "application/graphql":
        return {"query": raw.decode("utf-8", "replace")}, False
    if request.content_type != "application/json":
        raise BadRequest("Send the request as application/json.")
    try:
        body = json.loads(raw)
    except RecursionError as error:
        raise BadRequest("The request is nested too deeply.") from error
    except ValueError as error:
        raise BadRequest("The request is not valid JSON.") from error
    check_nesting(body)
    is_array = isinstance(body, list)
    if is_array:
        if len(body) != 1:
            raise BadRequest("An array may hold one operation.")
        body = body[0]
    if not isinstance(body, dict):
        raise BadRequest("The request must be a JSON object with a query.")
    return body, is_array


def check_nesting(body: Any) -> None:
    """Raise `BadRequest` for what recursive functions should not be given."""
    level = [body]
    for _ in range(MAX_NESTING):
        inner = (part.values() if isinstance(part, dict) else part for part in level if isinstance(part, dict | list))
        level = [value for values in inner for value in values]
        if not level:
            return
    raise BadRequest("The request is nested too deeply.")


def read_operation(body: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None, str | None]:
    query, variables, operation = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("Must provide a query string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("Variables must be an object.")
    if operation is not None and not isinstance(operation, str):
        raise BadRequest("operationName must be a string.")
    if not isinstance(body.get("extensions"), dict | None):
        raise BadRequest("Extensions must be an object.")
    return storable(query), storable(variables), operation or None


def too_busy(error: TooBusy) -> HttpResponse:
    return JsonResponse(failure(str(error)), status=429, headers={"Retry-After": str(error.seconds)})


class AdmissionMiddleware:
    """Refuses addresses that have spent their share, before any other work is done for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/graphql/" and request.method == "POST":
            try:
                admission.check(network_of(client_address(request)))
            except TooBusy as error:
                return with_cors(too_busy(error))
        return self.get_response(request)


def with_cors(response: HttpResponse) -> HttpResponse:
    """Allow every page to read the answer: the catalogue is public. No credentials are allowed."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "content-type, authorization"
    return response
