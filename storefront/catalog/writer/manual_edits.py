"""What follows an edit by hand, in its transaction: the search index and the catalogue's version.

A hand edit is the shop's own change: what a source last said (`ImportBase`) stays as it is, so that the next import
sees the difference.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from storefront.catalog.models import CatalogVersion, Category, Page, Product
from storefront.catalog.writer.categories import set_levels
from storefront.catalog.writer.search_index import index_pages, index_products
from storefront.catalog.writer.vocabulary import free_slug


@transaction.atomic
def products_edited(keys: Collection[int]) -> None:
    """Call it in the transaction that changed these products, or anything that is shown with them."""
    Product.objects.filter(pk__in=keys).update(updated_at=timezone.now())
    index_products(list(keys))
    CatalogVersion.bump()


@transaction.atomic
def pages_edited(keys: Collection[int]) -> None:
    Page.objects.filter(pk__in=keys).update(updated_at=timezone.now())
    index_pages(list(keys))
    CatalogVersion.bump()


@transaction.atomic
def catalogue_edited() -> None:
    """Stock, channels and warehouses: no words of the search index change with them."""
    CatalogVersion.bump()


@transaction.atomic
def category_edited(category: Category) -> None:
    """Its name is among the words by which its products are found; it may have been moved."""
    set_levels()
    index_products(list(category.products.values_list("pk", flat=True)))
    CatalogVersion.bump()


def slug_not_taken(model: type[Product] | type[Page] | type[Category], wanted: str) -> str:
    """The slug, or with a number behind it where another row has it."""
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return free_slug(wanted, taken)
