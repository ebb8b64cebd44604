"""The editors of stock, categories, channels and warehouses."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest

from storefront.catalog.models import Category, ProductVariant, Stock, Warehouse
from storefront.catalog.writer.manual_edits import catalogue_edited, category_edited, delete_category, set_stock
from storefront.staff.editors.base import Editor, SluggedForm, require_seen


def variant_name(variant: ProductVariant) -> str:
    return f"{variant.product.name} – {variant.name}" if variant.name else variant.product.name


class StockForm(ModelForm):
    """Units of a variant. Those that were sold while the list was open are not put back unseen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stock: Stock = self.instance
        if not stock.pk:
            return
        what = f"{variant_name(stock.variant)}, SKU {stock.variant.sku}, {stock.warehouse.name}"
        self.fields["quantity"].widget.attrs["aria-label"] = f"Quantity of {what}"

    def clean_quantity(self) -> int:
        quantity = int(self.cleaned_data["quantity"])
        now = Stock.objects.filter(pk=self.instance.pk).values_list("quantity", flat=True).first()
        require_seen(self, "quantity", quantity, now)
        return quantity


class StockEditor(Editor):
    list_display = ("product", "sku", "quantity", "warehouse")
    list_display_links = None
    list_editable = ("quantity",)
    list_filter = ("warehouse", "variant__product__status")
    search_fields = ("variant__sku", "variant__name", "variant__product__name")
    list_select_related = ("variant__product", "warehouse")
    ordering = ("variant__product__name", "variant__position", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each line of the list names the variant, also when it is sent."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Of a shop with one warehouse every line would name the same."""
        return self.list_display if Warehouse.objects.count() > 1 else self.list_display[:-1]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """A variant gets stock in the editor of its product."""
        return False

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **({"form": StockForm} | kwargs))

    @display(ordering="variant__product__name")
    def product(self, stock: Stock) -> str:
        return variant_name(stock.variant)

    @display(ordering="variant__sku", description="SKU")
    def sku(self, stock: Stock) -> str:
        return stock.variant.sku

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        set_stock(obj, obj.quantity)


class CategoryForm(SluggedForm):
    def clean_name(self) -> str:
        """Raises `ValidationError` where files could not tell it from another."""
        name = str(self.cleaned_data["name"])
        if Category.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Category with this Name already exists.")
        return name

    def clean_parent(self) -> Category | None:
        """Raises `ValidationError` where the category would lie in itself."""
        parent: Category | None = self.cleaned_data.get("parent")
        above = parent
        while above is not None:
            if above.pk == self.instance.pk:
                raise ValidationError("A category cannot be inside itself.")
            above = above.parent
        return parent


class CategoryEditor(Editor):
    form = CategoryForm
    list_display = ("name", "parent", "product_count")
    search_fields = ("name",)
    list_select_related = ("parent",)
    fields = ("name", "parent", "slug")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(count=models.Count("products"))

    @display(ordering="count", description="products")
    def product_count(self, category: Any) -> int:
        return int(category.count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only one that nothing is in: its products would be left without."""
        is_empty = obj is None or not (obj.products.exists() or obj.children.exists())
        is_allowed = request.user.has_perm("catalog.delete_category")
        return is_empty and is_allowed and self.has_change_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        category_edited(form.instance)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        delete_category(obj)


class SettingEditor(Editor):
    """Channels and warehouses: known to files by their slug, which therefore stays."""

    lasting: tuple[str, ...] = ("slug",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.lasting if obj is not None else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        catalogue_edited()


class ChannelForm(ModelForm):
    def clean_currency(self) -> str:
        said = str(self.cleaned_data["currency"]).upper()
        if not re.fullmatch("[A-Z]{3}", said):
            raise ValidationError("A currency is three letters, like USD.")
        return said


class ChannelEditor(SettingEditor):
    form = ChannelForm
    lasting = ("slug", "currency")
    list_display = ("name", "slug", "currency", "is_active")
    fields = ("name", "slug", "currency", "is_active")


class WarehouseEditor(SettingEditor):
    list_display = ("name", "slug")
    fields = ("name", "slug")
