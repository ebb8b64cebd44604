"""What workers do to stay in step with Saleor. Every task may come twice, at once, or never."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from storefront.catalog.writer.remote.tombstones import expire_tombstones
from storefront.importer import get_importer
from storefront.leases import LeaseLost
from storefront.saleor.app.own_webhooks import edits_paused_at, renew_webhooks, resume_product_edits
from storefront.saleor.client.connection import has_saleor, open_saleor
from storefront.saleor.client.errors import SaleorError
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow import enqueue, following, routines, sweeps
from storefront.saleor.follow.sweeps import SweepResult, Tick
from storefront.saleor.mirror import changes
from storefront.saleor.schema.model import Slugs

log = logging.getLogger(__name__)

# A Saleor that is away is asked again by the schedule; this worker has other things to do.
PATIENCE_S = 5.0
# Of thousands of changes a worker reads so long, and then imports have their turn.
FOLLOWED_S = 10.0
# Longer than any read takes.
GONE_FOR = timedelta(days=1)


@shared_task(name=enqueue.FOLLOW)
def follow() -> None:
    """Read again what is marked as changed. Sent by webhooks, and every few seconds by the schedule."""
    enqueue.allow_next_message()
    if not has_saleor():
        return
    try:
        with open_saleor(patience_s=PATIENCE_S) as saleor:
            following.follow(saleor, settings.SALEOR_SLUGS, seconds=FOLLOWED_S)
        if changes.free().exists():
            enqueue.enqueue_follow()
    except SaleorError as error:
        log.warning("Changes in Saleor are waiting to be read: %s", error)


@shared_task(name=enqueue.SYNC)
def sync() -> None:
    """Run a sweep, if one is due. For a schedule; safe at any time."""
    if not has_saleor():
        return
    follow_edits_again()
    if not run_routine(sweeps.ALL, timedelta(hours=settings.SALEOR_FULL_SYNC_HOURS), sweeps.sweep_all):
        run_routine(sweeps.CHANGED, timedelta(minutes=settings.SALEOR_SYNC_MINUTES), sweeps.sweep_changed)
    expire_tombstones(timezone.now() - GONE_FOR)


def follow_edits_again() -> None:
    """Resume the events of product edits where the import that paused them died or was cancelled."""
    if edits_paused_at() is None or get_importer().is_running():
        return
    try:
        with open_saleor(patience_s=PATIENCE_S) as saleor:
            resume_product_edits(saleor)
    except SaleorError as error:
        log.warning("The events of product edits could not be resumed yet: %s", error)


def run_routine(name: str, every: timedelta, sweep: Callable[[Saleor, Slugs, Tick], SweepResult]) -> bool:
    """Do a sweep if it is due and nobody else is at it; return whether it was done."""
    lease = routines.take(name, every)
    if lease is None:
        return False
    try:
        with open_saleor(patience_s=PATIENCE_S) as saleor:

            def tick() -> None:
                lease.renew()
                # A full sweep takes minutes, and what is edited meanwhile shall not wait for its end.
                following.follow(saleor, settings.SALEOR_SLUGS, lease.renew)

            renew_webhooks(saleor)
            swept = sweep(saleor, settings.SALEOR_SLUGS, tick)
    except LeaseLost as error:
        log.warning("%s", error)
    except SaleorError as error:
        log.warning("%s ended early: %s", name, error)
        routines.end(lease, str(error), is_done=False)
    except Exception as error:
        routines.end(lease, f"{type(error).__name__}: {error}", is_done=False)
        raise
    else:
        routines.end(lease, summary(swept))
    return True


def summary(swept: SweepResult) -> str:
    """Return how a sweep went, in a line."""
    kinds = "".join(f", {kind.label}" for kind in swept.kinds)
    return (
        f"{swept.products} products read: {len(swept.differing)} differed, {len(swept.gone)} were gone, "
        f"{len(swept.failed)} could not be read{f'; besides{kinds[1:]}' if kinds else ''}"
    )
