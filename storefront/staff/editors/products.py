"""The editor of products: own fields, variants with their prices and stock; pictures, tags and guides to look at."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import TabularInline, action
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import slugify

from storefront.catalog.fields import COMPARE_AT, PRICE, STOCK, decimal_text
from storefront.catalog.models import (
    Channel,
    Product,
    ProductMedia,
    ProductType,
    ProductVariant,
    Vocabulary,
    Warehouse,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import Status
from storefront.catalog.writer.hand import products_edited, slug_not_taken
from storefront.catalog.writer.products import PRODUCT_TYPE
from storefront.catalog.writer.variants import write_prices, write_stock
from storefront.staff.editing import renew_product
from storefront.staff.editors.base import Editable, Editor, words_of
from storefront.staff.editors.lines import cautions_field

MAX_AMOUNT = Decimal(10) ** 9
VARIANT_COLUMNS = ("sku", "name", "weight_g", "barcode")


class LookOnlyInline(TabularInline):
    """Shown, and changed elsewhere."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PictureInline(LookOnlyInline):
    model = ProductMedia
    verbose_name_plural = "pictures (they come with imports)"
    fields = ("picture", "alt")
    readonly_fields = ("picture",)

    def picture(self, row: ProductMedia) -> str:
        return format_html('<img src="/media/{}" alt="" width="96">', row.file)


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
                self.add_error(field, "There is no price that this was reduced to.")
        return said


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


class VariantInline(Editable, TabularInline):
    model = ProductVariant
    extra = 0
    ordering = ("position", "id")
    readonly_fields = ("prices_and_stock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductVariant]:
        return super().get_queryset(request).prefetch_related("prices__channel", "stocks__warehouse")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **({"form": variant_form()} | kwargs))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = list(VARIANT_COLUMNS)
        is_editable = self.has_change_permission(request, obj)
        return [*own, *number_names()] if is_editable else [*own, "prices_and_stock"]

    def prices_and_stock(self, variant: ProductVariant) -> str:
        prices = [f"{price.amount:.2f} {price.channel.currency}" for price in variant.prices.all()]
        return ", ".join([*prices, *(f"{stock.quantity} in {stock.warehouse.name}" for stock in variant.stocks.all())])


class ProductForm(ModelForm):
    cautions = cautions_field()

    class Meta:
        help_texts = {
            "slug": "Part of its address. Empty: made from the name.",
            "status": "Active is shown, a draft is not yet, archived no longer.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        said = str(self.cleaned_data.get("slug") or "")
        if said:
            return said
        name = slugify(str(self.data.get("name", "")), allow_unicode=True)[:240] or "product"
        return self.instance.slug or slug_not_taken(Product, name)


class ProductEditor(Editor):
    form = ProductForm
    list_display = ("name", "brand", "category", "status", "source", "updated_at")
    list_filter = ("status", "category", "source")
    search_fields = ("name", "reference", "variants__sku")
    list_select_related = ("category",)
    inlines = (VariantInline, PictureInline)
    actions = ("archive", "show")
    readonly_fields = ("source", "reference", "areas", "tool_type", "complaints", "guides")
    fieldsets = (
        (None, {"fields": ("name", "status", "brand", "category", "description")}),
        ("For safety", {"fields": ("cautions",)}),
        (
            "What it is for",
            {
                "fields": ("areas", "tool_type", "complaints", "guides"),
                "description": "Stated by its file, read from its text (anew with each change of it), or pinned.",
            },
        ),
        ("Details", {"fields": ("material", "warranty_years", "fsa_hsa_eligible"), "classes": ("collapse",)}),
        (
            "Address and search engines",
            {"fields": ("slug", "seo_title", "seo_description"), "classes": ("collapse",)},
        ),
        ("Import", {"fields": ("source", "reference"), "classes": ("collapse",)}),
    )

    def areas(self, product: Product) -> str:
        words = words_of(product.tags, Vocabulary.AREA)
        try:
            page = reverse("imports:product", args=[product.pk])
        except NoReverseMatch:
            return words
        return format_html('{} – <a href="{}">see the words that say so, and pin</a>', words, page)

    def tool_type(self, product: Product) -> str:
        return words_of(product.tags, Vocabulary.TOOL_TYPE)

    def complaints(self, product: Product) -> str:
        return words_of(product.tags, Vocabulary.CONDITION)

    def guides(self, product: Product) -> str:
        links = product.guide_links.select_related("page")
        return ", ".join(f"{link.page.title} ({link.role}, {link.origin})" for link in links) or "none"

    def view_on_site(self, product: Product) -> str | None:
        return reverse("pages:product", args=[product.slug]) if product.status == Status.ACTIVE.value else None

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if not change and isinstance(obj, Product):
            obj.public_id = new_public_id("Product")
            obj.product_type = ProductType.objects.get(slug=PRODUCT_TYPE)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool) -> None:
        # It notes what changed, for the history.
        formset.save(commit=False)
        if formset.model is not ProductVariant:
            return
        numbers: dict[int, dict[str, Any]] = {}
        last = max((form.instance.position for form in formset.initial_forms), default=-1)
        for row in formset.forms:
            if not row.has_changed():
                continue
            variant: ProductVariant = row.instance
            if not variant.pk:
                last += 1
                variant.public_id, variant.position = new_public_id("ProductVariant"), last
                variant.product = form.instance
                variant.save()
            else:
                variant.save(update_fields=[name for name in row.changed_data if name in VARIANT_COLUMNS])
            numbers[variant.pk] = row.changed_numbers()
        write_prices(numbers)
        write_stock(numbers)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        products_edited([form.instance.pk])
        if not change or {"name", "description"} & set(form.changed_data):
            renew_product(form.instance.public_id)

    @action(description="Archive: no longer shown", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.set_status(request, queryset, Status.ARCHIVED)

    @action(description="Make active: shown in the shop", permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.set_status(request, queryset, Status.ACTIVE)

    @transaction.atomic
    def set_status(self, request: HttpRequest, queryset: QuerySet[Product], status: Status) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        Product.objects.filter(pk__in=keys).update(status=status.value)
        products_edited(keys)
        messages.success(request, f"{len(keys)} products are {status.value} now.")
