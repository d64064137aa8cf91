"""One run from its lease to its exit code, whatever its plan comes from.

The order of the work is that of docs/developers/architecture.md §6.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from torgsync.core.plan.guards import Allowed
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.reason import Reason
from torgsync.errors import Exit, TorgsyncError
from torgsync.jobs.connect import connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import FetchResult, fetch_orders
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.push.perform import decline, perform, recover
from torgsync.jobs.push.plan_source import PlanSource
from torgsync.jobs.run import Run, running
from torgsync.prom.api import Prom


class Notice(StrEnum):
    """What a person should hear while a run goes on."""

    ORDERS_LEFT = "orders-left"
    IMPORT_RECOVERED = "import-recovered"
    EARLIER_RECONCILED = "earlier-reconciled"  # count


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """What a run did.

    Args:
        run: Its number in the journal.
        made: The plan, None where only orders were fetched.
        fetched: What the fetch of orders brought, None where there was none.
        declined: Whether a person answered that nothing is to be sent.
        outcomes: How many changes ended how.
        requests: How many requests were sent, keyed by method and endpoint.
        trouble: What ended the run early.
        exit_code: The gravest of all that happened.
    """

    run: int
    made: PlanResult | None
    fetched: FetchResult | None
    declined: bool = False
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    trouble: TorgsyncError | None = None
    exit_code: Exit


def execute(
    context: JobContext,
    source: PlanSource | None,
    *,
    allowed: Allowed,
    fetches: bool,
    waits: bool = True,
    confirm: Callable[[PlanResult], bool],
    notify: Callable[[Reason[Notice]], None],
) -> RunView:
    """Perform one run of an object and return what it did.

    Args:
        context: The object.
        source: Where the plan comes from; None for a run that only fetches orders.
        allowed: What a person allowed; it may let the object begin again in another shop.
        fetches: Whether orders are fetched before the plan is made.
        waits: Whether the end of an import is waited for; otherwise it is left to the next run.
        confirm: Shows the plan and returns whether it may be sent; asked of an empty plan too.
        notify: Receives what a person should hear meanwhile.

    Raises:
        Busy: Another run holds the object.
        Unsafe: The token opens another shop, or the plan would do harm.
        PlanStale: A saved plan is out of date.
        TorgsyncError: Whatever ends the run before its plan is performed. Later trouble is in the view.
    """
    with running(context) as run:
        context = run.context
        if source:
            source.refuse_stale(context)
        with connect_shop(context, run, allowed=allowed) as prom:
            fetched = fetch_orders(context, prom) if fetches else None
            if source and source.from_export and not fetches:
                notify(Reason(Notice.ORDERS_LEFT))
            made = _plan(context, prom, run, source, waits=waits, notify=notify) if source else None
            agreed = made is None or confirm(made)
            trouble = None
            if made and made.plan.counts.changes:
                if agreed:
                    trouble = perform(context, prom, run, made, waits=waits)
                else:
                    decline(context, made)
                    run.exit_code = fetched.exit_code if fetched else Exit.DONE
                    return RunView(
                        run=run.number, made=made, fetched=fetched, declined=True, exit_code=run.exit_code
                    )
        outcomes, requests = _sums(context, run, made)
        run.exit_code = _exit_code(made, fetched, outcomes, trouble)
        return RunView(
            run=run.number,
            made=made,
            fetched=fetched,
            outcomes=outcomes,
            requests=requests,
            trouble=trouble,
            exit_code=run.exit_code,
        )


def _plan(
    context: JobContext,
    prom: Prom,
    run: Run,
    source: PlanSource,
    *,
    waits: bool,
    notify: Callable[[Reason[Notice]], None],
) -> PlanResult:
    """Return the plan to perform, once the import that an earlier run left is reconciled."""
    if recover(context, prom, run, waits=waits):
        notify(Reason(Notice.IMPORT_RECOVERED))
    made = source.make(context, prom, run)
    if made.reconciled:
        notify(Reason(Notice.EARLIER_RECONCILED, {"count": made.reconciled}))
    return made


def _sums(
    context: JobContext, run: Run, made: PlanResult | None
) -> tuple[Mapping[Outcome, int], Mapping[str, int]]:
    """Return how many changes ended how, and how many requests each endpoint got."""
    with context.transaction() as work:
        outcomes = work.plans.outcomes(made.number) if made else {}
        sent = work.journal.requests(run.number)
    return outcomes, Counter(f"{request.method} {request.endpoint}" for request in sent)


def _exit_code(
    made: PlanResult | None,
    fetched: FetchResult | None,
    outcomes: Mapping[Outcome, int],
    trouble: TorgsyncError | None,
) -> Exit:
    """Return the exit code of the whole: the gravest thing that happened."""
    codes = [fetched.exit_code] if fetched else []
    if trouble:
        codes.append(trouble.exit_code)
    elif outcomes.get(Outcome.REFUSED) or outcomes.get(Outcome.UNCLEAR):
        codes.append(Exit.PARTIAL)
    elif outcomes.get(Outcome.DEFERRED):
        codes.append(Exit.TEMPORARY)
    elif made and made.plan.counts.held:
        codes.append(Exit.HELD)
    if made and made.undone and made.undone.remains:
        codes.append(Exit.PARTIAL)
    return Exit.worst(codes)
