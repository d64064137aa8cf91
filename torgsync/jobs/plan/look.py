"""Look at Prom: record what it shows now, everything once a week, in between what was modified since.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.channels import OVERLAP
from torgsync.core.plan.guards import Allowed
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.shop import groups_of, refuse_other_shop
from torgsync.prom.api import Prom

FULL_LOOK_EVERY = timedelta(days=7)


def look(context: JobContext, prom: Prom, *, full: bool, allowed: Allowed | None) -> tuple[Finding, ...]:
    """Record what Prom shows now.

    After a full look, every product that should be there and was not listed is requested by its id: a list
    proves no absence (prom-api §11 Q3).

    Args:
        context: The object.
        prom: Its shop.
        full: Whether everything is listed, whenever that was done last.
        allowed: What a person allowed, to check the shop before anything is recorded; None where the caller
            has checked it.

    Returns:
        A finding where products exist that the list leaves out.

    Raises:
        Unsafe: The token opens another shop.
    """
    started = context.now()
    with context.transaction() as work:
        looks, first_run = work.object_state.looks(), not work.object_state.begun()
        number = work.object_state.begin_look()
    # Until something was sent, the shop may be emptied in the cabinet, which no look at changes would show.
    full = (
        full
        or first_run
        or looks.looked is None
        or looks.full is None
        or started - looks.full > FULL_LOOK_EVERY
    )
    usual = _known_products(context) if full else None
    since = None if full or looks.looked is None else looks.looked - OVERLAP
    context.report(Progress(Stage.LOOK, 0, usual))
    pages = prom.products(modified_from=since)
    first = next(pages, [])
    if allowed is not None and not first_run:
        refuse_other_shop(context, prom, allowed, first)
        with context.transaction() as work:
            forgotten = not work.object_state.begun()
        if forgotten:
            return look(context, prom, full=True, allowed=None)
    listed = 0
    for page in chain([first], pages):
        with context.transaction() as work:
            work.existing.remember_existing(page, number)
        listed += len(page)
        context.report(Progress(Stage.LOOK, listed, max(usual, listed) if usual else None))
    hidden = _request_unlisted(context, prom, number) if full else 0
    groups = groups_of(prom) if full and not first_run else frozenset()
    with context.transaction() as work:
        work.object_state.end_look(started, full=full)
        if groups:
            work.object_state.remember_groups(groups)
        prom.names = work.adoptions.names()
    return (Finding(Code.LIST_INCOMPLETE, args={"count": hidden}),) if hidden else ()


def _known_products(context: JobContext) -> int | None:
    """Return how many products the shop had at the last look, None where there was none."""
    with context.transaction() as work:
        return work.existing.existing_count() or None


def _request_unlisted(context: JobContext, prom: Prom, number: int) -> int:
    """Request every product that the look `number` did not list, and return how many of them exist."""
    with context.transaction() as work:
        unseen = work.existing.unseen(number)
    hidden = 0
    for done, good_id in enumerate(unseen, 1):
        context.report(Progress(Stage.LOOK, done, len(unseen)))
        if product := prom.product(good_id):
            hidden += 1
            with context.transaction() as work:
                work.existing.remember_existing([product], number)
    with context.transaction() as work:
        work.existing.forget_unseen(number)
    return hidden
