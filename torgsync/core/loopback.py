"""Hosts that are this machine itself, which no other machine reads, and hosts of private networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_EMBEDDING = tuple(
    (IPv6Network(network), shift)
    for network, shift in (("::/96", 0), ("64:ff9b::/96", 0), ("64:ff9b:1::/48", 0), ("2002::/16", 80))
)
"""Networks whose addresses hold one of IPv4, and how many bits are behind it: a gateway may pass on to it."""


def is_loopback(host: str) -> bool:
    """Return whether a host, a name or an address without a port, is this machine.

    Names below `localhost` are not: a name server may resolve them to any machine.
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Return whether a host is certainly not on the internet: this machine, or one of a private network."""
    try:
        return not is_public(host)
    except ValueError:
        return "." not in host or host.casefold().endswith((".local", ".localhost", ".lan", ".internal"))


def is_public(address: str) -> bool:
    """Return whether an IP address, as a resolver returns it, is on the internet.

    An address of IPv4 that one of IPv6 holds has to be there too. Raises ValueError for what is none.
    """
    return all(
        one.is_global and not one.is_multicast for one in _meant(ip_address(address.partition("%")[0]))
    )


def is_link_local(address: str) -> bool:
    """Return whether an IP address is of this link alone, where a cloud gives its secrets to whoever asks."""
    return any(one.is_link_local for one in _meant(ip_address(address.partition("%")[0])))


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return an address, and the one of IPv4 in it; one that is only written as IPv6 is that of IPv4."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    held = [
        IPv4Address(int(address) >> shift & 0xFFFFFFFF) for network, shift in _EMBEDDING if address in network
    ]
    return [address, *held]
