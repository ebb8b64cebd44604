"""What can be had: stock without what open orders wait for, as Saleor counts it in each channel."""

from __future__ import annotations

import pytest

from storefront.catalog.models import Channel, Product, Stock
from storefront.catalog.queries.availability import units_of
from storefront.catalog.queries.products import find_product
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_WAREHOUSE
from storefront.saleor.follow.sweeps import check_all, sweep_all, sweep_changed
from tests.builders import STOCK, a_product, a_variant
from tests.saleor.importing import FakeImporter, Importer, store_products
from tests.saleor.staff import SLUGS


def shown() -> Product:
    found = find_product(Channel.objects.get(slug=DEFAULT_CHANNEL), Product.objects.get().slug)
    assert found is not None
    return found


def units_shown() -> tuple[int, int]:
    """What the pages say of the product and of its variant."""
    found = shown()
    return found.units, units_of(found.shown_variants[0])


@pytest.fixture
def sold(importer: FakeImporter) -> FakeImporter:
    """Two of three units are ordered."""
    importer.fake.ship(DEFAULT_CHANNEL, "US")
    importer.records(a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: 3}),)))
    sweep_all(importer.saleor, SLUGS)
    importer.fake.place_order("R-1", 2)
    return importer


def test_a_cheap_sweep_sees_what_was_ordered(sold: FakeImporter) -> None:
    assert units_shown() == (3, 3)

    assert sweep_changed(sold.saleor, SLUGS).differing

    assert units_shown() == (1, 1)
    assert not sweep_changed(sold.saleor, SLUGS).differing


def test_a_check_sees_what_was_ordered(sold: FakeImporter) -> None:
    [difference] = check_all(sold.saleor, SLUGS).differing

    assert difference.fields == ("units that can be had",)


def test_stock_stays_what_files_and_exports_mean_by_it(sold: FakeImporter) -> None:
    sweep_changed(sold.saleor, SLUGS)

    assert store_products()["R-1"].fields.variants["R-1"][STOCK] == 3
    assert Stock.objects.get().quantity == 3
    plan = sold.plan(a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: 3}),)))
    assert [item.action for item in plan.items] == ["unchanged"]


def test_all_that_is_ordered_is_sold_out_until_it_is_sent_and_after(sold: FakeImporter) -> None:
    sold.fake.place_order("R-1", 1)
    sweep_changed(sold.saleor, SLUGS)
    assert units_shown() == (0, 0)

    sold.fake.send_orders()
    sweep_changed(sold.saleor, SLUGS)

    assert units_shown() == (0, 0)
    assert Stock.objects.get().quantity == 0


def test_without_a_shipping_zone_nothing_can_be_had(importer: FakeImporter) -> None:
    importer.records(a_product(variants=(a_variant(stock={DEFAULT_WAREHOUSE: 3}),)))

    assert units_shown() == (0, 0)


def test_of_each_channel_its_own_units_are_kept(real_or_fake: Importer) -> None:
    """What Saleor itself says to a customer is what the store has."""
    importer = real_or_fake
    sku = f"{importer.prefix}-units"
    importer.records(a_product(variants=(a_variant(sku=sku, stock={DEFAULT_WAREHOUSE: 70}),)))

    node = importer.saleor.ask(ASKED, {"id": store_products()[sku].public_id, "channel": DEFAULT_CHANNEL})["product"]

    price = Product.objects.get(reference=sku).variants.get().prices.get(channel__slug=DEFAULT_CHANNEL)
    assert price.available == node["variants"][0]["quantityAvailable"]


ASKED = """
query Asked($id: ID!, $channel: String!) { product(id: $id, channel: $channel) { variants { quantityAvailable } } }
"""
