"""Channels, warehouses and product types, made equal to Saleor's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from storefront.catalog.models import CatalogVersion, Channel, Product, ProductType, Warehouse
from storefront.catalog.records import Named, RemoteChannel
from storefront.catalog.writer.listings import refresh_listings
from storefront.catalog.writer.remote.full_reads import PLACES, accept_read, make_equal


@transaction.atomic
def project_shop(
    started: datetime, channels: Sequence[RemoteChannel], warehouses: Sequence[Named], types: Sequence[Named]
) -> bool:
    """Make channels and warehouses equal to Saleor's, and have the product types; return whether any changed.

    `started`: when reading them began.
    """
    if not accept_read(PLACES, started):
        return False
    changed = project_named(Channel, channels, deletes=True)
    changed += project_named(Warehouse, warehouses, deletes=True)
    project_named(ProductType, types, deletes=False)
    if changed:
        CatalogVersion.bump()
    return bool(changed)


def project_named(
    model: type[Channel] | type[Warehouse] | type[ProductType], remotes: Sequence[Named], *, deletes: bool
) -> int:
    """Make rows equal to Saleor's; return how many changed. `deletes`: rows that Saleor does not have go."""
    wanted = {remote.id: remote.model_dump(exclude={"id"}) for remote in remotes}
    changes = make_equal(model._default_manager.all(), wanted, adopts_slugs=True)
    if not deletes:
        changes.gone.clear()
    stocked = []
    if model is Warehouse and changes.gone:
        products = Product.objects.filter(variants__stocks__warehouse__in=changes.gone)
        stocked = list(products.distinct().values_list("pk", flat=True))
    model._default_manager.filter(pk__in=changes.gone).delete()
    refresh_listings(stocked)
    return len(changes.keys())
