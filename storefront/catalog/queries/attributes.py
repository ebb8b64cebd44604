"""Attributes that have rows: what files add to products, and the options of variants."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q

from storefront.catalog.models import Attribute, AttributeValue, Channel, ProductAttributeValue, VariantOption


def load_product_values(products: Sequence[int]) -> list[list[AttributeValue]]:
    """Return what each product has for further attributes, by their names."""
    found: dict[int, list[AttributeValue]] = {}
    rows = ProductAttributeValue.objects.filter(product__in=products).select_related("value__attribute")
    for row in rows.order_by("value__attribute__name", "value_id"):
        found.setdefault(row.product_id, []).append(row.value)
    return [found.get(key, []) for key in products]


def load_options(questions: Sequence[str]) -> list[list[Attribute]]:
    """Return the options that variants may have, by name, to each question the same."""
    rows = list(Attribute.objects.filter(kind=Attribute.Kind.VARIANT).order_by("name", "pk"))
    return [rows for _ in questions]


def with_value(in_channel: Channel | None, slug: str, values: Q) -> Q:
    """Return what holds for products that have, themselves or in a variant that is sold in the channel, one of these
    values of the attribute with this slug."""
    own = AttributeValue.objects.filter(values, attribute__slug=slug)
    products = ProductAttributeValue.objects.filter(value__in=own)
    options = VariantOption.objects.filter(value__in=own, variant__prices__channel=in_channel)
    return Q(pk__in=products.values("product")) | Q(pk__in=options.values("variant__product"))


def named(slugs: Collection[str] = (), names: Collection[str] = ()) -> Q:
    """Return what holds for values with one of these slugs or names."""
    return Q(slug__in=slugs) | Q(name__in=names)
