"""Who keeps carts and orders: the protocol, and the one place that chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings

from storefront.catalog.models import Channel
from storefront.checkout.records import Address, Cart, DeliveryOption, Details, Order, Seller, Totals


class CheckoutProvider(Protocol):
    """Carts and orders. Called twice with the same arguments, only `add` and `send_links` do anything twice.

    Raise `NoSuchCart` for a cart that is not open, and `Refused` for what cannot be done.
    """

    def seller(self) -> Seller: ...

    def cart(self, id: str) -> Cart:
        """Return a cart as it stands now, with today's prices and stock."""
        ...

    def add(self, id: str | None, channel: Channel, variant: str, quantity: int) -> Cart:
        """Return the cart with so many units more of a variant; a new one where `id` is None or no longer open."""
        ...

    def set_quantity(self, id: str, variant: str, quantity: int) -> Cart:
        """Return the cart with so many units of a variant; 0 removes it."""
        ...

    def accept_prices(self, id: str) -> Cart:
        """Return the cart, of which the shopper has seen and accepted today's prices."""
        ...

    def remember(self, id: str, email: str, address: Address, delivery: str, note: str) -> Cart:
        """Keep what was filled in, so that nothing is asked for twice."""
        ...

    def delivery_options(self, cart: Cart, country: str) -> Sequence[DeliveryOption]:
        """Return the ways to deliver this cart to a country, the cheapest first."""
        ...

    def totals(self, cart: Cart, country: str, delivery: DeliveryOption | None) -> Totals: ...

    def place(self, id: str, details: Details) -> Order:
        """Return the order that the cart becomes: always the same one, however often it is placed."""
        ...

    def order(self, token: str) -> Order | None: ...

    def order_of_cart(self, id: str) -> Order | None:
        """Return the order that a cart became; None where it became none."""
        ...

    def cancel(self, token: str) -> Order:
        """Cancel an order that was not packed yet, and put its units back."""
        ...

    def send_links(self, email: str) -> None:
        """Mail the links to somebody's orders to the address that they were placed with."""
        ...


def provider() -> CheckoutProvider | None:
    """Return who keeps carts and orders; None where nobody does: with Saleor, its own storefront sells."""
    if settings.SALEOR_API_URL:
        return None
    from storefront.checkout.local.provider import LocalCheckout

    return LocalCheckout()
