"""Connections to servers that a sync object names, by rules about where they may be.

A name is resolved once, every address that it has is checked, and the connection goes to one of these: a name
that changes its address between the look and the connection gets no connection to another one.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import NamedTuple

from torgsync.core.loopback import is_link_local, is_public
from torgsync.core.reach import Reach
from torgsync.files.places.place import PlaceUntrusted
from torgsync.i18n import _


class Resolved(NamedTuple):
    """One address of a server, as the socket library takes it."""

    family: int
    ip: str


def resolve(host: str, port: int, reach: Reach) -> list[Resolved]:
    """Return the addresses of a server. Raises PlaceUntrusted where it may not be, OSError for no address."""
    with suppress(UnicodeError):  # a name that can be none
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        resolved = [Resolved(family, str(where[0])) for family, _type, _proto, _name, where in found]
        for one in resolved:
            _refuse(one.ip, reach)
        return resolved
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def connect(host: str, port: int, reach: Reach, timeout: float) -> socket.socket:
    """Return a connection to a server, to the first of its addresses that answers. Raises as `resolve`."""
    failure: OSError | None = None
    for one in resolve(host, port, reach):
        try:
            return socket.create_connection((one.ip, port), timeout)
        except OSError as trouble:
            failure = trouble
    raise failure or socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _refuse(ip: str, reach: Reach) -> None:
    if is_public(ip):
        if not reach.public:
            raise PlaceUntrusted(
                _(
                    "it is on the internet ({ip}), and `http://` is not encrypted: others could change the "
                    "file",
                    ip=ip,
                ),
                _("give the address with https://"),
            )
    elif not reach.private or (is_link_local(ip) and not reach.own_keys):
        raise PlaceUntrusted(_("it is this computer, or one of a private network: {ip}", ip=ip), reach.hint)
