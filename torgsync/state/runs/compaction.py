"""Removes the changes and requests of old runs, of which only totals are kept then.

Runs with a plan are compacted in the order of their numbers, and never the newest of them. So a run that has
its changes is followed only by runs that have theirs, and a rollback finds all that happened later.

With the changes of a run goes what it kept for a person to approve (`held_plans.py`).

Some changes say what is needed for longer. They stay as remnants, with a negative number: a deletion, because
Prom takes no deleted id again and a refusal names the run, and the last price that was sent of each good,
because a rollback to it is no mistake (`torgsync/core/plan/rollback.py`).
Source: docs/developers/architecture.md §4.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, or_

from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.product.fields import RETAIL_FIELDS
from torgsync.state.bulk import insert_rows
from torgsync.state.repository import Repository
from torgsync.state.runs.change_rows import NUMBERED, NumberedChange, change_row, numbered_change
from torgsync.state.runs.history import History
from torgsync.state.runs.journal import Journal
from torgsync.state.runs.plans import Plans
from torgsync.state.runs.totals import HAS_TOTALS, RunTotals, store_totals
from torgsync.state.schema import run_tables as t

STEP = 1000
"""Changes that one step removes at most, so that other processes need not wait long."""
_c = t.changes.c


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was removed: runs of which nothing but totals is left, and numbers of changes and requests."""

    runs: int = 0
    changes: int = 0
    requests: int = 0

    def __add__(self, more: Compacted) -> Compacted:
        """Return the sum."""
        return Compacted(self.runs + more.runs, self.changes + more.changes, self.requests + more.requests)


class DueRun(NamedTuple):
    """A run to be compacted; it has `begun` where its totals are stored and changes of it are left."""

    number: int
    plan: int | None
    begun: bool


class Compaction(Repository):
    """The old runs of one object."""

    def __init__(
        self, connection: Connection, slug: str, plans: Plans, journal: Journal, history: History
    ) -> None:
        super().__init__(connection, slug)
        self._plans = plans
        self._journal = journal
        self._history = history

    def due(self, before: datetime) -> DueRun | None:
        """Return the next run to be compacted of those that ended before a time, None where there is none.

        While an import has no end or hangs, there is none: outcomes of its changes are still to be recorded.
        """
        if self._count(t.imports, t.imports.c.ended.is_(None)) or self._journal.hanging_import():
            return None
        c = t.runs.c
        runs = self._select(c.id, c.plan, c.finished)
        stays = or_(c.plan.is_(None), c.id != self._journal.last_run())
        oldest = self._db.execute(runs.where(~HAS_TOTALS, stays).order_by(c.id).limit(1)).first()
        begun = runs.where(HAS_TOTALS, c.plan.is_not(None), *([c.id < oldest.id] if oldest else []))
        last = self._db.execute(begun.order_by(c.id.desc()).limit(1)).first()
        if last and self._plans.first(last.plan, 1):
            return DueRun(last.id, last.plan, begun=True)
        if oldest is None or oldest.finished is None or oldest.finished >= before:
            return None
        return DueRun(oldest.id, oldest.plan, begun=False)

    def step(self, before: datetime) -> Compacted | None:
        """Remove the next changes and requests, at most `STEP` changes; None where nothing is due."""
        run = self.due(before)
        if run is None:
            return None
        requests = 0 if run.begun else self._replace_requests(run.number)
        changes = 0 if run.plan is None else self._remove_changes(run.plan)
        whole = run.plan is None or not self._plans.first(run.plan, 1)
        return Compacted(int(whole), changes, requests)

    def _replace_requests(self, run: int) -> int:
        """Store the totals of a run in the place of its requests, and return how many these were."""
        requests, record = self._journal.requests(run), self._history.run(run)
        outcomes = record.outcomes if record else {}
        self._delete(t.held_plans, t.held_plans.c.run == run)  # before the first of its changes goes
        self._db.execute(delete(t.requests).where(t.requests.c.run == run))
        store_totals(self._db, run, RunTotals(outcomes, Counter(request.kind for request in requests)))
        return len(requests)

    def _remove_changes(self, plan: int) -> int:
        """Remove the first changes of a plan but for their remnants, and return how many these were."""
        page = self._plans.first(plan, STEP)
        if not page:
            return 0
        remnants: dict[int, Change] = {}
        prices: dict[str, int] = {}
        for item in page:
            remnant = _remnant(item)
            if remnant and remnant.verb is not Verb.REMOVE:
                before = prices.get(remnant.good_id)
                remnant = remnants.pop(before).joined(remnant) if before else remnant
                prices[remnant.good_id] = item.seq
            if remnant:
                remnants[item.seq] = remnant
        for older in self._take_prices(plan, list(prices)):
            seq = prices[older.good_id]
            remnants[seq] = older.joined(remnants[seq])
        self._db.execute(delete(t.changes).where(_c.plan == plan, _c.seq > 0, _c.seq <= page[-1].seq))
        rows = (
            {"plan": plan, "seq": -seq, "outcome": Outcome.DONE, **change_row(change)}
            for seq, change in remnants.items()
        )
        insert_rows(self._db, t.changes, rows)
        return len(page)

    def _take_prices(self, plan: int, good_ids: Sequence[str]) -> list[Change]:
        """Remove the remnants of earlier plans with a price of these goods, and return them, newest first."""
        if not good_ids:
            return []
        earlier = self._select(t.plans.c.number).where(t.plans.c.number < plan)
        held = (_c.plan.in_(earlier), _c.seq < 0, _c.verb == Verb.UPDATE, _c.good_id.in_(good_ids))
        taken = self._db.execute(NUMBERED.where(*held).order_by(_c.plan.desc(), _c.seq)).all()
        places = [{"of": row.plan, "number": row.seq} for row in taken]
        if places:
            place = (_c.plan == bindparam("of"), _c.seq == bindparam("number"))
            self._db.execute(delete(t.changes).where(*place), places)
        return [numbered_change(row).change for row in taken]


def _remnant(item: NumberedChange) -> Change | None:
    """Return what of a change has to stay, None for nothing."""
    change = item.change
    if item.outcome is not Outcome.DONE or change.prom_id:
        return None
    if change.verb is Verb.REMOVE:
        deletes = change.new.get("status") == "deleted"
        return replace(change.narrowed(["status"]), title="") if deletes else None
    prices = {name: FieldChange(None, change.new[name]) for name in RETAIL_FIELDS if name in change.fields}
    return Change(change.good_id, Verb.UPDATE, "", prices) if prices else None
