from __future__ import annotations

from django.urls import include, path

from storefront.saleor.app import views

app_name = "saleor"

urlpatterns = [
    path("manifest", views.manifest, name="manifest"),
    path("register", views.registration, name="register"),
    path("webhooks", views.webhooks, name="webhooks"),
    path("", include("storefront.saleor.dashboard.urls")),
]
