"""Carts: what is in them, at today's prices and stock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from storefront.catalog.models import Product, Stock, VariantPrice
from storefront.checkout.local.carts import delete_expired
from storefront.checkout.models import Cart
from storefront.checkout.records import MAX_LINES, NoSuchCart, Refused
from tests.builders import sell_named, tags
from tests.checkout.buying import a_cart, checkout, open_selling_shop, variant_of

pytestmark = pytest.mark.django_db


def test_a_cart_holds_what_was_added() -> None:
    channel = open_selling_shop()
    cart = a_cart(channel, "Ball", 2, price="19.90")
    cart = checkout().add(cart.id, channel, variant_of(sell_named("Cane", price="30")), 1)

    assert [(line.product_name, line.quantity) for line in cart.lines] == [("Ball", 2), ("Cane", 1)]
    assert (cart.quantity, cart.subtotal.amount, cart.subtotal.currency) == (3, Decimal("69.80"), "USD")
    assert cart.is_orderable


def test_adding_again_adds_units_up_to_what_there_is() -> None:
    channel = open_selling_shop()
    cart = a_cart(channel, "Ball", 2, units=3)

    cart = checkout().add(cart.id, channel, cart.lines[0].variant, 5)

    assert cart.lines[0].quantity == 3


@pytest.mark.parametrize("quantity", [0, -1, 51])
def test_an_odd_number_of_units_is_refused(quantity: int) -> None:
    channel = open_selling_shop()

    with pytest.raises(Refused, match="Enter a number from 1 to 50"):
        a_cart(channel, "Ball", quantity)


def test_what_has_sold_out_cannot_be_added() -> None:
    channel = open_selling_shop()

    with pytest.raises(Refused, match="Ball has sold out"):
        a_cart(channel, "Ball", 1, units=0)


@pytest.mark.parametrize("variant", ["", "nothing", "UHJvZHVjdFZhcmlhbnQ6MQ=="])
def test_an_unknown_variant_cannot_be_added(variant: str) -> None:
    with pytest.raises(Refused, match="no longer sold"):
        checkout().add(None, open_selling_shop(), variant, 1)


def test_a_draft_cannot_be_added() -> None:
    with pytest.raises(Refused, match="no longer sold"):
        a_cart(open_selling_shop(), "Ball", status="draft")


def test_units_are_changed_and_removed() -> None:
    cart = a_cart(open_selling_shop())

    cart = checkout().set_quantity(cart.id, cart.lines[0].variant, 4)
    assert cart.lines[0].quantity == 4
    cart = checkout().set_quantity(cart.id, cart.lines[0].variant, 0)
    assert cart.lines == []


def test_a_price_that_changed_is_shown_with_the_one_before() -> None:
    cart = a_cart(open_selling_shop(), price="20.00")
    VariantPrice.objects.update(amount=Decimal("25"))

    cart = checkout().cart(cart.id)

    assert (cart.lines[0].price.amount, cart.lines[0].was and cart.lines[0].was.amount) == (25, 20)
    assert not cart.is_orderable
    assert checkout().accept_prices(cart.id).is_orderable


def test_a_shortage_is_told_and_nothing_is_changed_in_silence() -> None:
    cart = a_cart(open_selling_shop(), quantity=5)
    Stock.objects.update(quantity=2)

    line = checkout().cart(cart.id).lines[0]

    assert (line.quantity, line.problem) == (5, "Only 2 left. Lower the quantity to go on.")


def test_what_is_withdrawn_stays_in_the_cart_and_is_told() -> None:
    cart = a_cart(open_selling_shop())
    Product.objects.update(status="archived")

    cart = checkout().cart(cart.id)

    assert cart.lines[0].problem == "This is no longer sold. Remove it to go on."
    assert cart.subtotal.amount == 0


@pytest.mark.parametrize("id", ["", "x", "3d0ac2f6-8f1b-4a4e-9d0f-2f5f3c1f7a11", "../../etc"])
def test_a_cart_that_is_not_there_is_not_found(id: str) -> None:
    with pytest.raises(NoSuchCart):
        checkout().cart(id)


def test_a_cart_of_a_month_ago_is_gone() -> None:
    cart = a_cart(open_selling_shop())
    Cart.objects.update(updated_at=timezone.now() - timedelta(days=31))

    with pytest.raises(NoSuchCart):
        checkout().cart(cart.id)
    assert delete_expired() > 0
    assert not Cart.objects.exists()


def test_a_cart_has_an_end() -> None:
    channel = open_selling_shop()
    id = None
    for number in range(MAX_LINES):
        id = checkout().add(id, channel, variant_of(sell_named(f"Ball {number}")), 1).id

    with pytest.raises(Refused, match="at most 50 different things"):
        checkout().add(id, channel, variant_of(sell_named("One more")), 1)


def test_a_line_says_who_must_not_use_the_tool() -> None:
    cart = a_cart(open_selling_shop(), "Massage gun", tags=tags("calves", tool_type="massage-gun"))

    said = {caution.kind: caution.text for caution in cart.lines[0].cautions}

    assert "blood clot" in said["never"]
    assert "pregnancy" in said["ask-first"]
    assert "the head" in said["keep-off"]
