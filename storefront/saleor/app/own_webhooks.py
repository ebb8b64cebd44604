"""The webhook of the installed app, brought up to date: it is as the manifest was when the app was installed."""

from __future__ import annotations

import logging
from typing import Final

from storefront.saleor.client.errors import RequestFailed
from storefront.saleor.client.installation import installed
from storefront.saleor.client.mutations import MutationRejected, do_one
from storefront.saleor.client.transport import Saleor
from storefront.saleor.follow.events import ORDER_PERMISSION, subscription
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call

log = logging.getLogger(__name__)

IDENTIFIER: Final = "catalogue"


def renew_webhooks(saleor: Saleor) -> bool:
    """Have Saleor tell the installed app of all events that are followed, those of orders where it was given the
    permission for them; return whether anything changed. A refusal is logged: sweeps see the changes all the same."""
    if installed() is None:
        return False
    app = saleor.ask(documents.OWN_WEBHOOKS)["app"]
    if app is None:
        return False
    has_orders = any(permission["code"] == ORDER_PERMISSION for permission in app["permissions"] or ())
    wanted = subscription(has_orders=has_orders)
    is_changed = False
    for webhook in app["webhooks"] or ():
        if webhook["identifier"] == IDENTIFIER and (webhook["subscriptionQuery"] or "").split() != wanted.split():
            try:
                do_one(saleor, Call(documents.WEBHOOK_UPDATE, {"id": webhook["id"], "input": {"query": wanted}}))
            except (MutationRejected, RequestFailed) as error:
                log.warning("The webhook could not be updated: %s", error)
                continue
            log.info("The webhook was updated")
            is_changed = True
    return is_changed
