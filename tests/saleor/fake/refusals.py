"""How a shop says no: in a payload's `errors`, or at the top of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Refused(Exception):
    """A mutation's refusal. Each error has the keys of the payload's error type; nothing was saved."""

    def __init__(self, *errors: dict[str, Any]) -> None:
        self.errors = list(errors)
        super().__init__(str(self.errors))


class Failed(Exception):
    """An exception inside of Saleor: an error at the top of the answer, and the mutation is rolled back.

    Without a message it is one that Saleor hides from callers, as it does when it is not being debugged.
    """

    def __init__(self, code: str, message: str = "Internal Server Error") -> None:
        self.code = code
        super().__init__(message)


def error(field: str | None, code: str | None, message: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "code": code, "message": message} | more


def unresolved(ids: Iterable[str]) -> str:
    """What Saleor says of ids of which one is of nothing."""
    return f"Could not resolve to a node with the global id list of '{list(ids)}'."


def not_found(gid: str, field: str | None = "id") -> Refused:
    """Seen for an id that is none of ours."""
    return Refused(error(field, "NOT_FOUND", f"Couldn't resolve to a node: {gid}"))


def denied(*permissions: str) -> Failed:
    """Seen with the permissions that would do, and for private metadata without them."""
    if not permissions:
        return Failed("PermissionDenied", "You do not have permission to perform this action")
    return Failed(
        "PermissionDenied",
        f"To access this path, you need one of the following permissions: {', '.join(permissions)}",
    )
