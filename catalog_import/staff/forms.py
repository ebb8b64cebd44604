"""What staff fill in to bring files, or to have addresses fetched again and again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator

from catalog_import.models import ImportSchedule
from catalog_import.planning.importing import DEFAULT_PRUNE_PERCENT, Options
from catalog_import.staff.overwriting import overwritten
from storefront.catalog.models import Channel
from storefront.catalog.records import DEFAULT_CHANNEL, DEFAULT_SOURCE

EMPTY = "This file is empty. Choose one with at least a header and a row."
MAX_SOURCE = 50


def channel_choices() -> list[tuple[str, str]]:
    return [(channel.slug, f"{channel.name} ({channel.currency})") for channel in Channel.objects.order_by("name")]


class WebAddress(forms.URLField):
    """An address that the shop may fetch."""

    default_validators = [URLValidator(schemes=["http", "https"])]


def an_address(label: str, help_text: str) -> WebAddress:
    return WebAddress(label=label, help_text=help_text, required=False, max_length=2000, assume_scheme="https")


class SettingsForm(forms.Form):
    """How the files are to be understood. What is left as it is suits most shops."""

    source = forms.CharField(
        label="Source",
        initial=DEFAULT_SOURCE,
        max_length=MAX_SOURCE,
        help_text="Use a separate name for each supplier, so that their references do not collide.",
    )
    channel = forms.ChoiceField(
        label="Channel of the plain price column", initial=DEFAULT_CHANNEL, choices=channel_choices
    )
    overwrite = forms.CharField(
        label="Fields in which the file wins a conflict",
        required=False,
        max_length=1000,
        help_text="If staff and the file both changed a field, the shop’s value is kept. List the fields in which "
        "the file should win, separated by commas, for example: price, description. “all” means every field.",
    )
    prune = forms.BooleanField(
        label="Archive products of this source that the file no longer lists",
        required=False,
    )
    prune_limit = forms.FloatField(
        label="Maximum share of the source to archive, in percent",
        initial=DEFAULT_PRUNE_PERCENT,
        required=False,
        min_value=0,
        max_value=100,
        help_text="If the file would archive more than this, nothing is archived and the plan says so.",
    )

    def clean_overwrite(self) -> tuple[str, ...]:
        return overwritten(self.cleaned_data["overwrite"], self.cleaned_data.get("channel") or DEFAULT_CHANNEL)

    def settings(self) -> Options:
        """What was filled in, for the services."""
        said = self.cleaned_data
        limit = said["prune_limit"]
        return Options(
            source=said["source"],
            channel=said["channel"],
            overwrite=said["overwrite"],
            prune_percent=(DEFAULT_PRUNE_PERCENT if limit is None else limit) if said["prune"] else None,
        )

    def focus_on_error(self) -> None:
        """Focus the first field that has an error."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True
                return


class UploadForm(SettingsForm):
    """Files of this computer, or addresses that the shop fetches."""

    products = forms.FileField(
        label="Products",
        required=False,
        error_messages={"empty": EMPTY},
        help_text="CSV, Excel, JSON or XML: our own columns, Shopify, WooCommerce, Google Merchant, or any other table "
        "– then you say which column is what. A .zip may also contain pictures.",
    )
    guides = forms.FileField(
        label="Guides",
        required=False,
        error_messages={"empty": EMPTY},
        help_text="A .zip of Markdown files (.md). Products are linked to the guides automatically.",
    )
    products_url = an_address("Address of the products", "Like https://supplier.example/feed.csv")
    guides_url = an_address("Address of the guides", "A .zip of Markdown files.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("products", "guides"):
            self.fields[name].widget.attrs["data-max-mb"] = settings.IMPORT_MAX_MB

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        files = [said.get("products"), said.get("guides")]
        addresses = [said.get("products_url"), said.get("guides_url")]
        if any(files) and any(addresses):
            self.add_error("products_url", "Give files or addresses, not both: one import has one origin.")
        elif not any(files) and not any(addresses) and not self.errors:
            self.add_error("products", "Choose a file, or give an address.")
        if said.get("prune") and not (said.get("products") or said.get("products_url")) and not self.errors:
            self.add_error("prune", "Archiving needs a products file: products that it does not list are archived.")
        return said


class ScheduleForm(SettingsForm):
    """Addresses that are fetched and planned every so many hours."""

    name = forms.CharField(label="Name", max_length=150, help_text="What you call it, like: Stock of Littlemum.")
    products_url = an_address("Address of the products", "Like https://supplier.example/feed.csv")
    guides_url = an_address("Address of the guides", "A .zip of Markdown files.")
    every_hours = forms.IntegerField(label="Interval in hours", initial=24, min_value=1, max_value=24 * 90)
    applies = forms.BooleanField(
        label="Apply plans without errors automatically",
        required=False,
        help_text="Otherwise each plan waits under Imports until somebody applies it.",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("products_url") or said.get("guides_url")) and not self.errors:
            self.add_error("products_url", "Give at least one address.")
        return said

    def fill(self, schedule: ImportSchedule) -> ImportSchedule:
        """Put what was filled in into the row; it is not saved yet."""
        for name in ("name", "products_url", "guides_url", "every_hours", "applies"):
            setattr(schedule, name, self.cleaned_data[name])
        schedule.options = self.settings().model_dump(mode="json")
        return schedule


def initial_of(schedule: ImportSchedule) -> dict[str, Any]:
    """A schedule as the first values of its form."""
    options = Options.model_validate(schedule.options)
    return {
        **{name: getattr(schedule, name) for name in ("name", "products_url", "guides_url", "every_hours", "applies")},
        "source": options.source,
        "channel": options.channel,
        "overwrite": ", ".join(options.overwrite),
        "prune": options.prune_percent is not None,
        "prune_limit": DEFAULT_PRUNE_PERCENT if options.prune_percent is None else options.prune_percent,
    }
