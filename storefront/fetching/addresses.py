"""Which addresses may be asked: those of the public internet, and the shop's own hosts by name."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from storefront.fetching.errors import FetchRefused

AllowedHosts = Collection[str]
"""Hosts that may be asked though they are private: `host`, or `host:port` for another port than 80 and 443."""

PORTS = {"http": 80, "https": 443}
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Networks without IPv4 reach its hosts so; the IPv4 address is the last 32 bits.
NAT64 = IPv6Network("64:ff9b::/96")
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
# Systems read "2130706433", "0x7f.1" and "127.1" as IPv4 addresses, each in its own way.
ENDS_LIKE_A_NUMBER = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)
PRIVATE = "The address is in a private network; only public addresses are fetched. Put the file beside the catalogue."


def check_url(url: str, allowed_hosts: AllowedHosts = ()) -> httpx.URL:
    """The address taken apart, if it may be asked as far as it alone tells; no name is looked up.

    Raises `FetchRefused`.
    """
    try:
        found = httpx.URL(url)
        host = found.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchRefused("That is not a web address. Write it like https://shop.example/ball.jpg.") from error
    if found.scheme not in PORTS:
        raise FetchRefused("Only addresses that begin with http:// or https:// can be fetched.")
    if found.userinfo:
        raise FetchRefused("The address has a user name or password in it. Give one that needs none.")
    literal = ip_of(host)
    if literal is None and (not HOST.fullmatch(host) or ENDS_LIKE_A_NUMBER.search(host)):
        raise FetchRefused("The address names no host. Write it like https://shop.example/ball.jpg.")
    port = found.port if found.port is not None else PORTS[found.scheme]
    if is_allowed(host, port, allowed_hosts):
        return found
    if port not in PORTS.values():
        raise FetchRefused("Only ports 80 and 443 are allowed. Use an address without a port.")
    if literal is not None and not is_public(str(literal)):
        raise FetchRefused(PRIVATE)
    return found


def is_allowed(host: str, port: int, allowed_hosts: AllowedHosts) -> bool:
    """Whether the shop's owner has named this host; a host without a port stands for 80 and 443."""
    name = f"[{host}]" if ":" in host else host.lower().rstrip(".")
    return f"{name}:{port}" in allowed_hosts or (name in allowed_hosts and port in PORTS.values())


def ip_of(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and the IPv4 address inside it too."""
    found = ip_of(address)
    if found is None:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not (found.is_multicast or found.is_reserved)
    if found.scope_id is not None:
        return False
    if found.ipv4_mapped is not None:
        return is_public(str(found.ipv4_mapped))
    if found in NAT64:
        return is_public(str(IPv4Address(int(found) & 0xFFFF_FFFF)))
    if found.sixtofour is not None:
        return is_public(str(found.sixtofour))
    return found in GLOBAL_UNICAST and found.is_global and found.teredo is None
