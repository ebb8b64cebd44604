"""Which addresses may be asked."""

from __future__ import annotations

import pytest

from storefront.fetching.addresses import check_url, is_public
from storefront.fetching.errors import FetchRefused


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.5", "224.0.0.1"),
        "0.0.0.0",  # noqa: S104
        *("239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00::1"),
        *("100::1", "5f00::1", "not an address", "", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"),
    ],
)
def test_what_is_not_of_the_public_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"],
)
def test_an_address_of_the_public_internet_is_public_in_each_of_its_forms(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "gopher://example.org/", "ftp://example.org/a.png", "data:image/png;base64,AA"),
        *("//example.org/a.png", "a.png", "", "http:///a.png", "http://", "http://[oops", "http://exa mple/"),
        *("http://user@example.org/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/"),
        *("http://127.0.0.1\\@example.org/", "http://127.0.0.1%2f@example.org/", "http://ex%61mple.org/"),
        *("http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0x7f000001/", "http://127.1/"),
        *("http://0/", "http://127.0.0.1./", "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/"),
        *("http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/"),
        *("http://169.254.169.254/latest/meta-data/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/"),
        *("http://example.org:22/", "http://example.org:6379/", "http://example.org:0/", "http://example.org:99999/"),
        *("http://exam\tple.org/", "http://example.org\r\nX: y/", "http://" + "a" * 70_000 + "/"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://example.org/a.png",
            "HTTPS://Example.ORG:443/a.png",
            "https://example.org:80/",
            "http://93.184.216.34/",
        ),
        *("http://[2606:2800:220:1::1]/", "https://bücher.example/ä b.png?ü=1#top", "http://my_bucket.example/a.png"),
    ],
)
def test_an_address_of_the_web_may_be_asked(url: str) -> None:
    assert check_url(url).scheme in ("http", "https")


def test_the_shops_own_hosts_may_be_asked_though_they_are_private() -> None:
    own = ("10.0.0.5", "media.internal:9000", "[::1]:81")

    assert check_url("http://10.0.0.5/a.png", own).port is None
    assert check_url("http://MEDIA.internal.:9000/a.png", own).port == 9000
    assert check_url("http://[::1]:81/", own).port == 81


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.5:22/", "http://10.0.0.6/", "http://media.internal:9001/", "http://a@10.0.0.5/", "ftp://10.0.0.5/"],
)
def test_naming_a_host_opens_none_of_its_other_ports(url: str) -> None:
    with pytest.raises(FetchRefused):
        check_url(url, ("10.0.0.5", "media.internal:9000"))
