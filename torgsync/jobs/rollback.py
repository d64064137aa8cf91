"""Makes the plan that turns a run back; `jobs/sync.py` performs it like any other.

What the run did lies in its changes, what Prom shows now is looked at first. Source: design §3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from torgsync.core.diff import Change, Verb
from torgsync.core.guards import Allowed
from torgsync.core.pages import PAGE
from torgsync.core.plan import Counts, ExportInfo, Plan, Standing
from torgsync.core.rollback import Back, Remain, Undone, turn_back
from torgsync.jobs.desk import Desk, Progress, Stage
from torgsync.jobs.draft import Draft
from torgsync.jobs.history import run_of
from torgsync.jobs.update import Made, budget_of, look, offers_of
from torgsync.prom.api import Prom
from torgsync.state.plans import Numbered, State

NOT_FROM_AN_EXPORT = ExportInfo("", 0, "")
"""Stands for the export of a plan that none made."""


def plan_back(desk: Desk, prom: Prom, number: int, *, allowed: Allowed) -> Made:
    """Return the plan back to the values before a run. Raises UsageError where the object had no such run."""
    plan = run_of(desk, number).record.plan
    with desk.memory() as memory:
        begun = memory.whole.begun()
    if begun:
        look(desk, prom, full=False, allowed=None)
    desk.tell(Progress(Stage.PLAN))
    with desk.memory() as memory:
        return _Undo(desk=desk, memory=memory, allowed=allowed).draw_up(plan, number)


@dataclass(kw_only=True)
class _Undo(Draft):
    """The draft of what turns a run back."""

    not_done: int = 0
    anew: int = 0
    unmoved: int = 0

    def draw_up(self, plan: int | None, undoes: int) -> Made:
        """Turn back what the run did, change by change, then let the guards look at the whole."""
        now, memory = self.desk.now(), self.memory
        self.number = memory.plans.begin(now)
        remains: list[Remain] = []
        changes = memory.plans.changes(plan) if plan else iter(())
        while page := list(islice(changes, PAGE)):
            memory.plans.add(self.number, self._turn(page, remains))
        standings = memory.rows.standings()
        foreign = memory.shown.foreign_count()
        self.guard(
            stay=sum(count for (standing, _), count in standings.items() if standing == Standing.IN),
            foreign=foreign,
        )
        plans = memory.plans
        create, update, remove = (plans.goods(self.number, verb) for verb in Verb)
        going = {
            (verb, road): count for (verb, road, held), count in plans.counts(self.number).items() if not held
        }
        told = Plan(
            id=plans.digest(self.number),
            object=self.desk.object.name,
            made=now,
            export=NOT_FROM_AN_EXPORT,
            counts=Counts(
                create=create,
                update=update,
                remove=remove,
                held=plans.held_goods(self.number),
                skipped=len({(remain.good_id, remain.prom_id) for remain in remains}),
                unchanged=self.unmoved,
                foreign=foreign,
            ),
            budget=budget_of(self.desk, memory, going),
            offers=offers_of(going),
            trips=tuple(self.trips),
            dark=self.dark,
            overrides=tuple(self.opened),
        )
        back = Undone(undoes, tuple(remains), self.not_done, self.anew)
        return Made(told, self.number, tuple(self.findings), back=back)

    def _turn(self, page: Sequence[Numbered], remains: list[Remain]) -> list[Change]:
        """Return what turns a page of changes back; what stays is added to `remains`."""
        known = self.memory.catalog.known([item.change.good_id for item in page])
        back: list[Change] = []
        for item in page:
            if item.state is not State.DONE:
                self.not_done += 1
                continue
            good = known.get(item.change.good_id)
            found = turn_back(item.change, good, self.desk.object.removal.gone)
            remains += found.remains
            self.anew += found.anew
            self.unmoved += found == Back()
            if found.change:
                back += self.emit(found.change, good.existing if good else None)
        return back


def prepare_back(desk: Desk, prom: Prom, run: int, number: int, *, allowed: Allowed) -> Made:
    """Make the plan that turns a run back and have it belong to the run that is to perform it."""
    made = plan_back(desk, prom, number, allowed=allowed)
    with desk.memory() as memory:
        memory.journal.turns_back(run, made.number, number)
    return made
