"""Products and variants in Saleor's dialect, with what they are for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene

from storefront.catalog import queries
from storefront.catalog.models import (
    Channel,
    Term,
    Vocabulary,
)
from storefront.catalog.models import (
    Product as ProductRow,
)
from storefront.catalog.models import (
    ProductMedia as ProductMediaRow,
)
from storefront.catalog.models import (
    ProductVariant as ProductVariantRow,
)
from storefront.catalog.records import LinkRole
from storefront.catalog.richtext import to_editorjs
from storefront.graphql.areas import BodyArea, Caution, Condition, ToolType
from storefront.graphql.base import (
    Image,
    InChannel,
    JSONString,
    TaxedMoney,
    TaxedMoneyRange,
    ThumbnailFormatEnum,
    WithPublicId,
    connection,
    picture_url,
    taxed,
)


class ProductType(WithPublicId, graphene.ObjectType):
    name = graphene.String(required=True)
    slug = graphene.String(required=True)


class ProductMediaType(graphene.Enum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class ProductMedia(WithPublicId, graphene.ObjectType):
    sort_order = graphene.Int()
    alt = graphene.String(required=True)
    type = graphene.Field(ProductMediaType, required=True)
    url = graphene.String(
        required=True, size=graphene.Int(), format=ThumbnailFormatEnum(default_value=ThumbnailFormatEnum.ORIGINAL)
    )

    @staticmethod
    def resolve_sort_order(root: ProductMediaRow, info: graphene.ResolveInfo) -> int:
        return root.position

    @staticmethod
    def resolve_type(root: ProductMediaRow, info: graphene.ResolveInfo) -> str:
        return "IMAGE"

    @staticmethod
    def resolve_url(
        root: ProductMediaRow, info: graphene.ResolveInfo, size: int | None = None, format: Any = None
    ) -> str:
        return picture_url(info.context.request, root.content, size, format)


class ProductPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    display_gross_prices = graphene.Boolean(required=True)
    price_range = graphene.Field(TaxedMoneyRange)
    price_range_undiscounted = graphene.Field(TaxedMoneyRange)


class VariantPricingInfo(graphene.ObjectType):
    on_sale = graphene.Boolean()
    price = graphene.Field(TaxedMoney)
    price_undiscounted = graphene.Field(TaxedMoney)


class VariantOption(graphene.ObjectType):
    """An option of the variant and its value, like Size: Large."""

    name = graphene.String(required=True)
    value = graphene.String(required=True)


class ProductVariant(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    sku = graphene.String()
    product = graphene.Field(lambda: Product, required=True)
    pricing = graphene.Field(VariantPricingInfo)
    quantity_available = graphene.Int()
    options = graphene.List(graphene.NonNull(VariantOption), required=True)
    external_reference = graphene.String()

    @staticmethod
    def resolve_id(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.public_id

    @staticmethod
    def resolve_name(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.name or root.row.sku

    @staticmethod
    def resolve_sku(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str:
        return root.row.sku

    @staticmethod
    def resolve_external_reference(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> str | None:
        return root.row.reference or None

    @staticmethod
    def resolve_product(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> InChannel[ProductRow]:
        return InChannel(root.row.product, root.channel)

    @staticmethod
    def resolve_quantity_available(root: InChannel[ProductVariantRow], info: graphene.ResolveInfo) -> int:
        return queries.units_of(root.row)

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


class Product(graphene.ObjectType):
    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    slug = graphene.String(required=True)
    description = JSONString()
    seo_title = graphene.String()
    seo_description = graphene.String()
    created = graphene.DateTime(required=True)
    updated_at = graphene.DateTime(required=True)
    channel = graphene.String()
    external_reference = graphene.String()
    product_type = graphene.Field(ProductType, required=True)
    category = graphene.Field("storefront.graphql.categories.Category")
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
    fsa_hsa_eligible = graphene.Boolean()
    cautions = graphene.List(graphene.NonNull(Caution), required=True)
    target_areas = graphene.List(graphene.NonNull(BodyArea), required=True)
    tool_type = graphene.Field(ToolType)
    conditions = graphene.List(graphene.NonNull(Condition), required=True)
    primary_guide = graphene.Field("storefront.graphql.pages.Page")
    related_guides = graphene.List(graphene.NonNull("storefront.graphql.pages.Page"), required=True)

    @staticmethod
    def resolve_id(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str:
        return root.row.public_id

    @staticmethod
    def resolve_description(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> dict[str, Any] | None:
        return to_editorjs(root.row.description) if root.row.description else None

    @staticmethod
    def resolve_created(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return root.row.created_at

    @staticmethod
    def resolve_channel(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> str | None:
        return root.channel.slug if root.channel else None

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
        return queries.terms_of(root.row.shown_tags, Vocabulary.AREA)

    @staticmethod
    def resolve_tool_type(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Term | None:
        return next(iter(queries.terms_of(root.row.shown_tags, Vocabulary.TOOL_TYPE)), None)

    @staticmethod
    def resolve_conditions(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Term]:
        return queries.terms_of(root.row.shown_tags, Vocabulary.CONDITION)

    @staticmethod
    def resolve_primary_guide(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> Any:
        return next((link.page for link in root.row.shown_links if link.role == LinkRole.PRIMARY.value), None)

    @staticmethod
    def resolve_related_guides(root: InChannel[ProductRow], info: graphene.ResolveInfo) -> list[Any]:
        return [link.page for link in root.row.shown_links if link.role == LinkRole.RELATED.value]


def plain(name: str) -> Any:
    """A resolver that reads a column of the row."""

    def resolve(root: InChannel[Any], info: graphene.ResolveInfo) -> Any:
        return getattr(root.row, name)

    return staticmethod(resolve)


for column in (
    *("name", "slug", "seo_title", "seo_description", "updated_at", "product_type", "category"),
    *("brand", "material", "warranty_years", "fsa_hsa_eligible", "cautions"),
):
    setattr(Product, f"resolve_{column}", plain(column))

ProductCountableConnection = connection(Product, "Product", depends_on_channel=True)


def price_range(amounts: list[Decimal], channel: Channel) -> dict[str, Any] | None:
    if not amounts:
        return None
    return {"start": taxed(min(amounts), channel.currency), "stop": taxed(max(amounts), channel.currency)}
