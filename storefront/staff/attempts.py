"""How often somebody may try to sign in, or ask for a new password: counted for all web processes together.

Counts are kept in the cache. Where it does not answer, each process counts for itself: staff need access to fix a
shop whose cache is gone, and nobody may guess without limit meanwhile.
"""

from __future__ import annotations

import hashlib
import time
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from storefront.callers import client_address, count_try, network_of, with_counts

WINDOW_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries there are in a window: for one account from one address, for one address, and for one account from
    all addresses together that are not known to be that person's."""

    name: str
    of_account: int
    of_address: int
    of_account_everywhere: int


SIGN_IN = Limit("sign-in", of_account=5, of_address=30, of_account_everywhere=25)
RESET = Limit("reset", of_account=3, of_address=10, of_account_everywhere=10)
# A browser that this account has signed in with before: strangers who use up the tries do not keep its person out.
KNOWN_BROWSER = "known-browser"
KNOWN_FOR_S = 180 * 24 * 60 * 60
_SALT = "storefront.staff.known-browser"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `retry_after_s`: how long to wait, where there were too many; else 0."""

    keys: tuple[str, str]
    retry_after_s: int
    account: str

    def succeeded(self) -> None:
        """Take the try back: the account begins again from this address, and the address has one fewer."""
        account, address = self.keys
        with_counts(lambda counts: counts.delete(account))
        with_counts(lambda counts: counts.set(address, max(counts.get(address, 1) - 1, 0), WINDOW_S))

    def remember_browser(self, answer: HttpResponse) -> None:
        """Let this browser be known as one that the account was signed in with."""
        answer.set_cookie(
            KNOWN_BROWSER,
            signing.TimestampSigner(salt=_SALT).sign(self.account),
            max_age=KNOWN_FOR_S,
            path=reverse("staff:sign_in"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def begin_attempt(limit: Limit, request: HttpRequest, account: str) -> Attempt:
    """Count a try before anything is looked up, so that many at once have no more tries than one by one.

    What is typed counts, whether or not there is such an account.
    """
    now = time.time()
    window = int(now // WINDOW_S)
    address = network_of(client_address(request))
    # As Django looks names up: full-width letters are no other account.
    name = unicodedata.normalize("NFKC", account).strip().casefold()
    typed = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:32]
    everywhere = f"tries:{limit.name}:{window}:everywhere:{typed}"
    keys = (f"tries:{limit.name}:{window}:{address}:{typed}", f"tries:{limit.name}:{window}:{address}")
    # An address that has no tries left makes no more keys, whatever names it thinks of.
    is_too_often = (
        count_try(keys[1], WINDOW_S) > limit.of_address
        or count_try(keys[0], WINDOW_S) > limit.of_account
        or (not is_known(request, typed) and count_try(everywhere, WINDOW_S) > limit.of_account_everywhere)
    )
    return Attempt(keys, int((window + 1) * WINDOW_S - now) + 1 if is_too_often else 0, typed)


def is_known(request: HttpRequest, account: str) -> bool:
    """Return whether the account was signed in with this browser before."""
    try:
        found = signing.TimestampSigner(salt=_SALT).unsign(request.COOKIES.get(KNOWN_BROWSER, ""), max_age=KNOWN_FOR_S)
    except signing.BadSignature:
        return False
    return found == account
