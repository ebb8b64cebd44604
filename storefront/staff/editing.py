"""Whether the shop may be edited here."""

from __future__ import annotations

from django.conf import settings


def shop_is_editable() -> bool:
    """Whether this store is the source of truth. With Saleor it is Saleor's projection, and is edited there."""
    return not getattr(settings, "SALEOR_API_URL", None)
