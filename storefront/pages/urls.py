from __future__ import annotations

from django.urls import path, re_path
from django.views.generic import RedirectView

from storefront.pages.views import areas, cart, checkout, content, guides, media, products, suggestions

app_name = "pages"

urlpatterns = [
    path("", areas.home, name="home"),
    path("areas/<slug:slug>/", areas.area, name="area"),
    path("tools/", products.search, name="products"),
    path("tools/suggestions.json", suggestions.suggestions, name="suggestions"),
    path("tools/<slug:slug>/", products.tool_type, name="tool_type"),
    re_path(r"^products/(?P<slug>[\w-]+)/$", products.product, name="product"),
    path("guides/", guides.guides, name="guides"),
    re_path(r"^guides/(?P<slug>[\w-]+)/$", guides.guide, name="guide"),
    re_path(r"^pages/(?P<slug>[\w-]+)/$", content.page, name="page"),
    re_path(r"^categories/(?P<slug>[\w-]+)/$", products.category, name="category"),
    re_path(r"^collections/(?P<slug>[\w-]+)/$", products.collection, name="collection"),
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="add_to_cart"),
    path("cart/change/", cart.change, name="change_cart"),
    path("checkout/", checkout.order, name="checkout"),
    path("orders/find/", checkout.find, name="find_order"),
    re_path(r"^orders/(?P<token>[\w-]{20,40})/$", checkout.placed, name="order"),
    re_path(r"^orders/(?P<token>[\w-]{20,40})/cancel/$", checkout.cancel, name="cancel_order"),
    path("terms/", checkout.terms, name="terms"),
    path("media/<path:path>", media.media, name="media"),
    path("favicon.ico", RedirectView.as_view(url="/static/pages/icon.svg", permanent=True)),
]
