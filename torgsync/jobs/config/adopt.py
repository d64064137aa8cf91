"""Takes a shop over in one run: match its products to goods, show them to a person, and store the pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torgsync.core.plan.adopt import Matching
from torgsync.errors import Exit
from torgsync.jobs.connect import connect_unverified
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.adopt import Decide, match_shop, take_over
from torgsync.jobs.run import refuse_held, running


@dataclass(frozen=True, slots=True)
class AdoptionView:
    """The result of taking a shop over; after a `first_run` the imports of today are unknown."""

    matching: Matching
    adopted: bool
    exit_code: Exit
    first_run: bool


def adopt(context: JobContext, decide: Decide | None, agree: Callable[[Matching], bool]) -> AdoptionView:
    """ProductMatch products to goods; where `agree` returns True for the result, it is stored.

    Raises:
        Busy: Another run holds the object.
    """
    refuse_held(context)
    with running(context) as run, connect_unverified(context, run) as prom:
        matching = match_shop(context, prom, decide)
        adopted = agree(matching)
        if adopted:
            take_over(context, prom, matching)
        run.exit_code = Exit.HELD if adopted and matching.ambiguous else Exit.DONE
        with context.transaction(durable=False) as work:
            first_run = work.history.count() == 1
    return AdoptionView(matching, adopted, run.exit_code, first_run)
