"""What this deployment keeps about its Saleor: the installed app, what is to be read again, and periodic work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from storefront.leases import Leased


class Installation(models.Model):
    """The Saleor App of this deployment, once it is installed: one row, since one deployment serves one Saleor."""

    app_id = models.CharField(max_length=120, help_text="Saleor's global id of the app.")
    api_url = models.CharField(max_length=500, help_text="Saleor's public address.")
    token = models.TextField(help_text="The app's token, encrypted.")
    installed_at = models.DateTimeField()
    edits_paused_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when an import has paused the events of product edits."
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return f"{self.app_id} of {self.api_url}"


class Kind(models.TextChoices):
    """What kind of thing in Saleor changed, in the order in which changes are read."""

    SHOP = "shop", "channels, warehouses and types"
    ATTRIBUTE = "attribute", "the attributes and their values"
    CATEGORY = "category", "the categories"
    PAGE = "page", "the pages"
    COLLECTION = "collection", "the collections"
    MENU = "menu", "the menus"
    PRODUCT = "product", "a product"


class Change(Leased):
    """Something in Saleor that changed, or may have, and is to be read again.

    Kinds that are always read as a whole have no id. Whoever reads it has a lease, and removes the row only where
    `marked_at` is still what it was: a change that comes meanwhile is read after it.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    saleor_id = models.CharField(max_length=120, blank=True)
    marked_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="Of one that could not be read; else none.")
    message = models.TextField(blank=True, help_text="Why it could not be read the last time.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "saleor_id"), name="change_is_marked_once")]
        indexes = [models.Index(fields=("marked_at",), name="change_by_mark")]

    def __str__(self) -> str:
        return f"{self.kind} {self.saleor_id}".strip()


class Choices(models.Model):
    """The names that an attribute's values had when they were last looked at; a renamed one is told by it, since
    Saleor tells of no product that has it."""

    attribute_id = models.CharField(max_length=120, unique=True)
    slug = models.CharField(max_length=255)
    names = models.JSONField(default=dict, help_text="Value id → its name.")

    class Meta:
        verbose_name_plural = "choices"

    def __str__(self) -> str:
        return self.slug


class Routine(Leased):
    """Periodic work, as a lease: of any number of schedulers and workers one does it, and then not before `next_at`."""

    name = models.CharField(max_length=40, unique=True)
    next_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="How the last one went, for operators.")

    def __str__(self) -> str:
        return self.name
