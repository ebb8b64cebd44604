"""Orders on the staff pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from catalog_import.targets.store import StoreShop
from storefront.catalog.models import Product
from storefront.checkout.models import Order
from storefront.staff.roles import IMPORTERS, MANAGERS, renew_roles
from tests.checkout.buying import ADDRESS, a_cart, checkout, details, open_selling_shop, units_left

pytestmark = pytest.mark.django_db


def staff(role: str) -> Client:
    renew_roles()
    user = User.objects.create_user("sam", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def order() -> Any:
    return checkout().place(a_cart(open_selling_shop(), quantity=2).id, details())


def text(answer: Any) -> str:
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode()


def test_an_order_goes_from_placed_to_sent(order: Any) -> None:
    manager = staff(MANAGERS)
    assert f"Order {order.number}" in text(manager.get("/staff/orders/?show=to-pack"))

    for action in ("pay", "pack", "send"):
        manager.post(f"/staff/orders/{order.number}/change/", {"action": action, "tracking": "T-9"})

    page = text(manager.get(f"/staff/orders/{order.number}/"))
    assert "tracking number T-9" in page
    assert "sam marked it as paid" in page
    assert "1 Main Street" in text(manager.get(f"/staff/orders/{order.number}/slip/"))


def test_staff_cancel_an_order_and_its_units_come_back(order: Any) -> None:
    staff(MANAGERS).post(f"/staff/orders/{order.number}/change/", {"action": "cancel"})

    assert (Order.objects.get().status, units_left()) == ("cancelled", 10)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=byron", 1),
        ("q=ADA@", 1),
        ("q=ball", 1),
        ("q=nobody", 0),
        ("show=sent", 0),
        ("show=unpaid", 1),
        ("show=x", 1),
    ],
)
def test_orders_are_searched_and_filtered(order: Any, query: str, count: int) -> None:
    page = text(staff(MANAGERS).get(f"/staff/orders/?{query}"))

    assert page.count(f"/staff/orders/{order.number}/") == count


@pytest.mark.parametrize("path", ["", "{}/", "{}/slip/", "export/", "low-stock/"])
def test_addresses_are_only_for_who_handles_orders(order: Any, path: str) -> None:
    path = f"/staff/orders/{path.format(order.number)}"

    assert staff(IMPORTERS).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_exported_orders_run_no_formulas(order: Any) -> None:
    Order.objects.update(address=dict.fromkeys(ADDRESS.__dataclass_fields__, "") | {"first_name": "=cmd()"})

    lines = text(staff(MANAGERS).get("/staff/orders/export/")).splitlines()

    assert len(lines) == 2
    assert ",'=cmd()," in lines[1]


def test_what_was_ordered_is_kept_from_being_deleted(order: Any) -> None:
    product = Product.objects.get()

    sold = StoreShop().find_sold([product.public_id], product.created_at)

    assert sold.why_kept(product.public_id, ["Ball"]) == "2 units were ordered."
    assert sold.why_kept(product.public_id, ["other"]) == ""
