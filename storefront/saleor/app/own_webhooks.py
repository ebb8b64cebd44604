"""The webhooks of the installed app: brought up to date, and paused while an import writes.

Of every product that an import makes Saleor would build, sign and deliver several events, which are dropped here since
the import reads the product by itself. That takes Saleor longer than making the product, so these events are a webhook
of their own (`events.EVENTS_OF_EDITS`). What somebody edits while it is paused is found by the sweep after it. Sales
are told by the other webhook, which is never paused.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from storefront.saleor.client.errors import RequestFailed
from storefront.saleor.client.installation import installed
from storefront.saleor.client.mutations import MutationRejected, do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow.enqueue import enqueue_sync
from storefront.saleor.follow.events import ORDER_PERMISSION, product_edits_subscription, subscription
from storefront.saleor.follow.routines import postpone
from storefront.saleor.follow.sweeps import CHANGED
from storefront.saleor.models import Installation
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call

log = logging.getLogger(__name__)

CATALOGUE: Final = "catalogue"
PRODUCT_EDITS: Final = "product-edits"
NAMES: Final = {CATALOGUE: "What changed in the catalogue", PRODUCT_EDITS: "Edits of products (paused during imports)"}


def queries_of(*, has_orders: bool) -> dict[str, str]:
    """Return webhook → its subscription."""
    return {PRODUCT_EDITS: product_edits_subscription(), CATALOGUE: subscription(has_orders=has_orders)}


def renew_webhooks(saleor: Saleor) -> bool:
    """Have Saleor tell the installed app of all events that are followed, those of orders where it was given the
    permission for them; return whether anything changed. A refusal is logged: sweeps see the changes all the same."""
    app = own_app(saleor)
    if app is None:
        return False
    has_orders = any(permission["code"] == ORDER_PERMISSION for permission in app["permissions"] or ())
    webhooks = webhooks_of(app)
    is_changed = False
    # Edits of products first: a webhook of an earlier version that has them all loses them after that.
    for identifier, query in queries_of(has_orders=has_orders).items():
        webhook = webhooks.get(identifier)
        if webhook is not None and (webhook["subscriptionQuery"] or "").split() != query.split():
            call = Call(documents.WEBHOOK_UPDATE, {"id": webhook["id"], "input": {"query": query}})
        elif webhook is None and identifier is PRODUCT_EDITS and CATALOGUE in webhooks:
            given = {"name": NAMES[identifier], "identifier": identifier, "query": query, "isActive": True}
            given["targetUrl"] = webhooks[CATALOGUE]["targetUrl"]
            call = Call(documents.WEBHOOK_CREATE, {"input": given})
        else:
            continue
        if not is_done(saleor, call):
            break
        log.info("The webhook %s was updated", identifier)
        is_changed = True
    return is_changed


def own_app(saleor: Saleor) -> Mapping[str, Any] | None:
    """Return the installed app with its webhooks, as Saleor says; None where none is installed."""
    if installed() is None:
        return None
    found: Mapping[str, Any] | None = saleor.ask(documents.OWN_WEBHOOKS)["app"]
    return found


def webhooks_of(app: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {webhook["identifier"]: webhook for webhook in app["webhooks"] or ()}


def is_done(saleor: Saleor, call: Call) -> bool:
    try:
        do_one(saleor, call)
    except (MutationRejected, RequestFailed) as error:
        log.warning("A webhook could not be changed: %s", error)
        return False
    return True


def pause_product_edits(saleor: Saleor) -> None:
    """Stop the events of product edits for the time of an import. Safe to repeat. Raise `SaleorError`."""
    app = own_app(saleor)
    if app is None or PRODUCT_EDITS not in webhooks_of(app):
        return
    # Noted first: whoever finds the note without an import resumes it.
    Installation.objects.update(edits_paused_at=timezone.now())
    set_active(saleor, app, is_active=False)


def resume_product_edits(saleor: Saleor) -> bool:
    """Let the events of product edits come again, and have a sweep find what was edited meanwhile; return whether they
    were paused. Raise `SaleorError`; then they still count as paused, and the schedule resumes them later."""
    paused_at = edits_paused_at()
    if paused_at is None or (app := own_app(saleor)) is None:
        return False
    set_active(saleor, app, is_active=True)
    postpone(CHANGED, timezone.now())
    enqueue_sync()
    # Unless another import has paused them meanwhile.
    Installation.objects.filter(edits_paused_at=paused_at).update(edits_paused_at=None)
    return True


def edits_paused_at() -> datetime | None:
    """Return since when the events of product edits are paused; None where they are not."""
    found = installed()
    return found.edits_paused_at if found else None


def set_active(saleor: Saleor, app: Mapping[str, Any], *, is_active: bool) -> None:
    webhook = webhooks_of(app).get(PRODUCT_EDITS)
    if webhook is not None and webhook["isActive"] != is_active:
        do_one(saleor, Call(documents.WEBHOOK_UPDATE, {"id": webhook["id"], "input": {"isActive": is_active}}))
        log.info("The events of product edits are %s", "resumed" if is_active else "paused")
