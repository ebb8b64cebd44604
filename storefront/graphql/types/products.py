"""Products in Saleor's dialect, with what they are for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene

from storefront.catalog.models import Product as ProductRow
from storefront.catalog.models import ProductMedia as ProductMediaRow
from storefront.catalog.models import ProductType as ProductTypeRow
from storefront.catalog.models import ProductVariant as ProductVariantRow
from storefront.catalog.models import Term, Vocabulary
from storefront.catalog.queries.attributes import load_options, load_product_values
from storefront.catalog.queries.products import load_products
from storefront.catalog.queries.safety import product_contraindications
from storefront.catalog.queries.terms import terms_of
from storefront.catalog.records import LinkRole
from storefront.graphql.connections import WINDOW, Listed, connection, page_of_rows, read_window
from storefront.graphql.context import Context
from storefront.graphql.lookups import (
    InChannel,
    WithName,
    channel_slug,
    find_row_in_channel,
    require_one,
    row_attribute,
)
from storefront.graphql.scalars import JSONString, rich_text
from storefront.graphql.types.areas import BodyArea, Caution, Condition, Contraindication, ToolType
from storefront.graphql.types.attributes import (
    Assigned,
    Attribute,
    ObjectWithAttributes,
    ShownAttribute,
    VariantAttributeScope,
    WithAttributes,
    are_options_in,
    option_attribute,
    product_attributes,
    product_type_attributes,
)
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.media import Image, ProductMedia, ThumbnailFormatEnum, picture_url
from storefront.graphql.types.prices import TaxedMoney, TaxedMoneyRange, discount, price_range
from storefront.graphql.types.product_lists import PRODUCT_LIST, resolve_product_list
from storefront.graphql.types.translations import LanguageCodeEnum, ProductTranslation, translated
from storefront.graphql.types.variants import ProductVariant, ProductVariantCountableConnection


class ProductTypeKindEnum(graphene.Enum):
    NORMAL = "NORMAL"
    GIFT_CARD = "GIFT_CARD"


class ProductType(WithName, graphene.ObjectType):
    has_variants = graphene.Boolean(required=True, resolver=lambda root, info: True)
    is_shipping_required = graphene.Boolean(required=True, resolver=lambda root, info: True)
    kind = graphene.Field(ProductTypeKindEnum, required=True, resolver=lambda root, info: "NORMAL")
    product_attributes = graphene.List(graphene.NonNull(Attribute))
    variant_attributes = graphene.List(
        graphene.NonNull(Attribute),
        variant_selection=graphene.Argument(VariantAttributeScope),
        description="The options that variants of any type have.",
    )

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_product_attributes(root: ProductTypeRow, info: graphene.ResolveInfo) -> list[ShownAttribute]:
        return product_type_attributes(root)

    @staticmethod
    def resolve_variant_attributes(
        root: ProductTypeRow, info: graphene.ResolveInfo, variant_selection: Any = None
    ) -> list[ShownAttribute]:
        rows = info.context.ask(load_options, "options") or ()
        return [option_attribute(row) for row in rows] if are_options_in(variant_selection) else []


class ProductPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    discount = graphene.Field(TaxedMoney)
    display_gross_prices = graphene.Boolean(required=True)
    price_range = graphene.Field(TaxedMoneyRange)
    price_range_undiscounted = graphene.Field(TaxedMoneyRange)


class Product(WithName, WithAttributes, graphene.ObjectType):
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
    variants = graphene.List(graphene.NonNull(ProductVariant), deprecation_reason="Use `productVariants`.")
    product_variants = graphene.Field(ProductVariantCountableConnection, **WINDOW)
    variant = graphene.Field(
        ProductVariant,
        id=graphene.ID(),
        sku=graphene.String(),
        deprecation_reason="Use `productVariant` of the query.",
    )
    rating = graphene.Float(description="Null: nothing is rated.")
    translation = translated(ProductTranslation)
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
        interfaces = (Node, ObjectWithMetadata, ObjectWithAttributes)

    @staticmethod
    def attributes_of(root: InChannel[ProductRow], context: Context) -> list[Assigned]:
        return product_attributes(root.row, context.ask(load_product_values, root.row.pk) or ())

    @staticmethod
    def resolve_product_variants(
        root: InChannel[ProductRow], info: graphene.ResolveInfo, **arguments: Any
    ) -> Listed[ProductVariantRow]:
        return page_of_rows(root.row.shown_variants, read_window(arguments, "productVariants"), root.channel)

    @staticmethod
    def resolve_variant(
        root: InChannel[ProductRow], info: graphene.ResolveInfo, id: str | None = None, sku: str | None = None
    ) -> InChannel[ProductVariantRow] | None:
        require_one({"id": id, "sku": sku})
        found = (row for row in root.row.shown_variants if id == row.public_id or sku == row.sku)
        row = next(found, None)
        return InChannel(row, root.channel) if row else None

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
            "discount": discount(min(before), min(now), root.channel) if prices else None,
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
    product = graphene.Field(
        Product,
        id=graphene.ID(),
        slug=graphene.String(),
        slug_language_code=graphene.Argument(LanguageCodeEnum),
        channel=graphene.String(),
    )

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
        slug_language_code: Any = None,
        channel: str | None = None,
    ) -> InChannel[ProductRow] | None:
        return find_row_in_channel(info.context, load_products, "Product", id, slug, channel, slug_language_code)
