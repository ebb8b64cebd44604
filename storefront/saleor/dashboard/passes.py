"""The short pass that a framed page sends with every request: who it is for, signed by us, for minutes."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Final

from django.core import signing

from storefront.saleor.client.installation import PERMISSIONS, installed_app_id
from storefront.saleor.dashboard.claims import Visitor

LIFE_S: Final = 5 * 60
MAX_LENGTH: Final = 4096
# What it is for: nothing else that we sign is a pass, and a pass is nothing else.
_SALT: Final = "storefront.saleor.dashboard.pass"


class PassRefused(Exception):
    """It is no pass of ours, or not any more."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass that was read. `id` is its own, for what has to be kept from one request of it to the next."""

    id: str
    visitor: Visitor


def issue(visitor: Visitor) -> tuple[str, int]:
    """Return a pass, and for how many seconds it is valid: never longer than Saleor's token."""
    until = min(visitor.until, time.time() + LIFE_S)
    made = signing.dumps(
        {
            "id": secrets.token_urlsafe(12),
            "user": visitor.user_id,
            "email": visitor.email,
            "permissions": sorted(visitor.permissions & {*PERMISSIONS}),
            "app": visitor.app_id,
            "until": until,
        },
        salt=_SALT,
    )
    return made, max(int(until - time.time()), 0)


def read_pass(made: str) -> Pass:
    """Return the pass in a text. Raise `PassRefused`, also once the app was deleted or installed again."""
    if len(made) > MAX_LENGTH:
        raise PassRefused("too long")
    try:
        payload = signing.loads(made, salt=_SALT, max_age=LIFE_S)
    except signing.BadSignature as error:
        raise PassRefused("not ours, or expired") from error
    if payload["until"] <= time.time():
        raise PassRefused("expired")
    if payload["app"] != installed_app_id():
        raise PassRefused("of another installation")
    visitor = Visitor(
        payload["user"], payload["email"], frozenset(payload["permissions"]), payload["app"], payload["until"]
    )
    return Pass(payload["id"], visitor)
