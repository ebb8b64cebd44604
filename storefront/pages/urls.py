from __future__ import annotations

from django.urls import path, re_path
from django.views.generic import RedirectView

from storefront.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("areas/<slug:slug>/", views.area, name="area"),
    path("tools/", views.search, name="products"),
    path("tools/<slug:slug>/", views.tool_type, name="tool_type"),
    re_path(r"^products/(?P<slug>[\w-]+)/$", views.product, name="product"),
    path("guides/", views.guides, name="guides"),
    re_path(r"^guides/(?P<slug>[\w-]+)/$", views.guide, name="guide"),
    re_path(r"^pages/(?P<slug>[\w-]+)/$", views.page, name="page"),
    re_path(r"^categories/(?P<slug>[\w-]+)/$", views.category, name="category"),
    re_path(r"^collections/(?P<slug>[\w-]+)/$", views.collection, name="collection"),
    path("media/<path:path>", views.media, name="media"),
    path("favicon.ico", RedirectView.as_view(url="/static/pages/icon.svg", permanent=True)),
]
