"""Products that a channel shows, with what cards, pages and clients ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

from django.contrib.postgres.search import SearchRank
from django.db.models import (
    Case,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    FloatField,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from storefront.catalog.facets import FacetName, facet_value
from storefront.catalog.keyset import Key, Listing, amount, moment, number, row_key
from storefront.catalog.models import (
    AreaOffer,
    Channel,
    Collection,
    CollectionProduct,
    GuideLink,
    Page,
    PageTag,
    Product,
    ProductListing,
    ProductMedia,
    ProductTag,
    ProductVariant,
    Stock,
    Term,
    Unlisted,
    VariantOption,
    VariantPrice,
)
from storefront.catalog.queries.areas import areas_above, load_areas
from storefront.catalog.queries.channels import pages_channel
from storefront.catalog.queries.counts import listed_counts
from storefront.catalog.queries.lookups import Lookup, find_rows_in_channels
from storefront.catalog.queries.pages import page_is_shown
from storefront.catalog.queries.search import search_query
from storefront.catalog.records import LinkRole, Status


class ProductSort(Enum):
    """What a list of products may be ordered by: the keys and their own direction."""

    SLUG = (Key("slug"),)
    NAME = (Key("name"),)
    PRICE = (Key("price_start", read=amount),)
    UPDATED = (Key("updated_at", read=moment),)
    CREATED = (Key("created_at", read=moment),)
    RANK = (Key("rank", is_descending=True, read=number),)
    COLLECTION = (Key("place", read=row_key),)
    TYPE = (Key("type_name"), Key("name"))
    NEAREST = (Key("distance", read=row_key), Key("name"))


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What a list of products is narrowed and ordered by. `condition` is made of `product_conditions`."""

    condition: Q = field(default_factory=Q)
    search: str | None = None
    sort: ProductSort = ProductSort.SLUG
    is_descending: bool = False
    collection: Collection | None = None


def shown_products(in_channel: Channel) -> QuerySet[Product]:
    """Return active products that are listed in the channel and have a price there, with their prices and units.

    Annotated: `price_start`, `price_stop`, `compare_at_stop` (None: not reduced), `units`. They and the conditions of
    `product_conditions` are answered by the read model's row, `listing`.
    """
    listed = Product.objects.annotate(listing=FilteredRelation("listings", condition=Q(listings__channel=in_channel)))
    return listed.filter(listing__isnull=False).annotate(
        price_start=F("listing__price_start"),
        price_stop=F("listing__price_stop"),
        compare_at_stop=F("listing__compare_at_stop"),
        units=F("listing__units"),
        listed_key=F("listing__product_id"),
    )


def reachable_products(in_channel: Channel) -> QuerySet[Product]:
    """Return the same, and those that stand in no list but have a page. For a few products at a time: their prices and
    units are worked out of their variants."""
    prices = VariantPrice.objects.filter(variant__product=OuterRef("pk"), channel=in_channel).order_by()
    ranges = prices.values("variant__product")
    # With Saleor it says what can be had in the channel; else that is the stock of what the channel sells.
    stock = (
        Stock.objects.filter(
            variant__product=OuterRef("pk"), variant__prices__channel=in_channel, variant__prices__available=None
        )
        .order_by()
        .values("variant__product")
    )
    money = DecimalField(max_digits=12, decimal_places=3)
    unlisted = Unlisted.objects.filter(product=OuterRef("pk"), channel=in_channel, is_reachable=False)
    return Product.objects.filter(Exists(prices), ~Exists(unlisted), status=Status.ACTIVE.value).annotate(
        price_start=Subquery(ranges.annotate(value=Min("amount")).values("value"), output_field=money),
        price_stop=Subquery(ranges.annotate(value=Max("amount")).values("value"), output_field=money),
        compare_at_stop=Subquery(ranges.annotate(value=Max("compare_at_amount")).values("value"), output_field=money),
        units=Coalesce(
            Subquery(ranges.annotate(value=Sum("available")).values("value"), output_field=IntegerField()), 0
        )
        + Coalesce(Subquery(stock.annotate(value=Sum("quantity")).values("value"), output_field=IntegerField()), 0),
    )


def products_with_page() -> QuerySet[Product]:
    """Return the products that have a page for shoppers."""
    channel = pages_channel()
    return reachable_products(channel) if channel else Product.objects.none()


def with_card(products: QuerySet[Product]) -> QuerySet[Product]:
    """Fetch what a card in a list shows as well: picture, areas, tool type, primary guide."""
    return products.select_related("category__parent", "product_type").prefetch_related(
        Prefetch("media", shown_media(), to_attr="pictures"),
        Prefetch("tags", ProductTag.objects.select_related("term", "term__parent"), to_attr="shown_tags"),
        Prefetch("guide_links", shown_links(), to_attr="shown_links"),
    )


def shown_media() -> QuerySet[ProductMedia]:
    """Return pictures of products that are stored, each with its content's row, in their order."""
    stored = ProductMedia.objects.filter(picture__isnull=False).select_related("picture")
    return stored.order_by("position", "id")


def with_details(products: QuerySet[Product], in_channel: Channel) -> QuerySet[Product]:
    """Fetch all that the product's own page or a GraphQL client may ask of it as well."""
    sold = ProductVariant.objects.filter(prices__channel=in_channel).order_by("position", "id")
    return with_card(products).prefetch_related(
        Prefetch("variants", with_offer(sold, in_channel), to_attr="shown_variants")
    )


def with_offer(variants: QuerySet[ProductVariant], in_channel: Channel) -> QuerySet[ProductVariant]:
    """Fetch the prices, units and options of variants that the channel sells."""
    return variants.prefetch_related(
        Prefetch("prices", VariantPrice.objects.filter(channel=in_channel), to_attr="shown_prices"),
        Prefetch("stocks", Stock.objects.all(), to_attr="shown_stocks"),
        Prefetch(
            "options",
            VariantOption.objects.select_related("value", "value__attribute"),
            to_attr="shown_options",
        ),
    )


def shown_links() -> QuerySet[GuideLink]:
    """Return links to guides that may be shown, the primary first."""
    return (
        GuideLink.objects.filter(page_is_shown("page__"))
        .select_related("page", "page__page_type")
        .prefetch_related(
            Prefetch("page__tags", PageTag.objects.select_related("term", "term__parent"), to_attr="shown_tags")
        )
        .order_by("position")
    )


def find_product(in_channel: Channel, slug: str) -> Product | None:
    """Return the shown product of that slug, with all its details."""
    return load_products([Lookup("slug", slug, in_channel)])[0]


def load_products(lookups: Sequence[Lookup]) -> list[Product | None]:
    """Return the product of each lookup as its channel shows it, with all its details."""
    return find_rows_in_channels(lambda channel: with_details(reachable_products(channel), channel), lookups)


def product_listing(
    in_channel: Channel, products: QuerySet[Product], keys: Sequence[Key], last_key: str = "pk"
) -> Listing[Product]:
    """Return these products of the channel in an order, with all details."""
    return Listing(
        products,
        keys,
        anywhere=shown_products(in_channel),
        kind=("product", in_channel.pk),
        details=partial(with_details, in_channel=in_channel),
        last_key=last_key,
    )


def list_products(in_channel: Channel, query: ProductQuery | None = None) -> Listing[Product]:
    """Return the shown products that fit a query; all by slug without one."""
    query = query or ProductQuery()
    keys = [replace(key, is_descending=key.is_descending != query.is_descending) for key in query.sort.value]
    last_key = "listed_key" if query.sort is ProductSort.PRICE else "pk"
    return product_listing(in_channel, fitting_products(in_channel, query), keys, last_key)


def fitting_products(in_channel: Channel, query: ProductQuery) -> QuerySet[Product]:
    """Return the shown products that fit a query, in no order."""
    products = shown_products(in_channel)
    if query.collection is not None:
        members = CollectionProduct.objects.filter(collection=query.collection, product=OuterRef("public_id"))
        places = Subquery(members.values("position"), output_field=IntegerField())
        products = products.filter(Exists(members)).annotate(place=places)
    products = products.filter(query.condition)
    if query.sort is ProductSort.TYPE:
        products = products.annotate(type_name=F("product_type__name"))
    if query.search is not None:
        words = search_query(query.search)
        if words is None:
            products = products.annotate(rank=Value(0.0, output_field=FloatField())).none()
        else:
            products = products.filter(search=words).annotate(rank=Cast(SearchRank(F("search"), words), FloatField()))
    return products


def products_for_area(of: Term, in_channel: Channel, products: QuerySet[Product] | None = None) -> Listing[Product]:
    """Return shown products offered for the area (tagged with it or one inside it), the nearest first, then by name.

    `products`: those of them to stay with.
    """
    offered = (shown_products(in_channel) if products is None else products).annotate(
        offer=FilteredRelation("offers", condition=Q(offers__channel=in_channel, offers__area=of))
    )
    nearest = offered.filter(offer__isnull=False).annotate(
        distance=F("offer__distance"), offered_name=F("offer__name"), offered_key=F("offer__product_id")
    )
    keys = (Key("distance", read=row_key), Key("offered_name"))
    return product_listing(in_channel, nearest, keys, last_key="offered_key")


def products_for_groups_above(of: Term, in_channel: Channel, areas: Sequence[Term] | None = None) -> Listing[Product]:
    """Return products tagged with a group above the area, and with nothing in it: "Also for the whole …". Those that
    must keep off the area are left out.

    The nearest group first, `full-body` last, then by name. Without those that must not be used on the area.
    """
    steps = {area.pk: distance for distance, area in enumerate(areas_above(of, areas))}
    whens = [When(area=key, then=Value(distance)) for key, distance in steps.items()]
    own = AreaOffer.objects.filter(product=OuterRef("pk"), channel=in_channel, area__in=steps, distance=0)
    nearest = own.annotate(steps=Case(*whens, output_field=IntegerField())).order_by("steps").values("steps")[:1]
    inside = AreaOffer.objects.filter(product=OuterRef("pk"), channel=in_channel, area=of)
    products = (
        shown_products(in_channel)
        .filter(Exists(own), ~Exists(inside))
        .exclude(listing__keeps_off__contains=[of.slug])
        .annotate(distance=Subquery(nearest, output_field=IntegerField()))
    )
    return product_listing(in_channel, products, ProductSort.NEAREST.value)


def first_for_groups_above(of: Term, in_channel: Channel, limit: int, areas: Sequence[Term]) -> list[int]:
    """Return the keys of the first products of that list, each group's read in its order."""
    inside = AreaOffer.objects.filter(product=OuterRef("product"), channel=in_channel, area=of)
    listings = ProductListing.objects.filter(
        product=OuterRef("product"), channel=in_channel, keeps_off__contains=[of.slug]
    )
    found: dict[int, None] = {}
    for group in areas_above(of, areas):
        own = AreaOffer.objects.filter(~Exists(inside), ~Exists(listings), channel=in_channel, area=group, distance=0)
        in_order = own.exclude(product__in=list(found)).order_by("name", "product_id")
        found |= dict.fromkeys(in_order.values_list("product_id", flat=True)[: limit - len(found)])
        if len(found) >= limit:
            break
    return list(found)


def products_for_page(of: Page, in_channel: Channel) -> Listing[Product]:
    """Return shown products that link to the page: those of which it is the primary guide first."""
    links = GuideLink.objects.filter(page=of)
    products = (
        shown_products(in_channel)
        .filter(pk__in=links.values("product"))
        .annotate(
            distance=Case(
                When(Exists(links.filter(product=OuterRef("pk"), role=LinkRole.PRIMARY.value)), then=0),
                default=1,
                output_field=IntegerField(),
            )
        )
    )
    return product_listing(in_channel, products, ProductSort.NEAREST.value)


def count_products_by_area(in_channel: Channel, areas: Sequence[Term] | None = None) -> dict[int, int]:
    """Return area key → how many shown products are offered for it."""
    counts = listed_counts(in_channel)
    return {
        area.pk: counts.get(facet_value(FacetName.AREA, area.slug), 0)
        for area in (load_areas() if areas is None else areas)
    }
