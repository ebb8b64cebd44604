"""Edits by a person, with the search index and the catalogue's version in step.

A manual edit is the shop's own change: what a source last said (`ImportBase`) stays as it is, so that the next import
sees the difference.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from storefront.catalog.models import (
    CatalogVersion,
    Category,
    Channel,
    Page,
    Product,
    ProductType,
    ProductVariant,
    Stock,
    Warehouse,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import Status
from storefront.catalog.writer.categories import set_levels
from storefront.catalog.writer.listings import refresh_listings
from storefront.catalog.writer.products import PRODUCT_TYPE
from storefront.catalog.writer.search_index import index_pages, index_products
from storefront.catalog.writer.vocabulary import free_slug


def create_row(row: Product | ProductVariant | Page | Category | Channel | Warehouse) -> None:
    """Insert what a person made, with a public id of its own."""
    row.public_id = new_public_id(type(row).__name__)
    if isinstance(row, Product):
        row.product_type = ProductType.objects.get(slug=PRODUCT_TYPE)
    row.save()


def change_row(row: Model, names: Collection[str]) -> None:
    """Write only what a person changed of a row; names that are no columns of it are left out."""
    columns = {field.name for field in row._meta.concrete_fields}
    row.save(update_fields=[name for name in names if name in columns])


@transaction.atomic
def set_product_status(keys: Collection[int], status: Status) -> None:
    Product.objects.filter(pk__in=keys).update(status=status.value)
    products_edited(keys)


@transaction.atomic
def delete_category(category: Category) -> None:
    category.delete()
    catalogue_edited()


@transaction.atomic
def products_edited(keys: Collection[int]) -> None:
    """Call it in the transaction that changed these products, or anything that is shown with them."""
    Product.objects.filter(pk__in=keys).update(updated_at=timezone.now())
    index_products(list(keys))
    refresh_listings(keys)
    CatalogVersion.bump()


@transaction.atomic
def pages_edited(keys: Collection[int]) -> None:
    Page.objects.filter(pk__in=keys).update(updated_at=timezone.now())
    index_pages(list(keys))
    CatalogVersion.bump()


@transaction.atomic
def catalogue_edited() -> None:
    """Channels, warehouses and empty categories: no product changes with them."""
    CatalogVersion.bump()


@transaction.atomic
def set_stock(row: Stock, quantity: int) -> None:
    """Set the units of a variant in a warehouse."""
    product = row.variant.product_id
    # The product first, as imports do.
    Product.objects.select_for_update().get(pk=product)
    Stock.objects.filter(pk=row.pk).update(quantity=quantity)
    refresh_listings([product])
    CatalogVersion.bump()


@transaction.atomic
def category_edited(category: Category) -> None:
    """Its name is among the words by which its products are found; it may have been moved."""
    set_levels()
    index_products(list(category.products.values_list("pk", flat=True)))
    CatalogVersion.bump()


def slug_not_taken(model: type[Product] | type[Page] | type[Category], wanted: str) -> str:
    """Return the slug, or with a number behind it where another row has it."""
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return free_slug(wanted, taken)
