"""The shell of the staff pages: signing in and out, and the overview."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from storefront.catalog.queries import reviews
from storefront.pictures.waiting import failed_pictures
from storefront.staff.access import shop_is_editable, staff_view
from storefront.staff.attempts import SIGN_IN, Attempt, begin_attempt
from storefront.staff.counts import queue_lengths

# A working day; then the password is asked for again.
SESSION_S = 12 * 60 * 60
SHOWN_PICTURES = 10


class SignInForm(AuthenticationForm):
    """A wrong password, a name that is not there and an account that is no staff's get the same answer."""

    error_messages = dict.fromkeys(("invalid_login", "inactive"), "Wrong name or password. Both are case-sensitive.")

    def confirm_login_allowed(self, user: Any) -> None:
        if not user.is_active or not user.is_staff:
            raise self.get_invalid_login_error()


class SignIn(LoginView):
    """Sign in, with `next` only to pages of our own. Too many tries are answered with 429, and nothing is looked up."""

    template_name = "staff/sign_in.html"
    authentication_form = SignInForm
    attempt: Attempt

    @method_decorator(sensitive_post_parameters())
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "GET" and request.user.is_authenticated and request.user.is_staff:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.attempt = begin_attempt(SIGN_IN, request, request.POST.get("username", ""))
        if self.attempt.retry_after_s:
            return too_often(request, self.template_name, self.attempt.retry_after_s)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Only here was the password right: whoever is signed in already may still have typed a wrong one."""
        answer = super().form_valid(form)
        self.attempt.succeeded()
        self.attempt.remember_browser(answer)
        self.request.session.set_expiry(SESSION_S)
        return answer


class SignOut(LogoutView):
    next_page = "staff:sign_in"


def too_often(request: HttpRequest, template: str, retry_after_s: int) -> HttpResponse:
    """The page again without its form, and when to come back."""
    minutes = -(-retry_after_s // 60)
    context = {"minutes": minutes, "retry_at": timezone.now() + timedelta(seconds=retry_after_s)}
    answer = render(request, template, context, status=429)
    answer["Retry-After"] = str(retry_after_s)
    return answer


@require_safe
@staff_view()
def overview(request: HttpRequest) -> HttpResponse:
    context = {
        "figures": reviews.figures(),
        "queue": queue_lengths(),
        "is_editable": shop_is_editable(),
        "failed_pictures": failed_pictures(limit=SHOWN_PICTURES),
    }
    return render(request, "staff/overview.html", context)
