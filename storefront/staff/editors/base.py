"""What all editors have in common: who may edit, and that only what a person changed is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Field
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify

from storefront.catalog.keyset import is_storable
from storefront.catalog.models import Vocabulary
from storefront.catalog.richtext import MAX_LENGTH, normalise
from storefront.catalog.writer.manual_edits import change_row, create_row, slug_not_taken
from storefront.staff import second_factor
from storefront.staff.access import is_signed_in, shop_is_editable, to_sign_in


class StaffSite(AdminSite):
    """Django's admin behind the sign-in of the staff pages, with its limit of tries."""

    site_header = "Shop editors"
    site_title = "Knotwise staff"
    index_title = "Shop editors"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return is_signed_in(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(refusing_nul(view), cacheable)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        target = request.GET.get("next", "")
        if request.user.is_authenticated and request.user.is_staff:
            return redirect(second_factor.address(target))
        return redirect(reverse("staff:sign_in", query={"next": target}) if target else "staff:sign_in")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("staff:overview")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("staff:password_change") if self.has_permission(request) else to_sign_in(request)


def refusing_nul(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view without addresses that ask for what no text of the database can be: filters would hand it on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not all(is_storable(text) for name, texts in request.GET.lists() for text in (name, *texts)):
            raise BadRequest("The address has a character that no text has.")
        return view(request, *args, **kwargs)

    return guarded


class Editable:
    """May be edited where the store is the source of truth, by whom has the permission; never deleted.

    What an import, an order or a link names must not vanish: products and pages are archived.
    """

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return shop_is_editable() and bool(super().has_add_permission(request, *args))  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return shop_is_editable() and bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Fields know what they showed, so that a form that was open for long writes only what was changed in it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.show_hidden_initial = True
            # Nothing is deleted from beside another field.
            field.widget.can_delete_related = False
        return field


class Editor(Editable, ModelAdmin):
    """An editor of one kind of thing."""

    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            change_row(obj, form.changed_data)
        else:
            create_row(obj)


class SluggedForm(ModelForm):
    """A form of what has a slug: left empty, it is made of the field `named_by`."""

    named_by = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        said, model = str(self.cleaned_data.get("slug") or ""), type(self.instance)
        name = slugify(str(self.data.get(self.named_by, "")), allow_unicode=True)[:240] or model._meta.model_name
        return said or self.instance.slug or slug_not_taken(model, name)

    def clean_text(self, name: str, *, keeps_lines: bool = False) -> str:
        """Return a long text, in its one form if it was changed. Raises `ValidationError` for one that is too long."""
        said = str(self.cleaned_data.get(name) or "")
        if name not in self.changed_data:
            return said
        if len(said) > MAX_LENGTH:
            raise ValidationError(f"The text has {len(said):,} characters; at most {MAX_LENGTH:,} are kept.")
        return normalise(said, keeps_lines=keeps_lines)


def require_seen(form: BaseForm, name: str, typed: int | None, now: int | None) -> None:
    """Raises `ValidationError` where a number was changed in the form and, unseen by the person, in the shop too."""
    shown = form.data.get(form.add_initial_prefix(name))
    if shown is None or shown == number_text(now) or number_text(typed) in (shown, number_text(now)):
        return
    raise ValidationError(
        f"There are {number_text(now) or 'none'} now; {shown or 'none'} were shown. Load it again, then change it."
    )


def number_text(number: int | None) -> str:
    return "" if number is None else str(number)


def words_of(tags: Any, vocabulary: Vocabulary) -> str:
    """The words of one vocabulary among an item's tags, each with who said it."""
    found = tags.filter(vocabulary=vocabulary.value).select_related("term")
    return ", ".join(f"{tag.term.name} ({tag.origin})" for tag in found) or "none"
