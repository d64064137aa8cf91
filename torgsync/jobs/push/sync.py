"""Performs a plan: creations, updates, removals, each remembered good by good as Prom accepts it.

Orders are fetched before (`jobs/orders/fetch.py`). Removals go last, and only if nothing before them failed.
Source: docs/developers/architecture.md §6.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torgsync.core.plan import guards
from torgsync.core.plan.decide import Plan
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Allowed, Guard
from torgsync.errors import Exit, Interrupted, Temporary, TorgsyncError
from torgsync.files.config.settings import who
from torgsync.jobs.context import Desk, Stage
from torgsync.jobs.orders.fetch import Fetched
from torgsync.jobs.plan.update import Made, update
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
class Performed:
    """What a run did. `outcomes` counts changes by what became of them; `trouble` is what ended it early."""

    run: int
    outcomes: dict[State, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    trouble: TorgsyncError | None = None

    def exit_code(self, made: Made | None, fetched: Fetched | None) -> Exit:
        """Return the exit code of the whole: the gravest thing that happened."""
        if self.trouble:
            return self.trouble.exit_code
        if self.outcomes.get(State.REFUSED) or self.outcomes.get(State.UNCLEAR):
            return Exit.PARTIAL
        if self.outcomes.get(State.DEFERRED):
            return Exit.TEMPORARY
        held = (made.plan.counts.held if made else 0) or (fetched and fetched.waits)
        return Exit.HELD if held else Exit.DONE


def recover(desk: Desk, prom: Prom, run: Run, *, waits: bool = True) -> bool:
    """Settle the import that a run left behind when it died; return whether there was one.

    It is found again by its id, waited for, and its products are read back: nothing of it is sent twice.
    Raises Temporary where it goes on, and this run `waits` for none.
    """
    with desk.memory() as memory:
        unfinished = memory.journal.unfinished_import()
    if unfinished is None:
        return False
    outcomes = Outcomes(desk, unfinished.plan, late=True)
    editor = Editor(desk, prom, outcomes)
    importer = Importer(desk, prom, outcomes, editor, run.number, waits=waits, back=unfinished.undoes)
    importer.resume(unfinished)
    return True


def prepare(desk: Desk, prom: Prom, run: Run, *, allowed: Allowed, only: Sequence[str] = ()) -> Made:
    """Make the plan that this run is to perform.

    It belongs to the run at once, so that nobody's look forgets it while a person thinks it over. That it is
    the right shop was looked at before anything was brought home.
    """
    made = update(desk, prom, allowed=allowed, only=only, sure=True, run=run.number)
    with desk.memory() as memory:
        memory.journal.plan_of_run(run.number, made.number, usual_rows(made.plan))
    return made


def usual_rows(plan: Plan) -> int | None:
    """Return how many rows the export has, None where it shrank by accident, as far as nobody said otherwise.

    What a guard holds must not become the measure that the guard has.
    """
    shrunk = any(trip.guard is Guard.EXPORT_ROWS for trip in plan.trips)
    return None if shrunk else plan.export.goods


def decline(desk: Desk, made: Made) -> None:
    """Write down that a person wanted nothing of a plan to be sent."""
    Outcomes(desk, made.number).defer_open("not sent: a person said no")


def perform(desk: Desk, prom: Prom, run: Run, made: Made, *, waits: bool = True) -> Performed:
    """Perform a plan's changes that nothing holds, and return what became of them.

    Unless it `waits`, an import's end is left to the next run, and so are removals then.
    What cannot be reached after trouble stays for the next run. The trouble is in the answer, not raised:
    what was done before it must be told too.
    """
    outcomes = Outcomes(desk, made.number)
    trouble: TorgsyncError | None = None
    with desk.memory() as memory:
        memory.journal.note_overrides(run.number, overrides(made.plan), Holder(*who()), desk.now())
        if not (made.back or any(trip.guard in _OF_REMOVALS for trip in made.plan.trips)):
            memory.whole.note_selection(json.dumps(guards.selection(desk.object), sort_keys=True))
    try:
        _perform(desk, prom, run, made, outcomes, waits=waits)
    except Interrupted as error:
        trouble = error
        outcomes.defer_open("not reached: stopped by a person")
    except TorgsyncError as error:
        trouble = error
        outcomes.defer_open(f"not reached: {error.message}")
    return performed(desk, run, made, trouble)


def overrides(plan: Plan) -> Iterator[Override]:
    """Yield the guards that a person opened for a plan; many prices are one."""
    prices = [trip for trip in plan.overrides if trip.guard is Guard.PRICE]
    if prices:
        more = f" and {len(prices) - 1} more" if len(prices) > 1 else ""
        yield Override(Guard.PRICE, _allowed(guards.prices_flag(prices)), f"{prices[0].saw}{more}")
    held = any(
        trip.guard in _OF_REMOVALS for trip in plan.trips
    )  # then no removal went, whatever was allowed
    for trip in plan.overrides:
        if trip.guard is not Guard.PRICE and not (held and trip.guard in _OF_REMOVALS):
            yield Override(trip.guard, _allowed(trip.flag), trip.saw)


def _allowed(flag: str) -> str:
    return flag.removeprefix("--allow ")


def performed(desk: Desk, run: Run, made: Made | None, trouble: TorgsyncError | None = None) -> Performed:
    """Return what the memory holds of a run."""
    with desk.memory() as memory:
        ended = memory.plans.outcomes(made.number) if made else {}
        requests = Counter(
            f"{request.method} {endpoint(request.path)}" for request in memory.journal.requests(run.number)
        )
    return Performed(run.number, ended, dict(requests), trouble)


def endpoint(path: str) -> str:
    """Return an endpoint without the ids in its path."""
    parts = [part for part in path.split("/") if part]
    if parts[:2] == ["products", "by_external_id"]:
        return "products/by_external_id"
    if parts[:3] == ["products", "import", "status"]:
        return "products/import/status"
    return "/".join(parts[:2])


def _perform(desk: Desk, prom: Prom, run: Run, made: Made, outcomes: Outcomes, *, waits: bool) -> None:
    counts, offers = made.plan.counts, made.plan.offers
    editor = Editor(desk, prom, outcomes)
    postponed: TorgsyncError | None = None
    back = made.back is not None
    importer = Importer(desk, prom, outcomes, editor, run.number, waits=waits, back=back)
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
