"""What the embedded shop begins with, so that something can be bought at once; staff change it on their pages."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from storefront.catalog.defaults import DEFAULT_CHANNEL
from storefront.catalog.models import Channel
from storefront.checkout.models import DeliveryMethod, ShopIdentity

TERMS = """\
This is a demonstration shop on somebody's own machine. Nothing is sent and nobody is charged.

**Before you sell for real**, replace this text by your terms of sale and by what your customers may know by law: who
sells, what it costs, how it is delivered, how long they may change their minds and how to tell you so.
"""
DELIVERY = (
    ("Standard", "Three to five working days", Decimal("4.90"), Decimal("50")),
    ("Express", "The next working day", Decimal("12.90"), None),
)


@transaction.atomic
def make_defaults() -> None:
    """Make the seller's row and the delivery methods of the first channel, once."""
    channel = Channel.objects.filter(slug=DEFAULT_CHANNEL).first()
    if channel is None:
        return
    _, is_new = ShopIdentity.objects.get_or_create(pk=1, defaults={"name": "Knotwise", "terms": TERMS})
    if is_new:
        DeliveryMethod.objects.bulk_create(
            DeliveryMethod(
                channel=channel, name=name, description=description, price=price, free_from=free_from, position=position
            )
            for position, (name, description, price, free_from) in enumerate(DELIVERY)
        )
