"""What runs did, as sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, ColumnElement, case, exists, func, select

from torgsync.core.paging import pages
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.reason import decode_args
from torgsync.state.repository import Repository
from torgsync.state.runs.journal import USED, Holder, Overridden, Override
from torgsync.state.schema import run_tables as t

HELD = "held"
"""The count of changes that a guard holds and that have no outcome."""
OPEN = "open"
"""The count of changes that no guard holds and that have no outcome: their run goes on, or died."""
OUTCOMES = (*map(str, Outcome), HELD, OPEN)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: who, when (in UTC), and what it did.

    Args:
        plan: None where no plan was made.
        finished: When it ended; of a run that died the time of its last request, once a later run found that
            out, and None before.
        exit_code: None where it did not come to its end.
        undoes: The run that it was to undo.
        outcomes: Numbers of changes, keyed by `OUTCOMES`, all of them.
    """

    number: int
    plan: int | None
    started: datetime
    finished: datetime | None
    holder: Holder
    exit_code: int | None
    undoes: int | None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    imports: int = 0
    overrides: tuple[Overridden, ...] = ()

    @property
    def turned_back(self) -> int | None:
        """The run of which it undid something; None where it did nothing, or performed another plan."""
        return self.undoes if self.outcomes.get(Outcome.DONE) else None


class History(Repository):
    """The runs of one object, as sums."""

    def runs(self, most: int | None = None) -> list[RunRecord]:
        """Return the last runs, newest first, at most so many or all."""
        c = t.runs.c
        numbers = self._db.execute(
            select(c.id).where(c.object == self._slug).order_by(c.id.desc()).limit(most)
        ).scalars()
        ids = list(numbers)
        return [run for page in pages(ids) for run in self._records(page)]

    def count(self) -> int:
        """Return how many runs there were."""
        every = select(func.count()).select_from(t.runs).where(t.runs.c.object == self._slug)
        return self._db.execute(every).scalar_one()

    def run(self, number: int) -> RunRecord | None:
        """Return one run, None where this object had none of that number."""
        return next(iter(self._records([number])), None)

    def undone_by(self, number: int) -> list[int]:
        """Return the runs that undid something of this one, oldest first."""
        c = t.runs.c
        did = exists().where(t.changes.c.plan == c.plan, t.changes.c.outcome == Outcome.DONE)
        rows = select(c.id).where(c.object == self._slug, c.undoes == number, did).order_by(c.id)
        return list(self._db.execute(rows).scalars())

    def _records(self, numbers: Sequence[int]) -> list[RunRecord]:
        c = t.runs.c
        rows = self._db.execute(
            select(t.runs).where(c.object == self._slug, c.id.in_(numbers)).order_by(c.id.desc())
        ).all()
        outcomes = self._outcomes([row.plan for row in rows if row.plan is not None])
        requests = self._counts(t.requests.c.run, numbers)
        imports = self._counts(t.imports.c.run, numbers, USED)
        overrides = self._overrides(numbers)
        return [
            RunRecord(
                row.id,
                row.plan,
                row.started,
                row.finished,
                Holder(row.user, row.host, row.pid),
                row.exit,
                row.undoes,
                {name: outcomes[row.plan][name] for name in OUTCOMES},
                requests.get(row.id, 0),
                imports.get(row.id, 0),
                tuple(overrides[row.id]),
            )
            for row in rows
        ]

    def _outcomes(self, plans: Sequence[int]) -> dict[int | None, Counter[str]]:
        c = t.changes.c
        became = case((c.outcome.is_not(None), c.outcome), (c.held.is_not(None), HELD), else_=OPEN)
        rows = self._db.execute(
            select(c.plan, became.label("became"), func.count().label("number"))
            .where(c.plan.in_(plans))
            .group_by(c.plan, became)
        )
        counts: dict[int | None, Counter[str]] = defaultdict(Counter)
        for plan, name, number in rows:
            counts[plan][name] = number
        return counts

    def _counts(
        self, column: Column[int], numbers: Sequence[int], *only: ColumnElement[bool]
    ) -> dict[int, int]:
        query = select(column, func.count()).where(column.in_(numbers), *only).group_by(column)
        rows = self._db.execute(query)
        return {run: number for run, number in rows}  # noqa: C416  # a row is no pair to mypy

    def _overrides(self, numbers: Sequence[int]) -> dict[int, list[Overridden]]:
        c = t.overrides.c
        rows = self._db.execute(
            select(t.overrides).where(c.object == self._slug, c.run.in_(numbers)).order_by(c.id)
        )
        overrides: dict[int, list[Overridden]] = defaultdict(list)
        for row in rows:
            override = Override(row.guard, row.allowed, decode_args(row.observed))
            overrides[row.run].append(Overridden(override, row.run, row.at, row.user, row.host))
        return overrides
