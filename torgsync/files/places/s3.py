"""S3 services that may not be anywhere."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from torgsync.core.reach import Reach
from torgsync.files.places.reach import resolve


class _CheckedResolver(AbstractResolver):
    """Resolves names to addresses that were checked."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises PlaceUntrusted, OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, resolve, host, port, self._reach)
        return [
            ResolveResult(
                hostname=host,
                host=one.ip,
                port=port,
                family=one.family,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for one in found
            if family in (socket.AF_UNSPEC, one.family)
        ]

    async def close(self) -> None:
        """Do nothing: nothing is open."""


def checked_options(options: dict[str, Any], reach: Reach) -> dict[str, Any]:
    """Return the options of a service that is asked by the rules of `reach`. Raises PlaceUntrusted."""
    if endpoint := options.get("endpoint_url"):
        address = urlsplit(str(endpoint))
        resolve(address.hostname or "", address.port or 443, reach)  # a resolver is not asked for numbers
    config = options.get("config_kwargs", {}) | {"connector_args": {"resolver": _CheckedResolver(reach)}}
    anonymous = {} if reach.own_keys or options.get("key") else {"anon": True}
    return options | {"config_kwargs": config} | anonymous
