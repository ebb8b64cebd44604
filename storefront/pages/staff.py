"""`/staff/`: what is in the shop, to look at. Everything is written by the importer for now."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from storefront.catalog.models import GuideLink, Page, PageTag, Product, ProductTag, ProductVariant


class StaffSite(AdminSite):
    site_header = "Knotwise staff"
    site_title = "Knotwise"
    index_title = "The shop"


class LookOnly:
    """Shown to whoever may view it, changed by nobody here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


class VariantInline(LookOnly, TabularInline):
    model = ProductVariant
    fields = ("sku", "name", "reference", "weight_g", "barcode")


class ProductTagInline(LookOnly, TabularInline):
    model = ProductTag
    fields = ("vocabulary", "term", "origin", "score", "evidence")


class GuideLinkInline(LookOnly, TabularInline):
    model = GuideLink
    fields = ("role", "page", "origin", "score", "reasons")


class ProductAdmin(LookOnly, ModelAdmin):
    list_display = ("name", "brand", "category", "status", "source", "reference")
    list_filter = ("status", "category", "source")
    search_fields = ("name", "reference", "variants__sku")
    inlines = (VariantInline, ProductTagInline, GuideLinkInline)


class PageTagInline(LookOnly, TabularInline):
    model = PageTag
    fields = ("vocabulary", "term", "origin", "score", "evidence")


class PageAdmin(LookOnly, ModelAdmin):
    list_display = ("title", "page_type", "status", "reviewed_on")
    list_filter = ("status", "page_type")
    search_fields = ("title", "slug")
    inlines = (PageTagInline,)


site = StaffSite(name="admin")
site.register(Product, ProductAdmin)
site.register(Page, PageAdmin)
site.register(User, UserAdmin)
site.register(Group, GroupAdmin)
