"""What a list shows of a product or guide: small frozen records, a page of them by one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from storefront.catalog.keyset import Listing, Window, cursor_of, page_bounds, part_of
from storefront.catalog.models import Channel, Page, Product, ProductMedia, ProductTag, Vocabulary
from storefront.catalog.queries.availability import Availability
from storefront.catalog.queries.products import shown_products


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A stored picture: the file itself, and the smaller ones made of it, by width."""

    alt: str
    file: str
    width: int
    height: int
    renditions: Sequence[Mapping[str, Any]]

    def in_format(self, name: str) -> list[Mapping[str, Any]]:
        """Return its renditions in a format ("webp", "avif"), the smallest first."""
        return [rendition for rendition in self.renditions if rendition["format"] == name]

    @property
    def content(self) -> CardPicture:
        return self


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product as lists show it in a channel. `areas`: the names of its own."""

    key: int
    slug: str
    name: str
    price_start: Decimal
    price_stop: Decimal
    compare_at_stop: Decimal | None
    stock: Availability
    areas: tuple[str, ...]
    picture: CardPicture | None


@dataclass(frozen=True, slots=True)
class GuideCard:
    key: int
    slug: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """Part of a list, and the cursors of the parts beside it."""

    rows: Sequence[ProductCard]
    start_cursor: str | None
    end_cursor: str | None
    has_next: bool
    has_previous: bool


OWN = ("pk", "slug", "name", "price_start", "price_stop", "compare_at_stop", "units", "card_areas", "card_picture")


def with_card_values(products: QuerySet[Product]) -> QuerySet[Product]:
    """Annotate shown products with the areas and the picture of their cards."""
    areas = ProductTag.objects.filter(product=OuterRef("pk"), vocabulary=Vocabulary.AREA.value).order_by("position")
    pictures = ProductMedia.objects.filter(product=OuterRef("pk"), picture__isnull=False).order_by("position", "id")
    first = pictures.values(
        value=JSONObject(
            alt="alt",
            file="picture__file",
            width="picture__width",
            height="picture__height",
            renditions="picture__renditions",
        )
    )[:1]
    return products.annotate(card_areas=ArraySubquery(areas.values("term__name")), card_picture=Subquery(first))


def card_page(listing: Listing[Product], window: Window) -> CardPage:
    """Return the cards of a part of a list. Raises `CursorError` for a cursor that is none of this list."""
    names = [key.name for key in listing.all_keys()]
    rows = list(with_card_values(part_of(listing, window)).values_list(*OWN, *names))
    shown, has_next, has_previous = page_bounds(rows, window)
    return CardPage(
        rows=[card_of(row) for row in shown],
        start_cursor=cursor_of(shown[0][len(OWN) :]) if shown else None,
        end_cursor=cursor_of(shown[-1][len(OWN) :]) if shown else None,
        has_next=has_next,
        has_previous=has_previous,
    )


def product_cards(in_channel: Channel, keys: Sequence[int]) -> list[ProductCard]:
    """Return the cards of those of the products that are shown, in the order of the keys."""
    if not keys:
        return []
    rows = with_card_values(shown_products(in_channel).filter(pk__in=keys)).values_list(*OWN)
    cards = {row[0]: card_of(row) for row in rows}
    return [cards[key] for key in keys if key in cards]


def card_of(row: Sequence[Any]) -> ProductCard:
    key, slug, name, price_start, price_stop, compare_at_stop, units, areas, picture = row[: len(OWN)]
    return ProductCard(
        key=key,
        slug=slug,
        name=name,
        price_start=price_start,
        price_stop=price_stop,
        compare_at_stop=compare_at_stop,
        stock=Availability(units),
        areas=tuple(areas),
        picture=CardPicture(**picture) if picture else None,
    )


def guide_cards(guides: QuerySet[Page]) -> list[GuideCard]:
    """Return the cards of guides in their order."""
    return [GuideCard(*row) for row in guides.values_list("pk", "slug", "title", "summary")]


def guide_cards_by_key(guides: QuerySet[Page], keys: Collection[int]) -> dict[int, GuideCard]:
    return {card.key: card for card in guide_cards(guides.filter(pk__in=keys))} if keys else {}
