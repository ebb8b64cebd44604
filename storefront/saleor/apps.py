from __future__ import annotations

from django.apps import AppConfig


class SaleorConfig(AppConfig):
    name = "storefront.saleor"
    label = "saleor"
    verbose_name = "Saleor"
