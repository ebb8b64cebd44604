"""What the templates of all pages know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from storefront.checkout.base import provider


def selling(request: HttpRequest) -> dict[str, Any]:
    """Return whether things can be bought on these pages."""
    return {"shop_sells": provider() is not None}
