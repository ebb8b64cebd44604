"""The schema's own scalars: how they are read and written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema

Convert = Callable[[Any], Any]


def read_json_string(value: Any) -> Any:
    """A JSON text. An object, or a text that is no JSON, is refused."""
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"Expected type JSONString, found {json.dumps(value, default=str)}.") from None


def read_decimal(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise GraphQLError("no decimal number")
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError("no decimal number") from None
    if not found.is_finite():
        raise GraphQLError("no decimal number")
    return found


def read_positive_decimal(value: Any) -> Decimal:
    found = read_decimal(value)
    if found < 0:
        raise GraphQLError("a negative number")
    return found


def read_positive_int(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise GraphQLError("no positive number")
    return value


def read_weight(value: Any) -> Decimal:
    """In kilograms, the shop's unit."""
    return read_decimal(value["value"] if isinstance(value, dict) else value)


def read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("no date") from None


def read_date_time(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError("no date and time") from None


def write_iso(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def as_is(value: Any) -> Any:
    return value


SCALARS: Final[dict[str, tuple[Convert, Convert]]] = {
    "Date": (read_date, write_iso),
    "DateTime": (read_date_time, write_iso),
    "Decimal": (read_decimal, float),
    "PositiveDecimal": (read_positive_decimal, float),
    "PositiveInt": (read_positive_int, as_is),
    "JSONString": (read_json_string, json.dumps),
    "WeightScalar": (read_weight, as_is),
}


def set_scalars(schema: GraphQLSchema) -> None:
    for name, (read, write) in SCALARS.items():
        found = schema.get_type(name)
        if isinstance(found, GraphQLScalarType):
            found.parse_value = read  # type: ignore[assignment, method-assign]
            found.serialize = write  # type: ignore[assignment, method-assign]
