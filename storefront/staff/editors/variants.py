"""The variants of a product, edited with it: own columns, prices by channel, stock by warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin import StackedInline
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from storefront.catalog.fields import COMPARE_AT, PRICE, STOCK, decimal_text
from storefront.catalog.models import Channel, Product, ProductVariant, Warehouse
from storefront.catalog.writer.manual_edits import change_row, create_row
from storefront.catalog.writer.variants import write_prices, write_stock
from storefront.staff.editors.base import Editable, require_seen

MAX_AMOUNT = Decimal(10) ** 9
VARIANT_COLUMNS = ("sku", "name", "weight_g", "barcode")


def number_names() -> dict[str, str]:
    """The names of a variant's fields for prices and stock → what they are called in records."""
    found = {}
    for pk, slug in Channel.objects.order_by("pk").values_list("pk", "slug"):
        found[f"price_{pk}"] = PRICE + slug
        found[f"compare_at_{pk}"] = COMPARE_AT + slug
    for pk, slug in Warehouse.objects.order_by("pk").values_list("pk", "slug"):
        found[f"stock_{pk}"] = STOCK + slug
    return found


class VariantForm(ModelForm):
    """A variant; its prices by channel and stock by warehouse are fields of `variant_form`."""

    numbers: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(numbers_of(self.instance))

    def changed_numbers(self) -> dict[str, Any]:
        """The prices and stock that the person changed, named as in records."""
        return {
            name: decimal_text(value) if isinstance(value := self.cleaned_data[field], Decimal) else value
            for field, name in self.numbers.items()
            if field in self.changed_data
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for field in self.numbers:
            amount = said.get(field.replace("compare_at_", "price_"))
            if field.startswith("compare_at_") and said.get(field) is not None and amount is None:
                self.add_error(field, "Enter the current price as well.")
            if self.instance.pk and field.startswith("stock_") and field in said:
                self.check_stock(field, said[field])
        return said

    def check_stock(self, field: str, typed: int | None) -> None:
        """What was sold while the form was open is not put back unseen."""
        try:
            require_seen(self, field, typed, self.initial.get(field))
        except ValidationError as error:
            self.add_error(field, error)


def numbers_of(variant: ProductVariant) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for price in variant.prices.all():
        found[f"price_{price.channel_id}"] = cents(price.amount)
        found[f"compare_at_{price.channel_id}"] = cents(price.compare_at_amount)
    return found | {f"stock_{stock.warehouse_id}": stock.quantity for stock in variant.stocks.all()}


def cents(amount: Decimal | None) -> str:
    """An amount as people write it: two places, a third only where it says something."""
    if amount is None:
        return ""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:.3f}"


def variant_form() -> type[VariantForm]:
    """The form of variants with a field for each channel and warehouse that the shop has."""
    fields: dict[str, Any] = {"numbers": number_names()}
    channels = list(Channel.objects.order_by("pk"))
    warehouses = list(Warehouse.objects.order_by("pk"))
    for channel in channels:
        where = f" ({channel.name})" if len(channels) > 1 else ""
        fields[f"price_{channel.pk}"] = amount_field(f"Price in {channel.currency}{where}", "Empty: not sold")
        fields[f"compare_at_{channel.pk}"] = amount_field(f"Reduced from{where}", "Empty: not reduced")
    for warehouse in warehouses:
        where = f" ({warehouse.name})" if len(warehouses) > 1 else ""
        fields[f"stock_{warehouse.pk}"] = forms.IntegerField(
            label=f"Stock{where}", required=False, min_value=0, max_value=2**31 - 1, show_hidden_initial=True
        )
    return type("VariantForm", (VariantForm,), fields)


def amount_field(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=Decimal(0),
        max_value=MAX_AMOUNT,
        decimal_places=3,
        show_hidden_initial=True,
    )


class VariantInline(Editable, StackedInline):
    model = ProductVariant
    extra = 0
    ordering = ("position", "id")
    readonly_fields = ("prices_and_stock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductVariant]:
        return super().get_queryset(request).prefetch_related("prices__channel", "stocks__warehouse")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **({"form": variant_form()} | kwargs))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = [VARIANT_COLUMNS[:2], VARIANT_COLUMNS[2:]]
        if not self.has_change_permission(request, obj):
            return [*own, "prices_and_stock"]
        # A line for each channel, and one for all warehouses.
        names = list(number_names())
        prices = [name for name in names if not name.startswith("stock_")]
        stock = tuple(name for name in names if name.startswith("stock_"))
        return [*own, *zip(prices[::2], prices[1::2], strict=True), *([stock] if stock else [])]

    def prices_and_stock(self, variant: ProductVariant) -> str:
        prices = [f"{price.amount:.2f} {price.channel.currency}" for price in variant.prices.all()]
        return ", ".join([*prices, *(f"{stock.quantity} in {stock.warehouse.name}" for stock in variant.stocks.all())])


def save_variants(product: Product, formset: BaseModelFormSet[Any, Any]) -> None:
    """Write what was changed of the variants, and no more."""
    numbers: dict[int, dict[str, Any]] = {}
    last = max((row.instance.position for row in formset.initial_forms), default=-1)
    for row in formset.forms:
        if not row.has_changed():
            continue
        variant: ProductVariant = row.instance
        if not variant.pk:
            last += 1
            variant.product, variant.position = product, last
            create_row(variant)
        else:
            change_row(variant, [name for name in row.changed_data if name in VARIANT_COLUMNS])
        numbers[variant.pk] = row.changed_numbers()
    write_prices(numbers, numbers)
    write_stock(numbers, numbers)
