"""What an app may change of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.saleor.fake.refusals import denied, not_found
from tests.saleor.fake.registry import Asked, performs
from tests.saleor.fake.state import Webhook


@performs("webhookUpdate")
def webhook_update(asked: Asked, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
    """An app may change its own webhooks, and no others, without any permission."""
    if asked.app is None:
        raise denied("MANAGE_APPS", "AUTHENTICATED_APP")
    webhook = asked.shop.node(id, "Webhook")
    if webhook is None or webhook.app != asked.app.pk:
        raise not_found(id)
    webhook.query = input.get("query") or webhook.query
    webhook.target_url = input.get("target_url") or webhook.target_url
    webhook.is_active = webhook.is_active if input.get("is_active") is None else input["is_active"]
    return {"webhook": webhook}


@performs("webhookCreate")
def webhook_create(asked: Asked, input: Mapping[str, Any]) -> dict[str, Any]:
    """An app may make webhooks of its own without any permission."""
    if asked.app is None:
        raise denied("MANAGE_APPS", "AUTHENTICATED_APP")
    made = Webhook(
        app=asked.app.pk,
        target_url=input["target_url"],
        query=input["query"],
        identifier=input.get("identifier"),
        is_active=bool(input.get("is_active")),
    )
    return {"webhook": asked.shop.webhooks.add(made)}
