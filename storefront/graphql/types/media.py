"""Pictures of products, in the size and format that a client asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.core.files.storage import default_storage
from django.http import HttpRequest

from storefront.catalog.models import Picture
from storefront.catalog.models import ProductMedia as ProductMediaRow
from storefront.graphql.lookups import WithPublicId
from storefront.graphql.scalars import JSONString
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata


class Image(graphene.ObjectType):
    url = graphene.String(required=True)
    alt = graphene.String()


class ThumbnailFormatEnum(graphene.Enum):
    ORIGINAL = "original"
    AVIF = "avif"
    WEBP = "webp"


FORMATS: Mapping[Any, tuple[str, ...]] = {
    ThumbnailFormatEnum.AVIF: ("avif", "webp"),
    ThumbnailFormatEnum.WEBP: ("webp",),
}


def no_picture() -> graphene.Field:
    """Return the field of a picture that only Saleor's staff could set. It is null."""
    return graphene.Field(
        Image,
        size=graphene.Int(),
        format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL),
        resolver=lambda root, info, **arguments: None,
    )


class ProductMediaType(graphene.Enum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class ProductMedia(WithPublicId, graphene.ObjectType):
    sort_order = graphene.Int(source="position")
    alt = graphene.String(required=True)
    type = graphene.Field(ProductMediaType, required=True)
    url = graphene.String(
        required=True, size=graphene.Int(), format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL)
    )

    oembed_data = JSONString(required=True)

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_oembed_data(root: ProductMediaRow, info: graphene.ResolveInfo) -> dict[str, Any]:
        return {}

    @staticmethod
    def resolve_type(root: ProductMediaRow, info: graphene.ResolveInfo) -> str:
        return "IMAGE"

    @staticmethod
    def resolve_url(
        root: ProductMediaRow, info: graphene.ResolveInfo, size: int | None = None, format: Any = None
    ) -> str:
        return picture_url(info.context.request, root.content, size, format)


def picture_url(request: HttpRequest, picture: Picture, size: int | None, format: Any) -> str:
    """Return where the picture is in the form that a client asks for with Saleor's arguments.

    A form that is not made yet is stood in for: AVIF by WebP, both by the picture as it was stored.
    """
    file = picture.file_for(size, FORMATS.get(format, ()))
    return request.build_absolute_uri(default_storage.url(file))
