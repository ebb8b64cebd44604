"""What many of Saleor's types have: an id, metadata."""

from __future__ import annotations

from typing import Any

import graphene
from graphene.types.generic import GenericScalar
from graphql import GraphQLError, IntValueNode


class JSON(GenericScalar):
    """Any JSON value."""


class Metadata(GenericScalar):
    """Keys and their texts, as one JSON object."""


class PositiveInt(graphene.Int):
    """A whole number above zero."""

    @staticmethod
    def parse_value(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
            raise GraphQLError("Value must be a whole number above zero.")
        return value

    @staticmethod
    def parse_literal(node: Any, variables: Any = None) -> int:
        return PositiveInt.parse_value(int(node.value) if isinstance(node, IntValueNode) else None)


class Node(graphene.Interface):
    """What has a global id."""

    id = graphene.ID(required=True)


class MetadataItem(graphene.ObjectType):
    key = graphene.String(required=True)
    value = graphene.String(required=True)


class ObjectWithMetadata(graphene.Interface):
    """What apps note on things in Saleor. Nothing of it is kept here, so that there is none to be read."""

    metadata = graphene.List(graphene.NonNull(MetadataItem), required=True)
    metafield = graphene.String(key=graphene.String(required=True))
    metafields = graphene.Field(Metadata, keys=graphene.List(graphene.NonNull(graphene.String)))

    @staticmethod
    def resolve_metadata(root: Any, info: graphene.ResolveInfo) -> list[Any]:
        return []

    @staticmethod
    def resolve_metafield(root: Any, info: graphene.ResolveInfo, key: str) -> None:
        return None

    @staticmethod
    def resolve_metafields(root: Any, info: graphene.ResolveInfo, keys: list[str] | None = None) -> dict[str, str]:
        return {}
