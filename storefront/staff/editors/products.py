"""The editor of products: own fields, variants with their prices and stock; pictures, tags and guides to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import StackedInline, action, display
from django.core.files.storage import default_storage
from django.db.models import Field, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from storefront.catalog.models import Product, ProductMedia, ProductVariant, Vocabulary
from storefront.catalog.queries.products import products_with_page
from storefront.catalog.records import Status
from storefront.catalog.writer.manual_edits import products_edited, set_product_status
from storefront.importer import get_importer
from storefront.staff.editors.base import Editor, SluggedForm, words_of
from storefront.staff.editors.lines import cautions_field
from storefront.staff.editors.variants import VariantInline, save_variants


class LookOnlyInline(StackedInline):
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
    fields = (("shown", "alt"), ("state", "message"))
    readonly_fields = ("shown", "alt", "state", "message")

    @display(description="picture")
    def shown(self, row: ProductMedia) -> str:
        if row.picture is None:
            return row.location
        return format_html('<img src="{}" alt="" width="96">', default_storage.url(row.picture.file))


class ProductForm(SluggedForm):
    cautions = cautions_field()

    class Meta:
        help_texts = {
            "slug": "Part of its address. Empty: made from the name.",
            "status": "Active: shown in the shop. Draft: not shown yet. Archived: no longer shown.",
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"})}

    def clean_description(self) -> str:
        return self.clean_text("description", keeps_lines=True)


class ProductEditor(Editor):
    form = ProductForm
    list_display = ("name", "brand", "category", "status", "source", "updated_at")
    list_filter = ("status", "category", "source")
    search_fields = ("name", "reference", "variants__sku")
    list_select_related = ("category",)
    inlines = (VariantInline, PictureInline)
    actions = ("archive", "show")
    readonly_fields = ("source", "reference", "areas", "tool_type", "complaints", "contraindications", "guides")
    fieldsets = (
        (None, {"fields": ("name", "status", "brand", "category", "description")}),
        ("For safety", {"fields": ("cautions", "contraindications")}),
        (
            "What it is for",
            {
                "fields": ("areas", "tool_type", "complaints", "guides"),
                "description": "Stated in the file, inferred from the text (again after every edit), or pinned.",
            },
        ),
        (
            "Details",
            {
                "fields": ("material", "warranty_years", "fsa_hsa_eligible", "fsa_hsa_condition"),
                "classes": ("collapse",),
            },
        ),
        (
            "Address and search engines",
            {"fields": ("slug", "seo_title", "seo_description"), "classes": ("collapse",)},
        ),
        ("Import", {"fields": ("source", "reference"), "classes": ("collapse",)}),
    )

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        # As files may say it.
        limits = {"min_value": 0, "max_value": 100} if db_field.name == "warranty_years" else {}
        return super().formfield_for_dbfield(db_field, request, **(limits | kwargs))

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

    @display(description="contraindications")
    def contraindications(self, product: Product) -> str:
        return words_of(product.tags, Vocabulary.CONTRAINDICATION)

    def guides(self, product: Product) -> str:
        links = product.guide_links.select_related("page")
        return ", ".join(f"{link.page.title} ({link.role}, {link.origin})" for link in links) or "none"

    def view_on_site(self, product: Product) -> str | None:
        has_page = products_with_page().filter(pk=product.pk).exists()
        return reverse("pages:product", args=[product.slug]) if has_page else None

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool) -> None:
        # It notes what changed, for the history.
        formset.save(commit=False)
        if formset.model is ProductVariant:
            save_variants(form.instance, formset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        products_edited([form.instance.pk])
        if not change or {"name", "description", "cautions"} & set(form.changed_data):
            get_importer().renew_product(form.instance.public_id)

    @action(description="Archive: no longer shown", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.set_status(request, queryset, Status.ARCHIVED)

    @action(description="Make active: shown in the shop", permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self.set_status(request, queryset, Status.ACTIVE)

    def set_status(self, request: HttpRequest, queryset: QuerySet[Product], status: Status) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        set_product_status(keys, status)
        messages.success(request, f"{len(keys)} products are {status.value} now.")
