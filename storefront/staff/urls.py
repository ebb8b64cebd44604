from __future__ import annotations

from django.urls import path

from storefront.staff import passwords, previews, views
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
    path("preview/", previews.text, name="preview"),
]
