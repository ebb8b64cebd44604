"""A real HTTP server that answers what a test says, and remembers who connected."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = bytes | Callable[[socket.socket], None]


def http(
    content: bytes = b"",
    *,
    status: str = "200 OK",
    content_type: str = "image/png",
    more: str = "",
    length: bool = True,
) -> bytes:
    """An answer as it goes over the wire."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nConnection: close\r\n{more}"
    head += f"Content-Length: {len(content)}\r\n" if length else ""
    return head.encode() + b"\r\n" + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    return http(status=status, more=f"Location: {location}\r\n")


@dataclass(slots=True)
class Server:
    """Listens on a port of this machine. `answers`: path → what is sent; `asked`: the requests that came."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    connections: int = 0
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/ball.png", host: str | None = None) -> str:
        return f"http://{host or '127.0.0.1'}:{self.port}{path}"

    def serve(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                head += piece
            if not head:
                return
            path = head.split(b" ")[1].decode("latin-1")
            self.asked.append(path)
            self.heads.append(head.decode("latin-1"))
            answer = self.answers.get(path, http(status="404 Not Found"))
            try:
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
            except OSError:
                # The other side has had enough; that is what some tests are about.
                return


@contextmanager
def serving(
    answers: Mapping[str, Answer] | None = None,
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(50)
        server = Server(listener.getsockname()[1], dict(answers or {}))

        def talk(connection: socket.socket) -> None:
            try:
                server.serve(tls.wrap_socket(connection, server_side=True) if tls else connection)
            except OSError:
                connection.close()

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                server.connections += 1
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            # Closing alone does not wake a thread that waits for a connection.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
