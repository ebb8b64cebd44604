"""What is left for people to look at: products and guides of which tags or links are missing or weak.

Only what shoppers see is in: active products, active guides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from storefront.catalog.fields import Fields
from storefront.catalog.keyset import Key, Window, number, take_page
from storefront.catalog.keyset import Page as RowPage
from storefront.catalog.models import GuideLink, ImportBase, Page, PageTag, Product, ProductTag, Term, Vocabulary
from storefront.catalog.queries.areas import items_by_area, load_areas
from storefront.catalog.queries.search import matching
from storefront.catalog.records import GUIDE_TYPE, WEAK_BELOW, LinkRole, Origin, Status


class Queue(StrEnum):
    NO_AREA = "no-area"
    WEAK = "weak"
    NO_GUIDE = "no-guide"
    BY_HAND = "made-by-hand"
    GUIDES = "guides"
    AREAS = "areas"


@dataclass(frozen=True, slots=True)
class AreaState:
    """An area and what there is for it or for one inside it."""

    area: Term
    products: int
    guides: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The shop in numbers."""

    products: int
    not_shown: int
    guides: int
    areas: int
    areas_with_products: int


def active_products() -> QuerySet[Product]:
    return Product.objects.filter(status=Status.ACTIVE.value)


def active_guides() -> QuerySet[Page]:
    return Page.objects.filter(status=Status.ACTIVE.value, page_type__slug=GUIDE_TYPE)


def area_tags() -> QuerySet[ProductTag]:
    return ProductTag.objects.filter(product=OuterRef("pk"), vocabulary=Vocabulary.AREA.value)


def products_without_area() -> QuerySet[Product]:
    return active_products().filter(~Exists(area_tags()))


def weakly_tagged_products() -> QuerySet[Product]:
    """Return products whose areas all are inferred, each from one mention in the description. Annotated: `strength`."""
    return (
        active_products()
        .filter(~Exists(area_tags().exclude(origin=Origin.INFERRED.value)))
        .annotate(strength=Max("tags__score", filter=Q(tags__vocabulary=Vocabulary.AREA.value)))
        .filter(strength__lt=WEAK_BELOW)
    )


def products_without_guide() -> QuerySet[Product]:
    """Return products without a primary guide that is shown."""
    links = GuideLink.objects.filter(
        product=OuterRef("pk"), role=LinkRole.PRIMARY.value, page__status=Status.ACTIVE.value
    )
    return active_products().filter(~Exists(links))


def products_made_by_hand() -> QuerySet[Product]:
    """Return products that no file named, and of which nobody has said yet what areas they are for."""
    pins = area_tags().filter(origin=Origin.PINNED.value)
    return made_by_hand().filter(~Exists(pins), status=Status.ACTIVE.value)


def made_by_hand() -> QuerySet[Product]:
    """Return products that no import ever wrote, whether they have a reference (another app's) or none."""
    written = ImportBase.objects.filter(
        kind=ImportBase.Kind.PRODUCT.value, source=OuterRef("source"), reference=OuterRef("reference")
    ).exclude(fields=Fields().model_dump())
    return Product.objects.filter(~Exists(written))


def guides_without_product() -> QuerySet[Page]:
    links = GuideLink.objects.filter(page=OuterRef("pk"), product__status=Status.ACTIVE.value)
    return active_guides().filter(~Exists(links))


PRODUCT_QUEUES: dict[Queue, tuple[Callable[[], QuerySet[Product]], tuple[Key, ...]]] = {
    Queue.NO_AREA: (products_without_area, (Key("name"),)),
    Queue.WEAK: (weakly_tagged_products, (Key("strength", read=number), Key("name"))),
    Queue.NO_GUIDE: (products_without_guide, (Key("name"),)),
    Queue.BY_HAND: (products_made_by_hand, (Key("name"),)),
}


def products_to_review(queue: Queue, *, search: str = "", window: Window) -> RowPage[Product]:
    """Return a page of one of the products' queues: the weakest first, else by name, with tags and guides."""
    query, keys = PRODUCT_QUEUES[queue]
    products = matching(query(), search) if search else query()
    return take_page(for_review(products), keys, **window)


def guides_to_review(*, search: str = "", window: Window) -> RowPage[Page]:
    """Return a page of the guides that no shown product links to, by title, with their tags."""
    guides = matching(guides_without_product(), search) if search else guides_without_product()
    tags = Prefetch("tags", PageTag.objects.select_related("term"), to_attr="shown_tags")
    return take_page(guides.prefetch_related(tags), (Key("title"),), **window)


def for_review(products: QuerySet[Product]) -> QuerySet[Product]:
    return products.select_related("category").prefetch_related(
        Prefetch("tags", ProductTag.objects.select_related("term"), to_attr="shown_tags"),
        Prefetch("guide_links", GuideLink.objects.select_related("page"), to_attr="shown_links"),
    )


def product_to_review(key: int) -> Product | None:
    """Return one product with its tags and guides, whatever its status."""
    return for_review(Product.objects.filter(pk=key)).first()


def product_to_review_by_id(public_id: str) -> Product | None:
    """Return the same product by the id that GraphQL gives out; in a Saleor shop it is Saleor's."""
    return for_review(Product.objects.filter(public_id=public_id)).first()


def area_states() -> list[AreaState]:
    """Return every area in the taxonomy's order."""
    areas = load_areas()
    product_tags = ProductTag.objects.filter(vocabulary=Vocabulary.AREA.value, product__status=Status.ACTIVE.value)
    guide_tags = PageTag.objects.filter(
        vocabulary=Vocabulary.AREA.value, page__status=Status.ACTIVE.value, page__page_type__slug=GUIDE_TYPE
    )
    products = items_by_area(product_tags.order_by().values_list("term_id", "product_id"), areas)
    guides = items_by_area(guide_tags.order_by().values_list("term_id", "page_id"), areas)
    return [AreaState(area, len(products[area.pk]), len(guides[area.pk])) for area in areas]


def areas_to_review() -> list[AreaState]:
    """Return areas that have products or a guide missing, those with neither first."""
    missing = [state for state in area_states() if not (state.products and state.guides)]
    return sorted(missing, key=lambda state: bool(state.products) + bool(state.guides))


def queues(*, has_dashboard: bool) -> list[Queue]:
    """Return the queues that are shown: products are made in a dashboard, unseen by us, only where there is one."""
    return [queue for queue in Queue if has_dashboard or queue is not Queue.BY_HAND]


def queue_lengths(*, has_dashboard: bool) -> dict[Queue, int]:
    shown = queues(has_dashboard=has_dashboard)
    return {
        **{queue: query().count() for queue, (query, _) in PRODUCT_QUEUES.items() if queue in shown},
        Queue.GUIDES: guides_without_product().count(),
        Queue.AREAS: len(areas_to_review()),
    }


def figures() -> Figures:
    counts = dict(Product.objects.order_by().values_list("status").annotate(count=Count("pk")))
    states = area_states()
    active = counts.pop(Status.ACTIVE.value, 0)
    return Figures(
        products=active,
        not_shown=sum(counts.values()),
        guides=active_guides().count(),
        areas=len(states),
        areas_with_products=sum(state.products > 0 for state in states),
    )
