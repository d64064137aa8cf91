"""Performs a plan: creations, updates, removals, each remembered good by good as Prom accepts it.

Orders are fetched before (`jobs/orders/fetch.py`). Removals go last, and only if nothing before them failed.
Source: docs/developers/architecture.md §6.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Allowed, Guard, encode_measure, prices_allowance
from torgsync.core.plan.plan import Plan
from torgsync.core.plan.plan_guards import selection
from torgsync.errors import Exit, Interrupted, Temporary, TorgsyncError
from torgsync.files.config.settings import who
from torgsync.jobs.context import JobContext, Stage
from torgsync.jobs.orders.fetch import FetchResult
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.edits import Editor
from torgsync.jobs.push.imports import Importer
from torgsync.jobs.push.outcomes import Outcomes
from torgsync.jobs.run import Run
from torgsync.prom.api import Prom
from torgsync.state.runs.journal import Holder, Override
from torgsync.state.runs.plans import State

_OF_REMOVALS = frozenset({Guard.REMOVALS, Guard.EXPORT_ROWS})
"""Guards that hold removals: what caused these is still news for the next plan."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did. `outcomes` counts changes by what became of them; `trouble` is what ended it early."""

    run: int
    outcomes: dict[State, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    trouble: TorgsyncError | None = None

    def exit_code(self, made: PlanResult | None, fetched: FetchResult | None) -> Exit:
        """Return the exit code of the whole: the gravest thing that happened."""
        if self.trouble:
            return self.trouble.exit_code
        if self.outcomes.get(State.REFUSED) or self.outcomes.get(State.UNCLEAR):
            return Exit.PARTIAL
        if self.outcomes.get(State.DEFERRED):
            return Exit.TEMPORARY
        held = (made.plan.counts.held if made else 0) or (fetched and fetched.waits)
        return Exit.HELD if held else Exit.DONE


def recover(context: JobContext, prom: Prom, run: Run, *, waits: bool = True) -> bool:
    """Settle the import that a run left behind when it died; return whether there was one.

    It is found again by its id, waited for, and its products are read back: nothing of it is sent twice.
    Raises Temporary where it goes on, and this run `waits` for none.
    """
    with context.transaction() as work:
        unfinished = work.journal.unfinished_import()
    if unfinished is None:
        return False
    outcomes = Outcomes(context, unfinished.plan, late=True)
    editor = Editor(context, prom, outcomes)
    importer = Importer(context, prom, outcomes, editor, run.number, waits=waits, back=unfinished.undoes)
    importer.resume(unfinished)
    return True


def prepare(
    context: JobContext, prom: Prom, run: Run, *, allowed: Allowed, only: Sequence[str] = ()
) -> PlanResult:
    """Make the plan that this run is to perform.

    It belongs to the run at once, so that nobody's look forgets it while a person thinks it over. That it is
    the right shop was looked at before anything was brought home.
    """
    made = update(context, prom, allowed=allowed, only=only, shop_verified=True, run=run.number)
    with context.transaction() as work:
        work.journal.plan_of_run(run.number, made.number, usual_rows(made.plan))
    return made


def usual_rows(plan: Plan) -> int | None:
    """Return how many rows the export has, None where it shrank by accident, as far as nobody said otherwise.

    What a guard holds must not become the measure that the guard has.
    """
    shrunk = any(violation.guard is Guard.EXPORT_ROWS for violation in plan.violations)
    return None if shrunk else plan.export.goods


def decline(context: JobContext, made: PlanResult) -> None:
    """Write down that a person wanted nothing of a plan to be sent."""
    Outcomes(context, made.number).defer_open("not sent: a person said no")


def perform(context: JobContext, prom: Prom, run: Run, made: PlanResult, *, waits: bool = True) -> RunResult:
    """Perform a plan's changes that nothing holds, and return what became of them.

    Unless it `waits`, an import's end is left to the next run, and so are removals then.
    What cannot be reached after trouble stays for the next run. The trouble is in the answer, not raised:
    what was done before it must be told too.
    """
    outcomes = Outcomes(context, made.number)
    trouble: TorgsyncError | None = None
    with context.transaction() as work:
        work.journal.note_overrides(run.number, overrides(made.plan), Holder(*who()), context.now())
        if not (made.undone or any(violation.guard in _OF_REMOVALS for violation in made.plan.violations)):
            work.object_state.note_selection(json.dumps(selection(context.object), sort_keys=True))
    try:
        _perform(context, prom, run, made, outcomes, waits=waits)
    except Interrupted as error:
        trouble = error
        outcomes.defer_open("not reached: stopped by a person")
    except TorgsyncError as error:
        trouble = error
        outcomes.defer_open(f"not reached: {error.message}")
    return run_result(context, run, made, trouble)


def overrides(plan: Plan) -> Iterator[Override]:
    """Yield the guards that a person opened for a plan; many prices are one."""
    prices = [violation for violation in plan.overrides if violation.guard is Guard.PRICE]
    if prices:
        more = {"more": len(prices) - 1} if len(prices) > 1 else {}
        args = {**encode_measure(prices[0].measure), **more}
        yield Override(Guard.PRICE, prices_allowance(prices), args)
    held = any(
        violation.guard in _OF_REMOVALS for violation in plan.violations
    )  # then no removal went, whatever was allowed
    for violation in plan.overrides:
        if violation.guard is not Guard.PRICE and not (held and violation.guard in _OF_REMOVALS):
            yield Override(violation.guard, violation.allowance, encode_measure(violation.measure))


def run_result(
    context: JobContext, run: Run, made: PlanResult | None, trouble: TorgsyncError | None = None
) -> RunResult:
    """Return what the memory holds of a run."""
    with context.transaction() as work:
        ended = work.plans.outcomes(made.number) if made else {}
        requests = Counter(
            f"{request.method} {endpoint(request.path)}" for request in work.journal.requests(run.number)
        )
    return RunResult(run.number, ended, dict(requests), trouble)


def endpoint(path: str) -> str:
    """Return an endpoint without the ids in its path."""
    parts = [part for part in path.split("/") if part]
    if parts[:2] == ["products", "by_external_id"]:
        return "products/by_external_id"
    if parts[:3] == ["products", "import", "status"]:
        return "products/import/status"
    return "/".join(parts[:2])


def _perform(
    context: JobContext, prom: Prom, run: Run, made: PlanResult, outcomes: Outcomes, *, waits: bool
) -> None:
    counts, offers = made.plan.counts, made.plan.offers
    editor = Editor(context, prom, outcomes)
    postponed: TorgsyncError | None = None
    back = made.undone is not None
    importer = Importer(context, prom, outcomes, editor, run.number, waits=waits, back=back)
    try:
        importer.perform(offers, made.plan.budget.imports_left)
    except Temporary as busy:
        # Prom takes no import now; prices and stock need none and must not wait for it.
        postponed = busy
    editor.perform(counts.update, Verb.UPDATE, Stage.EDIT)
    if importer.occupied and waits:
        try:
            importer.perform_when_free()
            postponed = None
        except Temporary as busy:
            postponed = busy
    outcomes.failed = outcomes.failed or postponed is not None
    if outcomes.failed:
        outcomes.defer_open("products are taken out only when everything before went well")
    elif importer.left:
        outcomes.defer_open("products are taken out only when the end of the import is known")
    else:
        editor.perform(counts.remove, Verb.REMOVE, Stage.REMOVE)
    if postponed:
        raise postponed
