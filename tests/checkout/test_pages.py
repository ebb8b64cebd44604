"""Buying on the pages, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from storefront.catalog.models import Product
from storefront.checkout.models import Cart, DeliveryMethod, Order
from tests.builders import sell_named
from tests.checkout.buying import open_selling_shop, units_left, variant_of

pytestmark = pytest.mark.django_db

OURS = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


@pytest.fixture
def shopper() -> Client:
    return Client(headers=OURS)


def add(shopper: Client, name: str = "Ball", quantity: object = 1, **more: Any) -> Any:
    product = Product.objects.filter(name=name).first() or sell_named(name)
    return shopper.post("/cart/add/", {"variant": variant_of(product), "quantity": quantity}, **more)


def form(**changes: str) -> dict[str, str]:
    return {
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Byron",
        "street_address_1": "1 Main Street",
        "postal_code": "94043",
        "city": "Mountain View",
        "country_area": "CA",
        "country": "US",
        "delivery": str(DeliveryMethod.objects.get().pk),
        "payment": "invoice",
        "terms": "1",
    } | changes


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_whole_purchase(shopper: Client) -> None:
    open_selling_shop()
    sell_named("Ball")
    assert "Add to cart" in text(shopper.get("/products/ball/"))

    assert add(shopper, quantity=2).status_code == 302
    assert "Ball" in text(shopper.get("/cart/"))
    assert "Order with obligation to pay" in text(shopper.get("/checkout/"))
    placed = shopper.post("/checkout/", form())

    assert placed.status_code == 302
    page = text(shopper.get(placed["Location"]))
    assert "Thank you" in page
    assert "$44.80" in page
    assert units_left() == 8
    assert "cart is empty" in text(shopper.get("/cart/"))


def test_the_back_button_and_a_double_click_make_no_second_order(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)
    id = shopper.cookies["cart"].value
    first = shopper.post("/checkout/", form())
    shopper.cookies["cart"] = id

    again = shopper.post("/checkout/", form())

    assert Order.objects.count() == 1
    assert again["Location"] == first["Location"]


def test_mistakes_are_listed_on_top_and_beside_their_fields(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)

    answer = shopper.post("/checkout/", form(email="no", postal_code="1", terms=""))

    page = text(answer)
    assert answer.status_code == 422
    assert "<title>Error: Checkout" in page
    assert 'href="#email"' in page
    assert 'id="postal_code-error"' in page
    assert 'value="Mountain View"' in page
    assert not Order.objects.exists()


def test_what_was_typed_is_kept(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)
    shopper.post("/checkout/", form(terms=""))

    page = text(shopper.get("/checkout/"))

    assert 'value="ada@example.com"' in page
    assert 'value="94043"' in page


def test_a_program_that_fills_in_everything_buys_nothing(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)

    assert shopper.post("/checkout/", form(website="https://spam.example")).status_code == 422
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/cart/add/", "/cart/change/", "/checkout/", "/orders/find/"])
def test_another_site_cannot_act_for_a_shopper(shopper: Client, headers: dict[str, str], path: str) -> None:
    open_selling_shop()
    add(shopper)
    before = Cart.objects.get().updated_at
    attacker = Client(headers=headers)
    attacker.cookies = shopper.cookies

    answer = attacker.post(path, form() | {"variant": "x", "quantity": "50"})

    assert answer.status_code == 403
    assert Cart.objects.get().updated_at == before
    assert not Order.objects.exists()


def test_cookies_are_only_for_our_pages(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)

    cart = shopper.cookies["cart"]
    assert (cart["samesite"], cart["httponly"], cart["max-age"]) == ("Lax", True, 30 * 24 * 3600)
    assert shopper.cookies["cart_count"].value == "1"


def test_a_script_stays_on_the_page(shopper: Client) -> None:
    open_selling_shop()

    answer = add(shopper, quantity=3, headers={"accept": "application/json"})

    assert answer.json() == {"added": "Ball", "count": 3, "cart": "/cart/"}


def test_a_refusal_is_told_on_the_page_and_to_a_script(shopper: Client) -> None:
    open_selling_shop()
    sell_named("Ball", units=0)

    assert add(shopper, headers={"accept": "application/json"}).json() == {"error": "Ball has sold out."}
    answer = add(shopper)
    assert (answer.status_code, "Ball has sold out." in text(answer)) == (409, True)


@pytest.mark.parametrize("quantity", ["", "0", "-3", "1e9", "٣", "99999999999999999999", "x"])
def test_odd_numbers_are_no_fault(shopper: Client, quantity: str) -> None:
    open_selling_shop()

    assert add(shopper, quantity=quantity).status_code in (302, 409)


@pytest.mark.parametrize("cart", ["x", "../..", "00000000-0000-0000-0000-000000000000", "a" * 3000])
def test_a_cart_of_somebody_else_cannot_be_guessed_or_break_anything(shopper: Client, cart: str) -> None:
    open_selling_shop()
    shopper.cookies["cart"] = cart

    assert "cart is empty" in text(shopper.get("/cart/"))
    assert shopper.get("/checkout/").status_code == 302
    assert shopper.post("/cart/change/", {"variant": "x", "quantity": "1"}).status_code == 302


def test_a_buyer_cancels_on_the_page_of_the_order(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)
    page = shopper.post("/checkout/", form())["Location"]

    assert shopper.post(f"{page}cancel/").status_code == 302
    assert "was cancelled" in text(shopper.get(page))
    assert units_left() == 10


def test_an_order_is_shown_only_under_its_link(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)
    page = shopper.post("/checkout/", form())["Location"]

    assert shopper.get(f"/orders/{'x' * 32}/").status_code == 404
    answer = shopper.get(page)
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert "no-store" in answer["Cache-Control"]


def test_whether_an_address_has_ordered_is_not_told(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)
    shopper.post("/checkout/", form())

    known = text(shopper.post("/orders/find/", {"email": "ada@example.com"}))
    unknown = text(shopper.post("/orders/find/", {"email": "eve@example.com"}))

    assert known.replace("ada@", "") == unknown.replace("eve@", "")


def test_changes_by_one_address_have_an_end(shopper: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    open_selling_shop()
    monkeypatch.setattr("storefront.pages.views.cart.CHANGES_A_MINUTE", 2)

    assert [add(shopper).status_code for _ in range(3)] == [302, 302, 429]


def test_each_country_has_its_own_fields(shopper: Client) -> None:
    open_selling_shop()
    add(shopper)

    german = text(shopper.post("/checkout/", {"country": "DE", "refresh": "1"}))
    japanese = text(shopper.post("/checkout/", {"country": "JP", "refresh": "1"}))

    assert 'name="country_area"' not in german
    assert "Prefecture" in japanese


def test_with_saleor_nothing_is_sold_here(settings: Any, shopper: Client) -> None:
    open_selling_shop()
    sell_named("Ball")
    settings.SALEOR_API_URL = "https://shop.example/graphql/"

    assert "Add to cart" not in text(shopper.get("/products/ball/"))
    assert shopper.get("/cart/").status_code == 404
