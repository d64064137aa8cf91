"""The plans of unattended runs that held something: what holds each of their changes, to be approved later.

The changes are those of the run's plan (`plans.py`), and go when these go (`compaction.py`). A run has one
such plan at most. Runs with equal plans have equal names, and it is all the same which of them is meant.
"""

from __future__ import annotations

import json

from sqlalchemy import ColumnElement, func, select

from torgsync.core.plan.approval.kept import KeptPlan
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import decode_violation, encode_violation
from torgsync.core.reason import write_json
from torgsync.state.repository import Repository
from torgsync.state.runs.change_rows import ProductKey
from torgsync.state.schema import run_tables as t

_c, _h = t.held_plans.c, t.changes.c


class HeldPlans(Repository):
    """The plans that runs of one object held for a person, and what of any plan is held."""

    def keep(self, plan: KeptPlan) -> None:
        """Remember why a run holds the changes of its plan."""
        violations = write_json([encode_violation(violation) for violation in plan.violations])
        row = {"run": plan.run, "name": plan.name, "plan": plan.number, "at": plan.at}
        self._upsert(t.held_plans, [{**row, "violations": violations}])

    def named(self, name: str) -> KeptPlan | None:
        """Return the newest plan of a name, None where there is none."""
        return self._kept(_c.name == name)

    def of_run(self, run: int) -> KeptPlan | None:
        """Return what a run held, None where it kept nothing."""
        return self._kept(_c.run == run)

    def names(self, most: int) -> list[str]:
        """Return the names of the last plans, newest first."""
        newest = func.max(_c.run)
        query = self._select(_c.name).group_by(_c.name).order_by(newest.desc()).limit(most)
        return list(self._db.execute(query).scalars())

    def _kept(self, which: ColumnElement[bool]) -> KeptPlan | None:
        query = (
            self._select(t.held_plans, t.runs.c.undoes)
            .outerjoin(t.runs, t.runs.c.id == _c.run)
            .where(which)
            .order_by(_c.run.desc())
        )
        row = self._db.execute(query.limit(1)).first()
        if row is None:
            return None
        violations = tuple(map(decode_violation, json.loads(row.violations)))
        return KeptPlan(row.name, row.run, row.plan, row.at, violations, row.undoes or 0)

    # The changes that a plan holds, kept or not

    def held_products(self, plan: int, verb: Verb) -> list[ProductKey]:
        """Return the products of which a guard holds a change of a verb, in the order of the file."""
        held = select(_h.good_id, _h.prom_id).where(_h.plan == plan, _h.verb == verb, _h.held.is_not(None))
        rows = self._db.execute(held.order_by(_h.seq))
        return list(dict.fromkeys(ProductKey(row.good_id, row.prom_id) for row in rows))

    def held_by(self, plan: int, guard: str) -> set[str]:
        """Return the goods of which a guard holds something."""
        return {*self._db.execute(select(_h.good_id).where(_h.plan == plan, _h.held == guard)).scalars()}
