"""What Saleor has no words for: body areas, tool types, conditions, techniques, and why a tag or link is there."""

from __future__ import annotations

from typing import Any

import graphene

from storefront.catalog import queries
from storefront.catalog.keyset import Window
from storefront.catalog.models import Term
from storefront.graphql.base import WINDOW, Listed, WithPublicId, channel_for, listed, listed_in, window_of

# The field has no pages; no area has as many.
ALL_GUIDES: Window = {"first": 1000}


class BodyArea(WithPublicId, graphene.ObjectType):
    """A part of the body. Groups like `back` have children."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    sides = graphene.List(graphene.NonNull(graphene.String), required=True, description='"front", "back" or both.')
    parent = graphene.Field(lambda: BodyArea)
    children = graphene.List(graphene.NonNull(lambda: BodyArea), required=True)
    products = graphene.Field(
        "storefront.graphql.products.ProductCountableConnection",
        channel=graphene.String(),
        description="Products tagged with the area or one inside it, the nearest first.",
        **WINDOW,
    )
    also_for_whole = graphene.Field(
        "storefront.graphql.products.ProductCountableConnection",
        channel=graphene.String(),
        description="Products for a group that the area lies in, and for nothing inside it.",
        **WINDOW,
    )
    guides = graphene.List(
        graphene.NonNull("storefront.graphql.pages.Page"),
        required=True,
        description="Guides tagged with the area or one inside it, the nearest first.",
    )

    @staticmethod
    def resolve_children(root: Term, info: graphene.ResolveInfo) -> list[Term]:
        return [row for row in info.context.areas() if row.parent_id == root.pk]

    @staticmethod
    def resolve_parent(root: Term, info: graphene.ResolveInfo) -> Term | None:
        return next((row for row in info.context.areas() if row.pk == root.parent_id), None)

    @staticmethod
    def resolve_products(
        root: Term, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        window = window_of(arguments, "products")
        found, areas = channel_for(info, channel), info.context.areas()
        return listed_in(info, root, {}, window, found, lambda place: queries.area_products(root, place, areas))

    @staticmethod
    def resolve_also_for_whole(
        root: Term, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        window = window_of(arguments, "alsoForWhole")
        found, areas = channel_for(info, channel), info.context.areas()
        return listed_in(
            info, root, {}, window, found, lambda place: queries.products_of_groups_above(root, place, areas)
        )

    @staticmethod
    def resolve_guides(root: Term, info: graphene.ResolveInfo) -> list[Any]:
        areas = info.context.areas()
        found = listed(info, root, {}, ALL_GUIDES, lambda: queries.area_guides(root, areas))
        return list(found.page.rows) if found.page else []


class ToolType(WithPublicId, graphene.ObjectType):
    slug = graphene.String(required=True)
    name = graphene.String(required=True)


class Condition(WithPublicId, graphene.ObjectType):
    """A complaint that a text names. No diagnosis is meant."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)


class CautionKind(graphene.Enum):
    CONTRAINDICATION = "contraindication"
    NOT_FOR = "not-for"
    LIMIT = "limit"
    STOP = "stop"


class Caution(graphene.ObjectType):
    """What to know before using the tool or following the guide."""

    kind = graphene.Field(CautionKind, required=True)
    text = graphene.String(required=True)
