"""Units in stock that sales and cancelled orders change."""

from __future__ import annotations

from collections.abc import Sequence

from storefront.catalog.models import CatalogVersion, Stock


def change_stock(stocks: Sequence[Stock]) -> None:
    """Write the quantities of these rows, which the caller has locked in its transaction."""
    if stocks:
        Stock.objects.bulk_update(stocks, ["quantity"])
        CatalogVersion.bump()
