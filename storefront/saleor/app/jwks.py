"""Saleor's public keys, by their id.

They are fetched from beside the API, kept by this process and by the shared cache for some minutes, and fetched anew
when a key is asked for that is not among them; but never more often than every few seconds, so that whoever makes key
ids up makes Saleor no work. Why not `jwt.PyJWKClient`: docs/decisions/0023.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

KEPT_S: Final = 300.0
# At most one fetch in so many seconds, by each process.
PAUSE_S = 5.0
ANSWER_S = 5.0
# How long other threads wait for a fetch in progress.
WAIT_S = 1.0
MAX_BYTES: Final = 64 * 1024
MIN_BITS: Final = 2048

Keys = Mapping[str, RSAPublicKey]


class KeysUnavailable(Exception):
    """Saleor's keys cannot be had at the moment; whoever asks may come again."""


class KeyUnknown(Exception):
    """Saleor has no such key."""


@dataclass(slots=True)
class KeySet:
    """The keys of one address, as this process knows them. `tried_at` is when they were last asked for."""

    url: str
    keys: Keys
    fetched_at: float = 0.0
    tried_at: float = 0.0

    def has(self, kid: str) -> bool:
        return kid in self.keys and time.time() - self.fetched_at < KEPT_S

    def take(self, document: bytes, fetched_at: float) -> None:
        self.keys, self.fetched_at = read_keys(document), fetched_at


_lock = threading.Lock()
_known: dict[str, KeySet] = {}


def key_by_id(kid: str) -> RSAPublicKey:
    """Return the key with this id. Raise `KeyUnknown`, and `KeysUnavailable` where Saleor does not tell its keys."""
    url = jwks_url()
    if (found := _known.get(url)) is not None and found.has(kid):
        return found.keys[kid]
    # One thread fetches. The others wait a moment for a key that may well be Saleor's, and not at all for one that is
    # not among those just fetched: whoever makes key ids up must not hold all threads.
    is_made_up = found is not None and found.fetched_at and kid not in found.keys
    if not _lock.acquire(timeout=0 if is_made_up else WAIT_S):
        raise KeysUnavailable("they are being fetched")
    try:
        known = _known.setdefault(url, KeySet(url, {}))
        if not known.has(kid):
            renew(known, kid)
        if not known.has(kid):
            raise KeyUnknown
        return known.keys[kid]
    finally:
        _lock.release()


def forget_keys() -> None:
    """Forget what this process knows of the keys."""
    with _lock:
        _known.clear()


def jwks_url() -> str:
    parts = urlsplit(settings.SALEOR_URL)
    return f"{parts.scheme}://{parts.netloc}/.well-known/jwks.json"


def renew(known: KeySet, kid: str) -> None:
    """Take what another process fetched, or else fetch."""
    document, fetched_at = shared(known.url)
    if document and fetched_at > known.fetched_at:
        known.take(document, fetched_at)
        if known.has(kid):
            return
    now = time.time()
    if now - max(known.tried_at, known.fetched_at) < PAUSE_S:
        if known.tried_at > known.fetched_at:
            raise KeysUnavailable("they could not be fetched a moment ago")
        return
    known.tried_at = now
    try:
        document = fetch(known.url)
        known.take(document, now)
    except (httpx.HTTPError, ValueError) as error:
        log.warning("Saleor's keys could not be fetched from %s: %s", known.url, error)
        raise KeysUnavailable(str(error)) from error
    share(known.url, document, now)


def fetch(url: str) -> bytes:
    """Return the document at an address. Raise `httpx.HTTPError`, and `ValueError` for an answer that is too long or
    slow."""
    until, found = time.monotonic() + ANSWER_S, b""
    client = httpx.Client(timeout=ANSWER_S, follow_redirects=False, trust_env=False)
    with client, client.stream("GET", url) as answer:
        if answer.status_code != 200:
            raise ValueError(f"HTTP {answer.status_code}")
        for piece in answer.iter_bytes():
            found += piece
            if len(found) > MAX_BYTES or time.monotonic() > until:
                raise ValueError("the answer is too long, or takes too long")
    return found


def read_keys(document: bytes) -> Keys:
    """Return the keys that may sign; others in the document are left out. Raise `ValueError` for what is no key set."""
    found = orjson.loads(document)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("no key set")
    return {key_data["kid"]: key for key_data in found["keys"] if (key := signing_key(key_data)) is not None}


def signing_key(key_data: Any) -> RSAPublicKey | None:
    """Return an RSA key that is long enough and meant for signatures, or None."""
    if not isinstance(key_data, dict) or not isinstance(key_data.get("kid"), str):
        return None
    if key_data.get("kty") != "RSA" or key_data.get("use") != "sig" or key_data.get("alg", "RS256") != "RS256":
        return None
    try:
        key = jwt.PyJWK(key_data, algorithm="RS256").key
    except jwt.PyJWTError:
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= MIN_BITS else None


def shared(url: str) -> tuple[bytes, float]:
    """Return what another process fetched, and when; nothing where the cache does not answer."""
    try:
        found = cache.get(f"jwks:{url}")
    except (RedisError, OSError):
        return b"", 0.0
    if not isinstance(found, list):
        return b"", 0.0
    document, fetched_at = found
    return document.encode(), fetched_at


def share(url: str, document: bytes, fetched_at: float) -> None:
    try:
        cache.set(f"jwks:{url}", [document.decode(errors="replace"), fetched_at], KEPT_S)
    except (RedisError, OSError):
        log.warning("The cache does not respond; each process fetches Saleor's keys itself")
