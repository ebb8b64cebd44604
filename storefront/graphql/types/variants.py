"""Variants in Saleor's dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphene
from django.db.models import Q

from storefront.catalog.keyset import Listing
from storefront.catalog.models import Channel
from storefront.catalog.models import Product as ProductRow
from storefront.catalog.models import ProductVariant as ProductVariantRow
from storefront.catalog.queries.availability import units_of
from storefront.catalog.queries.variants import VariantLookup, list_variants, load_variants
from storefront.graphql.connections import WINDOW, ListArguments, Listed, connection, list_page, read_window
from storefront.graphql.context import Context
from storefront.graphql.filters import Condition, Input, Scope, StringFilterInput, condition_of, values_in
from storefront.graphql.lookups import InChannel, WithPublicId, channel_slug, is_id_of, require_one, row_attribute
from storefront.graphql.types.attributes import (
    Assigned,
    ObjectWithAttributes,
    SelectedAttribute,
    VariantAttributeScope,
    are_options_in,
    variant_attributes,
)
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.media import ProductMedia
from storefront.graphql.types.prices import TaxedMoney, discount, taxed
from storefront.graphql.types.translations import ProductVariantTranslation, translated


class VariantPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    discount = graphene.Field(TaxedMoney)
    price = graphene.Field(TaxedMoney)
    price_undiscounted = graphene.Field(TaxedMoney)


class VariantOption(graphene.ObjectType):
    """An option of the variant and its value, like Size: Large."""

    name = graphene.String(required=True)
    value = graphene.String(required=True)


class ProductVariant(WithPublicId, graphene.ObjectType):
    name = graphene.String(required=True)
    sku = graphene.String()
    product = graphene.Field("storefront.graphql.types.products.Product", required=True)
    pricing = graphene.Field(VariantPricingInfo)
    quantity_available = graphene.Int()
    options = graphene.List(graphene.NonNull(VariantOption), required=True)
    external_reference = graphene.String()
    channel = graphene.String(resolver=channel_slug)
    track_inventory = graphene.Boolean(required=True)
    media = graphene.List(graphene.NonNull(ProductMedia), description="Empty: pictures are the product's.")
    attributes = graphene.List(
        graphene.NonNull(SelectedAttribute),
        required=True,
        variant_selection=graphene.Argument(VariantAttributeScope),
        deprecation_reason="Use `assignedAttributes`.",
    )
    translation = translated(ProductVariantTranslation)

    class Meta:
        default_resolver = row_attribute
        interfaces = (Node, ObjectWithMetadata, ObjectWithAttributes)

    @staticmethod
    def attributes_of(root: InChannel[ProductVariantRow], context: Context) -> list[Assigned]:
        return variant_attributes(root.row)

    @staticmethod
    def resolve_attributes(
        root: InChannel[ProductVariantRow], info: graphene.ResolveInfo, variant_selection: Any = None
    ) -> list[Assigned]:
        return variant_attributes(root.row) if are_options_in(variant_selection) else []

    @staticmethod
    def resolve_media(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> list[Any]:
        return []

    @staticmethod
    def resolve_track_inventory(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> bool:
        return True

    @staticmethod
    def resolve_name(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.name or root.row.sku

    @staticmethod
    def resolve_external_reference(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.reference or None

    @staticmethod
    def resolve_product(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> InChannel[ProductRow]:
        return InChannel(root.row.product, root.channel)

    @staticmethod
    def resolve_quantity_available(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> int:
        return units_of(root.row)

    @staticmethod
    def resolve_options(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> list[dict[str, str]]:
        return [{"name": option.value.attribute.name, "value": option.value.name} for option in root.row.shown_options]

    @staticmethod
    def resolve_pricing(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        price = next(iter(root.row.shown_prices), None)
        if price is None or root.channel is None:
            return None
        before = price.compare_at_amount if price.compare_at_amount is not None else price.amount
        return {
            "on_sale": before > price.amount,
            "discount": discount(before, price.amount, root.channel),
            "price": taxed(price.amount, root.channel.currency),
            "price_undiscounted": taxed(max(before, price.amount), root.channel.currency),
        }


ProductVariantCountableConnection = connection(ProductVariant, "ProductVariant", depends_on_channel=True)


class ProductVariantFilterInput(Input):
    search = graphene.String()
    sku = graphene.List(graphene.NonNull(graphene.String))


class ProductVariantWhereInput(Input):
    ids = graphene.List(graphene.NonNull(graphene.ID))
    sku = graphene.InputField(StringFilterInput)
    AND = graphene.List(graphene.NonNull(lambda: ProductVariantWhereInput), name="AND")
    OR = graphene.List(graphene.NonNull(lambda: ProductVariantWhereInput), name="OR")


def name_condition(scope: Scope, text: str) -> Q:
    return Q(name__icontains=text) | Q(sku__icontains=text) | Q(product__name__icontains=text) if text else Q()


CONDITIONS: Mapping[str, Condition] = {
    "ids": values_in("public_id"),
    "sku": values_in("sku"),
    "search": name_condition,
}


@dataclass(frozen=True, slots=True)
class VariantList:
    """The variants of a channel, by SKU."""

    channel: Channel
    arguments: ListArguments
    ids: tuple[str, ...] | None

    def listing(self, context: Context) -> Listing[ProductVariantRow]:
        scope = Scope(context, self.channel)
        condition = condition_of(self.arguments.conditions, CONDITIONS, scope)
        if self.ids is not None:
            condition &= Q(public_id__in=self.ids)
        if self.arguments.search:
            condition &= name_condition(scope, self.arguments.search)
        return list_variants(self.channel, condition)


class VariantQueries:
    product_variant = graphene.Field(ProductVariant, id=graphene.ID(), sku=graphene.String(), channel=graphene.String())
    product_variants = graphene.Field(
        ProductVariantCountableConnection,
        ids=graphene.List(graphene.NonNull(graphene.ID)),
        channel=graphene.String(),
        filter=ProductVariantFilterInput(),
        where=ProductVariantWhereInput(),
        search=graphene.String(),
        **WINDOW,
    )

    @staticmethod
    def resolve_product_variant(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        sku: str | None = None,
        channel: str | None = None,
    ) -> InChannel[ProductVariantRow] | None:
        require_one({"id": id, "sku": sku})
        place = info.context.required_channel(channel)
        if place is None or (id is not None and not is_id_of("ProductVariant", id)):
            return None
        lookup = VariantLookup("sku", sku or "", place) if id is None else VariantLookup("public_id", id, place)
        row = info.context.ask(load_variants, lookup)
        return InChannel(row, place) if row else None

    @staticmethod
    def resolve_product_variants(
        root: None,
        info: graphene.ResolveInfo,
        ids: list[str] | None = None,
        channel: str | None = None,
        **arguments: Any,
    ) -> Listed[ProductVariantRow]:
        window = read_window(arguments, "productVariants")
        given = ListArguments.read(arguments)
        place = info.context.required_channel(channel)
        wanted = VariantList(place, given, None if ids is None else tuple(ids)) if place else None
        return list_page(info.context, wanted, window, place) if wanted else Listed()
