"""Whether the shop may be edited here, and what follows an edit."""

from __future__ import annotations

from django.conf import settings

from storefront.importer import get_importer


def shop_is_editable() -> bool:
    """Whether this store is the source of truth. With Saleor it is Saleor's projection, and is edited there."""
    return not getattr(settings, "SALEOR_API_URL", None)


def renew_product(public_id: str) -> None:
    """Have a product's tags and guides worked out again, in the transaction that changed its text."""
    get_importer().renew_product(public_id)


def renew_guide(slug: str) -> None:
    """The same for the tags of a guide."""
    get_importer().renew_guide(slug)
