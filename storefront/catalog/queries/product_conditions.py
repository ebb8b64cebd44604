"""What products may be narrowed by, as conditions to be joined."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q

from storefront.catalog.facets import FacetName, facet_values
from storefront.catalog.models import Channel, CollectionProduct, GuideLink, ProductTag, VariantPrice, Vocabulary
from storefront.catalog.queries.categories import CategoryTree
from storefront.catalog.queries.collections import shown_collections
from storefront.catalog.queries.pages import page_is_shown

PRICE_BOUND = Decimal(10**12)


# The facets of vocabularies whose words a product is counted under.
FACETS = {
    Vocabulary.TOOL_TYPE: FacetName.TOOL_TYPE,
    Vocabulary.CONDITION: FacetName.CONDITION,
}


def has_facet(name: FacetName, values: Collection[str]) -> Q:
    """Return what holds for listed products that have one of these values."""
    return Q(listing__facets__overlap=facet_values(name, values)) if values else Q(pk__in=[])


def in_areas(slugs: Collection[str]) -> Q:
    """Return what holds for products offered for one of these areas: tagged with it or one inside it."""
    return has_facet(FacetName.AREA, slugs)


def tagged_with(vocabulary: Vocabulary, slugs: Collection[str]) -> Q:
    if vocabulary in FACETS:
        return has_facet(FACETS[vocabulary], slugs)
    tags = ProductTag.objects.filter(vocabulary=vocabulary.value, term__slug__in=slugs)
    return Q(pk__in=tags.values("product"))


def with_guides(slugs: Collection[str]) -> Q:
    """Return what holds for products linked to one of these guides, primary or related."""
    links = GuideLink.objects.filter(page_is_shown("page__"), page__slug__in=slugs)
    return Q(pk__in=links.values("product"))


def in_categories(public_ids: Collection[str], tree: CategoryTree) -> Q:
    """Return what holds for products in one of these categories or in one inside it."""
    return Q(category__in=tree.within(public_ids))


def in_collections(public_ids: Collection[str], in_channel: Channel) -> Q:
    """Return what holds for products in one of these collections that the channel shows."""
    shown = shown_collections(in_channel).filter(public_id__in=public_ids)
    return Q(public_id__in=CollectionProduct.objects.filter(collection__in=shown).values("product"))


def priced_between(at_least: Decimal | None, at_most: Decimal | None, in_channel: Channel) -> Q:
    """Return what holds for products of which some variant's price lies in the range, its ends included."""
    prices = VariantPrice.objects.filter(channel=in_channel)
    if at_least is not None:
        prices = prices.filter(amount__gte=comparable(at_least))
    if at_most is not None:
        prices = prices.filter(amount__lte=comparable(at_most))
    return Q(pk__in=prices.values("variant__product"))


def comparable(bound: Decimal) -> Decimal:
    """Return the bound as the database can hold it: no price is larger, and none has so many places."""
    return round(min(max(bound, -PRICE_BOUND), PRICE_BOUND), 9)


def available(is_available: bool = True) -> Q:
    """Return what holds for products of which some unit can be had, or none."""
    return Q(units__gt=0) if is_available else Q(units=0)
