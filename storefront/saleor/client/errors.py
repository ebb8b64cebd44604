"""What can go wrong between here and Saleor, in words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class SaleorError(Exception):
    """Something is wrong with Saleor or the way to it; the text is for staff."""


class SaleorUnreachable(SaleorError):
    """Saleor does not answer, though it was asked again and again. What was asked for was surely not done."""


class SaleorRefused(SaleorError):
    """Saleor will not do this for us at all: a wrong address or token, a missing permission, an older version."""


class NotConnected(SaleorRefused):
    """There is no token to ask Saleor with. `address`: where Saleor's server reaches us, if that is known."""

    def __init__(self, address: str = "") -> None:
        super().__init__(
            "Knotwise has no token for Saleor yet. Install it as an app in Saleor's dashboard (Extensions → Install "
            f"from manifest: {address or 'https://<this shop>'}/saleor/manifest), or set SALEOR_TOKEN."
        )


class NotPermitted(SaleorRefused):
    """Saleor says that whoever has this token may not do it."""


class PermissionsMissing(SaleorRefused):
    """The app may not do all that is needed; `missing`: permission → what for."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        self.missing = dict(missing)
        named = ", ".join(f"{code} ({what})" for code, what in missing.items())
        super().__init__(f"The app lacks permissions: {named}. Grant them in Saleor's dashboard, under Extensions.")


class AnswerLost(SaleorError):
    """A write was sent and its answer never came: it may have been done, or not. Read again before repeating it."""


class CannotWrite(SaleorError):
    """Saleor cannot take this; the text is for staff, `column` the field that it is about."""

    def __init__(self, message: str, column: str = "") -> None:
        self.column = column
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error at the top of an answer. `code` is the name of Saleor's exception, like "IntegrityError"."""

    message: str
    code: str = ""
    path: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{self.message} ({self.code})" if self.code else self.message


class RequestFailed(SaleorError):
    """Saleor answered a request with errors of the whole request; of a single mutation nothing was saved."""

    def __init__(self, faults: Sequence[Fault], status: int = 200) -> None:
        self.faults = tuple(faults)
        self.status = status
        super().__init__("; ".join(str(fault) for fault in faults))

    def has_code(self, *codes: str) -> bool:
        return any(fault.code in codes for fault in self.faults)


def is_permission_error(error: Exception) -> bool:
    """Return whether Saleor failed a request because the app may not do it."""
    return isinstance(error, NotPermitted) or (isinstance(error, RequestFailed) and error.has_code("PermissionDenied"))
