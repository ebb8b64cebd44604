"""What the worker does for carts and orders: send the mails, delete carts that nobody came back to."""

from __future__ import annotations

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from storefront.checkout.local.carts import delete_expired
from storefront.checkout.local.mails import send_waiting

log = logging.getLogger(__name__)


def enqueue_mail() -> None:
    """Have the worker send at once what waits; where the broker is away, the schedule does it."""
    try:
        send_mails.delay()
    except (OperationalError, OSError):
        log.warning("The mails of an order wait for the schedule: the broker does not answer")


@shared_task(name="checkout.send_mails")
def send_mails() -> None:
    """Send the messages about orders that wait."""
    send_waiting()


@shared_task(name="checkout.tidy")
def tidy() -> None:
    """Delete carts that nobody has touched for 30 days."""
    delete_expired()
