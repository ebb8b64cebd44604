"""All addresses of the shop."""

from __future__ import annotations

from django.urls import include, path

from storefront.graphql.views import graphql
from storefront.pages.staff import site

urlpatterns = [
    path("", include("storefront.pages.urls")),
    path("graphql/", graphql, name="graphql"),
    path("staff/", site.urls),
]
