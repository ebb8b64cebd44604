"""The guarded fetcher: every connection goes through `GuardedBackend`, which looks the name up itself, refuses it if
any of its addresses is not public, and connects to the very address that it checked.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

import httpcore
import httpx

from storefront.fetching.addresses import PRIVATE, AllowedHosts, check_url, is_allowed, is_public
from storefront.fetching.errors import FetchFailed, FetchRefused

MAX_REDIRECTS = 5
OPERATION_TIMEOUT_S = 10.0
REDIRECTS = (301, 302, 303, 307, 308)
# 425 and 429 say "later"; other 4xx say "no".
LATER = (408, 425, 429)

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port → IP addresses. Raises `OSError` when there are none."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched, besides its content. `content_type` is what the server says, in lower case, no parameters."""

    final_url: str
    content_type: str
    etag: str
    size: int


def fetch(
    url: str,
    target: BinaryIO,
    *,
    max_bytes: int,
    timeout_s: float,
    content_types: Collection[str] = (),
    allowed_hosts: AllowedHosts = (),
    resolve: Resolve | None = None,
) -> Fetched:
    """Write what the address holds into `target`; at most `max_bytes`, and done or given up after `timeout_s`.

    `content_types`: what the server may call it, like "image/" or "text/csv"; none: anything. Raises `FetchRefused`
    or `FetchFailed`; part of the content may have been written by then.
    """
    deadline = time.monotonic() + timeout_s
    backend = GuardedBackend(allowed_hosts, resolve or system_addresses, deadline)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            checked = check_url(url, allowed_hosts)
            # A pool for one request: nothing is shared between hosts, and no proxy is taken from the environment.
            with httpcore.ConnectionPool(network_backend=backend, ssl_context=tls(), max_connections=1) as pool:
                answer = pool.stream("GET", target_of(checked), headers=headers_for(checked), extensions=timeouts())
                with answer as response:
                    headers = last_of_each(response.headers)
                    if response.status in REDIRECTS and (location := headers.get("location")):
                        url = join(checked, location)
                        continue
                    require_content(response.status, headers, content_types, max_bytes)
                    size = copy(response.iter_stream(), target, max_bytes)
                    return Fetched(str(checked), content_type(headers), headers.get("etag", ""), size)
    except httpcore.TimeoutException as error:
        raise FetchFailed(f"The server was too slow: there was no whole answer in {timeout_s:.0f} seconds.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed("The server cannot be reached, or it closed the connection. Check the address.") from error
    raise FetchRefused(f"The address redirects more than {MAX_REDIRECTS} times. Use the file's final address.")


def last_of_each(headers: Iterable[tuple[bytes, bytes]]) -> httpx.Headers:
    """Return headers of which each counts once, the last time; `httpx.Headers` would join what is repeated."""
    return httpx.Headers({name.lower(): value for name, value in headers})


def system_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and none of them outlives the deadline."""

    allowed_hosts: AllowedHosts
    resolve: Resolve
    deadline: float

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in self.checked_addresses(host, port):
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=left(self.deadline, timeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return DeadlineStream(stream, self.deadline)
        raise last or httpcore.ConnectError("no address")

    def checked_addresses(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses. One that is not public makes all of them refused: mixing them suggests an attack."""
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchFailed(
                f"There is no host {host}, or its name cannot be looked up. Check the address."
            ) from error
        if not is_allowed(host, port, self.allowed_hosts) and not all(map(is_public, addresses)):
            raise FetchRefused(PRIVATE)
        return addresses


@dataclass(frozen=True, slots=True)
class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline: a server that sends a byte now and then gains nothing."""

    stream: httpcore.NetworkStream
    deadline: float

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, left(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, left(self.deadline, timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self.stream.start_tls(ssl_context, server_hostname, left(self.deadline, timeout))
        return DeadlineStream(stream, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def left(deadline: float, timeout: float | None) -> float:
    """How long to wait at most. Raises `httpcore.ReadTimeout` once the deadline has passed."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return remaining if timeout is None else min(timeout, remaining)


@cache
def tls() -> ssl.SSLContext:
    """Certificates are checked, against the authorities of the package `certifi`; it takes a while to load them."""
    return httpx.create_ssl_context(trust_env=False)


def target_of(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def headers_for(url: httpx.URL) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", url.netloc),
        (b"User-Agent", b"Knotwise (catalogue import)"),
        (b"Accept", b"*/*"),
        # Nothing is unpacked here, so nothing can be small on the way and huge when it has arrived.
        (b"Accept-Encoding", b"identity"),
    ]


def timeouts() -> dict[str, Any]:
    return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), OPERATION_TIMEOUT_S)}


def content_type(headers: httpx.Headers) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def join(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused("The address redirects to something that is not a web address.") from error


def require_content(status: int, headers: httpx.Headers, content_types: Collection[str], max_bytes: int) -> None:
    """Raise unless status and headers promise the wanted content."""
    if status != 200:
        is_lasting = 300 <= status < 500 and status not in LATER
        raise FetchFailed(f"The server answered {status} and gave no file. Check the address.", is_lasting=is_lasting)
    if headers.get("content-encoding", "") not in ("", "identity"):
        raise FetchRefused("The server compresses the file although asked not to. Put it beside the catalogue.")
    kind = content_type(headers)
    if content_types and kind and not any(kind.startswith(wanted) for wanted in content_types):
        raise FetchRefused(f"The address holds {kind}, which is not what belongs here. Give the file's own address.")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise too_large(max_bytes)


def copy(pieces: Iterable[bytes], target: BinaryIO, max_bytes: int) -> int:
    """Write the pieces as they come; gives their size."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise too_large(max_bytes)
        target.write(piece)
    return size


def too_large(max_bytes: int) -> FetchRefused:
    return FetchRefused(f"The file is larger than {max_bytes / 1024 / 1024:.0f} MB. Make it smaller.")
