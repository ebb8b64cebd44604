"""The editor of guides and plain pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from storefront.catalog.models import Page, Vocabulary
from storefront.catalog.records import GUIDE_TYPE, Status
from storefront.catalog.writer.manual_edits import pages_edited
from storefront.importer import get_importer
from storefront.staff.editors.base import Editor, SluggedForm, words_of
from storefront.staff.editors.lines import cautions_field, sources_field

# The texts that a guide's tags are read from.
READ = {"title", "summary", "body", "status"}


class PageForm(SluggedForm):
    named_by = "title"
    cautions = cautions_field()
    sources = sources_field()

    class Meta:
        help_texts = {
            "slug": "Part of its address. Empty: made from the title.",
            "body": "Markdown. “Preview” below shows it as shoppers would see it.",
            "status": "Active: shown in the shop. Draft: not shown yet. Archived: no longer shown.",
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "body": forms.Textarea(attrs={"rows": 26, "class": "vLargeTextField writing"}),
        }

    def clean_body(self) -> str:
        return self.clean_text("body")


class PageEditor(Editor):
    form = PageForm
    change_form_template = "admin/page_form.html"
    list_display = ("title", "page_type", "status", "reviewed_on", "updated_at")
    list_filter = ("status", "page_type")
    search_fields = ("title", "slug")
    list_select_related = ("page_type",)
    readonly_fields = ("areas", "tool_types", "complaints", "techniques")
    fieldsets = (
        (None, {"fields": ("title", "page_type", "status", "summary", "body")}),
        ("For safety", {"fields": ("cautions",)}),
        (
            "What it is for",
            {
                "fields": ("areas", "tool_types", "complaints", "techniques"),
                "description": "Stated by its file, read from its text, or pinned in the review queue.",
            },
        ),
        ("Where it comes from", {"fields": ("sources", "reviewed_on")}),
        ("Address", {"fields": ("slug",), "classes": ("collapse",)}),
    )

    def view_on_site(self, page: Page) -> str | None:
        is_shown = page.status == Status.ACTIVE.value and page.page_type.slug == GUIDE_TYPE
        return reverse("pages:guide", args=[page.slug]) if is_shown else None

    def areas(self, page: Page) -> str:
        return words_of(page.tags, Vocabulary.AREA)

    def tool_types(self, page: Page) -> str:
        return words_of(page.tags, Vocabulary.TOOL_TYPE)

    def complaints(self, page: Page) -> str:
        return words_of(page.tags, Vocabulary.CONDITION)

    def techniques(self, page: Page) -> str:
        return words_of(page.tags, Vocabulary.TECHNIQUE)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Files know a guide by its slug, so it stays once it is made."""
        return (*self.readonly_fields, "slug") if obj is not None else self.readonly_fields

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        page: Page = form.instance
        pages_edited([page.pk])
        if page.page_type.slug == GUIDE_TYPE and (not change or READ & set(form.changed_data)):
            get_importer().renew_guide(page.slug)
            messages.info(request, "The next retagging (catalog-import retag) links products with this guide again.")
