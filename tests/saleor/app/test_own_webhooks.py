"""The installed app keeps its own webhook up to date, with the events of orders where it may have them."""

from __future__ import annotations

from storefront.saleor.app.own_webhooks import IDENTIFIER, renew_webhooks
from storefront.saleor.client.connection import open_saleor
from storefront.saleor.follow.events import subscription
from tests.saleor.app.conftest import APP_TOKEN, AppHome
from tests.saleor.fake.state import Webhook


def renewed(home: AppHome) -> bool:
    with open_saleor() as saleor:
        return renew_webhooks(saleor)


def a_webhook(home: AppHome, **given: str) -> Webhook:
    app = home.fake.apps[APP_TOKEN]
    said = {"target_url": "https://x", "query": "subscription { event { __typename } }", "identifier": IDENTIFIER}
    return home.fake.shop.webhooks.add(Webhook(app=app.pk, **(said | given)))  # type: ignore[arg-type]


def test_a_webhook_of_an_earlier_version_is_renewed_once(installed: AppHome) -> None:
    webhook, other = a_webhook(installed), a_webhook(installed, identifier="another")

    assert [renewed(installed), renewed(installed)] == [True, False]

    assert webhook.query == subscription(has_orders=False)
    assert other.query == "subscription { event { __typename } }"


def test_orders_are_followed_as_long_as_the_app_may_read_them(installed: AppHome) -> None:
    webhook = a_webhook(installed)
    app = installed.fake.apps[APP_TOKEN]
    app.permissions |= {"MANAGE_ORDERS"}
    renewed(installed)
    assert webhook.query == subscription(has_orders=True)

    app.permissions -= {"MANAGE_ORDERS"}
    renewed(installed)

    assert webhook.query == subscription(has_orders=False)
