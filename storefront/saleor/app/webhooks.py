"""What a webhook brings, once it is believed.

It is believed where Saleor signed its very bytes not long ago. Saleor itself repeats a delivery for some six minutes;
what is refused for its age is found by the next sweep.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from storefront.saleor.app.signatures import SignatureRefused, verify
from storefront.saleor.client.installation import installed_app_id
from storefront.saleor.follow.events import changed_by, issuer
from storefront.saleor.models import Kind

MAX_BYTES: Final = 1024 * 1024
MAX_AGE: Final = timedelta(hours=1)
MAX_AHEAD: Final = timedelta(minutes=5)
MAX_ID: Final = 120
# What an import writes, and reads back by itself.
WRITTEN_BY_IMPORTS: Final = frozenset({Kind.PRODUCT, Kind.PAGE})


class Unbelievable(Exception):
    """It is not from our Saleor, or not of now; the text is for the log."""


class Malformed(Exception):
    """Saleor signed it, and it is no event; the text is for the log."""


def read_event(api_url: str, signature: str, body: bytes) -> dict[str, Any]:
    """The event of a webhook. Raises `Unbelievable`, `Malformed`, and `KeysUnavailable` where Saleor's keys cannot be
    had at the moment.
    """
    if not settings.SALEOR_API_URL or api_url != settings.SALEOR_API_URL:
        raise Unbelievable("of another Saleor")
    if not installed_app_id():
        raise Unbelievable("the app is not installed")
    try:
        verify(signature, body)
    except SignatureRefused as error:
        raise Unbelievable(str(error)) from error
    try:
        event = orjson.loads(body)
    except ValueError as error:
        raise Malformed("no JSON") from error
    if not isinstance(event, dict):
        raise Malformed("no event")
    require_recent(event.get("issuedAt"))
    if any(len(id) > MAX_ID or not id.isprintable() for _, id in changed_by(event)):
        raise Malformed("an id that is none")
    return event


def require_recent(said: Any) -> None:
    """Raises `Unbelievable` for what was not issued just now."""
    try:
        issued = datetime.fromisoformat(said)
    except (TypeError, ValueError) as error:
        raise Unbelievable("it does not say when it was issued") from error
    if issued.tzinfo is None:
        raise Unbelievable("it does not say when it was issued")
    now = timezone.now()
    if not now - MAX_AGE <= issued <= now + MAX_AHEAD:
        raise Unbelievable("issued too long ago, or not yet")


def is_of_our_import(event: dict[str, Any]) -> bool:
    """Whether the import that is writing now caused it."""
    kinds = {kind for kind, _ in changed_by(event)}
    if not kinds & WRITTEN_BY_IMPORTS or issuer(event) != installed_app_id():
        return False
    return bool(import_string(settings.IMPORT_IS_RUNNING)())
