from __future__ import annotations

from django.urls import path, re_path
from django.views.generic import RedirectView

from storefront.pages.views import areas, content, guides, media, products

app_name = "pages"

urlpatterns = [
    path("", areas.home, name="home"),
    path("areas/<slug:slug>/", areas.area, name="area"),
    path("tools/", products.search, name="products"),
    path("tools/<slug:slug>/", products.tool_type, name="tool_type"),
    re_path(r"^products/(?P<slug>[\w-]+)/$", products.product, name="product"),
    path("guides/", guides.guides, name="guides"),
    re_path(r"^guides/(?P<slug>[\w-]+)/$", guides.guide, name="guide"),
    re_path(r"^pages/(?P<slug>[\w-]+)/$", content.page, name="page"),
    re_path(r"^categories/(?P<slug>[\w-]+)/$", products.category, name="category"),
    re_path(r"^collections/(?P<slug>[\w-]+)/$", products.collection, name="collection"),
    path("media/<path:path>", media.media, name="media"),
    path("favicon.ico", RedirectView.as_view(url="/static/pages/icon.svg", permanent=True)),
]
