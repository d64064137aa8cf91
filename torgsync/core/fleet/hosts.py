"""Hosts as they are compared before something secret is sent to one: exactly, with their port."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from torgsync.core.addresses import names_host
from torgsync.i18n import _

_PORTS = {"https": 443, "http": 80, "ftp": 21, "sftp": 22}
_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
AMAZON = "s3.amazonaws.com"
"""The host of every bucket whose place names no other one."""


class Host(NamedTuple):
    """A host and its port, None for the usual port of whatever is spoken there.

    A name is compared letter by letter: one that is written in `xn--` form is another one, since not all
    programs agree on which name in other letters it means.
    """

    name: str
    port: int | None = None

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


def read_host(text: str) -> Host:
    """Return the host of `shop.example`, `shop.example:8443` or `[::1]:8080`. Raises ValueError."""
    bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
    host = host_of(f"//{bare}") if re.fullmatch(r"[\w.:\[\]-]+", text) else None
    if host is None:
        raise ValueError(
            _('"{given}" is not a host such as `shop.example` or `shop.example:8443`', given=text)
        )
    return host


def host_of(address: str) -> Host | None:
    """Return the host that an address names; None where programs may read it as different ones."""
    if not names_host(address):
        return None
    parts = urlsplit(address)
    name, port = parts.hostname or "", parts.port
    authority = parts.netloc.rpartition("@")[2]
    written = authority.translate(_UPPER).removeprefix("[").replace("]", "", 1)
    name = re.sub(rf":0*{port}?$", "", written) if port is not None else written.removesuffix(":")
    if name.casefold() != (parts.hostname or "").casefold() or re.search(r"[\s\\%]", parts.netloc):
        return None
    usual = port is None or port == _PORTS.get(parts.scheme.casefold())
    return Host(name.removesuffix("."), None if usual else port)
