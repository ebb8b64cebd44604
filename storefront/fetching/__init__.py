"""Fetching what an address on the web holds, where somebody else wrote the address.

Supplier files name addresses, and the machine that fetches stands inside the shop's own network. So no
connection is made to an address that is not public, whatever a name resolves to and wherever a redirect leads;
`docs/decisions/0007-pictures-are-fetched-by-a-guarded-fetcher.md` says how.
"""

from __future__ import annotations

from storefront.fetching.addresses import AllowedHosts, check_url, is_public
from storefront.fetching.errors import FetchError, FetchFailed, FetchRefused
from storefront.fetching.fetcher import Fetched, Resolve, fetch, system_addresses

__all__ = [
    "AllowedHosts",
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "Fetched",
    "Resolve",
    "check_url",
    "fetch",
    "is_public",
    "system_addresses",
]
