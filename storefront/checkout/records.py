"""What a cart, a delivery method and an order are to pages and clients, whoever keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

# Of one line. Saleor's default is the same.
MAX_QUANTITY = 50
MAX_LINES = 50


class Refused(Exception):
    """What was asked for cannot be done; the messages are for shoppers.

    `errors`: the field of the form that is wrong → what is wrong with it; "" for what belongs to no field.
    """

    def __init__(self, errors: Mapping[str, str] | str) -> None:
        self.errors = {"": errors} if isinstance(errors, str) else dict(errors)
        super().__init__("; ".join(self.errors.values()))


class NoSuchCart(Exception):
    """There is no open cart with this id: it was never there, has expired, or was ordered."""


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def times(self, count: int) -> Money:
        return Money(self.amount * count, self.currency)


@dataclass(frozen=True, slots=True)
class Caution:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line of a cart as it stands now. `was`: the price when it was added, where that has changed since."""

    variant: str
    product_name: str
    product_slug: str
    variant_name: str
    sku: str
    quantity: int
    available: int
    price: Money
    was: Money | None = None
    cautions: Sequence[Caution] = ()
    is_sold: bool = True

    @property
    def total(self) -> Money:
        return self.price.times(self.quantity)

    @property
    def problem(self) -> str:
        """Return why the line cannot be ordered as it stands; "" where it can."""
        if not self.is_sold:
            return "This is no longer sold. Remove it to go on."
        if self.available <= 0:
            return "This has sold out. Remove it to go on."
        if self.quantity > self.available:
            return f"Only {self.available} left. Lower the quantity to go on."
        return ""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, its parts named as Saleor names them."""

    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    street_address_1: str = ""
    street_address_2: str = ""
    postal_code: str = ""
    city: str = ""
    country_area: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    id: str
    name: str
    description: str
    price: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """What a cart or an order costs. `tax` is part of `total`; `tax_rate` in percent."""

    subtotal: Money
    delivery: Money
    tax: Money
    total: Money
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class Cart:
    id: str
    lines: Sequence[CartLine]
    currency: str
    email: str = ""
    address: Address = field(default_factory=Address)
    delivery: str = ""
    note: str = ""

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def subtotal(self) -> Money:
        return Money(sum((line.total.amount for line in self.lines if line.is_sold), Decimal(0)), self.currency)

    @property
    def has_changed_prices(self) -> bool:
        return any(line.was for line in self.lines)

    @property
    def is_orderable(self) -> bool:
        """Return whether nothing has to be changed or looked at before it is ordered."""
        return bool(self.lines) and not self.has_changed_prices and not any(line.problem for line in self.lines)


class PaymentMethod(StrEnum):
    INVOICE = "invoice"
    ON_DELIVERY = "on-delivery"


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, under which terms (Markdown), and how one may pay."""

    name: str
    address: str
    email: str
    terms: str
    terms_version: str
    payments: Sequence[PaymentMethod]


class OrderStatus(StrEnum):
    PLACED = "placed"
    PACKED = "packed"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Details:
    """What a shopper fills in to order."""

    email: str
    address: Address
    delivery: str
    payment: PaymentMethod
    # Which version of the terms the shopper agreed to; "" where they did not.
    terms: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    product_name: str
    variant_name: str
    sku: str
    quantity: int
    price: Money
    cautions: Sequence[Caution] = ()

    @property
    def total(self) -> Money:
        return self.price.times(self.quantity)


@dataclass(frozen=True, slots=True)
class Order:
    token: str
    number: int
    status: OrderStatus
    is_paid: bool
    payment: PaymentMethod
    email: str
    address: Address
    delivery_name: str
    lines: Sequence[OrderLine]
    totals: Totals
    placed_at: datetime
    tracking: str = ""
    note: str = ""

    @property
    def may_be_cancelled(self) -> bool:
        """Return whether the buyer may still cancel: until it is packed."""
        return self.status is OrderStatus.PLACED
