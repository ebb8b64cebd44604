from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "storefront.catalog"
    verbose_name = "Catalogue"
