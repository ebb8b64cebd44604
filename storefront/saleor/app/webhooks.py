"""Verify webhooks, and parse them into typed events.

It is believed where Saleor signed its very bytes not long ago. Saleor itself repeats a delivery for some six minutes;
what is refused for its age is found by the next sweep.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import orjson
from django.conf import settings
from django.utils import timezone

from storefront.importer import get_importer
from storefront.saleor.app.signatures import SignatureRefused, verify
from storefront.saleor.client.installation import installed_app_id
from storefront.saleor.follow.events import Event, parse_event
from storefront.saleor.models import Kind

MAX_BYTES: Final = 1024 * 1024
MAX_AGE: Final = timedelta(hours=1)
MAX_AHEAD: Final = timedelta(minutes=5)
MAX_ID: Final = 120
# What an import writes, and reads back by itself.
WRITTEN_BY_IMPORTS: Final = frozenset({Kind.PRODUCT, Kind.PAGE})


class UntrustedEvent(Exception):
    """The event is not from our Saleor, or not recent; the text is for the log."""


class Malformed(Exception):
    """The signed body is not an event; the text is for the log."""


def read_event(api_url: str, signature: str, body: bytes) -> Event:
    """Return the event of a webhook.

    Raise `UntrustedEvent`, `Malformed`, and `KeysUnavailable` where Saleor's keys cannot be had at the moment.
    """
    if not settings.SALEOR_API_URL or api_url != settings.SALEOR_API_URL:
        raise UntrustedEvent("of another Saleor")
    if not installed_app_id():
        raise UntrustedEvent("the app is not installed")
    try:
        verify(signature, body)
    except SignatureRefused as error:
        raise UntrustedEvent(str(error)) from error
    try:
        payload = orjson.loads(body)
    except ValueError as error:
        raise Malformed("no JSON") from error
    if not isinstance(payload, dict):
        raise Malformed("no event")
    event = parse_event(payload)
    require_recent(event)
    if any(len(id) > MAX_ID or not id.isprintable() for _, id in event.changed):
        raise Malformed("an id that is none")
    return event


def require_recent(event: Event) -> None:
    """Raise `UntrustedEvent` for what was not issued just now."""
    if event.issued_at is None:
        raise UntrustedEvent("it does not say when it was issued")
    now = timezone.now()
    if not now - MAX_AGE <= event.issued_at <= now + MAX_AHEAD:
        raise UntrustedEvent("issued too long ago, or not yet")


def is_of_our_import(event: Event) -> bool:
    """Return whether the import that is writing now caused it."""
    kinds = {kind for kind, _ in event.changed}
    if not kinds & WRITTEN_BY_IMPORTS or event.issuer != installed_app_id():
        return False
    return get_importer().is_running()
