"""A code from an app on the person's phone (TOTP), asked for after the password where STAFF_SECOND_FACTOR is set.

Whoever has none yet is shown a key to scan the first time, and ten recovery codes for the day the phone is lost. The
key is kept in that session until a code of it was typed there. `django-otp` keeps the keys of apps that are set up and
counts wrong codes: after each, the next try has to wait twice as long.
"""

from __future__ import annotations

from base64 import b32encode

import segno
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import devices_for_user, login
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from storefront.staff.framed import DashboardUser

RECOVERY_CODES = 10
NEW_KEY = "second_factor_key"


def is_missing(user: User | AnonymousUser | DashboardUser) -> bool:
    """Return whether somebody who gave their password still has to give a code. Saleor asks its staff itself."""
    if not settings.STAFF_SECOND_FACTOR or isinstance(user, DashboardUser):
        return False
    return getattr(user, "otp_device", None) is None


def address(next_page: str) -> str:
    return f"{reverse('staff:second_factor')}?{urlencode({'next': next_page})}"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the first time, show what the app needs to make them."""
    user = request.user
    if not (isinstance(user, User) or getattr(user, "pk", None)) or not user.is_staff:
        return redirect(f"{reverse('staff:sign_in')}?{urlencode({'next': request.get_full_path()})}")
    target = next_page(request)
    if not is_missing(user):
        return redirect(target)
    if request.method == "POST":
        return checked(request, user, target)
    return page(request, user, is_set_up=any(devices_for_user(user)))


def checked(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Answer a code. Until it is counted no other code of this person is looked at, however many arrive at once."""
    code = request.POST.get("code", "").replace(" ", "")
    with transaction.atomic():
        # Also locks where there is no device yet, so that two sessions do not both set one up.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        devices = list(devices_for_user(user, for_verify=True))
        if not devices:
            return set_up(request, user, code, target)
        wait_s = 0
        for device in devices:
            may_try, why = device.verify_is_allowed()
            if not may_try:
                wait_s = max(wait_s, int(seconds_to_wait(why)))
            elif device.verify_token(code):
                login(request, device)
                return redirect(target)
    message = "This code is wrong. Type the newest that the app shows, or one of your recovery codes."
    if wait_s:
        message = f"Wrong codes were entered. Try again in {wait_s} second{'s' if wait_s > 1 else ''}."
    return page(request, user, message, is_set_up=True)


def seconds_to_wait(why: dict[str, object] | None) -> float:
    """Return for how many seconds django-otp takes no code."""
    until = (why or {}).get("locked_until")
    return max((until - timezone.now()).total_seconds(), 1) if until else 1  # type: ignore[operator]


def new_device(request: HttpRequest, user: User) -> TOTPDevice:
    """Return the app to set up, not saved: its key is this session's alone until a code of it was typed here."""
    return TOTPDevice(user=user, name="app", key=request.session.setdefault(NEW_KEY, random_hex(20)))


def set_up(request: HttpRequest, user: User, code: str, target: str) -> HttpResponse:
    """Save the app if it shows this code, and show the recovery codes.

    Wrong codes are not counted here: whoever sends them was shown the key.
    """
    device = new_device(request, user)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    if not (len(code) == device.digits and code.isdecimal() and totp.verify(int(code), device.tolerance)):
        return page(request, user, "This code is wrong. Type the newest that the app shows.", is_set_up=False)
    # This code does not work a second time.
    device.last_t, device.drift = totp.t(), totp.drift
    device.save()
    del request.session[NEW_KEY]
    recovery = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    recovery.token_set.bulk_create(StaticToken(device=recovery, token=code) for code in codes)
    login(request, device)
    return render(request, "staff/second_factor_codes.html", {"codes": codes, "next": target})


def page(request: HttpRequest, user: User, error: str = "", *, is_set_up: bool) -> HttpResponse:
    context: dict[str, object] = {"error": error, "next": next_page(request)}
    if not is_set_up:
        device = new_device(request, user)
        image = segno.make(device.config_url, error="m")
        context |= {"image": image.svg_inline(scale=5, border=2), "secret": base32_of(device)}
    return render(request, "staff/second_factor.html", context, status=422 if error else 200)


def base32_of(device: TOTPDevice) -> str:
    """Return the secret as people type it, in groups of four."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def next_page(request: HttpRequest) -> str:
    found = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(found, {request.get_host()}, require_https=request.is_secure())
    return found if is_ours else reverse("staff:overview")
