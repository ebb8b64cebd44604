"""What is measured of carts and orders (`storefront.config.metrics`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from storefront.checkout.local.carts import open_carts
from storefront.checkout.models import Order, OrderMail
from storefront.checkout.records import OrderStatus


def measures() -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Return (name, help, labels, value) of each."""
    orders = dict(Order.objects.order_by().values_list("status").annotate(count=Count("pk")))
    for status in OrderStatus:
        yield "knotwise_orders", "Orders by status.", {"status": status.value}, orders.get(status.value, 0)
    yield "knotwise_carts", "Carts that are open.", {}, open_carts().count()
    waiting = OrderMail.objects.filter(sent_at=None)
    yield "knotwise_order_mails_waiting", "Messages about orders that are not sent yet.", {}, waiting.count()
