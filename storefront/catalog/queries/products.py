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

from storefront.catalog.keyset import Key, Listing, amount, moment, number, row_key
from storefront.catalog.models import (
    Channel,
    Collection,
    CollectionProduct,
    GuideLink,
    Page,
    PageTag,
    Product,
    ProductMedia,
    ProductTag,
    ProductVariant,
    Stock,
    Term,
    Unlisted,
    VariantOption,
    VariantPrice,
    Vocabulary,
)
from storefront.catalog.queries.areas import (
    areas_above,
    areas_within,
    items_by_area,
    load_areas,
    nearest_first,
    steps_inside,
)
from storefront.catalog.queries.channels import pages_channel
from storefront.catalog.queries.lookups import Lookup, find_rows_in_channels
from storefront.catalog.queries.pages import page_is_shown
from storefront.catalog.queries.safety import kept_off, kept_off_tags, offered_for
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
    NEAREST = (Key("distance", read=row_key), Key("name"))


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What a list of products is narrowed and ordered by. `condition` is made of `product_conditions`."""

    condition: Q = field(default_factory=Q)
    search: str | None = None
    sort: ProductSort = ProductSort.SLUG
    is_descending: bool = False
    collection: Collection | None = None


def shown_products(in_channel: Channel, *, by_link: bool = False) -> QuerySet[Product]:
    """Return active products that are listed in the channel and have a price there, with their prices and units.

    `by_link`: those that stand in no list and have a page, too. Annotated: `price_start`, `price_stop`,
    `compare_at_stop` (None: not reduced), `units`.
    """
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
    unlisted = Unlisted.objects.filter(product=OuterRef("pk"), channel=in_channel)
    if by_link:
        unlisted = unlisted.filter(is_reachable=False)
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
    return shown_products(channel, by_link=True) if channel else Product.objects.none()


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
    variants = (
        ProductVariant.objects.filter(prices__channel=in_channel)
        .order_by("position", "id")
        .prefetch_related(
            Prefetch("prices", VariantPrice.objects.filter(channel=in_channel), to_attr="shown_prices"),
            Prefetch("stocks", Stock.objects.all(), to_attr="shown_stocks"),
            Prefetch(
                "options",
                VariantOption.objects.select_related("value", "value__attribute"),
                to_attr="shown_options",
            ),
        )
    )
    return with_card(products).prefetch_related(Prefetch("variants", variants, to_attr="shown_variants"))


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
    return find_rows_in_channels(lambda channel: with_details(shown_products(channel, by_link=True), channel), lookups)


def product_listing(in_channel: Channel, products: QuerySet[Product], keys: Sequence[Key]) -> Listing[Product]:
    """Return these products of the channel in an order, with all details."""
    return Listing(
        products,
        keys,
        anywhere=shown_products(in_channel),
        kind=("product", in_channel.pk),
        details=partial(with_details, in_channel=in_channel),
    )


def list_products(in_channel: Channel, query: ProductQuery | None = None) -> Listing[Product]:
    """Return the shown products that fit a query; all by slug without one."""
    query = query or ProductQuery()
    products = shown_products(in_channel)
    if query.collection is not None:
        members = CollectionProduct.objects.filter(collection=query.collection, product=OuterRef("public_id"))
        places = Subquery(members.values("position"), output_field=IntegerField())
        products = products.filter(Exists(members)).annotate(place=places)
    products = products.filter(query.condition)
    if query.search is not None:
        words = search_query(query.search)
        if words is None:
            products = products.annotate(rank=Value(0.0, output_field=FloatField())).none()
        else:
            products = products.filter(search=words).annotate(rank=Cast(SearchRank(F("search"), words), FloatField()))
    keys = [replace(key, is_descending=key.is_descending != query.is_descending) for key in query.sort.value]
    return product_listing(in_channel, products, keys)


def products_for_area(of: Term, in_channel: Channel, areas: Sequence[Term] | None = None) -> Listing[Product]:
    """Return shown products tagged with the area or one inside it, the nearest first, then by name. Those that must
    keep off it are left out."""
    products = offered_products(in_channel, of).filter(offered_for(areas_within([of.slug], areas)))
    return nearest_products(in_channel, products, steps_inside(of, areas))


def offered_products(in_channel: Channel, area: Term) -> QuerySet[Product]:
    """Return shown products but for those that must keep off the area."""
    off = kept_off(area.slug)
    return shown_products(in_channel) if off is None else shown_products(in_channel).exclude(off)


def products_for_groups_above(of: Term, in_channel: Channel, areas: Sequence[Term] | None = None) -> Listing[Product]:
    """Return products tagged with a group above the area, and with nothing in it: "Also for the whole …". Those that
    must keep off the area are left out.

    The nearest group first, `full-body` last, then by name.
    """
    inside = ProductTag.objects.filter(term__in=steps_inside(of, areas)).values("product")
    steps = {area.pk: distance for distance, area in enumerate(areas_above(of, areas))}
    return nearest_products(in_channel, offered_products(in_channel, of).exclude(pk__in=inside), steps)


def nearest_products(in_channel: Channel, products: QuerySet[Product], steps: dict[int, int]) -> Listing[Product]:
    """Return those of the products that are tagged with one of these areas, the fewest steps first, then by name."""
    nearest = products.filter(tags__term__in=steps).annotate(distance=nearest_first(steps))
    return product_listing(in_channel, nearest, ProductSort.NEAREST.value)


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


def count_products_by_area(in_channel: Channel) -> dict[int, int]:
    """Return area key → how many shown products are tagged with it or with one inside it, and do not keep off it."""
    tags = ProductTag.objects.filter(
        vocabulary=Vocabulary.AREA.value, product__in=shown_products(in_channel).values("pk")
    )
    areas = load_areas()
    pairs = tags.exclude(kept_off_tags(areas)).order_by().values_list("term_id", "product_id")
    return {key: len(products) for key, products in items_by_area(pairs, areas).items()}
