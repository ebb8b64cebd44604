"""What Saleor has no words for: body areas, tool types, conditions, techniques, and why a tag or link is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import graphene

from storefront.catalog.keyset import Listing, Window
from storefront.catalog.models import Channel, Page, Term
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.queries.guides import guides_for_area
from storefront.catalog.queries.products import products_for_area, products_for_groups_above
from storefront.catalog.records import CautionKind
from storefront.catalog.safety import Contraindication as SafetyFact
from storefront.catalog.safety import SafetyOrigin
from storefront.catalog.taxonomy import Severity, SubjectKind
from storefront.graphql.connections import WINDOW, Listed, list_page, read_window
from storefront.graphql.context import Context
from storefront.graphql.lookups import WithName, is_id_of, require_one

# The field has no pages; no area has as many.
ALL_GUIDES: Window = {"first": 1000}


ProductsForArea = Callable[[Term, Channel, list[Term]], Listing[ProductRow]]


@dataclass(frozen=True, slots=True)
class AreaProducts:
    """Products for an area, by one of the two queries that there are."""

    query: ProductsForArea
    area: Term
    channel: Channel

    def listing(self, context: Context) -> Listing[ProductRow]:
        return self.query(self.area, self.channel, context.areas)


def page_for_area(
    context: Context, query: ProductsForArea, area: Term, channel: str | None, window: Window
) -> Listed[ProductRow]:
    place = context.required_channel(channel)
    return list_page(context, AreaProducts(query, area, place), window, place) if place else Listed()


@dataclass(frozen=True, slots=True)
class AreaGuides:
    area: Term

    def listing(self, context: Context) -> Listing[Page]:
        return guides_for_area(self.area, context.areas)


class BodyArea(WithName, graphene.ObjectType):
    """A part of the body. Groups like `back` have children."""

    sides = graphene.List(graphene.NonNull(graphene.String), required=True, description='"front", "back" or both.')
    parent = graphene.Field(lambda: BodyArea)
    children = graphene.List(graphene.NonNull(lambda: BodyArea), required=True)
    products = graphene.Field(
        "storefront.graphql.types.products.ProductCountableConnection",
        channel=graphene.String(),
        description="Products for the area or one inside it, the nearest first; none that must keep off it.",
        **WINDOW,
    )
    also_for_whole = graphene.Field(
        "storefront.graphql.types.products.ProductCountableConnection",
        channel=graphene.String(),
        description="Products for a group that the area lies in, and for nothing in it; none that must keep off it.",
        **WINDOW,
    )
    guides = graphene.List(
        graphene.NonNull("storefront.graphql.types.pages.Page"),
        required=True,
        description="Guides tagged with the area or one inside it, the nearest first.",
    )

    @staticmethod
    def resolve_children(root: Term, info: graphene.ResolveInfo) -> list[Term]:
        return [row for row in info.context.areas if row.parent_id == root.pk]

    @staticmethod
    def resolve_parent(root: Term, info: graphene.ResolveInfo) -> Term | None:
        return next((row for row in info.context.areas if row.pk == root.parent_id), None)

    @staticmethod
    def resolve_products(
        root: Term, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        return page_for_area(info.context, nearest_products, root, channel, read_window(arguments, "products"))

    @staticmethod
    def resolve_also_for_whole(
        root: Term, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[Any]:
        window = read_window(arguments, "alsoForWhole")
        return page_for_area(info.context, products_for_groups_above, root, channel, window)

    @staticmethod
    def resolve_guides(root: Term, info: graphene.ResolveInfo) -> list[Any]:
        return list(list_page(info.context, AreaGuides(root), ALL_GUIDES).page.rows)


def nearest_products(of: Term, in_channel: Channel, areas: list[Term]) -> Listing[ProductRow]:
    return products_for_area(of, in_channel)


class ToolType(WithName, graphene.ObjectType):
    pass


class Condition(WithName, graphene.ObjectType):
    """A complaint that a text names. No diagnosis is meant."""


class Caution(graphene.ObjectType):
    """What to know before using the tool or following the guide."""

    kind = graphene.Field(graphene.Enum.from_enum(CautionKind, description="What a caution says."), required=True)
    text = graphene.String(required=True)


SeverityEnum = graphene.Enum.from_enum(Severity, description="How strict a contraindication is.")
SubjectKindEnum = graphene.Enum.from_enum(
    SubjectKind, name="ContraindicationKind", description="What a contraindication is about."
)
SafetyOriginEnum = graphene.Enum.from_enum(
    SafetyOrigin, name="ContraindicationOrigin", description="Who says it: a rule, a pin, the file, or the text."
)


class ContraindicationSubject(graphene.ObjectType):
    """A situation like pregnancy, or a place on the body."""

    slug = graphene.String(required=True)
    name = graphene.String(required=True)


class Contraindication(graphene.ObjectType):
    """Who must not use a tool or must ask first, or a place that the tool keeps off."""

    kind = graphene.Field(SubjectKindEnum, required=True)
    subject = graphene.Field(ContraindicationSubject, required=True)
    severity = graphene.Field(SeverityEnum, required=True)
    reason = graphene.String(required=True)
    origin = graphene.Field(SafetyOriginEnum, required=True)
    source = graphene.String(description="What a rule rests on; null for what the file or the text says.")
    source_url = graphene.String()

    @staticmethod
    def resolve_subject(root: SafetyFact, info: graphene.ResolveInfo) -> dict[str, str]:
        return {"slug": root.subject, "name": root.name}

    @staticmethod
    def resolve_source(root: SafetyFact, info: graphene.ResolveInfo) -> str | None:
        return root.source.name if root.source else None

    @staticmethod
    def resolve_source_url(root: SafetyFact, info: graphene.ResolveInfo) -> str | None:
        return root.source.url if root.source else None


class AreaQueries:
    body_areas = graphene.List(
        graphene.NonNull(BodyArea), required=True, description="All areas, groups before what is inside them."
    )
    body_area = graphene.Field(BodyArea, id=graphene.ID(), slug=graphene.String())

    @staticmethod
    def resolve_body_areas(root: None, info: graphene.ResolveInfo) -> list[Term]:
        return list(info.context.areas)

    @staticmethod
    def resolve_body_area(
        root: None, info: graphene.ResolveInfo, id: str | None = None, slug: str | None = None
    ) -> Term | None:
        require_one({"id": id, "slug": slug})
        if id is not None and not is_id_of("BodyArea", id):
            return None
        return next((row for row in info.context.areas if slug == row.slug or id == row.public_id), None)
