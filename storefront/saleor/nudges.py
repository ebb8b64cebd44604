"""Sending a worker to what changed in Saleor. A message is a nudge: what one lost is found by the sweep."""

from __future__ import annotations

import logging

from celery import current_app
from kombu.exceptions import OperationalError as BrokerError

log = logging.getLogger(__name__)

# So long a message is worth anything.
KEPT_S = 600


def nudge() -> None:
    """Tell a worker that something is marked as changed; a broker that does not take it is only told of in the log."""
    try:
        current_app.signature("saleor.follow").apply_async(retry=False, expires=KEPT_S)
    except (BrokerError, OSError) as error:
        log.warning("The broker took no message (%s); the sweep will find what changed", error)
