"""What runs did, as sums."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, case, func, select

from torgsync.core.paging import pages
from torgsync.core.plan.approval.kept import Approval
from torgsync.core.plan.outcomes import Outcome
from torgsync.errors import AnswerLost
from torgsync.state.repository import HIGHEST, Repository
from torgsync.state.runs.journal import USED, Holder, Overridden, overridden
from torgsync.state.runs.totals import HAS_TOTALS, RunTotals, load_totals
from torgsync.state.schema import run_tables as t
from torgsync.state.schema.order_tables import order_versions as v
from torgsync.state.schema.shop_tables import id_writes

HELD = "held"
"""The count of changes that a guard holds and that have no outcome."""
OPEN = "open"
"""The count of changes that no guard holds and that have no outcome: their run goes on, or died."""
_PARCEL = "delivery/save_declaration_id"
_MESSAGE = "chat/send_order_context"
_DONE = ("done",)
_UNCLEAR = ("", AnswerLost.kind)
OUTCOMES = (*map(str, Outcome), HELD, OPEN)
_c = t.changes.c
BECAME = case((_c.outcome.is_not(None), _c.outcome), (_c.held.is_not(None), HELD), else_=OPEN).label("became")
"""What a change became: its outcome, or one of these counts."""


class WrittenIds(Struct, frozen=True):
    """External ids that a run wrote, products that changed otherwise, and imports not compared yet."""

    written: int = 0
    changed: int = 0
    open: int = 0


class RunRecord(Struct, frozen=True):
    """One run: who, when (in UTC), and what it did.

    Args:
        plan: None where no plan was made.
        finished: When it ended; of a run that died the time of its last request, once a later run found that
            out, and None before.
        exit_code: None where it did not come to its end.
        undoes: The run that it was to undo.
        outcomes: Numbers of changes, keyed by `OUTCOMES`, all of them.
        stale: The kept plan of which it was to send what was held, where nothing of that could go any more.
        kept: The name of the plan that it kept for a person to approve, None where it kept none.
        ids: What its imports of external ids did, None where it sent none.
        parcels: Parcel numbers that Prom took.
        orders: Orders that it fetched, new ones and new versions; `new_orders` the former alone.
        messages: Messages to buyers that Prom took; `unclear_messages` those whose answer was lost.
        totals: What is kept of a run whose changes and requests were removed, None where they are there.
    """

    number: int
    plan: int | None
    started: datetime
    finished: datetime | None
    holder: Holder
    exit_code: int | None
    undoes: int | None
    outcomes: Mapping[str, int] = {}
    requests: int = 0
    imports: int = 0
    parcels: int = 0
    messages: int = 0
    unclear_messages: int = 0
    orders: int = 0
    new_orders: int = 0
    overrides: tuple[Overridden, ...] = ()
    stale: Approval | None = None
    kept: str | None = None
    ids: WrittenIds | None = None
    totals: RunTotals | None = None

    @property
    def turned_back(self) -> int | None:
        """The run of which it undid something; None where it did nothing, or performed another plan."""
        return self.undoes if self.outcomes.get(Outcome.DONE) else None


def _stale(noted: Overridden) -> Approval:
    """Return the kept plan that `note_stale` noted."""
    of = noted.override.observed
    return Approval(str(of["plan"]), int(str(of["plan_run"])))


class History(Repository):
    """The runs of one object, as sums."""

    def runs(self, most: int | None = None) -> list[RunRecord]:
        """Return the last runs, newest first, at most so many or all."""
        c = t.runs.c
        ids = list(self._db.execute(self._select(c.id).order_by(c.id.desc()).limit(most)).scalars())
        return [run for page in pages(ids) for run in self._records(page)]

    def starts(self, most: int) -> list[tuple[int, datetime]]:
        """Return the numbers of the last runs and when each began, newest first, at most so many."""
        c = t.runs.c
        rows = self._db.execute(self._select(c.id, c.started).order_by(c.id.desc()).limit(most))
        return [(row.id, row.started) for row in rows]

    def since(self, at: datetime) -> list[RunRecord]:
        """Return the runs that began at a time or later, newest first."""
        ids = self._scalars(t.runs.c.id, t.runs.c.started >= at)
        return [run for page in pages(ids[::-1]) for run in self._records(page)]

    def count(self) -> int:
        """Return how many runs there were."""
        return self._count(t.runs)

    def run(self, number: int) -> RunRecord | None:
        """Return one run, None where this object had none of that number."""
        return next(iter(self._records([number])), None) if number <= HIGHEST else None

    def undone_by(self, number: int) -> list[int]:
        """Return the runs that undid something of this one, oldest first."""
        undoing = self._scalars(t.runs.c.id, t.runs.c.undoes == number)
        return sorted(run.number for run in self._records(undoing) if run.turned_back) if undoing else []

    def complete_since(self) -> datetime | None:
        """Return since when runs have their changes and requests; None where nothing was removed."""
        c = t.runs.c
        first = self._db.execute(
            self._select(c.id, c.started).where(~HAS_TOTALS).order_by(c.id).limit(1)
        ).first()
        if first is None:
            return max(self._scalars(c.finished), default=None)
        return first.started if self._count(t.runs, c.id < first.id) else None

    def _records(self, numbers: Sequence[int]) -> list[RunRecord]:
        c, k = t.runs.c, t.held_plans.c
        rows = self._db.execute(self._select(t.runs).where(c.id.in_(numbers)).order_by(c.id.desc())).all()
        totals = load_totals(self._db, numbers)
        outcomes = self._outcomes({row.id: row.plan for row in rows if row.plan is not None}, totals)
        imports = self._counts(t.imports.c.run, numbers, USED)
        requests, parcels, messages, unclear = (
            self._sent(numbers, totals, *of)
            for of in (("", ()), (_PARCEL, _DONE), (_MESSAGE, _DONE), (_MESSAGE, _UNCLEAR))
        )
        overrides = self._overrides(numbers)
        kept = self._pairs(self._select(k.run, k.name).where(k.run.in_(numbers)))
        ids = self._ids([row.id for row in rows if row.plan is None])
        orders = self._orders({row.id: (row.started, row.finished) for row in rows})
        return [
            RunRecord(
                row.id,
                row.plan,
                row.started,
                row.finished,
                Holder(row.user, row.host, row.pid),
                row.exit,
                row.undoes,
                {name: outcomes[row.id].get(name, 0) for name in OUTCOMES},
                requests.get(row.id, 0),
                imports.get(row.id, 0),
                parcels.get(row.id, 0),
                messages.get(row.id, 0),
                unclear.get(row.id, 0),
                *orders[row.id],
                tuple(opened for opened in overrides[row.id] if opened.override.allowed),
                next(map(_stale, (one for one in overrides[row.id] if not one.override.allowed)), None),
                kept.get(row.id),
                ids.get(row.id),
                totals.get(row.id),
            )
            for row in rows
        ]

    def _ids(self, numbers: Sequence[int]) -> dict[int, WrittenIds]:
        """Return what runs without a plan did: their imports wrote external ids."""
        c, w = t.imports.c, id_writes.c
        changed = (
            select(func.count())
            .where(w.object == c.object, w.import_number == c.id, c.ended.is_not(None))
            .scalar_subquery()
        )
        ids: dict[int, WrittenIds] = {}
        for row in self._db.execute(
            self._select(c.run, c.offers, c.ended, changed.label("changed")).where(c.run.in_(numbers), USED)
        ):
            before = ids.get(row.run, WrittenIds())
            has_end = row.ended is not None
            ids[row.run] = WrittenIds(
                before.written + row.offers * has_end,
                before.changed + row.changed,
                before.open + (not has_end),
            )
        return ids

    def _orders(self, times: Mapping[int, tuple[datetime, datetime | None]]) -> Mapping[int, tuple[int, int]]:
        """Return how many orders runs fetched, and how many of these were new, keyed by run.

        `times` are when they began and ended. No two runs of an object overlap. One without an end goes on,
        or was followed by none.
        """
        if not times:
            return {}
        first = min(began for began, _ in times.values())
        seen = self._db.execute(self._select(v.c.seen, v.c.version == 1).where(v.c.seen >= first)).all()
        counts = {}
        for number, (began, ended) in times.items():
            new = [is_new for at, is_new in seen if began <= at and (ended is None or at <= ended)]
            counts[number] = len(new), sum(new)
        return counts

    def _outcomes(
        self, plans: Mapping[int, int], totals: Mapping[int, RunTotals]
    ) -> Mapping[int, Mapping[str, int]]:
        """Return how many changes became what, keyed by run; `plans` are those of the runs."""
        c = t.changes.c
        rows = self._db.execute(
            select(c.plan, BECAME, func.count().label("number"))
            .where(c.plan.in_([plan for run, plan in plans.items() if run not in totals]))
            .group_by(c.plan, BECAME)
        )
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        for plan, name, number in rows:
            counts[plan][name] = number
        stored = {run: one.outcomes for run, one in totals.items()}
        return defaultdict(dict, {run: counts[plan] for run, plan in plans.items()} | stored)

    def _sent(
        self,
        numbers: Sequence[int],
        totals: Mapping[int, RunTotals],
        endpoint: str = "",
        outcomes: Collection[str] = (),
    ) -> dict[int, int]:
        """Return how many requests runs sent: to an endpoint or all, with one of these outcomes or any."""
        c = t.requests.c
        only = [c.path == f"/{endpoint}"] if endpoint else []
        only += [c.outcome.in_(outcomes)] if outcomes else []
        counts = self._counts(c.run, numbers, *only)
        return counts | {run: one.sent(endpoint, outcomes) for run, one in totals.items()}

    def _counts(
        self, column: Column[int], numbers: Sequence[int], *only: ColumnElement[bool]
    ) -> dict[int, int]:
        return self._pairs(select(column, func.count()).where(column.in_(numbers), *only).group_by(column))

    def _overrides(self, numbers: Sequence[int]) -> dict[int, list[Overridden]]:
        c = t.overrides.c
        query = self._select(t.overrides).where(c.run.in_(numbers)).order_by(c.id)
        overrides: dict[int, list[Overridden]] = defaultdict(list)
        for row in self._db.execute(query):
            overrides[row.run].append(overridden(row))
        return overrides
