from __future__ import annotations

from django.apps import AppConfig


class CatalogImportConfig(AppConfig):
    name = "catalog_import"
    verbose_name = "Catalogue imports"
