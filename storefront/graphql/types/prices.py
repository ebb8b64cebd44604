"""Money in Saleor's form."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import graphene

from storefront.catalog.models import Channel


class Money(graphene.ObjectType):
    currency = graphene.String(required=True)
    amount = graphene.Float(required=True)


class TaxedMoney(graphene.ObjectType):
    """Prices are kept gross, and no tax is worked out: gross and net are one."""

    currency = graphene.String(required=True)
    gross = graphene.Field(Money, required=True)
    net = graphene.Field(Money, required=True)
    tax = graphene.Field(Money, required=True)


class TaxedMoneyRange(graphene.ObjectType):
    start = graphene.Field(TaxedMoney)
    stop = graphene.Field(TaxedMoney)


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"amount": float(amount), "currency": currency}


def taxed(amount: Decimal, currency: str) -> dict[str, Any]:
    gross = money(amount, currency)
    return {"currency": currency, "gross": gross, "net": gross, "tax": money(Decimal(0), currency)}


def discount(before: Decimal, now: Decimal, channel: Channel) -> dict[str, Any] | None:
    """Return how much less something costs than before."""
    return taxed(before - now, channel.currency) if before > now else None


def price_range(amounts: Sequence[Decimal], channel: Channel) -> dict[str, Any] | None:
    if not amounts:
        return None
    return {"start": taxed(min(amounts), channel.currency), "stop": taxed(max(amounts), channel.currency)}
