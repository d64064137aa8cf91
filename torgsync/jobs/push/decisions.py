"""Record what a person decided of a plan that is about to be performed, and keep what is left to decide."""

from __future__ import annotations

import json
from collections.abc import Iterator

from torgsync.core.plan.approval.kept import KeptPlan
from torgsync.core.plan.guards import Guard, encode_measure, kinds_in, prices_allowance
from torgsync.core.plan.plan import MOVED
from torgsync.core.plan.plan_guards import selection, stops_removals
from torgsync.core.reason import Args
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import PlanResult
from torgsync.state.runs.journal import Holder, Override

_OF_REMOVALS = frozenset({Guard.REMOVALS, Guard.EXPORT_ROWS})
"""Guards that hold removals: a changed selection that caused these is still news for the next plan."""
_STOPPED_BY = {
    Guard.REMOVALS: _OF_REMOVALS,
    Guard.EXPORT_ROWS: _OF_REMOVALS,
    Guard.DELETIONS: {Guard.EXPORT_ROWS},
}
"""Guards that stop what a person allowed of another one: nothing of it was sent then."""


def note_decisions(context: JobContext, run: int, result: PlanResult) -> None:
    """Record which guards a person opened for a plan that is about to be performed, and its selection."""
    with context.transaction() as work:
        work.journal.note_overrides(run, overrides(result), Holder(*who()), context.now())
        if not (
            result.undone
            or result.approval
            or result.plan.choice
            or any(violation.guard in _OF_REMOVALS for violation in result.plan.violations)
            or stops_removals(kinds_in(result.plan.violations))
        ):
            work.object_state.note_selection(json.dumps(selection(context.object), sort_keys=True))


def overrides(result: PlanResult) -> Iterator[Override]:
    """Yield the guards that a person opened for a plan; many prices are one override."""
    plan, approval = result.plan, result.approval
    of: Args = {"plan": approval.name, "plan_run": approval.run} if approval else {}
    closed = set() if approval else kinds_in(plan.violations)
    prices = [violation for violation in plan.overrides if violation.guard is Guard.PRICE]
    if prices and Guard.PRICE not in closed:
        more = {"more": len(prices) - 1} if len(prices) > 1 else {}
        args = {**encode_measure(prices[0].measure), **more, **of}
        yield Override(Guard.PRICE, prices_allowance(prices), args)
    holding = set() if approval else {violation.guard for violation in plan.violations}
    for violation in plan.overrides:
        if violation.guard not in (Guard.PRICE, *closed) and not holding & _STOPPED_BY.get(
            violation.guard, set()
        ):
            args = {**encode_measure(violation.measure), **of}
            yield Override(violation.guard, violation.allowance, args)


def keep_held(context: JobContext, run: int, result: PlanResult) -> str:
    """Keep what a plan holds and a person may approve; return its name, empty where that is nothing."""
    plan = result.plan
    with context.transaction() as work:
        held = {guard for guard, _verb in work.plans.holds(result.number)} - {MOVED}
        if not held:
            return ""
        priced = work.held_plans.held_by(result.number, Guard.PRICE)
        violations = tuple(
            violation
            for violation in plan.violations
            if violation.guard is not Guard.PRICE or violation.good_id in priced
        )
        work.held_plans.keep(KeptPlan(plan.id, run, result.number, context.now(), violations))
    return plan.id
