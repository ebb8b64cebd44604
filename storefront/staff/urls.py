from __future__ import annotations

from django.urls import path

from storefront.staff import orders, passwords, previews, searches, views
from storefront.staff.access import staff_view
from storefront.staff.second_factor import second_factor

app_name = "staff"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("second-factor/", second_factor, name="second_factor"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("password/", staff_view()(passwords.ChangePassword.as_view()), name="password_change"),
    path("password/reset/", passwords.AskReset.as_view(), name="reset_ask"),
    path("password/reset/sent/", passwords.ResetSent.as_view(), name="reset_sent"),
    path("password/reset/<uidb64>/<token>/", passwords.Reset.as_view(), name="password_reset_confirm"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/export/", orders.export_orders, name="export_orders"),
    path("orders/low-stock/", orders.low_stock, name="low_stock"),
    path("orders/<int:number>/", orders.order_page, name="order"),
    path("orders/<int:number>/change/", orders.change_order, name="change_order"),
    path("orders/<int:number>/slip/", orders.packing_slip, name="packing_slip"),
    path("search/", searches.report, name="search"),
    path("search/query/", searches.query, name="search_query"),
    path("search/synonyms/", searches.add_synonym, name="add_synonym"),
    path("search/synonyms/<int:number>/remove/", searches.remove_synonym, name="remove_synonym"),
    path("search/pins/", searches.set_pin, name="set_pin"),
    path("search/pins/<int:number>/remove/", searches.remove_pin, name="remove_pin"),
    path("preview/", previews.text, name="preview"),
]
