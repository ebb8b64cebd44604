"""Why something was not fetched.

FetchError         the text is for staff and says what to do
    FetchRefused   it must not be fetched; asking again changes nothing
    FetchFailed    it could not be fetched; `is_lasting`: asking again would hardly help
"""

from __future__ import annotations


class FetchError(Exception):
    """Nothing was fetched; the text is for staff."""

    is_lasting = True


class FetchRefused(FetchError):
    """The address, or one that it leads to, must not be asked; or it answers with what is not wanted."""


class FetchFailed(FetchError):
    """The address gave no usable answer."""

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        super().__init__(message)
        self.is_lasting = is_lasting
