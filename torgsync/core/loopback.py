"""Hosts that are this machine itself: no other machine reads what is sent to them."""

from __future__ import annotations

from ipaddress import ip_address


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
