"""Products in Saleor's dialect, with what they are for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene

from storefront.catalog.models import Product as ProductRow
from storefront.catalog.models import ProductMedia as ProductMediaRow
from storefront.catalog.models import ProductVariant as ProductVariantRow
from storefront.catalog.models import Term, Vocabulary
from storefront.catalog.queries.products import load_products
from storefront.catalog.queries.safety import product_contraindications
from storefront.catalog.queries.terms import terms_of
from storefront.catalog.records import LinkRole
from storefront.graphql.connections import Listed, connection
from storefront.graphql.lookups import InChannel, WithName, channel_slug, find_row_in_channel, row_attribute
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.areas import BodyArea, Caution, Condition, Contraindication, ToolType
from storefront.graphql.types.media import Image, ProductMedia, ThumbnailFormatEnum, picture_url
from storefront.graphql.types.prices import TaxedMoneyRange, price_range
from storefront.graphql.types.product_lists import PRODUCT_LIST, resolve_product_list
from storefront.graphql.types.variants import ProductVariant


class ProductType(WithName, graphene.ObjectType):
    pass


class ProductPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    display_gross_prices = graphene.Boolean(required=True)
    price_range = graphene.Field(TaxedMoneyRange)
    price_range_undiscounted = graphene.Field(TaxedMoneyRange)


class Product(WithName, graphene.ObjectType):
    description = JSONString()
    seo_title = graphene.String()
    seo_description = graphene.String()
    created = graphene.DateTime(required=True)
    updated_at = graphene.DateTime(required=True)
    channel = graphene.String(resolver=channel_slug)
    external_reference = graphene.String()
    product_type = graphene.Field(ProductType, required=True)
    category = graphene.Field("storefront.graphql.types.categories.Category")
    thumbnail = graphene.Field(
        Image, size=graphene.Int(), format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL)
    )
    media = graphene.List(graphene.NonNull(ProductMedia))
    pricing = graphene.Field(ProductPricingInfo)
    is_available = graphene.Boolean()
    default_variant = graphene.Field(ProductVariant)
    variants = graphene.List(graphene.NonNull(ProductVariant))
    brand = graphene.String()
    material = graphene.String()
    warranty_years = graphene.Float()
    fsa_hsa_eligible = graphene.Boolean(description="Without any condition.")
    fsa_hsa_condition = graphene.String(description="Under what condition it is eligible; null for none.")
    cautions = graphene.List(graphene.NonNull(Caution), required=True)
    contraindications = graphene.List(
        graphene.NonNull(Contraindication),
        required=True,
        description="By the taxonomy's rules, the file, its text and pins; of each subject the strictest.",
    )
    target_areas = graphene.List(graphene.NonNull(BodyArea), required=True)
    tool_type = graphene.Field(ToolType)
    conditions = graphene.List(graphene.NonNull(Condition), required=True)
    primary_guide = graphene.Field("storefront.graphql.types.pages.Page")
    related_guides = graphene.List(graphene.NonNull("storefront.graphql.types.pages.Page"), required=True)

    class Meta:
        default_resolver = row_attribute

    @staticmethod
    def resolve_description(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return rich_text(root.row.description)

    @staticmethod
    def resolve_created(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return root.row.created_at

    @staticmethod
    def resolve_external_reference(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.reference or None

    @staticmethod
    def resolve_thumbnail(
        root: InChannel[ProductRow], info: graphene.ResolveInfo, size: int | None = None, format: Any = None
    ) -> dict[str, str] | None:
        media = next(iter(root.row.pictures), None)
        if media is None:
            return None
        return {"url": picture_url(info.context.request, media.content, size, format), "alt": media.alt}

    @staticmethod
    def resolve_media(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[ProductMediaRow]:
        return list(root.row.pictures)

    @staticmethod
    def resolve_pricing(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        if root.channel is None:
            return None
        prices = [price for variant in root.row.shown_variants for price in variant.shown_prices]
        before = [max(price.amount, price.compare_at_amount or Decimal(0)) for price in prices]
        now = [price.amount for price in prices]
        return {
            "on_sale": before != now,
            "display_gross_prices": True,
            "price_range": price_range(now, root.channel),
            "price_range_undiscounted": price_range(before, root.channel),
        }

    @staticmethod
    def resolve_is_available(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> bool:
        return root.row.units > 0

    @staticmethod
    def resolve_variants(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[InChannel[ProductVariantRow]]:
        return [InChannel(variant, root.channel) for variant in root.row.shown_variants]

    @staticmethod
    def resolve_default_variant(
        root: InChannel[ProductRow], info: graphene.ResolveInfo
    ) -> InChannel[ProductVariantRow] | None:
        first = next(iter(root.row.shown_variants), None)
        return InChannel(first, root.channel) if first else None

    @staticmethod
    def resolve_target_areas(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Term]:
        return terms_of(root.row.shown_tags, Vocabulary.AREA)

    @staticmethod
    def resolve_tool_type(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Term | None:
        return next(iter(terms_of(root.row.shown_tags, Vocabulary.TOOL_TYPE)), None)

    @staticmethod
    def resolve_conditions(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Term]:
        return terms_of(root.row.shown_tags, Vocabulary.CONDITION)

    @staticmethod
    def resolve_fsa_hsa_condition(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.fsa_hsa_condition or None

    @staticmethod
    def resolve_contraindications(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Any]:
        return list(product_contraindications(root.row))

    @staticmethod
    def resolve_primary_guide(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return next((link.page for link in root.row.shown_links if link.role == LinkRole.PRIMARY.value), None)

    @staticmethod
    def resolve_related_guides(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Any]:
        return [link.page for link in root.row.shown_links if link.role == LinkRole.RELATED.value]


ProductCountableConnection = connection(Product, "Product", depends_on_channel=True)


class ProductQueries:
    products = graphene.Field(ProductCountableConnection, channel=graphene.String(), **PRODUCT_LIST)
    product = graphene.Field(Product, id=graphene.ID(), slug=graphene.String(), channel=graphene.String())

    @staticmethod
    def resolve_products(
        root: None, info: graphene.ResolveInfo, channel: str | None = None, **arguments: Any
    ) -> Listed[ProductRow]:
        return resolve_product_list(info.context, arguments, channel)

    @staticmethod
    def resolve_product(
        root: None,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        channel: str | None = None,
    ) -> InChannel[ProductRow] | None:
        return find_row_in_channel(info.context, load_products, "Product", id, slug, channel)
