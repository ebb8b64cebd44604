"""Carts and orders that this shop keeps itself. An order holds copies of all that it says: the catalogue moves on."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q

from storefront.catalog.models import Channel, ProductVariant
from storefront.checkout.records import OrderStatus, PaymentMethod
from storefront.leases import Leased


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(24)


def money_field(**more: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=12, decimal_places=3, **more)  # type: ignore[arg-type]


class Cart(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    email = models.EmailField(blank=True)
    address = models.JSONField(default=dict)
    delivery = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=("updated_at",), name="cart_by_update")]

    def __str__(self) -> str:
        return str(self.id)


class CartLine(models.Model):
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(ProductVariant, models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    price_when_added = money_field()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("added_at", "id")
        constraints = [
            models.UniqueConstraint(fields=("cart", "variant"), name="cart_has_a_variant_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_has_units"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"


class DeliveryMethod(models.Model):
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="delivery_methods")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=250, blank=True, help_text='Like "Two to four working days".')
    countries = models.JSONField(
        default=list, blank=True, help_text='Codes of the countries it goes to, like ["US", "CA"]. Empty: all.'
    )
    price = money_field()
    free_from = money_field(null=True, blank=True, help_text="From this value of the goods on it costs nothing.")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = [models.CheckConstraint(condition=Q(price__gte=0), name="delivery_price_is_not_negative")]

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    country = models.CharField(max_length=2, unique=True, help_text="The country's code, like DE.")
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering = ("country",)
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lt=100), name="tax_is_a_share_of_the_price")
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.percent} %"


class ShopIdentity(models.Model):
    """One row: who sells, and under which terms."""

    name = models.CharField(max_length=200, default="Knotwise")
    address = models.TextField(blank=True, help_text="The seller's postal address, as it stands on orders.")
    email = models.EmailField(blank=True, help_text="Where shoppers write to, and where new orders are announced.")
    phone = models.CharField(max_length=50, blank=True)
    tax_number = models.CharField(max_length=50, blank=True)
    terms = models.TextField(
        blank=True,
        help_text="Terms and the right of withdrawal, in Markdown. Shoppers agree to them before they order.",
    )
    terms_version = models.CharField(
        max_length=40, default="1", help_text="Change it with the terms: each order keeps which version was agreed to."
    )
    prices_include_tax = models.BooleanField(default=True)
    accepts_invoice = models.BooleanField(default=True, verbose_name="accepts payment by invoice")
    accepts_on_delivery = models.BooleanField(default=True, verbose_name="accepts payment on delivery")

    class Meta:
        verbose_name = verbose_name_plural = "seller, terms and tax"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="shop_identity_is_one_row")]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    # Of the cart that it was made of. Placing the same cart again finds it.
    cart_id = models.UUIDField(unique=True, editable=False)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=[(each.value, each.value) for each in OrderStatus])
    payment = models.CharField(max_length=20, choices=[(each.value, each.value) for each in PaymentMethod])
    email = models.EmailField()
    address = models.JSONField()
    delivery_name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    subtotal = money_field()
    delivery_price = money_field()
    tax = money_field()
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2)
    total = money_field()
    terms_version = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    tracking = models.CharField(max_length=100, blank=True)
    placed_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("email",), name="order_by_email"),
            models.Index(fields=("status", "-id"), name="order_by_status"),
        ]

    def __str__(self) -> str:
        return f"Order {self.pk}"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(ProductVariant, models.SET_NULL, null=True, related_name="order_lines")
    product_name = models.CharField(max_length=250)
    variant_name = models.CharField(max_length=250, blank=True)
    sku = models.CharField(max_length=250)
    quantity = models.PositiveIntegerField()
    price = money_field()
    cautions = models.JSONField(default=list, help_text="A list of {kind, text}, as they were shown.")
    taken = models.JSONField(default=dict, help_text="Warehouse key → units that were taken from it.")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class OrderEvent(models.Model):
    """What happened to an order, by whom: kept as long as the order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150, help_text="Who did it: a name of the staff, or the buyer.")
    what = models.CharField(max_length=300)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.what


class OrderMail(Leased):
    """A message about an order that the worker is to send: each kind once."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation"
        NEW_ORDER = "new-order"
        SENT = "sent"
        CANCELLED = "cancelled"
        LINK = "link"

    order = models.ForeignKey(Order, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="Why it could not be sent.")

    class Meta:
        constraints = [
            # The link is sent as often as somebody asks for it.
            models.UniqueConstraint(
                fields=("order", "kind"), condition=~Q(kind="link"), name="order_has_a_mail_of_a_kind_once"
            )
        ]
        indexes = [models.Index(fields=("id",), condition=Q(sent_at__isnull=True), name="mail_to_be_sent")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.order_id}"
