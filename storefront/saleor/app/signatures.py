"""Saleor's signature of a webhook: a detached JWS (RFC 7797), `header..signature`, over the body as it came."""

from __future__ import annotations

import re
from typing import Any, Final

import jwt
import orjson
from jwt.utils import base64url_decode

from storefront.saleor.app.jwks import KeyUnknown, key_by_id

ALGORITHM: Final = "RS256"
MAX_LENGTH: Final = 4096
# Decoders pass over characters that are not of the alphabet; here nothing else may stand.
_SHAPE: Final = re.compile(r"\A([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)")


class SignatureRefused(Exception):
    """It is not Saleor's signature of this body; the text says why, without any of either."""


def verify(signature: str, body: bytes) -> None:
    """Raise `SignatureRefused` unless Saleor signed this body, and `KeysUnavailable` where its key is not available
    now."""
    shape = _SHAPE.fullmatch(signature) if len(signature) <= MAX_LENGTH else None
    if shape is None:
        raise SignatureRefused("no detached signature")
    kid = key_id(shape[1])
    try:
        jwt.PyJWS().decode_complete(signature, key_by_id(kid), algorithms=[ALGORITHM], detached_payload=body)
    except KeyUnknown as error:
        raise SignatureRefused("signed with a key that is not Saleor's") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise SignatureRefused("not Saleor's signature of this body") from error


def key_id(encoded: str) -> str:
    """Return the key's id in a header. Raise `SignatureRefused` for a header that Saleor does not write."""
    try:
        header: Any = orjson.loads(base64url_decode(encoded))
    except ValueError as error:
        raise SignatureRefused("its header cannot be read") from error
    if not isinstance(header, dict):
        raise SignatureRefused("its header cannot be read")
    if header.get("alg") != ALGORITHM or header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise SignatureRefused("another kind of signature than Saleor's")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise SignatureRefused("it names no key")
    return kid
