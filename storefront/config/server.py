"""The web server: waitress, which takes a thread for a request only once it has all of it.

Connections are read and written by one loop, so that whoever sends half a request, or reads no answer, holds a
connection and never a thread. Added to waitress: how long a request may take to arrive, how large a body may be and
from whom, and how many connections and threads one client may hold. Why: docs/decisions/0018.
"""

from __future__ import annotations

import logging
import resource
import signal
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error, RequestEntityTooLarge

from storefront.callers import caller_of, network_of

MIB = 1024**2
# Forms, GraphQL documents and webhooks; as many bytes as stay in memory.
BODY_BYTES = 2 * MIB
CONNECTIONS = 1000
CONNECTIONS_OF_CLIENT = 100
ACCEPTED_AT_ONCE = 64
# A quarter of the threads: whoever keeps the shop busy leaves the others to everybody else.
SHARE_OF_CLIENT = 0.25
HEALTH_PATH = "/healthz"
IDLE_S = 20
# After SIGTERM; shorter than whoever stops us waits.
DRAIN_S = 15
LOOP_S = 0.5
# A request has this long to arrive, and a second more for every so many bytes of it.
ARRIVAL_S = 20
ARRIVAL_BYTES_PER_S = 50_000

# A client that was refused in the middle of sending has this long to notice; hung up at once, it would see no answer.
PARTING_S = 2
TOO_LARGE = (
    "The request is larger than this address accepts. If it was a file to import: split it if it is larger than the "
    "page says, else open the page again and choose the file once more."
)

MayUpload = Callable[[str, str], bool]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do what. `proxies`: how many of our own add to X-Forwarded-For. `may_upload` is asked with a path and a
    query, and `for_uploads` then holds in place of the usual limits."""

    proxies: int
    may_upload: MayUpload
    for_uploads: Adjustments


class Parser(HTTPRequestParser):
    """Lets only those send a large body who prove in the address that they were offered it."""

    error: Error | None = None

    def __init__(self, policy: Policy, adj: Adjustments) -> None:
        super().__init__(adj)
        self.policy = policy

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.policy.may_upload(self.path, self.query):
            self.adj = self.policy.for_uploads

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.error:
            # Nobody is asked to go on sending what was refused.
            self.expect_continue = False
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = RequestEntityTooLarge(TOO_LARGE)
        return consumed


class Channel(HTTPChannel):
    close_when_flushed = False
    begun_at = 0.0
    parting_since = 0.0
    is_refused = False

    def __init__(self, server: Server, *arguments: Any, **options: Any) -> None:
        self.policy = server.policy
        self.parser_class = partial(Parser, server.policy)
        super().__init__(server, *arguments, **options)
        server.connections[network_of(self.addr[0])] += 1

    def del_channel(self, map: Any = None) -> None:
        # It is closed twice where the other side hangs up while something is read.
        if self._fileno is not None:
            self.server.connections -= Counter([network_of(self.addr[0])])
        super().del_channel(map)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.begun_at = time.time()
        is_going_on = bool(super().received(data))
        self.is_refused = any(request.error for request in self.requests)
        return is_going_on

    def readable(self) -> bool:
        return bool(self.parting_since or super().readable())

    def handle_read(self) -> None:
        if self.parting_since:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()

    def handle_write(self) -> None:
        """Send what is to be sent; whoever was refused while sending is parted from and not hung up."""
        if not (self.is_refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.connected and not self.total_outbufs_len:
            self.close_when_flushed = False
            self.parting_since = time.time()
            self.socket.shutdown(socket.SHUT_WR)

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has had its time: to send its request, to read its answer, or to say anything."""
        if self.parting_since:
            return now - self.parting_since > PARTING_S
        if self.last_activity < now - IDLE_S and (self.total_outbufs_len or not self.requests):
            return True
        if self.request is None:
            return False
        return now - self.begun_at > ARRIVAL_S + self.request.body_bytes_received / ARRIVAL_BYTES_PER_S

    def hang_up(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def client(self) -> str:
        """Return whose request comes next: the address of the connection, or what our own proxies say.

        Whoever asks whether we are alive has a share of its own for that: it must not wait for that client's pages.
        """
        request = self.requests[0] if self.requests else None
        header = request.headers.get("X_FORWARDED_FOR", "") if request else ""
        client = network_of(caller_of(str(self.addr[0]), header, self.policy.proxies))
        return f"{client} {HEALTH_PATH}" if request and request.path == HEALTH_PATH else client


class FairDispatcher(ThreadedTaskDispatcher):
    """Gives no client more than its share of the threads; its other requests wait until one of them ends.

    Clients have their turn one after the other, whoever has more requests waiting.
    """

    def __init__(self, share: int) -> None:
        super().__init__()
        self.share = share
        self.busy: Counter[str] = Counter()
        self.waiting: dict[str, deque[Channel]] = {}

    def add_task(self, task: Channel) -> None:
        with self.lock:
            self.waiting.setdefault(task.client(), deque()).append(task)
            self.queue_cv.notify()

    def handler_thread(self, thread_no: int) -> None:
        while True:
            with self.lock:
                while (found := self.next_task()) is None and self.stop_count == 0:
                    self.queue_cv.wait()
                if found is None:
                    self.stop_count -= 1
                    self.threads.discard(thread_no)
                    self.thread_exit_cv.notify()
                    return
                client, task = found
                self.busy[client] += 1
            try:
                task.service()
            except BaseException:
                self.logger.exception("A request failed: %r", task)
            finally:
                with self.lock:
                    self.busy -= Counter([client])
                    self.queue_cv.notify()

    def next_task(self) -> tuple[str, Channel] | None:
        """Take the next request of a client that has a thread left, and put that client last."""
        client = next((client for client in self.waiting if self.busy[client] < self.share), None)
        if client is None:
            return None
        queue = self.waiting.pop(client)
        task = queue.popleft()
        if queue:
            self.waiting[client] = queue
        return client, task


class Server(TcpWSGIServer):
    channel_class = Channel

    def __init__(self, application: Application, policy: Policy, *, adj: Adjustments, threads: int) -> None:
        self.policy = policy
        self.connections: Counter[str] = Counter()
        dispatcher = FairDispatcher(max(int(threads * SHARE_OF_CLIENT), 1))
        dispatcher.set_thread_count(threads)
        super().__init__(application, adj=adj, dispatcher=dispatcher)

    def handle_accept(self) -> None:
        """Accept all who wait: whoever connects often must not make the others queue. Too many of one are hung up."""
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                connection, address = self.socket.accept()
            except OSError:
                # Nobody waits any more, or the one who did has gone.
                return
            if self.connections[network_of(address[0])] >= CONNECTIONS_OF_CLIENT and not self.policy.proxies:
                connection.close()
                continue
            self.set_socket_options(connection)
            Channel(self, connection, address, self.adj, map=self._map)

    def is_answering(self) -> bool:
        """Return whether a request is being answered, or an answer still to be sent."""
        return any(channel.requests or channel.total_outbufs_len for channel in list(self.active_channels.values()))

    def maintenance(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now):
                # Asked to close, it would wait until the client takes something; closed here, its number would be the
                # next connection's while the loop still has an event for it.
                channel.will_close = True
                channel.hang_up()


def make_server(
    application: Application,
    *,
    host: str,
    port: int,
    threads: int,
    proxies: int = 0,
    may_upload: MayUpload = lambda path, query: False,
    upload_bytes: int = BODY_BYTES,
) -> Server:
    """Return a server that listens already; `Policy` says what the last three mean."""
    settings: dict[str, Any] = {
        "listen": f"{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}",
        "threads": threads,
        "ident": None,
        "connection_limit": CONNECTIONS,
        "asyncore_use_poll": True,
        "cleanup_interval": 1,
        "channel_timeout": IDLE_S,
        "max_request_header_size": 32 * 1024,
        "max_request_body_size": BODY_BYTES,
        "inbuf_overflow": BODY_BYTES,
        "clear_untrusted_proxy_headers": False,
        "log_socket_errors": False,
    }
    for_uploads = {"max_request_body_size": upload_bytes, "inbuf_overflow": MIB}
    policy = Policy(proxies, may_upload, Adjustments(**settings | for_uploads))
    return Server(application, policy, adj=Adjustments(**settings), threads=threads)


def serve(server: Server) -> None:
    """Serve until SIGTERM or SIGINT; requests that were begun are answered first, for as long as `DRAIN_S`."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    allow_connections()
    logging.getLogger("waitress").setLevel(logging.ERROR)
    run_until(server, stopping)


def run_until(server: Server, stopping: threading.Event) -> None:
    """Run the loop until it is to stop and nothing is left to be answered."""
    deadline = float("inf")
    while not (stopping.is_set() and (time.monotonic() > deadline or not server.is_answering())):
        if stopping.is_set() and server.accepting:
            server.accepting = False
            deadline = time.monotonic() + DRAIN_S
        wasyncore.loop(timeout=LOOP_S, use_poll=True, map=server._map, count=1)
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


def allow_connections() -> None:
    """Raise this process' limit of open files to what its connections may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * CONNECTIONS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
