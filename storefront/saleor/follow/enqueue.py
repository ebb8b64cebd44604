"""Sending a worker to what changed. A message is worth nothing in itself: what one lost is found by the schedule."""

from __future__ import annotations

import logging

from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

FOLLOW, SYNC = "saleor.follow", "saleor.sync"
# Edits come in groups: what follows within this time is read together.
PAUSE_S = 0.3
# A message that did not arrive by then is lost.
LOST_AFTER_S = 5

_KEY = "saleor.follow.sent"


def enqueue_follow() -> None:
    """Have a worker read what is marked, once the mark is committed. Of many at once one message is sent."""
    try:
        if not cache.add(_KEY, True, LOST_AFTER_S):
            # The worker that it is for has not begun, and will see this mark too.
            return
        current_app.signature(FOLLOW).apply_async(countdown=PAUSE_S, retry=False, expires=60)
    except (BrokerError, RedisError, OSError) as error:
        log.warning("No worker was notified of a change in Saleor (%s); the schedule will pick it up", error)


def enqueue_sync() -> None:
    """Have a worker run the sweep that is due, if one is; the schedule finds it where this message is lost."""
    try:
        current_app.signature(SYNC).apply_async(retry=False, expires=60)
    except (BrokerError, RedisError, OSError) as error:
        log.warning("No worker was notified of a sweep that is due (%s); the schedule will pick it up", error)


def allow_next_message() -> None:
    """Let the next mark send a message of its own: a worker begins to read those before it."""
    try:
        cache.delete(_KEY)
    except (RedisError, OSError):
        log.warning("The cache does not respond", exc_info=True)
