"""How many units of a product or variant can be had."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.catalog.models import ProductVariant


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be said of stock: how many `units` can be had, and whether that is few."""

    units: int

    LOW = 5

    @property
    def is_available(self) -> bool:
        return self.units > 0

    @property
    def is_low(self) -> bool:
        return 0 < self.units <= self.LOW


def units_of(variant: ProductVariant) -> int:
    """Return how many units of a variant, fetched with its details, can be had in their channel."""
    available = next((price.available for price in variant.shown_prices), None)
    return sum(stock.quantity for stock in variant.shown_stocks) if available is None else available
