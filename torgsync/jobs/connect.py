"""The marketplace of a sync object, with its token and at its pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torgsync.files.config.tokens import read_token
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom, connect
from torgsync.prom.http import PROM_URL
from torgsync.prom.request import RequestJournal


@contextmanager
def prom_of(context: JobContext, journal: RequestJournal | None = None) -> Iterator[Prom]:
    """Yield the marketplace of an object, with its token."""
    with context.transaction(durable=False) as work:
        names = work.adoptions.names()
    with connect(
        context.settings.prom_url or PROM_URL,
        read_token(context.file),
        shop=context.object.name,
        requests_per_second=context.object.limits.requests_per_second,
        journal=journal,
        names=names,
        on_idle=context.stop.rest,
    ) as prom:
        yield prom
