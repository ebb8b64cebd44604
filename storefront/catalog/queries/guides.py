"""Educational guides: pages of their own type, tagged with what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery

from storefront.catalog.keyset import Key, Listing, row_key
from storefront.catalog.models import Page, PageTag, Term, Vocabulary
from storefront.catalog.queries.areas import nearest_first, steps_inside
from storefront.catalog.queries.pages import page_listing, shown_pages, with_tags
from storefront.catalog.records import GUIDE_TYPE

IS_GUIDE = Q(page_type__slug=GUIDE_TYPE)


def shown_guides() -> QuerySet[Page]:
    return shown_pages().filter(IS_GUIDE)


def all_guides() -> list[Page]:
    """Return all shown guides by title."""
    return list(with_tags(shown_guides()).order_by("title"))


def find_guide(slug: str) -> Page | None:
    return with_tags(shown_guides().filter(slug=slug)).first()


def most_linked_guides(limit: int) -> list[Page]:
    """Return the guides that most products link to, as primary or related."""
    return list(shown_guides().annotate(links=Count("product_links")).order_by("-links", "title")[:limit])


def guides_for_area(of: Term, areas: Sequence[Term] | None = None) -> Listing[Page]:
    """Return guides for the area or one inside it, the nearest first, then those about the fewest areas."""
    steps = steps_inside(of, areas)
    breadth = PageTag.objects.filter(page=OuterRef("pk"), vocabulary=Vocabulary.AREA.value).order_by().values("page")
    guides = (
        shown_guides()
        .filter(tags__term__in=steps)
        .annotate(
            distance=nearest_first(steps),
            breadth=Subquery(breadth.annotate(count=Count("pk")).values("count"), output_field=IntegerField()),
        )
    )
    return page_listing(guides, (Key("distance", read=row_key), Key("breadth", read=row_key), Key("title")))
