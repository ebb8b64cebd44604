"""Fetching: what comes, what is refused, and that nothing private is ever connected to."""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
import trustme

from storefront.fetching.errors import FetchError, FetchFailed, FetchRefused
from storefront.fetching.fetcher import Fetched, Resolve, fetch
from tests.answering import Server, http, redirect, serving

PUBLIC = "93.184.216.34"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({"/ball.png": http(b"a ball", more='ETag: "1"\r\n')}) as found:
        yield found


def get(url: str, allowed: Sequence[str] = (), **options: object) -> tuple[bytes, Fetched]:
    target = io.BytesIO()
    wanted = {"max_bytes": 1000, "timeout_s": 5.0, "allowed_hosts": allowed} | options
    fetched = fetch(url, target, **wanted)  # type: ignore[arg-type]
    return target.getvalue(), fetched


def refusal(url: str, allowed: Sequence[str] = (), **options: object) -> str:
    with pytest.raises(FetchRefused) as error:
        get(url, allowed, **options)
    return str(error.value)


def failure(url: str, allowed: Sequence[str] = (), **options: object) -> FetchFailed:
    with pytest.raises(FetchFailed) as error:
        get(url, allowed, **options)
    return error.value


def test_a_file_comes_with_what_the_server_says_of_it(server: Server) -> None:
    content, fetched = get(server.url(), [server.host])

    assert content == b"a ball"
    assert fetched == Fetched(server.url(), "image/png", '"1"', 6)


def test_the_server_is_told_its_own_name_and_asked_for_plain_content(server: Server) -> None:
    get(server.url(host="media.internal"), [f"media.internal:{server.port}"], resolve=always("127.0.0.1"))

    (head,) = server.heads
    assert f"host: media.internal:{server.port}" in head.lower()
    assert "accept-encoding: identity" in head.lower()


# --- private addresses --------------------------------------------------------------------------------------


def always(*addresses: str) -> Resolve:
    return lambda host, port: addresses


PRIVATE_HOSTS = [
    *(
        "127.0.0.1",
        "localhost",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0",
        "0.0.0.0",  # noqa: S104
    ),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "169.254.169.254", "10.0.0.1", "192.168.0.1"),
    *("127。0。0。1", "①②⑦.⓪.⓪.①", "user@127.0.0.1", "example.org@127.0.0.1", "127.0.0.1\\@example.org"),
]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_no_private_address_is_connected_to(server: Server, host: str, ports_of_tests_are_open: None) -> None:
    with pytest.raises(FetchError):
        get(server.url(host=host))

    assert server.connections == 0


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_no_redirect_leads_to_a_private_address(server: Server, host: str, ports_of_tests_are_open: None) -> None:
    with serving({"/": redirect(server.url(host=host))}) as outside, pytest.raises(FetchError):
        get(outside.url("/"), [outside.host])

    assert (outside.connections, server.connections) == (1, 0)


@pytest.fixture
def ports_of_tests_are_open(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """The servers of tests have ports that are refused for themselves; here the address alone must be what counts."""
    monkeypatch.setattr("storefront.fetching.addresses.PORTS", {"http": 80, "https": server.port})


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["fe80::1%lo"],
    ],
)
def test_a_name_with_any_private_address_is_refused(
    server: Server, addresses: list[str], ports_of_tests_are_open: None
) -> None:
    said = refusal(server.url(host="shop.example"), resolve=always(*addresses))

    assert "private network" in said
    assert server.connections == 0


def test_a_name_that_changes_its_address_gains_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch, ports_of_tests_are_open: None
) -> None:
    """The name is public when it is checked and private from then on: the checked address is the one connected to."""
    # No test may reach the real internet, so 127.0.0.2 plays it.
    monkeypatch.setattr("storefront.fetching.fetcher.is_public", lambda address: address == "127.0.0.2")
    answers = iter([["127.0.0.2"]])

    with serving({"/ball.png": http(b"public")}, address="127.0.0.2", port=server.port) as public:
        content, _ = get(server.url(host="shop.example"), resolve=lambda host, port: next(answers, ["127.0.0.1"]))

    assert content == b"public"
    assert (public.connections, server.connections) == (1, 0)


def test_a_name_that_changes_its_address_between_redirects_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/first"] = redirect("/ball.png")
    own = f"shop.example:{server.port}"
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    # The first look-up is allowed by hand; then the name stands for itself.
    allowed = {own}

    def rebinding(host: str, port: int) -> list[str]:
        found = next(answers)
        if found == ["127.0.0.2"]:
            allowed.clear()
            monkeypatch.setattr("storefront.fetching.addresses.PORTS", {"http": 80, "https": server.port})
        return found

    with pytest.raises(FetchRefused):
        fetch(
            server.url("/first", host="shop.example"),
            io.BytesIO(),
            max_bytes=1000,
            timeout_s=5,
            allowed_hosts=allowed,
            resolve=rebinding,
        )

    assert server.asked == ["/first"]


def test_a_proxy_of_the_environment_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url("/"))
        content, _ = get(server.url(), [server.host])

    assert content == b"a ball"
    assert proxy.connections == 0


# --- redirects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed(server: Server, status: str) -> None:
    server.answers["/old"] = redirect("ball.png#top", status)

    content, fetched = get(server.url("/old"), [server.host])

    assert (content, fetched.final_url) == (b"a ball", server.url())


def test_a_location_that_is_sent_twice_is_followed_once(server: Server) -> None:
    server.answers["/old"] = redirect("/ball.png").replace(b"\r\n\r\n", b"\r\nLocation: /ball.png\r\n\r\n", 1)

    assert get(server.url("/old"), [server.host])[0] == b"a ball"


def test_five_redirects_are_followed_and_no_more(server: Server) -> None:
    for step in range(7):
        server.answers[f"/{step}"] = redirect(f"/{step + 1}" if step < 5 else "/ball.png")

    assert get(server.url("/1"), [server.host])[0] == b"a ball"
    assert "more than 5 times" in refusal(server.url("/0"), [server.host])
    assert server.asked[-1] == "/5"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://a:b@127.0.0.1/", "http://[", "//[::1]:22/"]
)
def test_a_redirect_to_what_is_no_web_address_is_refused(server: Server, location: str) -> None:
    server.answers["/old"] = redirect(location)

    refusal(server.url("/old"), [server.host])


# --- limits -------------------------------------------------------------------------------------------------


def test_a_file_that_says_it_is_too_large_is_not_read(server: Server) -> None:
    server.answers["/large"] = http(b"x" * 1001)

    assert "larger than" in refusal(server.url("/large"), [server.host])


def test_a_file_that_does_not_say_how_large_it_is_is_cut_off(server: Server) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(http(length=False))
        while True:
            connection.sendall(b"x" * 10_000)

    server.answers["/endless"] = endless

    assert "larger than" in refusal(server.url("/endless"), [server.host])


def test_packed_content_is_refused(server: Server) -> None:
    server.answers["/bomb"] = http(gzip.compress(bytes(100_000)), more="Content-Encoding: gzip\r\n")

    assert "compresses the file" in refusal(server.url("/bomb"), [server.host])


def dripping(start: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", http(length=False)], ids=["line", "head", "body"]
)
def test_a_server_that_sends_a_byte_now_and_then_is_given_up_at_the_deadline(server: Server, start: bytes) -> None:
    server.answers["/slow"] = dripping(start)
    begun = time.monotonic()

    error = failure(server.url("/slow"), [server.host], timeout_s=0.5)

    assert "too slow" in str(error)
    assert not error.is_lasting
    assert time.monotonic() - begun < 2


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(server: Server) -> None:
    server.answers["/silent"] = lambda connection: time.sleep(3)

    assert "too slow" in str(failure(server.url("/silent"), [server.host], timeout_s=0.3))


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "is_lasting"),
    [
        *(("404 Not Found", True), ("410 Gone", True), ("403 Forbidden", True), ("304 Not Modified", True)),
        *(("429 Too Many", False), ("500 Oops", False), ("503 Later", False), ("204 No Content", False)),
    ],
)
def test_an_answer_without_a_file_fails_for_now_or_for_good(server: Server, status: str, is_lasting: bool) -> None:
    server.answers["/none"] = http(status=status)

    error = failure(server.url("/none"), [server.host])

    assert status[:3] in str(error)
    assert error.is_lasting == is_lasting


def test_a_page_in_place_of_a_picture_is_refused(server: Server) -> None:
    server.answers["/page"] = http(b"<html>", content_type="Text/HTML; charset=utf-8")

    assert "text/html" in refusal(server.url("/page"), [server.host], content_types=("image/",))
    assert get(server.url("/page"), [server.host])[1].content_type == "text/html"


def test_a_file_that_broke_off_is_asked_for_again_later(server: Server) -> None:
    server.answers["/half"] = http(b"x" * 100)[:-50]

    assert not failure(server.url("/half"), [server.host]).is_lasting


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"])
def test_an_answer_that_is_none_is_asked_for_again_later(server: Server, said: bytes) -> None:
    server.answers["/odd"] = said

    assert not failure(server.url("/odd"), [server.host]).is_lasting


def test_a_host_that_is_not_there_is_asked_for_again_later() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    error = failure("http://shop.example/ball.png", resolve=unknown)

    assert "shop.example" in str(error)
    assert not error.is_lasting


def test_a_second_address_is_tried_where_the_first_does_not_answer(server: Server) -> None:
    content, _ = get(
        server.url(host="media.internal"),
        [f"media.internal:{server.port}"],
        resolve=always("127.0.0.99", "127.0.0.1"),
    )

    assert content == b"a ball"


# --- https --------------------------------------------------------------------------------------------------


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with a certificate for shop.example, from an authority that is believed here."""
    authority = trustme.CA()
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("shop.example").configure_cert(ours)
    authority.configure_trust(theirs)
    monkeypatch.setattr("storefront.fetching.fetcher.tls", lambda: theirs)
    with serving({"/ball.png": http(b"a ball")}, tls=ours) as found:
        yield found


def test_a_certificate_is_checked_against_the_name_though_the_address_is_pinned(secure: Server) -> None:
    own = [f"shop.example:{secure.port}"]

    content, _ = get(f"https://shop.example:{secure.port}/ball.png", own, resolve=always("127.0.0.1"))

    assert content == b"a ball"


def test_a_certificate_for_another_name_is_not_believed(secure: Server) -> None:
    own = [f"other.example:{secure.port}"]

    error = failure(f"https://other.example:{secure.port}/ball.png", own, resolve=always("127.0.0.1"))

    assert not error.is_lasting
    assert secure.asked == []


def test_a_certificate_of_an_unknown_authority_is_not_believed() -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("shop.example").configure_cert(ours)
    with serving({"/ball.png": http(b"a ball")}, tls=ours) as found:
        own = [f"shop.example:{found.port}"]
        failure(f"https://shop.example:{found.port}/ball.png", own, resolve=always("127.0.0.1"))

    assert found.asked == []
