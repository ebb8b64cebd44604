"""Public ids: what GraphQL gives out in place of database keys.

With Saleor a row carries Saleor's own global id. Embedded, one of the same form (base64 of
``Type:key``) is made when the row is made, and kept.
"""

from __future__ import annotations

import base64
import binascii
import uuid


def new_public_id(type_name: str) -> str:
    """Return a fresh global id for an object of the GraphQL type `type_name`."""
    return encode_public_id(type_name, uuid.uuid4().hex)


def encode_public_id(type_name: str, key: str) -> str:
    return base64.b64encode(f"{type_name}:{key}".encode()).decode("ascii")


def decode_public_id(public_id: str) -> tuple[str, str]:
    """Return (type name, key) of a global id.

    Raises `ValueError` when it is none, which GraphQL answers like Saleor with "Invalid ID".
    """
    try:
        type_name, colon, key = base64.b64decode(public_id, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"Invalid ID: {public_id}") from error
    if not (type_name and colon and key):
        raise ValueError(f"Invalid ID: {public_id}")
    return type_name, key
