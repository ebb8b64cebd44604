"""Who is before the dashboard, as Saleor says: its JWT for the frame of our app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from django.conf import settings

from storefront.saleor.app.jwks import KeyUnknown, key_by_id
from storefront.saleor.client.installation import installed_app_id

ALGORITHM: Final = "RS256"
MAX_LENGTH: Final = 16 * 1024
# Clocks of two machines are never the same.
LEEWAY_S: Final = 3
_SHAPE: Final = re.compile(r"\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
NEEDED: Final = ("iss", "app", "exp", "iat", "user_id", "email", "is_staff", "type", "permissions")


class TokenRefused(Exception):
    """It is no token of Saleor's for our app's frame; the text says why, without any of it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person of Saleor's staff. `permissions`: theirs, as far as the app has them too; `until`: Unix time."""

    user_id: str
    email: str
    permissions: frozenset[str]
    app_id: str
    until: float


def read_token(token: str) -> Visitor:
    """Return the person that a token is for. Raise `TokenRefused`, and `KeysUnavailable` where Saleor's keys are not
    available."""
    app_id = installed_app_id()
    if not app_id:
        raise TokenRefused("the app is not installed")
    if len(token) > MAX_LENGTH or _SHAPE.fullmatch(token) is None:
        raise TokenRefused("no token")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != ALGORITHM or not header.get("kid"):
            raise TokenRefused("another kind of token than Saleor's")
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key_by_id(header["kid"]),
            algorithms=[ALGORITHM],
            issuer=settings.SALEOR_API_URL,
            leeway=LEEWAY_S,
            options={"require": list(NEEDED)},
        )
    except KeyUnknown as error:
        raise TokenRefused("signed with a key that is not Saleor's") from error
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("expired") from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(f"not Saleor's for us ({type(error).__name__})") from error
    return visitor_of(claims, app_id)


def visitor_of(claims: Mapping[str, Any], app_id: str) -> Visitor:
    """Return the person of verified claims. Raise `TokenRefused` for a token of Saleor's that is not for this app's
    frame."""
    if claims["type"] != "thirdparty" or claims["app"] != app_id:
        raise TokenRefused("of another app")
    if claims["is_staff"] is not True:
        raise TokenRefused("not of staff")
    user_id, email, permissions = claims["user_id"], claims["email"], claims["permissions"]
    if not all(isinstance(text, str) and 0 < len(text) <= 254 and text.isprintable() for text in (user_id, email)):
        raise TokenRefused("it names nobody")
    if not isinstance(permissions, list) or not all(isinstance(permission, str) for permission in permissions):
        raise TokenRefused("it names no permissions")
    return Visitor(user_id, email, frozenset(permissions), app_id, float(claims["exp"]))
