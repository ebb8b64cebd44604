"""The web server under clients that send half a request, read no answer, or take all they can get."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from storefront.config import server as web
from tests.shops import free_port

pytestmark = pytest.mark.server

UPLOAD = "/upload"


class Site:
    """A server on its own thread, with an application that notes what it was asked."""

    def __init__(self, *, runs: bool = True, **options: Any) -> None:
        self.runs = runs
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.port = free_port()
        self.server = web.make_server(
            self.application,
            host="127.0.0.1",
            port=self.port,
            threads=options.pop("threads", 8),
            may_upload=lambda path, query: path == UPLOAD and query == "pass",
            upload_bytes=8 * web.MIB,
            **options,
        )
        if runs:
            threading.Thread(target=self.server.run, daemon=True).start()

    def application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/slow":
            self.gate.wait(30)
        body = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
        start_response("200 OK", [("Content-Type", "text/plain")])
        if path == "/large":
            return (b"x" * web.MIB for _ in range(64))
        return [f"{path} {len(body)}".encode()]

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=15, source_address=(source, 0))

    def ask(self, head: str, body: bytes = b"", source: str = "127.0.0.1") -> str:
        """Return the answer's first line and body to a request whose connection ends with it."""
        with self.connect(source) as connection:
            connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode() + body)
            answer = received(connection)
        head_of_answer, _, text = answer.decode().partition("\r\n\r\n")
        return f"{head_of_answer.splitlines()[0]}|{text}"

    def close(self) -> None:
        self.gate.set()
        for channel in list(self.server.active_channels.values()):
            channel.will_close = True
        if self.runs:
            wait_until(lambda: not self.server.active_channels)
        self.server.task_dispatcher.shutdown()
        if self.runs:
            self.server.close()


@contextmanager
def running(**options: Any) -> Iterator[Site]:
    site = Site(**options)
    try:
        yield site
    finally:
        site.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as found:
        yield found


def wait_until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def send_until(connection: socket.socket, piece: bytes, deadline: float) -> None:
    while time.monotonic() < deadline:
        connection.sendall(piece)


def received(connection: socket.socket) -> bytes:
    """Return all that the server sends until it hangs up."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def is_closed(connection: socket.socket) -> bool:
    """Return whether the server has hung up; waits as long as the connection's timeout for it."""
    try:
        while piece := connection.recv(65536):
            assert piece
    except ConnectionResetError:
        return True
    return True


@pytest.mark.parametrize(
    "half",
    [
        b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
        b"GET /page HTTP/1.1\r\nHost: x\r\nAccept:",
        b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["body", "headers", "unread answer"],
)
def test_clients_that_dawdle_hold_no_thread(site: Site, half: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(site.connect()).sendall(half)
        time.sleep(0.3)

        assert site.ask("GET /page HTTP/1.1", source="127.0.0.2") == "HTTP/1.1 200 OK|/page 0"


@pytest.mark.parametrize(
    "half",
    [
        b"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
        b"GET /page HTTP/1.1\r\nHost: x\r\nAccept:",
    ],
)
def test_a_request_that_does_not_arrive_in_time_is_hung_up(
    site: Site, half: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "ARRIVAL_S", 0.5)

    with site.connect() as connection:
        connection.sendall(half)
        for _ in range(20):
            try:
                connection.sendall(b"x")
            except OSError:
                break
            time.sleep(0.2)

        assert is_closed(connection)
    assert site.asked == []


def test_an_answer_that_is_not_read_is_hung_up_and_its_thread_let_go(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "IDLE_S", 1)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(site.connect()).sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: site.asked.count("/large") >= 2)

        wait_until(lambda: not site.server.active_channels)
        wait_until(lambda: site.server.task_dispatcher.busy.total() == 0)


def test_a_large_body_is_refused_before_it_is_sent(site: Site) -> None:
    answer = site.ask(f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: {3 * web.MIB}")

    assert answer.startswith("HTTP/1.1 413")
    assert site.asked == []


def test_a_client_that_sends_on_still_sees_why_it_was_refused(site: Site) -> None:
    size = 3 * web.MIB

    answer = site.ask(f"POST {UPLOAD} HTTP/1.1\r\nContent-Length: {size}", b"x" * size)

    assert answer.startswith("HTTP/1.1 413")
    assert "larger than this address accepts" in answer
    wait_until(lambda: not site.server.active_channels)


def test_a_large_body_in_pieces_is_refused_as_it_grows(site: Site) -> None:
    with site.connect() as connection:
        connection.sendall(f"POST {UPLOAD} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        deadline = time.monotonic() + 20
        with pytest.raises(ConnectionError):
            send_until(connection, b"10000\r\n" + b"x" * 65536 + b"\r\n", deadline)
    assert site.asked == []


def test_a_refused_body_is_not_asked_for(site: Site) -> None:
    answer = site.ask(f"POST {UPLOAD} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {3 * web.MIB}")

    assert answer.startswith("HTTP/1.1 413")


def test_who_was_shown_the_form_may_send_a_large_body(site: Site) -> None:
    size = 3 * web.MIB

    answer = site.ask(f"POST {UPLOAD}?pass HTTP/1.1\r\nContent-Length: {size}", b"x" * size)

    assert answer == f"HTTP/1.1 200 OK|{UPLOAD} {size}"


def test_an_upload_has_a_limit_too(site: Site) -> None:
    answer = site.ask(f"POST {UPLOAD}?pass HTTP/1.1\r\nContent-Length: {9 * web.MIB}")

    assert answer.startswith("HTTP/1.1 413")


def test_one_client_leaves_threads_to_the_others(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(site.connect()).sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: len(site.asked) == 2)
        time.sleep(0.2)

        assert site.ask("GET /page HTTP/1.1", source="127.0.0.2") == "HTTP/1.1 200 OK|/page 0"
        assert site.asked.count("/slow") == 2
        site.gate.set()
        wait_until(lambda: site.asked.count("/slow") == 12)


def test_whether_the_shop_is_alive_is_answered_beside_a_clients_pages(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(site.connect()).sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: len(site.asked) == 2)

        assert site.ask(f"GET {web.HEALTH_PATH} HTTP/1.1") == f"HTTP/1.1 200 OK|{web.HEALTH_PATH} 0"
        site.gate.set()


def test_behind_a_proxy_a_client_is_who_the_proxy_names() -> None:
    with running(proxies=1) as site, ExitStack() as stack:
        for _ in range(12):
            request = b"GET /slow HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
            stack.enter_context(site.connect()).sendall(request)
        wait_until(lambda: len(site.asked) == 2)

        answer = site.ask("GET /page HTTP/1.1\r\nX-Forwarded-For: 192.0.2.2")

        assert answer == "HTTP/1.1 200 OK|/page 0"
        site.gate.set()


def test_one_client_has_so_many_connections_and_no_more(site: Site) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(site.connect()) for _ in range(web.CONNECTIONS_OF_CLIENT + 20)]
        wait_until(lambda: len(site.server.active_channels) == web.CONNECTIONS_OF_CLIENT)

        assert is_closed(connections[-1])
        assert site.ask("GET /page HTTP/1.1", source="127.0.0.2") == "HTTP/1.1 200 OK|/page 0"


def test_connections_that_are_reset_are_counted_once(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(site.connect()).sendall(b"GET /page HTTP/1.1\r\nHost: x\r\nAccept:")
        for _ in range(60):
            reset = site.connect()
            reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            reset.sendall(b"GET /page HTTP/1.1\r\nHost: x\r\nAccept:")
            reset.close()
        wait_until(lambda: len(site.server.active_channels) == 50)

        assert site.server.connections.total() == 50


def test_what_was_begun_is_answered_before_the_server_ends() -> None:
    with running(runs=False) as site:
        stopping = threading.Event()
        loop = threading.Thread(target=web.run_until, args=(site.server, stopping), daemon=True)
        loop.start()
        with site.connect() as connection:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            wait_until(lambda: site.asked == ["/slow"])
            stopping.set()
            time.sleep(1)
            site.gate.set()

            assert b"/slow 0" in received(connection)
        loop.join(20)
        assert not loop.is_alive()


def test_the_server_says_nothing_of_itself(site: Site) -> None:
    with site.connect() as connection:
        connection.sendall(b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = received(connection)

    assert answer.endswith(b"/page 0")
    assert b"server:" not in answer.lower()
