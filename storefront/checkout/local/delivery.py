"""How a cart can be delivered, and for how much."""

from __future__ import annotations

from collections.abc import Sequence

from storefront.catalog.models import Channel
from storefront.checkout.local.totals import rounded
from storefront.checkout.models import DeliveryMethod
from storefront.checkout.records import DeliveryOption, Money


def options_for(channel: Channel, subtotal: Money, country: str) -> Sequence[DeliveryOption]:
    """Return the active ways to deliver to a country, the cheapest first."""
    methods = DeliveryMethod.objects.filter(channel=channel, is_active=True)
    found = [
        option_of(method, subtotal)
        for method in methods
        if not method.countries or country.upper() in {str(code).upper() for code in method.countries}
    ]
    return sorted(found, key=lambda option: option.price.amount)


def option_of(method: DeliveryMethod, subtotal: Money) -> DeliveryOption:
    is_free = method.free_from is not None and subtotal.amount >= method.free_from
    price = rounded(method.price * 0 if is_free else method.price, subtotal.currency)
    return DeliveryOption(str(method.pk), method.name, method.description, Money(price, subtotal.currency))
