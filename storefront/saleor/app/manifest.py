"""The manifest: what Saleor is told of the app when it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from storefront.saleor.app.own_webhooks import NAMES, queries_of
from storefront.saleor.client.installation import PERMISSIONS

ABOUT = (
    "Imports catalogue files, finds out which areas of the body a product is for, and links every product to the "
    "guide that teaches how to use it. Follows what is changed in the dashboard."
)
# Addresses are below appUrl. The token that a widget gets has the permissions that stand with the extension, at most;
# that of a page has all of the app's that the person has. Each of our pages asks again what somebody may do.
EXTENSIONS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "identifier": "imports",
        "label": "Catalogue import",
        "mount": "NAVIGATION_CATALOG",
        "target": "APP_PAGE",
        "url": "/imports",
        "permissions": [],
    },
    {
        "identifier": "import",
        "label": "Import products",
        "mount": "PRODUCT_OVERVIEW_MORE_ACTIONS",
        "target": "APP_PAGE",
        "url": "/import",
        "permissions": ["MANAGE_PRODUCTS", "MANAGE_PAGES"],
    },
    {
        "identifier": "product",
        "label": "What it is for",
        "mount": "PRODUCT_DETAILS_WIDGETS",
        "target": "WIDGET",
        "url": "/product",
        "permissions": ["MANAGE_PRODUCTS"],
        "options": {"widgetTarget": {"method": "GET"}},
    },
)


def build_manifest(public: str, internal: str) -> dict[str, Any]:
    """Return the manifest. `public`: where browsers reach us; `internal`: where Saleor's server does; neither ends with
    a slash."""
    return {
        "id": settings.SALEOR_APP_ID,
        "name": "Knotwise",
        "version": version("knotwise"),
        "about": ABOUT,
        "author": "The Knotwise developers",
        "requiredSaleorVersion": "^3.23",
        "permissions": list(PERMISSIONS),
        "appUrl": public + reverse("saleor:dashboard").rstrip("/"),
        "tokenTargetUrl": internal + reverse("saleor:register"),
        # Saleor's server fetches it once and keeps it; browsers get it from there.
        "brand": {"logo": {"default": internal + static("saleor/logo.png")}},
        "webhooks": [
            {
                "name": NAMES[identifier],
                "identifier": identifier,
                "targetUrl": internal + reverse("saleor:webhooks"),
                "query": query,
                "isActive": True,
            }
            for identifier, query in queries_of(has_orders=False).items()
        ],
        "extensions": [dict(extension) for extension in EXTENSIONS],
    }
