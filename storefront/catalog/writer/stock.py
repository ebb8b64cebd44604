"""Units in stock that sales and cancelled orders change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from storefront.catalog.models import CatalogVersion, Product, Stock
from storefront.catalog.writer.listings import refresh_listings


def lock_stock(variants: Collection[int]) -> list[Stock]:
    """Return the stock of these variants, locked until the transaction ends.

    Their products are locked before, in the order in which every writer does, or this and an import would wait for
    each other for ever.
    """
    products = Product.objects.filter(variants__in=variants).values("pk")
    list(Product.objects.select_for_update(no_key=True).filter(pk__in=products).order_by("pk").values_list("pk"))
    return list(Stock.objects.select_for_update(of=("self",)).filter(variant__in=variants).order_by("pk"))


def change_stock(stocks: Sequence[Stock]) -> None:
    """Write the quantities of these rows, which `lock_stock` returned in this transaction."""
    if stocks:
        Stock.objects.bulk_update(stocks, ["quantity"])
        sold = Product.objects.filter(variants__in=[stock.variant_id for stock in stocks])
        refresh_listings(list(sold.values_list("pk", flat=True)))
        CatalogVersion.bump()
