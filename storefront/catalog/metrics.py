"""What is measured of the catalogue (`storefront.config.metrics`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from storefront.catalog.models import Product, ProductMedia
from storefront.catalog.queries.version import catalog_version


def measures() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Return (name, help, labels, value) of each."""
    for status, count in Product.objects.order_by().values_list("status").annotate(count=Count("pk")):
        yield "knotwise_products", "Products by status.", {"status": status}, count
    pictures = dict(ProductMedia.objects.order_by().values_list("state").annotate(count=Count("pk")))
    for state in ProductMedia.State:
        yield "knotwise_pictures", "Products' pictures by state.", {"state": state.value}, pictures.get(state.value, 0)
    yield "knotwise_catalog_version", "Grows with every write.", {}, catalog_version()
