"""Hosts that are this machine itself, which no other machine reads, and hosts of private networks."""

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


def is_private(host: str) -> bool:
    """Return whether a host is certainly not on the internet: this machine, or one of a private network."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.casefold().endswith((".local", ".localhost", ".lan", ".internal"))
