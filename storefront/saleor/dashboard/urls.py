from __future__ import annotations

from django.urls import path, re_path

from storefront.saleor.dashboard import views

urlpatterns = [
    path("dashboard/token", views.token, name="dashboard_token"),
    # The dashboard joins our address and an extension's, with or without a slash at the end.
    re_path("^dashboard/(?P<place>imports|import|product)/?$", views.shell, name="dashboard_place"),
    path("dashboard", views.shell),
    path("dashboard/", views.shell, name="dashboard"),
]
