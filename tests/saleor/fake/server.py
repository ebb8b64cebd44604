"""The fake's HTTP server."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import orjson
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from storefront.saleor.schema.model import PERMISSIONS
from tests.saleor.fake.execution import answer, root_fields
from tests.saleor.fake.faults import AFTER, BEFORE, Fault, Faults, Kind
from tests.saleor.fake.registry import Asked
from tests.saleor.fake.signing import Signer
from tests.saleor.fake.state import App, Order, Shop

MAX_BODY_BYTES: Final = 2_621_440
TOKEN: Final = "token"
ALL_PERMISSIONS: Final = frozenset(
    {
        *PERMISSIONS,
        "MANAGE_CHANNELS",
        "MANAGE_ORDERS",
        "MANAGE_SHIPPING",
        "MANAGE_APPS",
        "MANAGE_SETTINGS",
        "MANAGE_MENUS",
    }
)

Json = dict[str, Any]


class QuietHandler(WSGIRequestHandler):
    def log(self, *_: Any, **__: Any) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class Seen:
    """A request that came, and the status of its answer; 0 where there was none."""

    fields: frozenset[str]
    query: str
    variables: Mapping[str, Any]
    status: int


@dataclass
class FakeSaleor:
    """A Saleor on this machine. A context manager; `url` and `TOKEN` are what a client needs."""

    shop: Shop = field(default_factory=Shop.fresh)
    faults: Faults = field(default_factory=Faults)
    seen: list[Seen] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    apps: dict[str, App] = field(default_factory=dict)
    bugs: list[BaseException] = field(default_factory=list)
    signer: Signer = field(default_factory=Signer)
    # What is answered where the keys are asked for; None: nothing of the kind.
    jwks: Any = None
    jwks_asked: int = 0
    server: BaseWSGIServer = field(init=False)

    def __post_init__(self) -> None:
        self.add_app(TOKEN, ALL_PERMISSIONS)
        self.jwks = {"keys": [self.signer.jwk()]}
        self.server = make_server("127.0.0.1", 0, self.wsgi, threaded=True, request_handler=QuietHandler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        if self.bugs and error is None:
            raise self.bugs[0]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/graphql/"

    # What tests do ---------------------------------------------------------------------------------------------------

    def add_app(
        self, token: str, permissions: Iterable[str], name: str = "Knotwise", identifier: str | None = None
    ) -> App:
        """Another token, with these permissions only. `identifier`: its manifest's, where it was installed by one."""
        self.apps[token] = App(
            pk=len(self.apps) + 1, name=name, permissions=frozenset(permissions), identifier=identifier
        )
        return self.apps[token]

    def place_order(self, sku: str, quantity: int = 1) -> None:
        """A customer orders so many of a variant: they are allocated, and stay in stock until they are sent."""
        with self.lock:
            variant = self.shop.variants.first(sku=sku)
            if variant is None:
                raise LookupError(f"no variant has the SKU {sku}")
            for stock in self.shop.stocks.where(variant=variant.pk):
                stock.allocated += quantity
                break
            self.shop.orders.add(Order(lines={variant.pk: quantity}))

    def send_orders(self) -> None:
        """All that was ordered is sent."""
        with self.lock:
            for stock in self.shop.stocks:
                stock.quantity, stock.allocated = stock.quantity - stock.allocated, 0

    def ship(self, channel: str, *countries: str) -> None:
        """Lets a channel ship to these countries, from its warehouses and for a price."""
        with self.lock:
            found = self.shop.channels.first(slug=channel)
            if found is None:
                raise LookupError(f"no channel has the slug {channel}")
            found.ships_to += countries

    def fields_asked(self) -> list[str]:
        """The fields of all requests so far, one by one; those of one request in alphabetical order."""
        return [name for seen in self.seen for name in sorted(seen.fields)]

    # HTTP ------------------------------------------------------------------------------------------------------------

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_form_memory_size = None
        try:
            response = self.respond(request)
        except Exception as bug:
            logging.getLogger(__name__).exception("The fake failed")
            self.bugs.append(bug)
            response = Response(f"The fake failed: {bug!r}", 500)
        finally:
            request.close()
        if response is None:
            drop(environ)
            response = Response("")
        return response(environ, start_response)

    def respond(self, request: Request) -> Response | None:
        """None: no answer at all."""
        if request.path.startswith("/media/"):
            found = self.shop.files.get(request.path.removeprefix("/media/"))
            return Response("", 404) if found is None else Response(found, mimetype="application/octet-stream")
        if request.path == "/.well-known/jwks.json":
            self.jwks_asked += 1
            return Response("", 500) if self.jwks is None else as_json(self.jwks, 200)
        if request.path != "/graphql/":
            return Response("Not Found", 404, mimetype="text/html")
        if request.method == "GET":
            return Response("<html>A playground</html>", mimetype="text/html")
        if request.method != "POST":
            return Response("", 405, {"Allow": "GET, OPTIONS, POST"})
        return self.respond_to_query(request)

    def respond_to_query(self, request: Request) -> Response | None:
        try:
            asked, files = read(request)
        except TooLarge:
            return as_json({"errors": [plain_error("Request body exceeds maximum size.")]}, 413)
        except ValueError:
            return as_json({"errors": [plain_error("Unable to parse query.")]}, 400)
        if isinstance(asked, list):
            if len(asked) > 1:
                return as_json({"errors": [plain_error("Number of batch queries exceeded.")]}, 400)
            status, body = self.execute(request, asked[0], files)
            return as_json([body], status)
        fields = root_fields(asked.get("query"))
        fault = self.faults.take(BEFORE, fields)
        if fault is not None:
            self.note(asked, fields, fault.status if fault.kind is Kind.STATUS else 0)
            return failed(fault)
        fault = self.faults.take(AFTER, fields)
        status, body = self.execute(request, asked, files)
        if fault is None:
            self.note(asked, fields, status)
            return as_json(body, status)
        if fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
            self.note(asked, fields, status)
            return as_json(body, status)
        self.note(asked, fields, fault.status if fault.kind is Kind.STATUS_AFTER else 0)
        return failed(fault)

    def note(self, asked: Json, fields: set[str], status: int) -> None:
        self.seen.append(Seen(frozenset(fields), str(asked.get("query")), asked.get("variables") or {}, status))

    def execute(self, request: Request, asked: Json, files: Mapping[str, Any]) -> tuple[int, Json]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        app = self.apps.get(token) if scheme in ("Bearer", "JWT") else None
        with self.lock:
            return answer(
                Asked(self.shop, app if app and app.is_active else None, self.origin, files),
                self.faults,
                asked.get("query"),
                asked.get("variables"),
                asked.get("operationName"),
            )


class TooLarge(Exception):
    pass


def read(request: Request) -> tuple[Any, Mapping[str, Any]]:
    """What is asked, and the files with it. Raises `TooLarge`, and `ValueError` for what is no question."""
    if request.mimetype == "application/graphql":
        return {"query": request.get_data(as_text=True)}, {}
    if request.mimetype == "multipart/form-data":
        return read_multipart(request)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        request.get_data()
        raise TooLarge
    found = orjson.loads(request.get_data())
    if not isinstance(found, dict | list):
        raise ValueError("no object")
    return found, {}


def read_multipart(request: Request) -> tuple[Any, Mapping[str, Any]]:
    """Puts the files where the map says."""
    asked = json.loads(request.form.get("operations", "null"))
    if not isinstance(asked, dict):
        raise ValueError("no operations")
    if len(request.form.get("operations", "")) > MAX_BODY_BYTES:
        raise TooLarge
    for key, paths in json.loads(request.form.get("map", "{}")).items():
        for path in paths:
            place: Any = asked
            *above, last = path.split(".")
            for name in above:
                place = place[int(name) if isinstance(place, list) else name]
            place[int(last) if isinstance(place, list) else last] = request.files[key]
    return asked, request.files


def as_json(body: Any, status: int) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")


def plain_error(message: str) -> Json:
    return {"message": message, "extensions": {"exception": {"code": "GraphQLError"}}}


def failed(fault: Fault) -> Response | None:
    if fault.kind in (Kind.DROPPED, Kind.DROPPED_AFTER):
        return None
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return Response(f"<html>{fault.status}</html>", fault.status, headers, mimetype="text/html")


def drop(environ: Mapping[str, Any]) -> None:
    """Resets the connection."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
