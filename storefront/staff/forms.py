"""The forms of the sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """A wrong password, a name that is not there and an account that is no staff's get the same answer."""

    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"), "This name and password do not fit together. Mind capital letters in both."
    )

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_active or not user.is_staff:
            raise self.get_invalid_login_error()
