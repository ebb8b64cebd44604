"""Secrets at rest: encrypted with keys made of SECRET_KEY, or of a former one in SECRET_KEY_FALLBACKS."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# What the key is for: another use of SECRET_KEY never has the same one.
_INFO = b"knotwise: the token of the Saleor App"


class CannotUnseal(Exception):
    """None of the keys opens it."""


def seal(secret: str) -> str:
    """Return the secret, encrypted with the current key."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret. Raise `CannotUnseal` where neither the current key nor a former one fits."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken as error:
        raise CannotUnseal from error


def reseal(sealed: str) -> str:
    """Return the same secret, encrypted with the current key. Raise `CannotUnseal`."""
    return seal(unseal(sealed))


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(made))
