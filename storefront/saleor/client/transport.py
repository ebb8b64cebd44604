"""Asking Saleor: one GraphQL endpoint over a few kept-alive connections.

What it answers to trouble is from Saleor 3.23 as it was seen to behave: a deadlock is an `OperationalError` in an HTTP
200 and was rolled back; a web worker that is recycled resets the connection; a proxy answers 429, 502, 503 or 504.
A request that may be repeated is, with growing pauses. One that may not is repeated only where it surely was not done;
else `AnswerLost` says that nobody knows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import orjson
import stamina

from storefront.saleor.client.errors import (
    AnswerLost,
    Fault,
    NotPermitted,
    RequestFailed,
    SaleorRefused,
    SaleorUnreachable,
)

log = logging.getLogger(__name__)
# What it would log of each pause is said in the words below.
stamina.instrumentation.set_on_retry_hooks([])

# Seen on 3.23.28: a larger body is answered with 413.
MAX_BODY_BYTES = int(2.5 * 1024 * 1024)
# Seen on 3.23.28: at most so many mutations, and so many aliases, in one document; and so many nodes in a page.
MAX_MUTATIONS = 4
MAX_ALIASES = 100
PAGE = 100

ATTEMPTS = 8
FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 15.0
PATIENCE_S = 90.0
CONNECT_S = 5.0
ANSWER_S = 180.0

_ROLLED_BACK = ("OperationalError",)
_LOST_STATUSES = {500, 502, 503, 504, 520, 522, 524}


class _RetryableFailure(Exception):
    """This attempt failed; another may succeed. `may_be_done`: Saleor may have done it all the same."""

    def __init__(self, message: str, *, may_be_done: bool) -> None:
        super().__init__(message)
        self.may_be_done = may_be_done


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send along: `variable` is where it stands, like "input.image"."""

    variable: str
    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's data; `faults` are errors at its top that came along with data."""

    data: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Saleor:
    """One Saleor, to be used in a `with`. Safe to use from several threads.

    `patience_s`: how long a Saleor that does not answer is asked again.
    """

    url: str
    token: str = field(repr=False)
    connections: int = 4
    patience_s: float = PATIENCE_S
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=self.connections, max_keepalive_connections=self.connections)
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S, pool=None),
            limits=limits,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return the data that answers a query, or a mutation that may be done twice. It is repeated until it is
        answered.

        Raise `RequestFailed` where the answer has errors at its top, `SaleorUnreachable` where none came, and
        `SaleorRefused` where the address is not Saleor's.
        """
        answer = self.send(document, variables, may_repeat=True)
        if answer.faults:
            raise RequestFailed(answer.faults)
        return answer.data

    def send(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        may_repeat: bool,
        upload: Upload | None = None,
    ) -> Answer:
        """Return the answer to any request, with its errors beside its data.

        Where it may not be repeated, it is only while Saleor surely did not do it, and `AnswerLost` is raised where
        nobody knows. Raise `RequestFailed` where there are errors and no data.
        """
        body = orjson.dumps({"query": document, "variables": dict(variables or {})})
        if len(body) > MAX_BODY_BYTES:
            raise RequestFailed(
                [Fault(f"The request is {len(body):,} bytes; Saleor's limit is {MAX_BODY_BYTES:,}.")], 413
            )
        try:
            for attempt in stamina.retry_context(
                on=lambda error: isinstance(error, _RetryableFailure) and (may_repeat or not error.may_be_done),
                attempts=ATTEMPTS,
                timeout=self.patience_s,
                wait_initial=FIRST_PAUSE_S,
                wait_max=LONGEST_PAUSE_S,
                wait_jitter=FIRST_PAUSE_S,
            ):
                with attempt:
                    if attempt.num > 1:
                        log.info("Retrying Saleor (attempt %s)", attempt.num)
                    return self.once(body, upload)
        except _RetryableFailure as error:
            if error.may_be_done and not may_repeat:
                raise AnswerLost(str(error)) from error
            raise SaleorUnreachable(f"{self.url} does not answer ({error}). Is Saleor running?") from error
        raise AssertionError("the loop above returns or raises")

    def once(self, body: bytes, upload: Upload | None) -> Answer:
        """Try a request once. Raise `_RetryableFailure` for what a later attempt may overcome."""
        try:
            response = self.http.post(self.url, **(multipart(body, upload) if upload else plain(body)))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _RetryableFailure(str(error) or type(error).__name__, may_be_done=False) from error
        except httpx.LocalProtocolError:
            # Its text would show the token.
            raise SaleorRefused("The token is empty or contains invalid characters. Check SALEOR_TOKEN.") from None
        except httpx.UnsupportedProtocol as error:
            raise SaleorRefused(f"{self.url!r} is not a valid address for Saleor: {error}") from error
        except httpx.TransportError as error:
            raise _RetryableFailure(str(error) or type(error).__name__, may_be_done=True) from error
        except httpx.InvalidURL as error:
            raise SaleorRefused(f"{self.url!r} is not a valid address: {error}") from error
        if response.status_code == 429:
            raise _RetryableFailure("too many requests (429)", may_be_done=False)
        if response.status_code in _LOST_STATUSES:
            raise _RetryableFailure(f"HTTP {response.status_code}", may_be_done=True)
        return self.parse_response(response)

    def parse_response(self, response: httpx.Response) -> Answer:
        status = response.status_code
        if status == 401:
            raise SaleorRefused(
                "Saleor rejects the token (401). Install the app again, or set SALEOR_TOKEN to an active app's token."
            )
        if status == 413:
            raise RequestFailed([Fault("Request body exceeds maximum size.")], status)
        try:
            found = orjson.loads(response.content)
            faults = tuple(fault_of(error) for error in found.get("errors") or ())
        except (ValueError, AttributeError):
            raise SaleorRefused(f"{self.url} answers {explain_response(response)}") from None
        data = found.get("data")
        if any(fault.code in _ROLLED_BACK for fault in faults):
            # Each mutation of a document is rolled back alone.
            has_others = any(part is not None for part in (data or {}).values())
            raise _RetryableFailure(f"{faults[0].message} ({faults[0].code})", may_be_done=has_others)
        if not data or all(part is None for part in data.values()):
            if faults:
                raise_if_refused(faults)
                raise RequestFailed(faults, status)
            if data is None:
                raise SaleorRefused(f"{self.url} answers HTTP {status} without data. Is it Saleor's?")
        return Answer(data, faults)

    def pages(
        self, document: str, variables: Mapping[str, Any], *path: str, size: int = PAGE
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the nodes of a connection. The document takes `$first` and `$after`; `path` leads to the connection."""
        after = None
        while True:
            found: Any = self.ask(document, {**variables, "first": size, "after": after})
            for name in path:
                found = found[name]
            yield from (edge["node"] for edge in found["edges"])
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]


def explain_response(response: httpx.Response) -> str:
    """Return what a response that is not Saleor's may mean."""
    status = response.status_code
    if response.has_redirect_location:
        return f"with a redirect to {response.headers['Location']} (HTTP {status}). Set SALEOR_API_URL to that address."
    if status == 403:
        return "HTTP 403: something in front of Saleor rejects the request."
    return f"HTTP {status} and no GraphQL. The path of SALEOR_API_URL must end with /graphql/."


def plain(body: bytes) -> dict[str, Any]:
    return {"content": body, "headers": {"Content-Type": "application/json"}}


def multipart(body: bytes, upload: Upload) -> dict[str, Any]:
    """Return the parts of a GraphQL multipart request (jaydenseric/graphql-multipart-request-spec)."""
    return {
        "data": {"operations": body.decode(), "map": orjson.dumps({"0": [f"variables.{upload.variable}"]}).decode()},
        "files": {"0": (upload.name, upload.content, upload.mime_type)},
    }


def fault_of(error: Mapping[str, Any]) -> Fault:
    exception = (error.get("extensions") or {}).get("exception") or {}
    return Fault(str(error.get("message", "")), str(exception.get("code") or ""), tuple(error.get("path") or ()))


def raise_if_refused(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        if fault.code in ("PermissionDenied", "ExpiredSignatureError", "InvalidTokenError"):
            raise NotPermitted(f"Saleor denied permission: {fault.message} Run: storefront saleor setup --check")
