"""A code from an app on the person's phone (TOTP), asked for after the password where STAFF_SECOND_FACTOR is set.

Whoever has none yet is shown a secret to scan the first time, and ten codes on paper for the day the phone is lost.
`django-otp` keeps the secrets and counts wrong codes: after each, the next try has to wait twice as long.
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
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from storefront.staff.framed import DashboardUser

PAPER_CODES = 10


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
    devices = list(devices_for_user(user))
    if request.method == "POST":
        return checked(request, user, devices, target)
    return page(request, user, devices)


def checked(request: HttpRequest, user: User, devices: list[Device], target: str) -> HttpResponse:
    code = request.POST.get("code", "").replace(" ", "")
    if not devices:
        device = waiting_device(user)
        if not device.verify_token(code):
            return page(request, user, devices, "This is not the code that the app shows now. Type the newest.")
        codes = confirm(device)
        login(request, device)
        return render(request, "staff/second_factor_codes.html", {"codes": codes, "next": target})
    wait_s = 0
    for device in devices:
        may_try, why = device.verify_is_allowed()
        if not may_try:
            wait_s = max(wait_s, int(seconds_to_wait(why)))
        elif device.verify_token(code):
            login(request, device)
            return redirect(target)
    message = "This code does not fit. Type the newest that the app shows, or one of your codes on paper."
    if wait_s:
        message = f"There were wrong codes. Try again in {wait_s} second{'s' if wait_s > 1 else ''}."
    return page(request, user, devices, message)


def seconds_to_wait(why: dict[str, object] | None) -> float:
    """Return for how many seconds django-otp takes no code."""
    until = (why or {}).get("locked_until")
    return max((until - timezone.now()).total_seconds(), 1) if until else 1  # type: ignore[operator]


def waiting_device(user: User) -> TOTPDevice:
    """Return the app that this person has not confirmed yet."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


@transaction.atomic
def confirm(device: TOTPDevice) -> list[str]:
    """Ask for this app's codes from now on; return the codes on paper."""
    device.confirmed = True
    device.save()
    paper = StaticDevice.objects.create(user=device.user, name="paper")
    codes = [StaticToken.random_token() for _ in range(PAPER_CODES)]
    paper.token_set.bulk_create(StaticToken(device=paper, token=code) for code in codes)
    return codes


def page(request: HttpRequest, user: User, devices: list[Device], error: str = "") -> HttpResponse:
    context: dict[str, object] = {"error": error, "next": next_page(request)}
    if not devices:
        device = waiting_device(user)
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
