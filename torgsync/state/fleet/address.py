"""The address of the server on which a state is, for what else is kept on it."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def server_address(url: str) -> str | None:
    """Return the address of a state on PostgreSQL as libpq takes it, with its password; None for others."""
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    if address.get_backend_name() != "postgresql":
        return None
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
