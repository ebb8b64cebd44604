"""All addresses of the shop."""

from __future__ import annotations

from django.urls import include, path

from storefront.config.metrics import metrics
from storefront.graphql.views import graphql
from storefront.staff.editors import site

urlpatterns = [
    path("", include("storefront.pages.urls")),
    path("metrics", metrics),
    path("saleor/", include("storefront.saleor.app.urls")),
    path("graphql/", graphql, name="graphql"),
    path("staff/shop/", site.urls),
    path("staff/", include("storefront.staff.urls")),
    # The importer contributes its pages by name, so that the shop never imports it.
    path("staff/", include("catalog_import.staff.urls")),
]
