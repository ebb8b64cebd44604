"""Carts and orders for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from storefront.catalog.models import Channel, Product, Stock
from storefront.checkout.base import CheckoutProvider, provider
from storefront.checkout.models import DeliveryMethod, ShopIdentity
from storefront.checkout.records import Address, Cart, Details, PaymentMethod
from tests.builders import open_shop, sell_named

ADDRESS = Address(
    first_name="Ada",
    last_name="Byron",
    street_address_1="1 Main Street",
    postal_code="94043",
    city="Mountain View",
    country_area="CA",
    country="US",
)


def checkout() -> CheckoutProvider:
    found = provider()
    assert found is not None
    return found


def open_selling_shop() -> Channel:
    """A shop with a delivery method for 5.00 and terms of version 1."""
    channel = open_shop()
    ShopIdentity.objects.update_or_create(pk=1, defaults={"name": "Knots", "email": "shop@example.com"})
    DeliveryMethod.objects.get_or_create(channel=channel, name="Post", defaults={"price": Decimal(5)})
    return channel


def variant_of(product: Product) -> str:
    return product.variants.get().public_id


def a_cart(channel: Channel, name: str = "Ball", quantity: int = 1, **changes: Any) -> Cart:
    """A cart with so many units of a product that is put on sale for it."""
    return checkout().add(None, channel, variant_of(sell_named(name, **changes)), quantity)


def details(**changes: Any) -> Details:
    delivery = DeliveryMethod.objects.get().pk
    given = {"email": "ada@example.com", "address": ADDRESS, "delivery": str(delivery)}
    return Details(**(given | {"payment": PaymentMethod.INVOICE, "terms": "1"} | changes))


def units_left(name: str = "Ball") -> int:
    return Stock.objects.get(variant__sku=name).quantity
