"""Variants in Saleor's dialect."""

from __future__ import annotations

from typing import Any

import graphene

from storefront.catalog.models import Product as ProductRow
from storefront.catalog.models import ProductVariant as ProductVariantRow
from storefront.catalog.queries.availability import units_of
from storefront.graphql.lookups import InChannel, WithPublicId, row_attribute
from storefront.graphql.types.prices import TaxedMoney, taxed


class VariantPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
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

    class Meta:
        default_resolver = row_attribute

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
            "price": taxed(price.amount, root.channel.currency),
            "price_undiscounted": taxed(max(before, price.amount), root.channel.currency),
        }
