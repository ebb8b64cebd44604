"""The Saleor of this deployment, by its settings."""

from __future__ import annotations

from django.conf import settings

from storefront.saleor.client import Saleor


def has_saleor() -> bool:
    """Whether there is a Saleor; without one the store is the shop itself."""
    return bool(settings.SALEOR_URL)


def open_saleor(*, patience_s: float | None = None) -> Saleor:
    """A client; close it at the end. `patience_s`: how long a Saleor that does not answer is asked again."""
    saleor = Saleor(settings.SALEOR_URL, settings.SALEOR_TOKEN, settings.SALEOR_CONNECTIONS)
    if patience_s is not None:
        saleor.patience_s = patience_s
    return saleor
