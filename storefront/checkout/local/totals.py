"""What an order costs: goods, delivery, and the tax that is in it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from storefront.checkout.models import ShopIdentity, TaxRate
from storefront.checkout.records import Money, Totals


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return the amount in the smallest coins of the currency, halves up."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)


def identity() -> ShopIdentity:
    """Return who sells; as the packaged text says where staff have not filled it in."""
    return ShopIdentity.objects.filter(pk=1).first() or ShopIdentity(pk=1)


def total_of(subtotal: Money, delivery: Money, country: str, *, prices_include_tax: bool) -> Totals:
    """Return what goods and delivery cost in a country, where tax is either in the prices or comes on top."""
    rate = TaxRate.objects.filter(country=country.upper()).values_list("percent", flat=True).first() or Decimal(0)
    currency = subtotal.currency
    net_or_gross = subtotal.amount + delivery.amount
    if prices_include_tax:
        tax = rounded(net_or_gross - net_or_gross / (1 + rate / 100), currency)
        total = net_or_gross
    else:
        tax = rounded(net_or_gross * rate / 100, currency)
        total = net_or_gross + tax
    return Totals(subtotal, delivery, Money(tax, currency), Money(rounded(total, currency), currency), rate)
