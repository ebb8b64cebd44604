"""The orders of a shop without Saleor: what came in, what is to be packed, sent and paid."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from storefront.catalog.models import Stock
from storefront.checkout.addresses import lines_of
from storefront.checkout.local import orders
from storefront.checkout.local.totals import identity
from storefront.checkout.models import Order
from storefront.checkout.records import OrderStatus, Refused
from storefront.formulas import defused
from storefront.staff.access import staff_view

PAGE_SIZE = 50
LOW = 5
HEADS = (
    *("order", "placed_at", "status", "paid", "email", "name", "country", "sku", "product", "variant"),
    *("quantity", "price", "currency", "order_total", "tax", "delivery", "tracking"),
)
FILTERS = {
    "to-pack": Q(status=OrderStatus.PLACED.value),
    "to-send": Q(status=OrderStatus.PACKED.value),
    "unpaid": Q(paid_at=None) & ~Q(status=OrderStatus.CANCELLED.value),
    "sent": Q(status=OrderStatus.SENT.value),
    "cancelled": Q(status=OrderStatus.CANCELLED.value),
}


def found_orders(request: HttpRequest) -> QuerySet[Order]:
    """Return the orders that the address asks for, the newest first."""
    found = Order.objects.order_by("-pk")
    if condition := FILTERS.get(request.GET.get("show", "")):
        found = found.filter(condition)
    text = request.GET.get("q", "").strip()[:100]
    if "\0" in text:
        raise BadRequest("The address has a character that no text has.")
    if text:
        by_text = Q(email__icontains=text) | Q(tracking=text) | Q(lines__sku__iexact=text)
        by_text |= Q(address__last_name__icontains=text)
        if text.isascii() and text.isdecimal() and len(text) < 16:
            by_text |= Q(pk=int(text))
        found = found.filter(by_text).distinct()
    return found


@staff_view("checkout.view_order")
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    found = found_orders(request)
    if before.isascii() and before.isdecimal() and len(before) < 16:
        found = found.filter(pk__lt=int(before))
    rows = list(found.prefetch_related("lines")[: PAGE_SIZE + 1])
    context = {
        "orders": [orders.view_of(row) for row in rows[:PAGE_SIZE]],
        "older": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "show": request.GET.get("show", ""),
        "text": request.GET.get("q", ""),
        "filters": [("", "All"), *((name, name.replace("-", " ").capitalize()) for name in FILTERS)],
        "waiting": Order.objects.filter(FILTERS["to-pack"]).count(),
    }
    return render(request, "staff/orders.html", context)


@staff_view("checkout.view_order")
@require_safe
def order_page(request: HttpRequest, number: int) -> HttpResponse:
    row = get_object_or_404(Order, pk=number)
    return render(request, "staff/order.html", context_of(row))


def context_of(row: Order) -> dict[str, Any]:
    shown = orders.view_of(row)
    return {
        "order": shown,
        "address": lines_of(shown.address),
        "events": row.events.all(),
        "mails": row.mails.order_by("pk"),
        "seller": identity(),
    }


@staff_view("checkout.view_order")
@require_safe
def packing_slip(request: HttpRequest, number: int) -> HttpResponse:
    """A page to print and to put into the parcel."""
    return render(request, "staff/packing_slip.html", context_of(get_object_or_404(Order, pk=number)))


@staff_view("checkout.change_order")
@require_POST
def change_order(request: HttpRequest, number: int) -> HttpResponse:
    """Do what a button says: pack, send, mark as paid, cancel."""
    row, by = get_object_or_404(Order, pk=number), request.user.get_username()
    tracking = request.POST.get("tracking", "")
    actions: dict[str, tuple[str, Callable[[], Order]]] = {
        "pack": ("The order is packed.", lambda: orders.move(row, OrderStatus.PACKED, by)),
        "send": (
            "The order is sent; the buyer is told.",
            lambda: orders.move(row, OrderStatus.SENT, by, tracking),
        ),
        "pay": ("The order is paid.", lambda: orders.mark_paid(row, by)),
        "cancel": ("The order is cancelled; its units are back in stock.", lambda: orders.cancel(row, by)),
    }
    said, action = actions.get(request.POST.get("action", ""), ("", None))
    if action is None:
        raise BadRequest("There is no such action.")
    try:
        action()
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:order", number)


@staff_view("checkout.view_order")
@require_safe
def export_orders(request: HttpRequest) -> StreamingHttpResponse:
    """The orders of a list as CSV, a row for each line; cells that a spreadsheet would run are defused."""
    answer = StreamingHttpResponse(csv_lines([HEADS], rows_of(found_orders(request))), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return answer


def rows_of(found: QuerySet[Order]) -> Iterator[tuple[object, ...]]:
    for row in found.prefetch_related("lines").iterator(chunk_size=200):
        name = f"{row.address.get('first_name', '')} {row.address.get('last_name', '')}".strip()
        for line in row.lines.all():
            yield (
                *(row.pk, row.placed_at.isoformat(timespec="seconds"), row.status, "yes" if row.paid_at else "no"),
                *(row.email, name, row.address.get("country", ""), line.sku, line.product_name, line.variant_name),
                *(line.quantity, line.price, row.currency, row.total, row.tax, row.delivery_name, row.tracking),
            )


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(*parts: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for part in parts:
        for row in part:
            yield writer.writerow([defused(str(cell)) for cell in row])


@staff_view("checkout.view_order")
@require_safe
def low_stock(request: HttpRequest) -> HttpResponse:
    """What of the active products has few units left, the fewest first."""
    found = Stock.objects.filter(quantity__lte=LOW, variant__product__status="active")
    rows = found.select_related("variant__product", "warehouse").order_by("quantity", "variant__sku")[:200]
    return render(request, "staff/low_stock.html", {"stocks": rows, "low": LOW})
