"""The app as it is installed in the one Saleor of this deployment: its id, and its token, encrypted."""

from __future__ import annotations

import logging
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from storefront.saleor.client.errors import NotPermitted, SaleorError, SaleorRefused
from storefront.saleor.client.sealing import CannotUnseal, reseal, seal, unseal
from storefront.saleor.client.transport import Saleor
from storefront.saleor.models import Installation
from storefront.saleor.schema import model

log = logging.getLogger(__name__)

WHO_AM_I: Final = "query WhoAmI { app { id identifier permissions { code } } }"
# What the app asks for: what imports need, and what events of channels and menus need.
PERMISSIONS: Final = (*model.PERMISSIONS, "MANAGE_CHANNELS", "MANAGE_MENUS")
# Saleor waits some 20 seconds for the answer to a registration.
PATIENCE_S = 4.0
ANSWER_S = 8.0
CANNOT_OPEN: Final = (
    "The token of the installed app cannot be decrypted: SECRET_KEY has changed since it was installed. "
    "Add the former key to SECRET_KEY_FALLBACKS, or delete the app in Saleor's dashboard and install it again."
)


class TokenRefused(SaleorRefused):
    """The token is not that of our app in our Saleor."""


def register(token: str) -> Installation:
    """Keep the token that Saleor gave the app, in the place of an earlier one, once Saleor itself has confirmed it.

    Raise `TokenRefused`, and `SaleorError` where Saleor cannot be asked; then what was there stays.
    """
    found = identify_app(token)
    missing = sorted(set(PERMISSIONS) - {permission["code"] for permission in found["permissions"] or ()})
    if missing:
        log.warning("The app was installed without the permissions %s", ", ".join(missing))
    installation, _ = Installation.objects.update_or_create(
        id=1,
        defaults={
            "app_id": found["id"],
            "api_url": settings.SALEOR_API_URL,
            "token": seal(token),
            "installed_at": timezone.now(),
        },
    )
    log.info("Installed as the app %s", installation.app_id)
    return installation


def identify_app(token: str) -> dict[str, Any]:
    """Return the app that has this token, as our Saleor says; no other address is ever asked.

    Another app of the same Saleor has a valid token too, so the app must be the one of our manifest.
    """
    with Saleor(settings.SALEOR_URL, token, 1, patience_s=PATIENCE_S) as saleor:
        saleor.http.timeout = ANSWER_S
        try:
            found = saleor.ask(WHO_AM_I)["app"]
        except NotPermitted as error:
            raise TokenRefused("Saleor does not know this token.") from error
    if found is None:
        raise TokenRefused("Saleor does not know this token.")
    if found["identifier"] != settings.SALEOR_APP_ID:
        raise TokenRefused(f"This token belongs to another app, not to {settings.SALEOR_APP_ID}.")
    return dict(found)


def installed() -> Installation | None:
    """Return the installation in the Saleor of the settings; one in a former Saleor counts for nothing."""
    if not settings.SALEOR_API_URL:
        return None
    return Installation.objects.filter(api_url=settings.SALEOR_API_URL).first()


def installed_app_id() -> str:
    """Return Saleor's id of our app; "" where it is not installed."""
    found = installed()
    return found.app_id if found else ""


def installed_token() -> str:
    """Return the app's token; "" where it is not installed. Raise `SaleorError` where it cannot be decrypted."""
    found = installed()
    try:
        return unseal(found.token) if found else ""
    except CannotUnseal as error:
        raise SaleorError(CANNOT_OPEN) from error


@transaction.atomic
def rotate() -> bool:
    """Encrypt the token with the current SECRET_KEY, whichever key it was encrypted with; return whether there is one.

    Raise `SaleorError` where no key fits.
    """
    found = Installation.objects.select_for_update().first()
    if found is None:
        return False
    try:
        found.token = reseal(found.token)
    except CannotUnseal as error:
        raise SaleorError(CANNOT_OPEN) from error
    found.save(update_fields=["token"])
    return True
