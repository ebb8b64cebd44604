"""The installed app keeps its own webhooks up to date, and pauses the one that imports would flood."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog_import.models import ImportRun
from catalog_import.targets.saleor import batches
from storefront.catalog.models import Product
from storefront.saleor.app.own_webhooks import (
    CATALOGUE,
    PRODUCT_EDITS,
    edits_paused_at,
    pause_product_edits,
    renew_webhooks,
    resume_product_edits,
)
from storefront.saleor.client.connection import open_saleor
from storefront.saleor.client.installation import PERMISSIONS, register
from storefront.saleor.follow import events
from storefront.saleor.follow.events import EVENTS, product_edits_subscription, subscription
from storefront.saleor.tasks import sync
from tests.builders import a_product, a_variant
from tests.saleor.app.conftest import APP_TOKEN, AppHome
from tests.saleor.fake.state import Webhook
from tests.saleor.importing import FakeImporter, edit_product

OLD = "subscription { event { __typename } }"


def renewed(home: AppHome) -> bool:
    with open_saleor() as saleor:
        return renew_webhooks(saleor)


def a_webhook(home: AppHome, identifier: str = CATALOGUE, query: str = OLD) -> Webhook:
    app = home.fake.apps[APP_TOKEN]
    return home.fake.shop.webhooks.add(Webhook(app=app.pk, target_url="https://x", query=query, identifier=identifier))


def test_a_webhook_of_an_earlier_version_becomes_two(installed: AppHome) -> None:
    webhook, other = a_webhook(installed), a_webhook(installed, "another")

    assert [renewed(installed), renewed(installed)] == [True, False]

    assert webhook.query == subscription(has_orders=False)
    assert other.query == OLD
    [edits] = [row for row in installed.fake.shop.webhooks if row.identifier == PRODUCT_EDITS]
    assert (edits.query, edits.target_url, edits.is_active) == (product_edits_subscription(), "https://x", True)


def test_every_event_is_in_one_of_the_two() -> None:
    both = [subscription(has_orders=False), product_edits_subscription()]

    for name in EVENTS:
        assert sum(f"... on {name} " in query for query in both) == 1


def test_no_event_of_a_sale_is_ever_paused() -> None:
    paused = product_edits_subscription()

    for name in (*events.ORDER_EVENTS, "ProductVariantStockUpdated", "ProductVariantOutOfStock"):
        assert f"... on {name} " not in paused


def test_orders_are_followed_as_long_as_the_app_may_read_them(installed: AppHome) -> None:
    webhook = a_webhook(installed)
    app = installed.fake.apps[APP_TOKEN]
    app.permissions |= {"MANAGE_ORDERS"}
    renewed(installed)
    assert webhook.query == subscription(has_orders=True)

    app.permissions -= {"MANAGE_ORDERS"}
    renewed(installed)

    assert webhook.query == subscription(has_orders=False)


@pytest.fixture
def edits(importer: FakeImporter) -> Webhook:
    """The webhook of edits, of an app that imports."""
    importer.fake.add_app(APP_TOKEN, PERMISSIONS, identifier="knotwise")
    register(APP_TOKEN)
    app = importer.fake.apps[APP_TOKEN]
    add = importer.fake.shop.webhooks.add
    add(Webhook(app=app.pk, target_url="https://x", query=OLD, identifier=CATALOGUE))
    return add(Webhook(app=app.pk, target_url="https://x", query=OLD, identifier=PRODUCT_EDITS))


def test_an_import_of_many_products_pauses_the_events_of_edits(
    importer: FakeImporter, edits: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PAUSED_FROM", 2)
    with importer.watched() as seen:
        importer.records(a_product(reference="R-1", variants=(a_variant(sku="A"),)))
    assert "webhookUpdate" not in seen

    with importer.watched() as seen:
        importer.records(*(a_product(reference=f"R-{sku}", variants=(a_variant(sku=sku),)) for sku in "BC"))

    assert seen.count("webhookUpdate") == 2
    assert seen.index("webhookUpdate") < seen.index("productBulkCreate")
    assert (edits.is_active, edits_paused_at()) == (True, None)


def test_what_was_edited_during_the_pause_is_read_after_it(importer: FakeImporter, edits: Webhook) -> None:
    importer.records(a_product(reference="R-1", name="Cork ball"))
    with open_saleor() as saleor:
        pause_product_edits(saleor)
        assert (edits.is_active, edits_paused_at() is not None) == (False, True)
        edit_product(importer, "R-1", name="Edited cork ball")

        resume_product_edits(saleor)

    assert (edits.is_active, edits_paused_at()) == (True, None)
    sync()
    assert Product.objects.get().name == "Edited cork ball"


def test_a_pause_without_an_import_is_ended_by_the_schedule(importer: FakeImporter, edits: Webhook) -> None:
    with open_saleor() as saleor:
        pause_product_edits(saleor)
    run = ImportRun.objects.create(status=ImportRun.Status.RUNNING, started_at=timezone.now())

    sync()
    assert not edits.is_active

    run.delete()
    sync()
    assert edits.is_active


def test_without_the_app_nothing_is_paused(importer: FakeImporter) -> None:
    pause_product_edits(importer.saleor)

    assert not resume_product_edits(importer.saleor)
