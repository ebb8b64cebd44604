"""From a document and its variables to an answer, in the steps of Saleor."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSyntaxError,
    GraphQLUnionType,
    OperationDefinitionNode,
    Visitor,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
    visit,
)
from graphql.execution.values import get_variable_values

from tests.saleor.fake import (
    apps,
    attributes,
    media,
    menus,
    metadata,
    pages,
    places,
    products,
    reading,
    rows,
    types,
    variants,
)
from tests.saleor.fake.faults import Faults, Kind
from tests.saleor.fake.fields import check_no_nul
from tests.saleor.fake.limits import MAX_COST, Cost, over_limits
from tests.saleor.fake.refusals import Failed, Refused, denied
from tests.saleor.fake.registry import FIELDS, MUTATIONS, Asked
from tests.saleor.fake.scalars import set_scalars
from tests.saleor.fake.state import Media, Row

Json = dict[str, Any]
SCHEMA: Final = Path(__file__).parent.parent / "schema.graphql"

NO_SUCH_VALUE: Final = re.compile(r"^Enum '(\w+)' cannot represent value: '(\w+)'$")

# Their decorators fill the registry.
MODELLED: Final = (
    *(apps, attributes, media, menus, metadata, pages, places, products, reading, rows, types, variants),
)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@functools.cache
def load_schema() -> GraphQLSchema:
    """The pruned schema, with its arguments and inputs in Python's spelling."""
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    set_scalars(schema)
    for found in schema.type_map.values():
        if isinstance(found, GraphQLInputObjectType):
            for name, part in found.fields.items():
                part.out_name = snake(name)
        elif isinstance(found, GraphQLObjectType) and not found.name.startswith("__"):
            # Those of introspection are one for all schemas of a process.
            for field in found.fields.values():
                for name, argument in field.args.items():
                    argument.out_name = snake(name)
        elif isinstance(found, GraphQLInterfaceType | GraphQLUnionType):
            found.resolve_type = lambda row, *_: row.kind
    return schema


class Nulls(Visitor):
    """Finds a `null` that is written in a document: Saleor's parser does not know it."""

    def enter_null_value(self, *_: Any) -> None:
        raise GraphQLError('Syntax Error GraphQL Unexpected Name "null"')


def answer(
    asked: Asked, faults: Faults, query: Any, variables: Mapping[str, Any] | None, operation: str | None = None
) -> tuple[int, Json]:
    """The status and the body. The shop must be locked."""
    schema = load_schema()
    if not query or not isinstance(query, str):
        return 400, {"errors": [said(GraphQLError("Must provide a query string."))]}
    try:
        document = parsed(query)
    except GraphQLError as bad:
        return 400, {"errors": [said(bad, "GraphQLSyntaxError")]}
    cost = Cost(schema, document, variables or {}).total()
    extensions = {"cost": {"requestedQueryCost": cost, "maximumAvailable": MAX_COST}}
    too_much = [
        GraphQLError(message, extensions=extensions if "cost" in message else None)
        for message in over_limits(document, cost)
    ]
    invalid = too_much or validated(query)
    if invalid:
        return 400, {"errors": [said(error) for error in invalid], "extensions": extensions}
    wrong = bad_variables(schema, document, variables or {}, operation)
    if wrong:
        return 400, {"errors": [said(error) for error in wrong]}
    result = execute_sync(
        schema,
        document,
        context_value=(asked, faults),
        variable_values=dict(variables or {}),
        operation_name=operation,
        field_resolver=resolve,
    )
    body: Json = {"errors": [said(error) for error in result.errors]} if result.errors else {}
    return 200, body | {"data": result.data, "extensions": extensions}


# Tests ask for the same few documents again and again.
@functools.lru_cache(maxsize=500)
def parsed(query: str) -> DocumentNode:
    """Raises `GraphQLError`."""
    document = parse(query)
    visit(document, Nulls())
    return document


@functools.lru_cache(maxsize=500)
def validated(query: str) -> Sequence[GraphQLError]:
    """What of a document does not fit the schema."""
    return validate(load_schema(), parsed(query))


def bad_variables(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], operation: str | None
) -> list[GraphQLError]:
    found = get_operation_ast(document, operation)
    if found is None:
        return [GraphQLError("Must provide operation name if query contains multiple operations.")]
    values = get_variable_values(schema, found.variable_definitions or (), dict(variables))
    return values if isinstance(values, list) else []


def said(error: GraphQLError, code: str = "") -> Json:
    """An error as Saleor writes it; the words of its own exceptions are kept to itself."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, Failed):
        code = original.code
    elif original is not None and not isinstance(original, GraphQLError) and not is_null(error):
        raise original
    found: Json = {"message": NO_SUCH_VALUE.sub(r'Expected a value of type "\1" but received: \2', error.message)}
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        found["path"] = list(error.path)
    if "cost" in (error.extensions or {}):
        code = "QueryCostError"
    return found | {"extensions": {**(error.extensions or {}), "exception": {"code": code or "GraphQLError"}}}


def is_null(error: GraphQLError) -> bool:
    return error.message.startswith("Cannot return null for non-nullable field")


# Resolving -----------------------------------------------------------------------------------------------------------


def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """Any field of the schema."""
    asked, faults = info.context
    kind, name = info.parent_type.name, info.field_name
    if kind == "Mutation":
        return perform(asked, faults, name, arguments)
    if kind == "Query":
        check_no_nul(arguments)
    resolver = FIELDS.get((kind, name))
    if resolver is not None:
        return resolver(asked, source, **arguments)
    if isinstance(source, Mapping) and name in source:
        return source[name]
    if isinstance(source, Row) and hasattr(source, snake(name)) and not arguments:
        return getattr(source, snake(name))
    if isinstance(source, Mapping) and (kind.endswith("Error") or is_nullable(info)):
        return None
    raise NotImplementedError(f"The fake does not model {kind}.{name}")


def is_nullable(info: GraphQLResolveInfo) -> bool:
    return not str(info.return_type).endswith("!")


def perform(asked: Asked, faults: Faults, name: str, arguments: Json) -> Json:
    """A mutation, all of it or nothing."""
    if name not in MUTATIONS:
        raise NotImplementedError(f"The fake does not model the mutation {name}")
    mutation, permissions = MUTATIONS[name]
    if permissions and not asked.may(*permissions):
        raise denied(*permissions)
    before = asked.shop.dump()
    try:
        check_no_nul(arguments)
        payload = perform_with_faults(asked, faults, name, mutation, arguments)
    except Refused as refused:
        asked.shop.restore(before)
        return {"errors": refused.errors, "results": [], "count": 0 if "Delete" in name else None}
    except Exception:
        asked.shop.restore(before)
        raise
    return {"errors": []} | payload


def perform_with_faults(asked: Asked, faults: Faults, name: str, mutation: Any, arguments: Json) -> Json:
    if faults.take([Kind.DEADLOCK], [name]):
        raise Failed("OperationalError")
    if faults.take([Kind.RACE], [name]):
        raise Failed("IntegrityError")
    if faults.take([Kind.HALF_DONE], [name]):
        return half_done(asked, mutation, arguments)
    payload: Json = mutation(asked, **arguments)
    made = payload.get("media")
    if isinstance(made, Media) and faults.take([Kind.MEDIA_LOST], [name]):
        asked.shop.media.remove([made])
    return payload


def half_done(asked: Asked, mutation: Any, arguments: Json) -> Json:
    """Does it without the last row, and fails that in the way of a bad rich text."""
    listed = next(name for name in ("products", "variants", "attributes") if name in arguments)
    *most, _last = arguments[listed]
    payload: Json = mutation(asked, **{**arguments, listed: most})
    failed = {"errors": [{"path": "attributes", "message": "Invalid EditorJS input", "code": None}]}
    return {**payload, "results": [*payload["results"], failed]}


def root_fields(query: Any) -> set[str]:
    """The fields of Query or Mutation that a document asks for."""
    try:
        document = parse(query)
    except (GraphQLSyntaxError, TypeError):
        return set()
    return {
        node.name.value
        for found in document.definitions
        if isinstance(found, OperationDefinitionNode)
        for node in found.selection_set.selections
        if isinstance(node, FieldNode)
    }
