"""Orders: placed once for each cart, with the units that they take; cancelled, packed, sent and paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from storefront.catalog.models import ProductVariant
from storefront.checkout import records
from storefront.checkout.addresses import check_address
from storefront.checkout.local import carts, delivery
from storefront.checkout.local.stock import put_back, take_units
from storefront.checkout.local.totals import identity, total_of
from storefront.checkout.models import Order, OrderEvent, OrderLine, OrderMail, ShopIdentity
from storefront.checkout.records import (
    Address,
    Caution,
    Details,
    Money,
    NoSuchCart,
    OrderStatus,
    PaymentMethod,
    Refused,
    Totals,
)

BUYER = "the buyer"


def place(id: str, details: Details) -> Order:
    """Return the order that a cart becomes; the one that it became already, if it was placed before.

    The cart's row is locked, so that two tabs make one order; the stock's rows are locked, so that two carts do not
    get the same unit. Raise `Refused`, and `NoSuchCart`.
    """
    if before := order_of_cart(id):
        return before
    address = check_address(details.address)
    try:
        with transaction.atomic():
            return _place(id, details, address)
    except NoSuchCart:
        # It was placed while we waited for the lock.
        if before := order_of_cart(id):
            return before
        raise
    except IntegrityError:
        if before := order_of_cart(id):
            return before
        raise


def order_of_cart(id: str) -> Order | None:
    """Return the order that a cart became. Raise `NoSuchCart` for what is no cart's id."""
    try:
        key = UUID(id)
    except ValueError as error:
        raise NoSuchCart from error
    return Order.objects.filter(cart_id=key).first()


def _place(id: str, details: Details, address: Address) -> Order:
    row = carts.find_cart(id, lock=True)
    cart = carts.view_of(row)
    seller = identity()
    if not cart.lines:
        raise Refused("Your cart is empty.")
    problems = [f"{line.product_name}: {line.problem}" for line in cart.lines if line.problem]
    if problems:
        raise Refused(" ".join(problems))
    if any(line.was for line in cart.lines):
        raise Refused("A price has changed since you added it. Look at your cart and confirm it, then order again.")
    if details.terms != seller.terms_version:
        raise Refused({"terms": "Agree to the terms to order."})
    if details.payment not in accepted_payments(seller):
        raise Refused({"payment": "Choose how to pay."})
    options = delivery.options_for(row.channel, cart.subtotal, address.country)
    option = next((each for each in options if each.id == details.delivery), None)
    if option is None:
        where = "Choose how it is delivered." if options else "We do not deliver to this country."
        raise Refused({"delivery" if options else "country": where})
    totals = total_of(cart.subtotal, option.price, address.country, prices_include_tax=seller.prices_include_tax)
    variants = {
        each.public_id: each
        for each in ProductVariant.objects.filter(public_id__in=[line.variant for line in cart.lines])
    }
    wanted = {variants[line.variant].pk: line.quantity for line in cart.lines}
    taken = take_units(wanted, {variants[line.variant].pk: line.product_name for line in cart.lines})
    order = Order.objects.create(
        cart_id=row.pk,
        channel=row.channel,
        status=OrderStatus.PLACED.value,
        payment=details.payment.value,
        email=details.email,
        address=asdict(address),
        delivery_name=option.name,
        currency=cart.currency,
        subtotal=totals.subtotal.amount,
        delivery_price=totals.delivery.amount,
        tax=totals.tax.amount,
        tax_percent=totals.tax_rate,
        total=totals.total.amount,
        terms_version=seller.terms_version,
        note=details.note[:500],
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            variant=variants[line.variant],
            product_name=line.product_name,
            variant_name=line.variant_name,
            sku=line.sku,
            quantity=line.quantity,
            price=line.price.amount,
            cautions=[asdict(caution) for caution in line.cautions],
            taken={str(key): units for key, units in taken[variants[line.variant].pk].items()},
        )
        for line in cart.lines
    )
    note_event(order, BUYER, "placed the order")
    write_mails(order, [OrderMail.Kind.CONFIRMATION, *([OrderMail.Kind.NEW_ORDER] if seller.email else [])])
    row.delete()
    return order


def accepted_payments(seller: ShopIdentity) -> list[PaymentMethod]:
    """Return the ways to pay that the shop accepts."""
    accepted = {PaymentMethod.INVOICE: seller.accepts_invoice, PaymentMethod.ON_DELIVERY: seller.accepts_on_delivery}
    return [method for method, is_accepted in accepted.items() if is_accepted]


@transaction.atomic
def cancel(order: Order, by: str) -> Order:
    """Cancel an order that was not packed yet, and put its units back; do nothing where it is cancelled already.

    Raise `Refused` for one that was packed.
    """
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.status == OrderStatus.CANCELLED.value:
        return locked
    if locked.status != OrderStatus.PLACED.value:
        raise Refused("This order is packed already and can't be cancelled any more. Please write to us.")
    taken: dict[int, dict[int, int]] = {}
    for line in locked.lines.all():
        if line.variant_id is not None:
            units = taken.setdefault(line.variant_id, {})
            for key, count in line.taken.items():
                units[int(key)] = units.get(int(key), 0) + count
    put_back(taken)
    locked.status = OrderStatus.CANCELLED.value
    locked.save(update_fields=["status"])
    note_event(locked, by, "cancelled the order; its units are back in stock")
    write_mails(locked, [OrderMail.Kind.CANCELLED])
    return locked


@transaction.atomic
def move(order: Order, status: OrderStatus, by: str, tracking: str = "") -> Order:
    """Note that an order was packed or sent. Raise `Refused` where that is not the next step."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    steps = {OrderStatus.PACKED: OrderStatus.PLACED, OrderStatus.SENT: OrderStatus.PACKED}
    if locked.status == status.value:
        return locked
    if steps.get(status) != locked.status:
        raise Refused(f"The order is {locked.status}; reload the page.")
    locked.status = status.value
    locked.tracking = tracking.strip()[:100] or locked.tracking
    locked.save(update_fields=["status", "tracking"])
    with_number = f", tracking number {locked.tracking}" if status is OrderStatus.SENT and locked.tracking else ""
    note_event(locked, by, f"marked it as {status.value}{with_number}")
    if status is OrderStatus.SENT:
        write_mails(locked, [OrderMail.Kind.SENT])
    return locked


@transaction.atomic
def mark_paid(order: Order, by: str) -> Order:
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.paid_at is None and locked.status != OrderStatus.CANCELLED.value:
        locked.paid_at = timezone.now()
        locked.save(update_fields=["paid_at"])
        note_event(locked, by, "marked it as paid")
    return locked


def note_event(order: Order, by: str, what: str) -> None:
    OrderEvent.objects.create(order=order, by=by, what=what)


def write_mails(order: Order, kinds: Iterable[str]) -> None:
    """Note messages that the worker is to send once this transaction is through."""
    from storefront.checkout.tasks import enqueue_mail

    OrderMail.objects.bulk_create([OrderMail(order=order, kind=kind) for kind in kinds], ignore_conflicts=True)
    transaction.on_commit(enqueue_mail)


def send_links(email: str) -> None:
    """Mail the links to the orders of an address, the latest ten, to it. What there is, the answer does not tell."""
    for order in orders_of(email)[:10]:
        write_mails(order, [OrderMail.Kind.LINK])


def orders_of(email: str) -> QuerySet[Order]:
    return Order.objects.filter(email__iexact=email.strip()).order_by("-pk")


def view_of(order: Order) -> records.Order:
    def money(amount: object) -> Money:
        return Money(amount, order.currency)  # type: ignore[arg-type]

    return records.Order(
        token=order.token,
        number=order.pk,
        status=OrderStatus(order.status),
        is_paid=order.paid_at is not None,
        payment=PaymentMethod(order.payment),
        email=order.email,
        address=Address(**order.address),
        delivery_name=order.delivery_name,
        lines=[
            records.OrderLine(
                product_name=line.product_name,
                variant_name=line.variant_name,
                sku=line.sku,
                quantity=line.quantity,
                price=money(line.price),
                cautions=[Caution(**caution) for caution in line.cautions],
            )
            for line in order.lines.all()
        ],
        totals=Totals(
            money(order.subtotal), money(order.delivery_price), money(order.tax), money(order.total), order.tax_percent
        ),
        placed_at=order.placed_at,
        tracking=order.tracking,
        note=order.note,
    )
