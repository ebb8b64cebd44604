"""Scalars, rich text, and the id that all rows have."""

from __future__ import annotations

import decimal
import json
from typing import Any

import graphene
from graphql import GraphQLError

from storefront.catalog.richtext import to_editorjs


class JSONString(graphene.JSONString):
    """JSON as a text: Saleor's form of rich text (Editor.js)."""

    @staticmethod
    def serialize(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)


class Decimal(graphene.Decimal):
    """A decimal number. NaN and the infinities are none."""

    @staticmethod
    def parse_value(value: Any) -> Any:
        return finite(graphene.Decimal.parse_value(value))

    @staticmethod
    def parse_literal(node: Any, variables: Any = None) -> Any:
        return finite(graphene.Decimal.parse_literal(node, variables))


def finite(value: Any) -> Any:
    if isinstance(value, decimal.Decimal) and not value.is_finite():
        raise GraphQLError("A decimal number must be finite.")
    return value


def rich_text(markdown: str) -> dict[str, Any] | None:
    """Return a text as `JSONString` gives it out; None for an empty one."""
    return to_editorjs(markdown) if markdown else None
