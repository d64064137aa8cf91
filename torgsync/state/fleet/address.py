"""The address of the server on which a state is, for what else is kept on it."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from torgsync.state.server import OPTIONS


def server_address(url: str) -> str | None:
    """Return the address of a state on PostgreSQL as libpq takes it, with its password; None for others.

    Its connections give up as soon as those of the state, where it does not say otherwise.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    if address.get_backend_name() != "postgresql":
        return None
    options = {name: str(value) for name, value in OPTIONS.items() if name not in address.query}
    plain = address.set(drivername="postgresql").update_query_dict(options)
    return plain.render_as_string(hide_password=False)
