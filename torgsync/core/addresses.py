"""Addresses on the internet that people typed: whether they have a host that can be asked."""

from __future__ import annotations

from urllib.parse import urlsplit


def names_host(address: str) -> bool:
    """Return whether host and port of an address can be read, and no control character is in it."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # half an IPv6 address, or a port that is none
        return False
    # `urlsplit` drops line ends and tabs without a word.
    return bool(parts.hostname) and port != 0 and address.isprintable()


def scheme_alone(address: str) -> str:
    """Return an address without what is secret of it."""
    scheme, mark, _rest = address.partition("://")
    return f"{scheme}{mark}…" if mark else "…"
