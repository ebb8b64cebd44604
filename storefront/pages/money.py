"""Amounts of money as people write them."""

from __future__ import annotations

from decimal import Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(amount: Decimal | int, currency: str) -> str:
    """Return an amount as people write it, like "$12.50"; a currency without a sign goes by its code."""
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{amount:,.2f}" if symbol else f"{amount:,.2f} {currency}"
