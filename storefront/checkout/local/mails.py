"""Messages about orders. Each is sent under a lease, and noted as sent right after."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from storefront.checkout.addresses import lines_of
from storefront.checkout.local.orders import view_of
from storefront.checkout.local.totals import identity
from storefront.checkout.models import OrderMail
from storefront.leases import DEATHS_ALLOWED, Lease, take_one

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
SUBJECTS = {
    OrderMail.Kind.CONFIRMATION: "Your order {number} at {shop}",
    OrderMail.Kind.NEW_ORDER: "New order {number}",
    OrderMail.Kind.SENT: "Your order {number} is on its way",
    OrderMail.Kind.CANCELLED: "Your order {number} was cancelled",
    OrderMail.Kind.LINK: "The link to your order {number}",
}


def send_waiting() -> int:
    """Send the messages that wait, and return how many were sent.

    A message that cannot be sent is tried again with the next call, and given up after some attempts.
    """
    sent = 0
    seen: set[int] = set()
    while True:
        waiting = OrderMail.objects.filter(sent_at=None, attempts__lt=DEATHS_ALLOWED + 2).exclude(pk__in=seen)
        lease = take_one(waiting.order_by("pk"), LEASE)
        if lease is None:
            return sent
        seen.add(lease.row.pk)
        sent += send(lease)


def send(lease: Lease[OrderMail]) -> bool:
    """Send a message and note it. Where the worker dies in between, it is sent once more: better than never."""
    mail = lease.row
    try:
        message_of(mail).send()
    except (SMTPException, OSError) as error:
        log.warning("A message about order %s could not be sent", mail.order_id, exc_info=True)
        lease.release(message=f"{type(error).__name__}: {error}"[:500])
        return False
    lease.release(sent_at=timezone.now(), message="")
    return True


def message_of(mail: OrderMail) -> EmailMultiAlternatives:
    order, seller = view_of(mail.order), identity()
    is_to_staff = mail.kind == OrderMail.Kind.NEW_ORDER
    path = f"/staff/orders/{order.number}/" if is_to_staff else f"/orders/{order.token}/"
    context = {
        "kind": mail.kind,
        "order": order,
        "seller": seller,
        "address": lines_of(order.address),
        "link": f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else "",
        "path": path,
    }
    message = EmailMultiAlternatives(
        subject=SUBJECTS[OrderMail.Kind(mail.kind)].format(number=order.number, shop=seller.name),
        body=render_to_string("checkout/mail.txt", context),
        to=[seller.email if is_to_staff else order.email],
        reply_to=[seller.email] if seller.email and not is_to_staff else None,
        # The same for each attempt, so that a mailbox may recognise one that came twice.
        headers={"Message-ID": f"<order-{order.number}-{mail.pk}@{settings.ALLOWED_HOSTS[0].strip('.*') or 'shop'}>"},
    )
    message.attach_alternative(render_to_string("checkout/mail.html", context), "text/html")
    return message
