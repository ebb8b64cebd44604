"""Orders: placed once, with the units that they take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from storefront.catalog.models import Stock, VariantPrice
from storefront.checkout.local import orders
from storefront.checkout.local.mails import send_waiting
from storefront.checkout.local.totals import total_of
from storefront.checkout.models import DeliveryMethod, Order, OrderMail, ShopIdentity, TaxRate
from storefront.checkout.records import Money, NoSuchCart, OrderStatus, Refused
from tests.checkout.buying import ADDRESS, a_cart, checkout, details, open_selling_shop, units_left


@pytest.mark.django_db
class TestPlacing:
    def test_an_order_takes_its_units_and_costs_what_was_shown(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=3, price="19.90", units=10)

        order = checkout().place(cart.id, details())

        assert units_left() == 7
        assert (order.totals.subtotal.amount, order.totals.total.amount) == (Decimal("59.70"), Decimal("64.70"))
        assert [(line.sku, line.quantity, line.price.amount) for line in order.lines] == [("Ball", 3, Decimal("19.90"))]
        assert (order.status, order.is_paid, order.address.city) == (OrderStatus.PLACED, False, "MOUNTAIN VIEW")

    def test_placing_a_cart_again_is_the_same_order(self) -> None:
        cart = a_cart(open_selling_shop(), units=10)

        first = checkout().place(cart.id, details())
        again = checkout().place(cart.id, details(email="other@example.com"))

        assert first == again
        assert (Order.objects.count(), units_left()) == (1, 9)

    def test_an_ordered_cart_is_open_no_more(self) -> None:
        cart = a_cart(open_selling_shop())
        checkout().place(cart.id, details())

        with pytest.raises(NoSuchCart):
            checkout().cart(cart.id)

    def test_a_shortage_makes_no_order_and_takes_nothing(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=3)
        Stock.objects.update(quantity=2)

        with pytest.raises(Refused, match="Only 2 left"):
            checkout().place(cart.id, details())
        assert (Order.objects.count(), units_left()) == (0, 2)
        assert checkout().cart(cart.id).quantity == 3

    def test_a_price_that_changed_has_to_be_seen_first(self) -> None:
        cart = a_cart(open_selling_shop())
        VariantPrice.objects.update(amount=Decimal(1000))

        with pytest.raises(Refused, match="price has changed"):
            checkout().place(cart.id, details())
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"terms": ""}, "terms"),
            ({"terms": "0"}, "terms"),
            ({"delivery": "999"}, "delivery"),
            ({"delivery": ""}, "delivery"),
            ({"address": replace(ADDRESS, postal_code="1")}, "postal_code"),
            ({"address": replace(ADDRESS, country_area="")}, "country_area"),
            ({"address": replace(ADDRESS, city="")}, "city"),
            ({"address": replace(ADDRESS, last_name=" ")}, "last_name"),
            ({"address": replace(ADDRESS, country="XX")}, "country"),
            ({"address": replace(ADDRESS, street_address_1="x" * 200)}, "street_address_1"),
        ],
    )
    def test_what_is_wrong_is_told_at_its_field(self, changes: dict[str, Any], name: str) -> None:
        cart = a_cart(open_selling_shop())

        with pytest.raises(Refused) as refusal:
            checkout().place(cart.id, details(**changes))
        assert name in refusal.value.errors
        assert units_left() == 10

    def test_a_country_without_delivery_is_told(self) -> None:
        cart = a_cart(open_selling_shop())
        DeliveryMethod.objects.update(countries=["DE"])

        with pytest.raises(Refused) as refusal:
            checkout().place(cart.id, details())
        assert refusal.value.errors == {"country": "We do not deliver to this country."}

    def test_an_order_keeps_what_it_said_when_the_shop_moves_on(self) -> None:
        cart = a_cart(open_selling_shop(), price="19.90")
        placed = checkout().place(cart.id, details())
        VariantPrice.objects.update(amount=Decimal(1))
        DeliveryMethod.objects.all().delete()

        assert checkout().order(placed.token) == placed

    def test_units_come_from_several_warehouses_where_one_has_too_few(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=5, units=10)
        stock = Stock.objects.select_related("warehouse").get()
        other = type(stock.warehouse).objects.create(slug="other", name="Other", public_id="V2FyZWhvdXNlOm8=")
        Stock.objects.update(quantity=3)
        Stock.objects.create(variant=stock.variant, warehouse=other, quantity=4)

        order = checkout().place(cart.id, details())

        assert sorted(Stock.objects.values_list("quantity", flat=True)) == [0, 2]
        checkout().cancel(order.token)
        assert sorted(Stock.objects.values_list("quantity", flat=True)) == [3, 4]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_units_are_never_sold_twice(self) -> None:
        channel = open_selling_shop()
        first = a_cart(channel, quantity=1, units=3)
        carts = [first, *(checkout().add(None, channel, first.lines[0].variant, 1) for _ in range(7))]
        wanted = details()

        results = at_once([lambda id=cart.id: checkout().place(id, wanted) for cart in carts])

        assert sum(isinstance(result, Exception) for result in results) == 5
        assert all(isinstance(result, Refused) for result in results if isinstance(result, Exception))
        assert (Order.objects.count(), units_left()) == (3, 0)

    def test_two_tabs_make_one_order(self) -> None:
        cart = a_cart(open_selling_shop(), units=10)
        wanted = details()

        results = at_once([lambda: checkout().place(cart.id, wanted)] * 6)

        assert len({result.number for result in results}) == 1
        assert (Order.objects.count(), units_left()) == (1, 9)

    def test_two_cancels_put_units_back_once(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=4, units=10)
        token = checkout().place(cart.id, details()).token

        at_once([lambda: checkout().cancel(token)] * 4)

        assert units_left() == 10


def at_once(jobs: list[Any]) -> list[Any]:
    """The results of jobs that run at the same time, or what they raised."""

    def run(job: Any) -> Any:
        try:
            return job()
        except (Refused, NoSuchCart) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.django_db
class TestAfterwards:
    def test_a_buyer_cancels_until_it_is_packed(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=2)
        placed = checkout().place(cart.id, details())

        cancelled = checkout().cancel(placed.token)

        assert (cancelled.status, units_left()) == (OrderStatus.CANCELLED, 10)
        assert checkout().cancel(placed.token) == cancelled
        assert units_left() == 10

    def test_a_packed_order_cannot_be_cancelled(self) -> None:
        placed = checkout().place(a_cart(open_selling_shop()).id, details())
        orders.move(Order.objects.get(), OrderStatus.PACKED, "sam")

        with pytest.raises(Refused, match="packed already"):
            checkout().cancel(placed.token)
        assert units_left() == 9

    def test_an_order_is_sent_only_after_it_was_packed(self) -> None:
        checkout().place(a_cart(open_selling_shop()).id, details())
        row = Order.objects.get()

        with pytest.raises(Refused):
            orders.move(row, OrderStatus.SENT, "sam")
        orders.move(row, OrderStatus.PACKED, "sam")
        sent = orders.move(row, OrderStatus.SENT, "sam", "T-1")

        assert (sent.status, sent.tracking) == ("sent", "T-1")
        assert [event.by for event in sent.events.all()] == ["the buyer", "sam", "sam"]

    def test_each_message_is_sent_once(self) -> None:
        cart = a_cart(open_selling_shop(), cautions=[{"kind": "stop", "text": "Stop when it hurts."}])
        placed = checkout().place(cart.id, details())

        assert (send_waiting(), send_waiting()) == (2, 0)
        buyer, staff = sorted(mail.outbox, key=lambda message: message.to)
        assert (buyer.to, staff.to) == (["ada@example.com"], ["shop@example.com"])
        assert str(placed.number) in buyer.subject
        assert "Stop when it hurts." in buyer.body
        assert "24.90" in buyer.body
        assert "text/html" in str(buyer.message())

    def test_a_message_that_cannot_be_sent_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        checkout().place(a_cart(open_selling_shop()).id, details())
        with monkeypatch.context() as broken:
            broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
            assert send_waiting() == 0

        assert OrderMail.objects.filter(sent_at=None, message__contains="no mail server").count() == 2
        assert send_waiting() == 2

    def test_links_go_only_to_the_address_of_the_order(self) -> None:
        checkout().place(a_cart(open_selling_shop()).id, details())
        send_waiting()
        mail.outbox.clear()

        checkout().send_links("ADA@example.com")
        checkout().send_links("eve@example.com")
        send_waiting()

        assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def refuse(*_: object, **__: object) -> int:
    raise OSError("no mail server")


@pytest.mark.django_db
class TestTotals:
    @pytest.mark.parametrize(("includes", "tax", "total"), [(True, "17.56", "110.00"), (False, "20.90", "130.90")])
    def test_tax_is_in_the_price_or_on_top(self, includes: bool, tax: str, total: str) -> None:
        TaxRate.objects.create(country="DE", percent=19)

        found = total_of(Money(Decimal(100), "EUR"), Money(Decimal(10), "EUR"), "de", prices_include_tax=includes)

        assert (str(found.tax.amount), str(found.total.amount)) == (tax, total)

    def test_a_currency_without_cents_is_rounded_to_whole_units(self) -> None:
        TaxRate.objects.create(country="JP", percent=10)

        found = total_of(Money(Decimal(1005), "JPY"), Money(Decimal(0), "JPY"), "JP", prices_include_tax=False)

        assert (str(found.tax.amount), str(found.total.amount)) == ("101", "1106")

    def test_delivery_is_free_from_a_value_on(self) -> None:
        cart = a_cart(open_selling_shop(), quantity=3, price="20")
        DeliveryMethod.objects.update(free_from=60)

        assert checkout().delivery_options(cart, "US")[0].price.amount == 0

    def test_a_shop_that_takes_no_invoice_refuses_it(self) -> None:
        cart = a_cart(open_selling_shop())
        ShopIdentity.objects.update(accepts_invoice=False)

        with pytest.raises(Refused) as refusal:
            checkout().place(cart.id, details())
        assert refusal.value.errors == {"payment": "Choose how to pay."}
