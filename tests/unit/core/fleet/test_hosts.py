"""Hosts are compared exactly, and an address that programs may read in two ways has none."""

from __future__ import annotations

import pytest

from torgsync.core.fleet.hosts import Host, host_of, read_host


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://my.prom.ua/api/v1", Host("my.prom.ua")),
        ("HTTPS://MY.Prom.UA./api/v1", Host("my.prom.ua")),
        ("https://my.prom.ua:443/api/v1", Host("my.prom.ua")),
        ("https://my.prom.ua:0443/", Host("my.prom.ua")),
        ("https://my.prom.ua:/api/v1", Host("my.prom.ua")),
        ("http://my.prom.ua:443/", Host("my.prom.ua", 443)),
        ("https://my.prom.ua:8443/", Host("my.prom.ua", 8443)),
        ("https://my.prom.ua#@evil.example/", Host("my.prom.ua")),
        ("https://my.prom.ua@evil.example/", Host("evil.example")),
        ("https://evil.example?my.prom.ua", Host("evil.example")),
        ("https://my.prom.ua.evil.example", Host("my.prom.ua.evil.example")),
        ("https://[::1]:8080/", Host("::1", 8080)),
        ("sftp://user@server.example:22/x", Host("server.example")),
        ("https://крамниця.укр/", Host("крамниця.укр")),
        ("https://xn--80aja0ach2a.xn--j1amh/", Host("xn--80aja0ach2a.xn--j1amh")),
        ("https://ШОП.example/", Host("ШОП.example")),
        ("https://evil.example\\@my.prom.ua/", None),
        ("https://my.prom.ua\\.evil.example/", None),
        ("https://%6dy.prom.ua/", None),
        ("https://my.prom.ua:port/", None),
        ("https://my.prom.ua\n.evil.example/", None),
        ("https:///api/v1", None),
        ("https://[::1/", None),
    ],
)
def test_the_host_of_an_address(address: str, host: Host | None) -> None:
    """Only letters of the Latin alphabet are made small; the usual port is none; one dot may end a name."""
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("shop.example", Host("shop.example")),
        ("Shop.Example.:8443", Host("shop.example", 8443)),
        ("::1", Host("::1")),
        ("[::1]:8080", Host("::1", 8080)),
        ("127.0.0.1:8520", Host("127.0.0.1", 8520)),
    ],
)
def test_a_host_that_is_allowed(text: str, host: Host) -> None:
    """It is written without an address around it, and comes back as it is shown."""
    assert read_host(text) == host
    assert read_host(str(host)) == host


@pytest.mark.parametrize(
    "text", ["", "https://shop.example", "shop.example/", "a@shop.example", "shop example", "x:y", "*\\"]
)
def test_what_is_no_host(text: str) -> None:
    """It is repeated with how one looks."""
    with pytest.raises(ValueError, match=r"is not a host such as `shop.example`"):
        read_host(text)
