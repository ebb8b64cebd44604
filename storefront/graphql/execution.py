"""Running one operation: its document is read and bounded, then executed until all that it asks for is loaded."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    StringValueNode,
    Visitor,
    execute,
    parse,
    validate,
    visit,
)
from graphql.execution import ExecutionContext

from storefront.catalog.keyset import is_storable
from storefront.config.timeouts import is_timeout
from storefront.graphql.context import Context, Overdue
from storefront.graphql.limits.admission import EXPENSIVE, admission
from storefront.graphql.limits.cost import MAX_COST, cost_of
from storefront.graphql.limits.documents import MAX_TOKENS, check_limits
from storefront.graphql.schema import schema

log = logging.getLogger(__name__)


def run(
    query: str, variables: dict[str, Any] | None, operation: str | None, request: HttpRequest, address: str
) -> tuple[Any, int]:
    """Return (answer, HTTP status) of one operation."""
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
        with admission.expensive(address) if cost >= EXPENSIVE else nullcontext():
            result = execute_in_rounds(document, variables, operation, context)
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
    """Return the document of a query. Raises `GraphQLError` or `Invalid` where it may not be executed."""
    document = parse(query, max_tokens=MAX_TOKENS)
    check_limits(document)
    if "\\u" in query:
        visit(document, StorableStrings())
    if faults := validate(schema.graphql_schema, document, max_errors=10):
        raise Invalid(faults)
    return document


def execute_in_rounds(
    document: DocumentNode, variables: dict[str, Any] | None, operation: str | None, context: Context
) -> ExecutionResult:
    """Return the result of the operation, once all that its resolvers asked for is loaded.

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
        if not context.has_open_questions():
            return result
        try:
            context.load()
        except OperationalError as error:
            if is_timeout(error):
                raise Overdue from error
            raise


class BoundedExecution(ExecutionContext):
    """Executes no further fields once the request's time is up."""

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Any, fields: Mapping[str, list[FieldNode]]
    ) -> Any:
        self.context_value.check_time()
        return super().execute_fields(parent_type, source_value, path, dict(fields))


def storable(value: Any) -> Any:
    """Return JSON without the characters that the database cannot hold (NUL, halves of surrogate pairs).

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


def cost_extension(cost: int) -> dict[str, Any]:
    """Return Saleor's form of telling what a query costs."""
    return {"cost": {"requestedQueryCost": cost, "maximumAvailable": MAX_COST}}


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Return an error in Saleor's form. What a bug says stays in the log."""
    original = error.original_error
    answer: dict[str, Any] = {**error.formatted}
    if original is not None and not isinstance(original, GraphQLError):
        log.error("A resolver failed", exc_info=original)
        answer["message"] = "Internal Server Error"
    code = type(original).__name__ if original is not None else "GraphQLError"
    return answer | {"extensions": {"exception": {"code": code}}}


def failure(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"exception": {"code": "GraphQLError"}}}]}
