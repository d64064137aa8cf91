"""Which addresses are on the internet, however they are written."""

from __future__ import annotations

import pytest

from torgsync.core.loopback import is_link_local, is_loopback, is_private, is_public


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"],
)
def test_addresses_on_the_internet(address: str) -> None:
    """An address of IPv4 may be written as one of IPv6, or be reached through a gateway."""
    assert is_public(address)
    assert not is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104  # nothing listens here
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "239.1.1.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
    ],
)
def test_addresses_that_are_not(address: str) -> None:
    """Not even where the one of IPv4 in it is what counts."""
    assert not is_public(address)
    assert is_private(address)


@pytest.mark.parametrize(
    ("host", "private", "loopback"),
    [
        ("localhost", True, True),
        ("shop.localhost", True, False),
        ("nas", True, False),
        ("nas.local", True, False),
        ("shop.example", False, False),
    ],
)
def test_names(host: str, private: bool, loopback: bool) -> None:
    """A name without a dot is one of this network."""
    assert (is_private(host), is_loopback(host)) == (private, loopback)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("169.254.169.254", True),
        ("::ffff:169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("10.0.0.1", False),
    ],
)
def test_a_link_is_no_network(address: str, local: bool) -> None:
    assert is_link_local(address) is local
