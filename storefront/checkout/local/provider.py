"""The local provider: carts and orders in this shop's database."""

from __future__ import annotations

from collections.abc import Sequence

from storefront.catalog.models import Channel
from storefront.checkout.local import carts, delivery, orders
from storefront.checkout.local.totals import identity, total_of
from storefront.checkout.models import Order as OrderRow
from storefront.checkout.records import Address, Cart, DeliveryOption, Details, Money, NoSuchCart, Order, Seller, Totals


class LocalCheckout:
    """`CheckoutProvider` for a shop without Saleor."""

    def seller(self) -> Seller:
        found = identity()
        return Seller(
            name=found.name,
            address=found.address,
            email=found.email,
            terms=found.terms,
            terms_version=found.terms_version,
            payments=orders.accepted_payments(found),
        )

    def cart(self, id: str) -> Cart:
        return carts.view_of(carts.find_cart(id))

    def add(self, id: str | None, channel: Channel, variant: str, quantity: int) -> Cart:
        return carts.add(id, channel, variant, quantity)

    def set_quantity(self, id: str, variant: str, quantity: int) -> Cart:
        return carts.set_quantity(id, variant, quantity)

    def accept_prices(self, id: str) -> Cart:
        return carts.accept_prices(id)

    def remember(self, id: str, email: str, address: Address, delivery: str, note: str) -> Cart:
        return carts.remember(id, email, address, delivery, note)

    def delivery_options(self, cart: Cart, country: str) -> Sequence[DeliveryOption]:
        return delivery.options_for(carts.find_cart(cart.id).channel, cart.subtotal, country)

    def totals(self, cart: Cart, country: str, delivery: DeliveryOption | None) -> Totals:
        price = delivery.price if delivery else Money(cart.subtotal.amount * 0, cart.currency)
        return total_of(cart.subtotal, price, country, prices_include_tax=identity().prices_include_tax)

    def place(self, id: str, details: Details) -> Order:
        return orders.view_of(orders.place(id, details))

    def order(self, token: str) -> Order | None:
        row = OrderRow.objects.filter(token=token).first()
        return orders.view_of(row) if row else None

    def order_of_cart(self, id: str) -> Order | None:
        try:
            row = orders.order_of_cart(id)
        except NoSuchCart:
            return None
        return orders.view_of(row) if row else None

    def cancel(self, token: str) -> Order:
        row = OrderRow.objects.filter(token=token).first()
        if row is None:
            raise NoSuchCart
        return orders.view_of(orders.cancel(row, orders.BUYER))

    def send_links(self, email: str) -> None:
        orders.send_links(email)
