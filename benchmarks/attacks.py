"""Attack a shop on this machine, and measure what others notice of it.

    python benchmarks/attacks.py [URL] [--seconds N] [--attackers 8] [--only C1,C2]

Attackers on 127.0.0.1 repeat the kept attacks at once. Meanwhile a prober on 127.0.0.2 asks `/healthz` and a product
page at a steady rate. Exit code 1 where a probe failed or its p95 was more than ten times that without attackers.
Only this machine is attacked, and for a few minutes at most. Linux lets both
addresses reach a shop that listens on 127.0.0.1.

An attack is a function that yields requests; put `@attack("C5 …")` on another to have it repeated as well.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlencode, urlsplit

ATTACKER, PROBER = "127.0.0.1", "127.0.0.2"
MAX_SECONDS, MAX_ATTACKERS = 300, 16
TIMEOUT_S = 30
PROBES_PER_S = 5
MOST = 10


@dataclass(frozen=True)
class Request:
    """What an attacker sends. `run` does more than one ordinary request can: it gets a connected socket."""

    path: str = "/graphql/"
    body: bytes | None = None
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    run: Callable[[socket.socket], None] | None = None


ATTACKS: dict[str, Callable[[], Iterable[Request]]] = {}


def attack(name: str) -> Callable[[Callable[[], Iterable[Request]]], Callable[[], Iterable[Request]]]:
    def register(made: Callable[[], Iterable[Request]]) -> Callable[[], Iterable[Request]]:
        ATTACKS[name] = made
        return made

    return register


def asking(query: str, **variables: object) -> Request:
    return Request(body=json.dumps({"query": query, "variables": variables}).encode())


@attack("C1 fragments")
def fragments() -> Iterable[Request]:
    """Fragments that double on 60 levels, unknown and circular ones."""
    middle = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    yield asking("{ ...F0 } " + middle + " fragment F60 on Query { __typename }")
    yield asking("{ ...Nowhere }")
    yield asking("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
    yield asking("{" + " __typename" * 3900 + "}")


@attack("C2 conditions")
def conditions() -> Iterable[Request]:
    """Very many equal conditions, and as many different ones as are allowed."""
    query = "query ($where: ProductWhereInput) { products(first: 100, where: $where) { totalCount } }"
    for count in (80, 900):
        yield asking(query, where={"OR": [{"targetAreas": {"eq": "full-body"}}] * count})
    yield asking(query, where={"OR": [{"price": {"range": {"gte": n}}} for n in range(20)]})
    yield asking(query, where={"AND": [{"targetAreas": {"oneOf": ["full-body", str(n)]}} for n in range(20)]})


@attack("C3 lists in lists")
def lists_in_lists() -> Iterable[Request]:
    """As much work as the cost allows, in lists, counts, searches, texts and introspection."""
    inner = "products(first: 1) { totalCount edges { node { name } } }"
    yield asking("{ categories(first: 100) { edges { node { %s } } } }" % inner)  # noqa: UP031 - braces
    aliases = " ".join(f"a{n}: categories(first: 100) {{ edges {{ node {{ {inner} }} }} }}" for n in range(4))
    yield asking("{ %s }" % aliases)  # noqa: UP031 - braces
    inner = "products(first: 20) { totalCount edges { node { name description } } }"
    yield asking("{ bodyAreas { %s alsoForWhole(first: 20) { totalCount } guides { content } } }" % inner)  # noqa: UP031
    yield asking(
        "{ " + " ".join(f'a{n}: products(first: 100, search: "{n}") {{ totalCount }}' for n in range(50)) + " }"
    )
    yield asking("{ pages(first: 100) { edges { node { " + " ".join(f"a{n}: content" for n in range(200)) + " } } } }")
    yield asking("{ pages(first: 100) { edges { node { content summary targetAreas { slug guides { title } } } } } }")
    types = "__schema { types { fields { name type { name } } } }"
    yield asking("{ " + " ".join(f"a{n}: {types}" for n in range(100)) + " }")
    yield asking("{ %s }" % types)  # noqa: UP031 - braces


@attack("C4 nesting and numbers")
def nesting_and_numbers() -> Iterable[Request]:
    """What is nested too deeply for a recursive function, or larger than a number can be."""
    query = "query ($where: ProductWhereInput) { products(first: 1, where: $where) { totalCount } }"
    where: object = {}
    for _ in range(300):
        where = {"AND": [where]}
    yield asking(query, where=where)
    yield asking(query, where={"price": {"eq": "1E+999999"}})
    yield Request(body=b"[" * 200_000)
    yield asking("{ a" * 1200 + "}" * 1200)


# Connections that an attacker leaves half-sent, so that many stand open beside the other attacks.
HELD: list[socket.socket] = []
HELD_AT_ONCE = 6
HELD_S = 0.2


def hold(data: bytes) -> Request:
    """Send this, and then nothing; the oldest of those that are held is let go."""

    def run(connection: socket.socket) -> None:
        connection.sendall(data)
        HELD.append(connection.dup())
        if len(HELD) > HELD_AT_ONCE:
            HELD.pop(0).close()
        time.sleep(HELD_S)

    return Request(run=run)


@attack("C5 half requests")
def half_requests() -> Iterable[Request]:
    """Bodies and headers that never end, and answers that nobody reads."""
    for path in ("/graphql/", "/staff/sign-in/", "/saleor/webhooks"):
        yield hold(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nhalf".encode())
    yield hold(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept:")
    yield hold(b"GET /tools/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)


@attack("C6 uploads of strangers")
def uploads_of_strangers() -> Iterable[Request]:
    """Files for pages that take none, or from nobody."""
    boundary = "----boundary"
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="products"; filename="p.csv"\r\n\r\n'.encode()
    body = file + b"x" * 1_500_000 + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for path in ("/staff/sign-in/", "/staff/imports/new/"):
        yield Request(path, body, headers=headers)
        yield hold(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 59000000\r\n\r\n".encode())


@attack("C7 expressions")
def expressions() -> Iterable[Request]:
    """Texts for which a careless expression takes quadratic time, wherever a stranger's text is read."""
    texts = ["a" + " " * 7000 + "b|c", "[" * 7000, "*_" * 3500, "<" * 7000, "&" * 7000, "1," * 3500 + "x", "(a" * 3500]
    for text in texts:
        yield Request(f"/tools/?{urlencode({'q': text})}", method="GET", headers={})
        yield asking("query ($q: String) { products(first: 1, search: $q) { totalCount } }", q=text * 10)
    for header in ("Accept-Language", "Cookie", "If-None-Match", "X-Forwarded-For", "Accept-Encoding"):
        yield Request("/tools/", method="GET", headers={header: ("a;q=" + " " * 50) * 300})


@dataclass
class Seen:
    """How long each answer took, and what was wrong."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


def send(host: str, port: int, source: str, request: Request) -> int:
    """Send one request from a source address; gives its status (0: none was waited for)."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S, source_address=(source, 0))
    try:
        if request.run is not None:
            connection.connect()
            request.run(connection.sock)
            return 0
        connection.request(request.method, request.path, request.body, request.headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def keep_attacking(host: str, port: int, names: list[str], until: Any, counts: Any) -> None:
    """Send all requests over and over: a process of its own, so that the prober's times are the shop's alone."""
    # What the attackers compute themselves is not what is measured.
    os.nice(10)
    requests = [(name.split()[0], request) for name in names for request in ATTACKS[name]()]
    statuses: Counter[str] = Counter()
    for name, request in cycle(random.sample(requests, len(requests))):
        if until.is_set():
            break
        try:
            statuses[f"{name} {send(host, port, ATTACKER, request)}"] += 1
        except (OSError, http.client.HTTPException) as error:
            statuses[f"{name} {type(error).__name__}"] += 1
    counts.put(statuses)


def probe(host: str, port: int, source: str, paths: list[str], seconds: float) -> dict[str, Seen]:
    """Ask each path at a steady rate. A late answer delays no later question."""
    found = {path: Seen() for path in paths}
    threads = []

    def ask(path: str) -> None:
        began = time.perf_counter()
        try:
            status = send(host, port, source, Request(path, method="GET", headers={}))
            found[path].seconds.append(time.perf_counter() - began)
            if status != 200:
                found[path].failures.append(str(status))
        except (OSError, http.client.HTTPException) as error:
            found[path].failures.append(type(error).__name__)

    began = time.perf_counter()
    for number in range(int(seconds * PROBES_PER_S)):
        time.sleep(max(0, began + number / PROBES_PER_S - time.perf_counter()))
        for path in paths:
            threads.append(threading.Thread(target=ask, args=(path,)))
            threads[-1].start()
    for thread in threads:
        thread.join(TIMEOUT_S + 5)
    return found


def product_page(host: str, port: int, source: str) -> str:
    """The path of some product's page, as the shop's own list names it."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S, source_address=(source, 0))
    connection.request("GET", "/tools/")
    found = re.search(r'href="(/products/[^"?]+)"', connection.getresponse().read().decode())
    connection.close()
    if found is None:
        sys.exit("The shop shows no product. Import some first.")
    return found[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--attackers", type=int, default=8)
    parser.add_argument("--only", default="", help="beginnings of names of attacks, with commas between them")
    given = parser.parse_args()
    parts = urlsplit(given.url)
    if parts.hostname not in (ATTACKER, "localhost") or parts.scheme != "http":
        parser.error(f"Only http://{ATTACKER} is attacked, not {given.url}.")
    if not 0 < given.seconds <= MAX_SECONDS or not 0 < given.attackers <= MAX_ATTACKERS:
        parser.error(f"At most {MAX_SECONDS} seconds and {MAX_ATTACKERS} attackers.")
    host, port = ATTACKER, parts.port or 80
    wanted = tuple(name for name in given.only.split(",") if name)
    wanted_names = [name for name in ATTACKS if not wanted or name.startswith(wanted)]
    paths = ["/healthz", product_page(host, port, PROBER)]
    alone = probe(host, port, PROBER, paths, given.seconds)
    until, counts = multiprocessing.Event(), multiprocessing.Queue()
    attackers = [
        multiprocessing.Process(target=keep_attacking, args=(host, port, wanted_names, until, counts), daemon=True)
        for _ in range(given.attackers)
    ]
    for attacker in attackers:
        attacker.start()
    try:
        under = probe(host, port, PROBER, paths, given.seconds)
    finally:
        until.set()
    statuses: Counter[str] = sum((counts.get(timeout=2 * TIMEOUT_S) for _ in attackers), Counter())
    for attacker in attackers:
        attacker.join(TIMEOUT_S)
    return report(alone, under, statuses)


def report(alone: dict[str, Seen], under: dict[str, Seen], statuses: Counter[str]) -> int:
    is_bad = False
    for path, before in alone.items():
        after = under[path]
        ratio = after.at(0.95) / before.at(0.95)
        failures = before.failures + after.failures
        is_bad |= bool(failures) or ratio > MOST
        times = [f"{one.at(share) * 1000:.1f}" for one in (before, after) for share in (0.5, 0.95)]
        print(  # noqa: T201
            f"{path}: alone p50 {times[0]} ms, p95 {times[1]} ms; attacked p50 {times[2]} ms, p95 {times[3]} ms;"
            f" ratio of p95 {ratio:.1f}; {len(failures)} of {len(before.seconds) + len(after.seconds)} failed"
            f" {dict(Counter(failures)) or ''}"
        )
    print("attackers were answered:", dict(sorted(statuses.items())))  # noqa: T201
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
