"""The Saleor of this deployment, by its settings and the app that is installed in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from storefront.saleor.client.errors import NotConnected
from storefront.saleor.client.installation import installed_token
from storefront.saleor.client.transport import PATIENCE_S, Saleor


def has_saleor() -> bool:
    """Return whether there is a Saleor; without one the store is the shop itself."""
    return bool(settings.SALEOR_URL)


def open_saleor(*, patience_s: float | None = None) -> Saleor:
    """Return a client, to be used in a `with`. `patience_s`: how long a Saleor that does not answer is asked again.

    Raise `SaleorError` where there is no token to ask it with.
    """
    return Saleor(
        settings.SALEOR_URL,
        saleor_token(),
        settings.SALEOR_CONNECTIONS,
        patience_s=PATIENCE_S if patience_s is None else patience_s,
    )


def from_inside(url: str) -> str:
    """Return an address of Saleor's server as it is reached from here: its public origin may not be."""
    public, inside = origin_of(settings.SALEOR_API_URL), origin_of(settings.SALEOR_URL)
    return inside + url.removeprefix(public) if url.startswith(f"{public}/") else url


def saleor_hosts() -> list[str]:
    """Return Saleor's server as `host` or `host:port`, by its public name and by the one from inside."""
    return sorted({urlsplit(url).netloc.lower() for url in (settings.SALEOR_API_URL, settings.SALEOR_URL) if url})


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def saleor_token() -> str:
    """Return the token of the installed app, else `SALEOR_TOKEN`. Raise `NotConnected` where there is neither."""
    token: str = installed_token() or settings.SALEOR_TOKEN
    if not token:
        raise NotConnected(settings.INTERNAL_URL)
    return token
