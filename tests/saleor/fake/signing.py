"""Saleor's key: it signs webhooks and the dashboard's tokens, and its public part is told to whoever asks."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

MINUTES: Final = 60


@cache
def rsa_key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """A key of this name, the same in all tests: making one takes long."""
    return generate_private_key(65537, bits)


@dataclass
class Signer:
    """One of Saleor's keys, with its id."""

    kid: str = "saleor-1"
    key: RSAPrivateKey = field(default_factory=lambda: rsa_key("saleor"))

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public part, as Saleor tells it."""
        found = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**found, "use": "sig", "kid": self.kid} | changes

    def sign(self, body: bytes, **header: Any) -> str:
        """The `Saleor-Signature` of a webhook with this body."""
        said = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid, "typ": "JWT"} | header
        given = {name: value for name, value in said.items() if value is not None}
        return detached(self.key, given, body)

    def dashboard_token(
        self, api_url: str, app_id: str, *, headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """What the dashboard gives a frame of this app. A claim of None is left out."""
        now = int(time.time())
        said = {
            "iat": now,
            "owner": "saleor",
            "iss": api_url,
            "exp": now + 5 * MINUTES,
            "token": "made by the fake",
            "email": "staff@example.com",
            "type": "thirdparty",
            "user_id": "VXNlcjox",
            "is_staff": True,
            "app": app_id,
            "permissions": ["MANAGE_PRODUCTS", "MANAGE_PAGES"],
            "user_permissions": ["MANAGE_PRODUCTS", "MANAGE_PAGES", "MANAGE_ORDERS"],
        } | claims
        return jwt.encode(
            {name: value for name, value in said.items() if value is not None},
            self.key,
            algorithm="RS256",
            headers={"kid": self.kid} | (headers or {}),
        )


def detached(key: Any, header: dict[str, Any], body: bytes) -> str:
    """A detached JWS over the bytes of a body, whatever its header says."""
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    encoded = jwt.utils.base64url_encode(json.dumps(header, separators=(",", ":")).encode())
    signature = jwt.utils.base64url_encode(algorithm.sign(encoded + b"." + body, key))
    return f"{encoded.decode()}..{signature.decode()}"
