"""Who sends a request: the address by which tries are counted."""

from __future__ import annotations

import hashlib
import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Who asks. Headers count only where TRUSTED_PROXIES says how many proxies of ours have added to them."""
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    hops: int = settings.TRUSTED_PROXIES
    if 0 < hops <= len(said) and said[-hops]:
        return said[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """The address as it is counted: of IPv6 the network, since one client has all of it."""
    with_port = re.fullmatch(r"\[(.+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+", address)
    try:
        found = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return hashlib.sha256(address.encode(errors="replace")).hexdigest()[:16]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)
