"""Everything the shop reads. Only what may be shown is ever in: active products with a price in the
channel, active pages. Functions give rows with what their readers need already fetched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import TypedDict, Unpack

from django.contrib.postgres.search import SearchRank
from django.db.models import (
    Case,
    Count,
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
from django.utils import timezone

from storefront.catalog.keyset import Key, Listing, Window, amount, moment, number, row_key
from storefront.catalog.keyset import Page as RowPage
from storefront.catalog.models import (
    CatalogVersion,
    Category,
    Channel,
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
from storefront.catalog.models import Collection as ProductCollection
from storefront.catalog.records import DEFAULT_CHANNEL, LinkRole, Status
from storefront.catalog.search import search_query

GUIDE_TYPE = "guide"
PRICE_BOUND = Decimal(10**12)


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


# --- channels -----------------------------------------------------------------------------------------------


def channels() -> list[Channel]:
    """The active channels, by slug."""
    return list(Channel.objects.filter(is_active=True).order_by("slug"))


def only_channel() -> Channel | None:
    """The one active channel; None if there are several, so that a caller must say which."""
    found = channels()
    return found[0] if len(found) == 1 else None


def pages_channel() -> Channel | None:
    """The channel that the pages for shoppers show."""
    return channel(DEFAULT_CHANNEL) or only_channel()


def channel(slug: str) -> Channel | None:
    return Channel.objects.filter(is_active=True, slug=slug).first()


# --- products -----------------------------------------------------------------------------------------------


def shown_products(in_channel: Channel, *, by_link: bool = False) -> QuerySet[Product]:
    """Active products with a price in the channel and listed there, with their price range and whether any can be had.

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
        price_start=Subquery(ranges.annotate(found=Min("amount")).values("found"), output_field=money),
        price_stop=Subquery(ranges.annotate(found=Max("amount")).values("found"), output_field=money),
        compare_at_stop=Subquery(ranges.annotate(found=Max("compare_at_amount")).values("found"), output_field=money),
        units=Coalesce(
            Subquery(ranges.annotate(found=Sum("available")).values("found"), output_field=IntegerField()), 0
        )
        + Coalesce(Subquery(stock.annotate(found=Sum("quantity")).values("found"), output_field=IntegerField()), 0),
    )


def products_with_page() -> QuerySet[Product]:
    """The products that shoppers find a page of."""
    found = pages_channel()
    return shown_products(found, by_link=True) if found else Product.objects.none()


def with_card(products: QuerySet[Product]) -> QuerySet[Product]:
    """With what a card in a list shows: picture, areas, tool type, primary guide."""
    return products.select_related("category__parent", "product_type").prefetch_related(
        Prefetch("media", shown_media(), to_attr="pictures"),
        Prefetch("tags", ProductTag.objects.select_related("term", "term__parent"), to_attr="shown_tags"),
        Prefetch("guide_links", shown_links(), to_attr="shown_links"),
    )


def shown_media() -> QuerySet[ProductMedia]:
    """Pictures of products that are stored, each with its content's row, in their order."""
    stored = ProductMedia.objects.filter(picture__isnull=False).select_related("picture")
    return stored.order_by("position", "id")


def with_details(products: QuerySet[Product], in_channel: Channel) -> QuerySet[Product]:
    """With all that the product's own page or a GraphQL client may ask of it."""
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
    """Links to guides that may be shown, the primary first."""
    return (
        GuideLink.objects.filter(page_is_shown("page__"))
        .select_related("page", "page__page_type")
        .prefetch_related(
            Prefetch("page__tags", PageTag.objects.select_related("term", "term__parent"), to_attr="shown_tags")
        )
        .order_by("position")
    )


def product(in_channel: Channel, *, slug: str | None = None, public_id: str | None = None) -> Product | None:
    """One shown product by its slug or public id, with all its details."""
    wanted = Q(slug=slug) if slug is not None else Q(public_id=public_id)
    return with_details(shown_products(in_channel, by_link=True).filter(wanted), in_channel).first()


def products(keys: Collection[tuple[Channel, str, str]]) -> list[Product | None]:
    """Shown products by (channel, "slug" or "public_id", its value), with all their details."""
    found: dict[tuple[int, str, str], Product] = {}
    for place in {given.pk: given for given, _, _ in keys}.values():
        names: dict[str, set[str]] = {"slug": set(), "public_id": set()}
        for given, column, value in keys:
            if given.pk == place.pk:
                names[column].add(value)
        wanted = Q(slug__in=names["slug"]) | Q(public_id__in=names["public_id"])
        for row in with_details(shown_products(place, by_link=True).filter(wanted), place):
            found[place.pk, "slug", row.slug] = found[place.pk, "public_id", row.public_id] = row
    return [found.get((given.pk, column, value)) for given, column, value in keys]


def product_listing(in_channel: Channel, query: QuerySet[Product], keys: Sequence[Key]) -> Listing[Product]:
    """These products of the channel in an order, with all details."""
    return Listing(
        query,
        keys,
        anywhere=shown_products(in_channel),
        kind=("product", in_channel.pk),
        details=partial(with_details, in_channel=in_channel),
    )


def products_page(in_channel: Channel, *, window: Window, **wanted: Unpack[ProductsWanted]) -> RowPage[Product]:
    """A page of `products_list`."""
    return products_list(in_channel, **wanted).page(window)


class ProductsWanted(TypedDict, total=False):
    """What a list of products may be narrowed and ordered by."""

    wanted: Q | None
    search: str | None
    sort: ProductSort
    is_descending: bool
    collection: ProductCollection | None


def products_list(
    in_channel: Channel,
    *,
    wanted: Q | None = None,
    search: str | None = None,
    sort: ProductSort = ProductSort.SLUG,
    is_descending: bool = False,
    collection: ProductCollection | None = None,
) -> Listing[Product]:
    """Shown products that fit `wanted` (made of the `Q` functions below) and a search, and that are in a collection if
    one is given."""
    query = shown_products(in_channel)
    if collection is not None:
        members = CollectionProduct.objects.filter(collection=collection, product=OuterRef("public_id"))
        places = Subquery(members.values("position"), output_field=IntegerField())
        query = query.filter(Exists(members)).annotate(place=places)
    if wanted is not None:
        query = query.filter(wanted)
    if search is not None:
        words = search_query(search)
        if words is None:
            query = query.annotate(rank=Value(0.0, output_field=FloatField())).none()
        else:
            query = query.filter(search=words).annotate(rank=Cast(SearchRank(F("search"), words), FloatField()))
    keys = [replace(key, is_descending=key.is_descending != is_descending) for key in sort.value]
    return product_listing(in_channel, query, keys)


def in_areas(slugs: Collection[str], rows: Sequence[Term] | None = None) -> Q:
    """Tagged with one of these areas or with one inside it. `rows`: all areas, where they were read already."""
    return Q(pk__in=ProductTag.objects.filter(term__in=areas_within(slugs, rows)).values("product"))


def of_tool_types(slugs: Collection[str]) -> Q:
    return tagged_with(Vocabulary.TOOL_TYPE, slugs)


def for_conditions(slugs: Collection[str]) -> Q:
    return tagged_with(Vocabulary.CONDITION, slugs)


def tagged_with(vocabulary: Vocabulary, slugs: Collection[str]) -> Q:
    tags = ProductTag.objects.filter(vocabulary=vocabulary.value, term__slug__in=slugs)
    return Q(pk__in=tags.values("product"))


def with_guides(slugs: Collection[str]) -> Q:
    """Linked to one of these guides, primary or related."""
    links = GuideLink.objects.filter(page_is_shown("page__"), page__slug__in=slugs)
    return Q(pk__in=links.values("product"))


def in_categories(public_ids: Collection[str], rows: Iterable[Category] | None = None) -> Q:
    """In one of these categories or in one inside it. `rows`: all categories, where they were read already."""
    if rows is None:
        keys = set(Category.objects.filter(public_id__in=public_ids).values_list("pk", flat=True))
        inside = keys
        while inside:
            inside = set(Category.objects.filter(parent__in=inside).values_list("pk", flat=True)) - keys
            keys |= inside
        return Q(category__in=keys)
    parents = {row.pk: row.parent_id for row in rows}
    named = set(public_ids)
    found = {row.pk for row in rows if row.public_id in named}
    inner: dict[int | None, list[int]] = {}
    for key, parent in parents.items():
        inner.setdefault(parent, []).append(key)
    waiting = list(found)
    while waiting:
        more = [key for key in inner.get(waiting.pop(), ()) if key not in found]
        found.update(more)
        waiting += more
    return Q(category__in=found)


def priced_between(at_least: Decimal | None, at_most: Decimal | None, in_channel: Channel) -> Q:
    """Some variant's price lies in the range, its ends included."""
    prices = VariantPrice.objects.filter(channel=in_channel)
    if at_least is not None:
        prices = prices.filter(amount__gte=comparable(at_least))
    if at_most is not None:
        prices = prices.filter(amount__lte=comparable(at_most))
    return Q(pk__in=prices.values("variant__product"))


def comparable(bound: Decimal) -> Decimal:
    """The bound as the database can hold it: no price is larger, and none has so many places."""
    return round(min(max(bound, -PRICE_BOUND), PRICE_BOUND), 9)


def available(is_available: bool = True) -> Q:
    """Some unit of some variant is in stock, or none of any."""
    return Q(units__gt=0) if is_available else Q(units=0)


# --- areas --------------------------------------------------------------------------------------------------


def areas() -> list[Term]:
    """All body areas in the taxonomy's order."""
    return list(Term.objects.filter(vocabulary=Vocabulary.AREA.value).select_related("parent").order_by("position"))


def area(slug: str) -> Term | None:
    return (
        Term.objects.filter(vocabulary=Vocabulary.AREA.value, slug=slug)
        .select_related("parent", "parent__parent")
        .first()
    )


def areas_within(slugs: Collection[str], rows: Sequence[Term] | None = None) -> dict[Term, int]:
    """The areas with these slugs and all inside them → how many steps inside (0: the area itself).

    `rows`: all areas, where they were read already, here and below.
    """
    rows = areas() if rows is None else rows
    found = {row: 0 for row in rows if row.slug in slugs}
    inner = set(found)
    distance = 0
    while inner:
        distance += 1
        parents = {row.pk for row in inner}
        inner = {row for row in rows if row.parent_id in parents and row not in found}
        found |= dict.fromkeys(inner, distance)
    return found


def areas_above(of: Term, rows: Sequence[Term] | None = None) -> list[Term]:
    """The groups that an area lies in, the nearest first, `full-body` last."""
    by_key = {row.pk: row for row in (areas() if rows is None else rows)}
    found: list[Term] = []
    parent = of.parent_id
    while parent is not None:
        found.append(by_key[parent])
        parent = by_key[parent].parent_id
    return found


def nearest_first(keys: dict[int, int]) -> Min:
    """Term key → steps, as the smallest number of steps of a row's tags."""
    whens = [When(tags__term=key, then=Value(steps)) for key, steps in keys.items()]
    return Min(Case(*whens, output_field=IntegerField()))


def products_for_area(of: Term, in_channel: Channel, window: Window) -> RowPage[Product]:
    """A page of `area_products`."""
    return area_products(of, in_channel).page(window)


def area_products(of: Term, in_channel: Channel, rows: Sequence[Term] | None = None) -> Listing[Product]:
    """Shown products tagged with the area or one inside it, the nearest first, then by name."""
    steps = {term.pk: distance for term, distance in areas_within([of.slug], rows).items()}
    query = shown_products(in_channel).filter(tags__term__in=steps).annotate(distance=nearest_first(steps))
    return product_listing(in_channel, query, ProductSort.NEAREST.value)


def products_for_groups_above(of: Term, in_channel: Channel, window: Window) -> RowPage[Product]:
    """A page of `products_of_groups_above`."""
    return products_of_groups_above(of, in_channel).page(window)


def products_of_groups_above(of: Term, in_channel: Channel, rows: Sequence[Term] | None = None) -> Listing[Product]:
    """ "Also for the whole …": products tagged with a group above the area, and with nothing in it.

    The nearest group first, `full-body` last, then by name.
    """
    steps = {term.pk: distance for distance, term in enumerate(areas_above(of, rows))}
    inside = ProductTag.objects.filter(term__in=areas_within([of.slug], rows)).values("product")
    query = (
        shown_products(in_channel)
        .filter(tags__term__in=steps)
        .exclude(pk__in=inside)
        .annotate(distance=nearest_first(steps))
    )
    return product_listing(in_channel, query, ProductSort.NEAREST.value)


def guides_for_area(of: Term) -> list[Page]:
    """All of `area_guides`."""
    listing = area_guides(of)
    return list(with_tags(listing.query).order_by(*(key.name for key in listing.keys)))


def area_guides(of: Term, rows: Sequence[Term] | None = None) -> Listing[Page]:
    """Shown guides tagged with the area or one inside it, the nearest first, then those about the fewest areas."""
    steps = {term.pk: distance for term, distance in areas_within([of.slug], rows).items()}
    breadth = PageTag.objects.filter(page=OuterRef("pk"), vocabulary=Vocabulary.AREA.value).order_by().values("page")
    query = (
        shown_guides()
        .filter(tags__term__in=steps)
        .annotate(
            distance=nearest_first(steps),
            breadth=Subquery(breadth.annotate(found=Count("pk")).values("found"), output_field=IntegerField()),
        )
    )
    keys = (Key("distance", read=row_key), Key("breadth", read=row_key), Key("title"))
    return Listing(query, keys, anywhere=shown_pages(), kind="page", details=with_tags)


def area_counts(in_channel: Channel) -> dict[int, int]:
    """Area key → how many shown products are tagged with it or with one inside it."""
    rows = areas()
    parent_of = {row.pk: row.parent_id for row in rows}
    products: dict[int, set[int]] = {row.pk: set() for row in rows}
    tags = ProductTag.objects.filter(
        vocabulary=Vocabulary.AREA.value, product__in=shown_products(in_channel).values("pk")
    )
    for term_id, product_id in tags.order_by().values_list("term_id", "product_id"):
        at: int | None = term_id
        while at is not None:
            products[at].add(product_id)
            at = parent_of[at]
    return {key: len(found) for key, found in products.items()}


def tool_types_in_use(in_channel: Channel) -> list[Term]:
    """The tool types of which something is shown, in the taxonomy's order."""
    used = ProductTag.objects.filter(
        vocabulary=Vocabulary.TOOL_TYPE.value, product__in=shown_products(in_channel).values("pk")
    )
    return list(Term.objects.filter(pk__in=used.values("term")).order_by("position"))


# --- pages --------------------------------------------------------------------------------------------------


def shown_pages() -> QuerySet[Page]:
    return Page.objects.filter(page_is_shown()).select_related("page_type")


def page_is_shown(prefix: str = "") -> Q:
    """Active, and published by now. `prefix`: what leads to the page, like `page__`."""
    published = Q(**{f"{prefix}published_at": None}) | Q(**{f"{prefix}published_at__lte": timezone.now()})
    return Q(**{f"{prefix}status": Status.ACTIVE.value}) & published


def shown_guides() -> QuerySet[Page]:
    return shown_pages().filter(page_type__slug=GUIDE_TYPE)


def with_tags(pages: QuerySet[Page]) -> QuerySet[Page]:
    return pages.prefetch_related(
        Prefetch("tags", PageTag.objects.select_related("term", "term__parent"), to_attr="shown_tags")
    )


def page(*, slug: str | None = None, public_id: str | None = None) -> Page | None:
    """One shown page by its slug or public id."""
    wanted = Q(slug=slug) if slug is not None else Q(public_id=public_id)
    return with_tags(shown_pages().filter(wanted)).first()


def plain_page(slug: str) -> Page | None:
    """One shown page that is no guide."""
    return shown_pages().exclude(page_type__slug=GUIDE_TYPE).filter(slug=slug).first()


def guide(slug: str) -> Page | None:
    return with_tags(shown_guides().filter(slug=slug)).first()


def pages_page(*, wanted: Q | None = None, search: str | None = None, window: Window) -> RowPage[Page]:
    """A page of `pages_list`."""
    return pages_list(wanted=wanted, search=search).page(window)


def pages_list(
    *, wanted: Q | None = None, search: str | None = None, keys: Sequence[Key] = (Key("slug"),)
) -> Listing[Page]:
    """Shown pages, guides among them."""
    query = shown_pages()
    if wanted is not None:
        query = query.filter(wanted)
    if search is not None:
        words = search_query(search)
        query = query.none() if words is None else query.filter(search=words)
    return Listing(query, keys, anywhere=shown_pages(), kind="page", details=with_tags)


def pages_in_areas(slugs: Collection[str], rows: Sequence[Term] | None = None) -> Q:
    """Tagged with one of these areas or with one inside it."""
    return Q(pk__in=PageTag.objects.filter(term__in=areas_within(slugs, rows)).values("page"))


def guides() -> list[Page]:
    """All shown guides by title."""
    return list(with_tags(shown_guides()).order_by("title"))


def most_linked_guides(limit: int) -> list[Page]:
    """The guides that most products link to, as primary or related."""
    return list(shown_guides().annotate(links=Count("product_links")).order_by("-links", "title")[:limit])


def products_for_page(of: Page, in_channel: Channel, window: Window) -> RowPage[Product]:
    """A page of `page_products`."""
    return page_products(of, in_channel).page(window)


def page_products(of: Page, in_channel: Channel) -> Listing[Product]:
    """Shown products that link to the page: those of which it is the primary guide first."""
    links = GuideLink.objects.filter(page=of)
    query = (
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
    return product_listing(in_channel, query, ProductSort.NEAREST.value)


# --- other --------------------------------------------------------------------------------------------------


def category(*, slug: str | None = None, public_id: str | None = None) -> Category | None:
    wanted = Q(slug=slug) if slug is not None else Q(public_id=public_id)
    return Category.objects.filter(wanted).select_related("parent").first()


def catalog_version() -> int:
    """The number that grows with every write of the catalogue."""
    return CatalogVersion.objects.values_list("number", flat=True).get(pk=1)


def terms_of(tags: Iterable[ProductTag | PageTag], vocabulary: Vocabulary) -> list[Term]:
    """The words of one vocabulary among tags that were fetched."""
    return [tag.term for tag in tags if tag.vocabulary == vocabulary.value]


def units_of(variant: ProductVariant) -> int:
    """Return how many units of a variant, fetched with its details, can be had in their channel."""
    available = next((price.available for price in variant.shown_prices), None)
    return sum(stock.quantity for stock in variant.shown_stocks) if available is None else available


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be said of stock: how many `units` can be had, and whether that is few."""

    units: int

    LOW = 5

    @property
    def is_available(self) -> bool:
        return self.units > 0

    @property
    def is_low(self) -> bool:
        return 0 < self.units <= self.LOW
