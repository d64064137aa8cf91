"""Connect to the shop of a sync object: with its token, at its pace, and verified to be the right one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torgsync.core.plan.guards import Allowed
from torgsync.files.config.tokens import read_token
from torgsync.jobs.context import JobContext
from torgsync.jobs.shop import refuse_other_shop
from torgsync.prom.api import Prom, connect
from torgsync.prom.http import PROM_URL
from torgsync.prom.request import RequestJournal

_NOTHING_ALLOWED = Allowed()


@contextmanager
def connect_shop(
    context: JobContext, journal: RequestJournal | None = None, *, allowed: Allowed = _NOTHING_ALLOWED
) -> Iterator[Prom]:
    """Yield the shop of an object once it was recognised as the one that the object was synchronised with.

    Args:
        context: The object and its token.
        journal: Where requests are recorded, None for a job that is no run.
        allowed: What a person allowed; `shop=ID` lets the object begin again in another shop.

    Raises:
        Unsafe: The token opens another shop.
    """
    with connect_unverified(context, journal) as prom:
        refuse_other_shop(context, prom, allowed)
        yield prom


@contextmanager
def connect_unverified(context: JobContext, journal: RequestJournal | None = None) -> Iterator[Prom]:
    """Yield the shop that the token of an object opens, whichever it is.

    For jobs that verify it themselves: `jobs/plan/update.py` recognises it by the first page of its list,
    which costs no request, and `doctor` reports each right of a token.
    """
    with context.transaction(durable=False) as work:
        names = work.adoptions.names()
    with connect(
        context.settings.prom_url or PROM_URL,
        read_token(context.file),
        shop=context.object.name,
        requests_per_second=context.object.limits.requests_per_second,
        journal=journal,
        names=names,
        on_idle=context.stop.wait,
    ) as prom:
        yield prom
