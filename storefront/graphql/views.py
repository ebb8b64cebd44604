"""`/graphql/`: requests in, answers out, in Saleor's form; GraphiQL on GET where it is switched on.

A request is one JSON object (or an array of one). Its size, depth and number of tokens are bounded.
Data errors are answered with HTTP 200, requests that cannot run with 400, as Saleor does.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from graphene.validation import depth_limit_validator
from graphql import (
    ExecutionResult,
    GraphQLError,
    StringValueNode,
    Visitor,
    execute,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.error import GraphQLSyntaxError

from storefront.catalog import queries
from storefront.catalog.keyset import is_storable
from storefront.catalog.models import Page, Term
from storefront.catalog.navigation import CategoryTree, category_tree
from storefront.graphql.cost import MAX_COST, cost_of
from storefront.graphql.schema import schema

log = logging.getLogger(__name__)

MAX_TOKENS = 4000
MAX_DEPTH = 15
MAX_BODY_BYTES = 256 * 1024
RULES = (*specified_rules, depth_limit_validator(max_depth=MAX_DEPTH))


@dataclass(slots=True)
class Context:
    """What resolvers know of their request; the taxonomy's areas are read once in it."""

    request: HttpRequest
    _areas: list[Term] = field(default_factory=list)
    _categories: CategoryTree | None = None
    _guides: dict[int, list[Page]] = field(default_factory=dict)

    def areas(self) -> list[Term]:
        if not self._areas:
            self._areas = queries.areas()
        return self._areas

    def categories(self) -> CategoryTree:
        if self._categories is None:
            self._categories = category_tree()
        return self._categories

    def guides_for(self, area: Term) -> list[Page]:
        """An area's guides, read once however often a query comes by."""
        if area.pk not in self._guides:
            self._guides[area.pk] = queries.guides_for_area(area)
        return self._guides[area.pk]


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
    try:
        body, is_array = read_body(request)
        query, variables, operation = read_operation(body)
    except BadRequest as error:
        return with_cors(JsonResponse(failure(str(error)), status=400))
    answer, status = run(query, variables, operation, Context(request))
    return with_cors(JsonResponse([answer] if is_array else answer, status=status, safe=False))


@csp_update({"script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE], "font-src": [SELF, "data:"]})
def graphiql(request: HttpRequest) -> HttpResponse:
    return render(request, "graphql/graphiql.html")


def read_body(request: HttpRequest) -> tuple[Mapping[str, Any], bool]:
    """The request's object, and whether it came in an array."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise BadRequest(f"The request is larger than {MAX_BODY_BYTES // 1024} KiB.")
    if request.content_type == "application/graphql":
        return {"query": request.body.decode("utf-8", "replace")}, False
    if request.content_type != "application/json":
        raise BadRequest("Send the request as application/json.")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest("The request is not valid JSON.") from error
    except RecursionError as error:
        raise BadRequest("The request is nested too deeply.") from error
    is_array = isinstance(body, list)
    if is_array:
        if len(body) != 1:
            raise BadRequest("An array may hold one operation.")
        body = body[0]
    if not isinstance(body, dict):
        raise BadRequest("The request must be a JSON object with a query.")
    return body, is_array


def read_operation(body: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None, str | None]:
    query, variables, operation = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("Must provide a query string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("Variables must be an object.")
    if operation is not None and not isinstance(operation, str):
        raise BadRequest("operationName must be a string.")
    return query, storable(variables), operation


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


def run(query: str, variables: dict[str, Any] | None, operation: str | None, context: Context) -> tuple[Any, int]:
    """(answer, HTTP status) of one operation."""
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
    except GraphQLSyntaxError as error:
        return {"errors": [formatted(error)]}, 400
    except RecursionError:
        return failure("The query is nested too deeply."), 400
    if "\\u" in query:
        visit(document, StorableStrings())
    if faults := validate(schema.graphql_schema, document, RULES, max_errors=10):
        return {"errors": [formatted(error) for error in faults]}, 400
    cost = cost_of(document, operation, variables)
    if cost > MAX_COST:
        refusal = failure(f"The query exceeds the maximum allowed cost of {MAX_COST}. Ask for fewer rows or levels.")
        return refusal | {"extensions": cost_extension(cost)}, 400
    result = execute(
        schema.graphql_schema,
        document,
        variable_values=variables,
        operation_name=operation,
        context_value=context,
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("The schema is executed synchronously.")
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"errors": [formatted(error) for error in result.errors]} | answer
    answer["extensions"] = cost_extension(cost)
    # Without any data the operation never began: a bad variable, or an unknown operation.
    never_began = result.data is None and all(error.path is None for error in result.errors or ())
    return answer, 400 if never_began else 200


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


def with_cors(response: HttpResponse) -> HttpResponse:
    """The catalogue is public: any page may read it. No credentials are allowed."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "content-type, authorization"
    return response
