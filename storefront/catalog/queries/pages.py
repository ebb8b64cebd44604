"""Pages, guides among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from storefront.catalog.keyset import Key, Listing
from storefront.catalog.models import Page, PageTag, Term
from storefront.catalog.queries.areas import areas_within
from storefront.catalog.queries.lookups import Lookup, find_rows
from storefront.catalog.queries.search import matching
from storefront.catalog.records import GUIDE_TYPE, Status


def page_is_shown(prefix: str = "") -> Q:
    """Return what holds for a page that is active, and published by now. `prefix`: what leads to it, like `page__`."""
    published = Q(**{f"{prefix}published_at": None}) | Q(**{f"{prefix}published_at__lte": timezone.now()})
    return Q(**{f"{prefix}status": Status.ACTIVE.value}) & published


def shown_pages() -> QuerySet[Page]:
    return Page.objects.filter(page_is_shown()).select_related("page_type")


def with_tags(pages: QuerySet[Page]) -> QuerySet[Page]:
    return pages.prefetch_related(
        Prefetch("tags", PageTag.objects.select_related("term", "term__parent"), to_attr="shown_tags")
    )


def find_plain_page(slug: str) -> Page | None:
    """Return the shown page of that slug that is no guide."""
    return shown_pages().exclude(page_type__slug=GUIDE_TYPE).filter(slug=slug).first()


def load_pages(lookups: Sequence[Lookup]) -> list[Page | None]:
    """Return the shown page of each lookup."""
    return find_rows(with_tags(shown_pages()), lookups)


def list_pages(
    condition: Q | None = None, *, search: str | None = None, keys: Sequence[Key] = (Key("slug"),)
) -> Listing[Page]:
    """Return the shown pages that fit a condition and a search."""
    pages = shown_pages()
    if condition is not None:
        pages = pages.filter(condition)
    if search is not None:
        pages = matching(pages, search)
    return page_listing(pages, keys)


def page_listing(pages: QuerySet[Page], keys: Sequence[Key]) -> Listing[Page]:
    return Listing(pages, keys, anywhere=shown_pages(), kind="page", details=with_tags)


def pages_in_areas(slugs: Collection[str], areas: Sequence[Term] | None = None) -> Q:
    """Return what holds for pages tagged with one of these areas or with one inside it."""
    return Q(pk__in=PageTag.objects.filter(term__in=areas_within(slugs, areas)).values("page"))
