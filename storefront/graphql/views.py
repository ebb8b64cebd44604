"""`/graphql/`: requests in, answers out, in Saleor's form; GraphiQL on GET where it is switched on.

A request is one JSON object (or an array of one). What it may cost is bounded, step by step, before anything is done
for it: its size, its nesting, its document (`limits.py`), its work (`cost.py`), its client's share (`admission.py`)
and its time. Data errors are answered with HTTP 200, requests that cannot run with 400, as Saleor does; 429 and 503
mean that the same request may be answered later.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    StringValueNode,
    Visitor,
    execute,
    parse,
    validate,
    visit,
)

from storefront.callers import client_address, network_of
from storefront.catalog.keyset import is_storable
from storefront.config.timeouts import RETRY_S, is_timeout
from storefront.graphql.admission import EXPENSIVE, TooBusy, admission
from storefront.graphql.context import BoundedExecution, Context, Overdue
from storefront.graphql.cost import MAX_COST, cost_of
from storefront.graphql.limits import MAX_NESTING, MAX_TOKENS, check_limits
from storefront.graphql.schema import schema

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
        # The outer edge: a bug is answered in the form that clients read.
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
    """The request's object, and whether it came in an array."""
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


def storable(value: Any) -> Any:
    """JSON without the characters that the database cannot hold (NUL, halves of surrogate pairs).

    No stored text has them, so what holds one finds nothing, as any unknown slug does.
    """
    if isinstance(value, str):
        return value if is_storable(value) else "\ufffd"
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {name: storable(part) for name, part in value.items()}
    return value


class StorableStrings(Visitor):
    """The same for the strings that are written in a query."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        node.value = storable(node.value)


def run(
    query: str, variables: dict[str, Any] | None, operation: str | None, request: HttpRequest, address: str
) -> tuple[Any, int]:
    """(answer, HTTP status) of one operation."""
    context = Context(request, time.monotonic() + settings.GRAPHQL_DEADLINE_S)
    try:
        document = read_document(query)
        cost = cost_of(document, operation, variables)
    except Invalid as refusal:
        return {"errors": [formatted(error) for error in refusal.errors]}, 400
    except GraphQLError as error:
        return {"errors": [formatted(error)]}, 400
    except RecursionError:
        return failure("The query is nested too deeply."), 400
    if cost > MAX_COST:
        refused = failure(f"The query exceeds the maximum allowed cost of {MAX_COST}. Ask for fewer rows or levels.")
        return refused | {"extensions": cost_extension(cost)}, 400
    try:
        if cost >= EXPENSIVE:
            with admission.expensive(address):
                result = answered(document, variables, operation, context)
        else:
            result = answered(document, variables, operation, context)
    except Overdue as error:
        return {"errors": [formatted(error)], "extensions": cost_extension(cost)}, 503
    except RecursionError:
        return failure("The query is nested too deeply."), 400
    except (OperationalError, InterfaceError) as error:
        log.warning("The database did not answer a GraphQL request", exc_info=error)
        return failure("The shop cannot answer now. Try again in a moment."), 503
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"errors": [formatted(error) for error in result.errors]} | answer
    answer["extensions"] = cost_extension(cost)
    # Without any data the operation never began: a bad variable, or an unknown operation.
    never_began = result.data is None and all(error.path is None for error in result.errors or ())
    return answer, 400 if never_began else 200


class Invalid(Exception):
    """The document does not fit the schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors
        super().__init__()


def read_document(query: str) -> DocumentNode:
    """The document of a query. Raises `GraphQLError` or `Invalid` where it may not be executed."""
    document = parse(query, max_tokens=MAX_TOKENS)
    check_limits(document)
    if "\\u" in query:
        visit(document, StorableStrings())
    if faults := validate(schema.graphql_schema, document, max_errors=10):
        raise Invalid(faults)
    return document


def answered(
    document: DocumentNode, variables: dict[str, Any] | None, operation: str | None, context: Context
) -> ExecutionResult:
    """What the operation gives, once all that its resolvers asked for is loaded.

    Raises `Overdue` where the time is up, also for the database.
    """
    while True:
        result = execute(
            schema.graphql_schema,
            document,
            variable_values=variables,
            operation_name=operation,
            context_value=context,
            execution_context_class=BoundedExecution,
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("The schema is executed synchronously.")
        originals = [error.original_error or error for error in result.errors or ()]
        if any(isinstance(error, Overdue) or is_timeout(error) for error in originals):
            raise Overdue
        if not context.has_wishes():
            return result
        try:
            context.load()
        except OperationalError as error:
            if is_timeout(error):
                raise Overdue from error
            raise


def cost_extension(cost: int) -> dict[str, Any]:
    """Saleor's form of telling what a query costs."""
    return {"cost": {"requestedQueryCost": cost, "maximumAvailable": MAX_COST}}


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error in Saleor's form. What a bug says stays in the log."""
    original = error.original_error
    message = error.message
    if original is not None and not isinstance(original, GraphQLError):
        log.error("A resolver failed", exc_info=original)
        message = "Internal Server Error"
    found: dict[str, Any] = {"message": message}
    if error.locations:
        found["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        found["path"] = error.path
    code = type(original).__name__ if original is not None else "GraphQLError"
    return found | {"extensions": {"exception": {"code": code}}}


def failure(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"exception": {"code": "GraphQLError"}}}]}


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
    """The catalogue is public: any page may read it. No credentials are allowed."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "content-type, authorization"
    return response
