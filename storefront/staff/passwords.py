"""A new password: by whoever knows the old one, or by a link that is mailed."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.messages.views import SuccessMessageMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from kombu.exceptions import OperationalError

from storefront.staff.attempts import RESET, begin_attempt
from storefront.staff.tasks import send_reset_link
from storefront.staff.views import too_often

log = logging.getLogger(__name__)


class ChangePassword(SuccessMessageMixin, views.PasswordChangeView):  # type: ignore[type-arg]
    """The person's other sessions end with the old password."""

    template_name = "staff/password_change.html"
    success_url = reverse_lazy("staff:overview")
    success_message = "Your password was changed. You have been signed out on all other devices."


class AskReset(views.PasswordResetView):
    """Request a link; the answer does not reveal whether the account exists."""

    template_name = "staff/reset_ask.html"
    success_url = reverse_lazy("staff:reset_sent")
    extra_context = {"sends_mail": bool(settings.EMAIL_HOST)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        attempt = begin_attempt(RESET, request, request.POST.get("email", ""))
        if attempt.retry_after_s:
            return too_often(request, self.template_name, attempt.retry_after_s)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        try:
            send_reset_link.delay(form.cleaned_data["email"], *address_of_shop(self.request))
        except (OperationalError, OSError):
            log.warning("A link for a new password could not be sent", exc_info=True)
            form.add_error(None, "E-mail cannot be sent at the moment. Try again in a few minutes.")
            return self.form_invalid(form)
        return redirect(self.get_success_url())


def address_of_shop(request: HttpRequest) -> tuple[str, bool]:
    """Return the host that a mailed link leads to, and whether by HTTPS.

    Whoever asks writes the Host header, so it counts only where PUBLIC_URL does not say.
    """
    parts = urlsplit(settings.PUBLIC_URL)
    return (parts.netloc, parts.scheme == "https") if parts.netloc else (request.get_host(), request.is_secure())


class ResetSent(views.PasswordResetDoneView):
    template_name = "staff/reset_sent.html"
    extra_context = {"sends_mail": bool(settings.EMAIL_HOST)}


class Reset(SuccessMessageMixin, views.PasswordResetConfirmView):  # type: ignore[type-arg]
    """Behind the mailed link. It works once: the new password makes it void."""

    template_name = "staff/reset.html"
    success_url = reverse_lazy("staff:sign_in")
    success_message = "Your password is changed. Sign in with it."
