"""Units that are sold leave the stock, and come back from orders that are cancelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from storefront.catalog.models import Stock
from storefront.catalog.writer.stock import change_stock, lock_stock
from storefront.checkout.records import Refused

# Variant key → warehouse key → units.
Taken = dict[int, dict[int, int]]


def take_units(wanted: Mapping[int, int], names: Mapping[int, str]) -> Taken:
    """Take so many units of each variant out of the stock, and return from which warehouses.

    Call it in the transaction that makes the order: the rows stay locked until it ends, so that nobody else takes the
    same units. Raise `Refused` where there are too few. `names`: variant key → what the message calls it.
    """
    # One order for everybody, or two orders of the same two things would wait for each other for ever.
    by_variant: dict[int, list[Stock]] = defaultdict(list)
    for stock in lock_stock(wanted):
        by_variant[stock.variant_id].append(stock)
    taken: Taken = {}
    for variant, quantity in wanted.items():
        left = quantity
        for stock in sorted(by_variant[variant], key=lambda row: -row.quantity):
            units = min(left, stock.quantity)
            if units:
                taken.setdefault(variant, {})[stock.warehouse_id] = units
                stock.quantity -= units
                left -= units
        if left:
            available = quantity - left
            what = f"only {available} left" if available else "sold out"
            raise Refused(f"{names[variant]}: {what}. Change your cart to go on.")
    change_stock([stock for rows in by_variant.values() for stock in rows])
    return taken


def put_back(taken: Mapping[int, Mapping[int, int]]) -> None:
    """Put units back to where they were taken from. Call it in the transaction that cancels the order."""
    changed = []
    for stock in lock_stock(taken):
        if units := taken.get(stock.variant_id, {}).get(stock.warehouse_id):
            stock.quantity += units
            changed.append(stock)
    change_stock(changed)
