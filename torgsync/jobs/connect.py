"""The marketplace of a sync object, with its token and at its pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torgsync.files.config.tokens import read_token
from torgsync.jobs.context import Desk
from torgsync.prom.api import Prom, connect
from torgsync.prom.http import PROM_URL, Journal


@contextmanager
def prom_of(desk: Desk, journal: Journal | None = None) -> Iterator[Prom]:
    """Yield the marketplace of an object, with its token."""
    with desk.memory(lasting=False) as memory:
        names = memory.adoptions.names()
    with connect(
        desk.settings.prom_url or PROM_URL,
        read_token(desk.file),
        shop=desk.object.name,
        requests_per_second=desk.object.limits.requests_per_second,
        journal=journal,
        names=names,
        rests=desk.brake.rest,
    ) as prom:
        yield prom
