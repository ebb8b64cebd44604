"""The editors of delivery, tax and who sells."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CharField, ModelForm
from django.http import HttpRequest

from storefront.checkout.countries import countries
from storefront.checkout.models import ShopIdentity
from storefront.staff.editors.base import Editor


def country_codes(text: str) -> list[str]:
    """Return the codes that a text lists. Raise `ValidationError` for one that is no country."""
    codes = [code.upper() for code in re.split(r"[\s,;]+", text) if code]
    if wrong := [code for code in codes if code not in countries()]:
        raise ValidationError(f"These are no codes of countries: {', '.join(wrong)}. Use two letters, like DE.")
    return codes


class DeliveryForm(ModelForm):
    countries = CharField(
        required=False, help_text="Codes of the countries it goes to, like US, CA. Empty: all countries."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["countries"] = ", ".join(self.instance.countries)

    def clean_countries(self) -> list[str]:
        return country_codes(self.cleaned_data["countries"])


class PlainEditor(Editor):
    """Of rows that are no part of the catalogue: saved as they are."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        app, name = self.opts.app_label, self.opts.model_name
        return self.has_change_permission(request, obj) and request.user.has_perm(f"{app}.delete_{name}")


class DeliveryEditor(PlainEditor):
    form = DeliveryForm
    list_display = ("name", "channel", "price", "free_from", "is_active")
    fields = ("channel", "name", "description", "countries", "price", "free_from", "is_active", "position")


class TaxForm(ModelForm):
    def clean_country(self) -> str:
        codes = country_codes(self.cleaned_data["country"])
        if len(codes) != 1:
            raise ValidationError("Give one country, like DE.")
        return codes[0]


class TaxEditor(PlainEditor):
    form = TaxForm
    list_display = ("country", "percent")
    fields = ("country", "percent")


class SellerEditor(PlainEditor):
    list_display = ("name", "email", "terms_version")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request, *args) and not ShopIdentity.objects.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        obj.save()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
