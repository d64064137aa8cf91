"""The journal: runs with their overrides, requests and imports.

Everything is recorded before it is sent (architecture §6.4). Bodies are never stored, only their digests, so
that the journal holds neither tokens nor personal data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update

from torgsync.core.plan.approval.kept import Approval
from torgsync.core.plan.imports import NEIGHBOURS, is_late
from torgsync.core.reason import Args, decode_args, encode_args
from torgsync.state.repository import Repository
from torgsync.state.runs.requests import Request
from torgsync.state.schema import run_tables as t
from torgsync.state.schema.shop_tables import id_writes


class ImportEnd(StrEnum):
    """How an import ended."""

    FINISHED = "finished"
    REFUSED = "refused"  # Prom did not accept it
    BUSY = "busy"  # Prom did not accept it because another one was running
    FATAL = "fatal"  # it failed as a whole
    UNCLEAR = "unclear"
    HANGING = "hanging"  # its changes were reconciled, and Prom may still be busy with it
    DAMAGED = "damaged"  # one of external ids that changed more than these; no other follows
    PUT_RIGHT = "put-right"  # the same, once a person said that it was put right
    CANCELLED = "cancelled"  # it hung before, and Prom does not know of it or calls it a failure now


OK = 200
"""The status of a request that Prom did not refuse as such."""
NOT_TAKEN = (ImportEnd.REFUSED, ImportEnd.BUSY)
USED = or_(t.imports.c.ended.is_(None), t.imports.c.ended.not_in(NOT_TAKEN))
"""Which imports count: one that Prom did not take is none of the day's."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that runs: user, host, process id."""

    user: str
    host: str
    pid: int


class Override(Struct, frozen=True):
    """A guard that a person opened: the value of `--allow` that did it, and what the guard measured."""

    guard: str
    allowed: str
    observed: Args


class Overridden(Struct, frozen=True):
    """An override with its time and user; `run` is None where nothing was sent for it."""

    override: Override
    run: int | None
    at: datetime
    user: str
    host: str


class SentImport(Struct, frozen=True):
    """An import that an earlier run sent, or may have sent.

    `prom_id` is None where it is unknown whether Prom accepted it. `undoes` says that its plan undoes a run.
    """

    number: int
    prom_id: str | None
    plan: int
    offers: int
    started: datetime
    undoes: bool = False


class OpenPlan(Struct, frozen=True):
    """A plan of an earlier run of which some changes may have no outcome yet.

    `imported` says whether Prom accepted an import file of it, `died` whether the run has no end.
    """

    run: int
    plan: int
    imported: bool
    died: bool


class SentIds(Struct, frozen=True):
    """An import of external ids that is not finished: it has no end yet, hangs, or is `damaged`.

    `started` is the time in UTC when it was sent.
    """

    started: datetime
    damaged: bool


class BusySpell(Struct, frozen=True):
    """The first and the last of a series of refusals of imports, all for another import."""

    first: datetime
    last: datetime

    @property
    def hangs(self) -> bool:
        """Whether it lasted so long that the other import seems to hang."""
        return is_late(self.first, self.last)


class Journal(Repository):
    """The runs of one object."""

    # Runs

    def begin_run(self, holder: Holder, now: datetime) -> int:
        """Record that a run begins and return its number."""
        return self._insert_one(t.runs, started=now, **asdict(holder))

    def last_run(self, but: int = 0) -> int:
        """Return the number of the newest run but that one that performed a plan, 0 where there was none."""
        c = t.runs.c
        performed = self._select(c.id).where(c.id != but, c.plan.is_not(None))
        return self._db.execute(performed.order_by(c.id.desc()).limit(1)).scalar() or 0

    def plan_of_run(self, run: int, plan: int, rows: int | None) -> None:
        """Record which plan a run performs and how many rows its export had, None for an unusual export."""
        self._update(t.runs, t.runs.c.id == run, plan=plan, rows=rows)

    def turns_back(self, run: int, plan: int, undoes: int) -> None:
        """Record which plan a run performs that undoes the run `undoes`."""
        self._update(t.runs, t.runs.c.id == run, plan=plan, undoes=undoes)

    def end_run(self, run: int, exit_code: int, now: datetime) -> None:
        """Record how a run ended."""
        self._update(t.runs, t.runs.c.id == run, finished=now, exit=exit_code)

    def without_plan(self, run: int) -> None:
        """Record that a run performs no plan after all: a person declined it."""
        self._update(t.runs, t.runs.c.id == run, plan=None, rows=None, undoes=None)

    def forget_run(self, run: int) -> None:
        """Delete a run that only looked, and its requests."""
        self._db.execute(delete(t.requests).where(t.requests.c.run == run))
        self._delete(t.runs, t.runs.c.id == run)

    def open_plans(self, run: int) -> list[OpenPlan]:
        """Return the plans of other runs that died, and of the newest other run that had a plan.

        Those whose import has no end yet are left out.
        """
        r, i = t.runs.c, t.imports.c
        earlier = (
            self._select(r.id, r.plan, r.finished)
            .where(r.id != run, r.plan.is_not(None))
            .order_by(r.id.desc())
        )
        newest = self._db.execute(earlier.limit(1)).all()
        died = self._db.execute(earlier.where(r.finished.is_(None))).all()
        runs = {row.id: row for row in (*newest, *died)}
        ends: dict[int, list[str | None]] = {number: [] for number in runs}
        for row in self._db.execute(select(i.run, i.ended).where(i.run.in_(list(runs)))):
            ends[row.run].append(row.ended)
        return [
            OpenPlan(number, row.plan, bool(set(ends[number]).difference(NOT_TAKEN)), row.finished is None)
            for number, row in sorted(runs.items())
            if None not in ends[number]
        ]

    def end_dead_runs(self, run: int) -> None:
        """Record an end for all other runs that have none: the time of their last request.

        They have no exit code, which only the run itself could give. Runs whose import has no end stay open.
        """
        q = t.requests.c
        asked = func.coalesce(q.answered_at, q.sent_at)
        last = select(func.max(asked)).where(q.run == t.runs.c.id).correlate(t.runs).scalar_subquery()
        r = t.runs.c
        waits = self._select(t.imports.c.run).where(t.imports.c.ended.is_(None))
        dead = (r.id != run, r.finished.is_(None), r.id.not_in(waits))
        self._update(t.runs, *dead, finished=func.coalesce(last, r.started))

    def note_overrides(
        self, run: int | None, overrides: Iterable[Override], holder: Holder, now: datetime
    ) -> None:
        """Record which guards a person opened; `run` is None where nothing was sent for it."""
        who = {"run": run, "at": now, "user": holder.user, "host": holder.host}
        rows = [
            who
            | {
                "guard": override.guard,
                "allowed": override.allowed,
                "observed": encode_args(override.observed),
            }
            for override in overrides
        ]
        self._insert(t.overrides, rows)

    def note_stale(self, run: int, approval: Approval, holder: Holder, now: datetime) -> None:
        """Record that nothing could go any more of what a kept plan held: nothing was let through."""
        of = Override("", "", {"plan": approval.name, "plan_run": approval.run})
        self.note_overrides(run, [of], holder, now)

    def overrides(self, run: int | None = None) -> list[Overridden]:
        """Return which guards were opened, oldest first: for one run, or ever."""
        c = t.overrides.c
        query = self._select(t.overrides).where(c.allowed != "").order_by(c.id)
        if run is not None:
            query = query.where(c.run == run)
        return list(map(overridden, self._db.execute(query)))

    def export_rows(self, most: int = 10) -> list[int]:
        """Return how many rows the exports of the last runs that came to an end had, newest first."""
        c = t.runs.c
        ended = self._select(c.rows).where(c.rows.is_not(None), c.finished.is_not(None))
        return list(self._db.execute(ended.order_by(c.id.desc()).limit(most)).scalars())

    # Requests

    def before(self, run: int, method: str, path: str, items: int, digest: str, now: datetime) -> int:
        """Record a request that is about to be sent and return its number."""
        asked = {"method": method, "path": path, "items": items, "digest": digest}
        return self._insert_one(t.requests, run=run, sent_at=now, **asked)

    def after(self, entry: int, status: int | None, outcome: str, now: datetime) -> None:
        """Record how a request was answered."""
        self._db.execute(
            update(t.requests)
            .where(t.requests.c.id == entry)
            .values(answered_at=now, status=status, outcome=outcome)
        )

    def requests(self, run: int) -> list[Request]:
        """Return the requests of a run, in order."""
        c = t.requests.c
        rows = self._db.execute(select(t.requests).where(c.run == run).order_by(c.id))
        return [
            Request(row.sent_at, row.method, row.path, row.items, row.status, row.outcome) for row in rows
        ]

    def edited_since(self, moment: datetime) -> bool:
        """Return whether Prom answered an edit of products that was sent since then."""
        r, c = t.runs.c, t.requests.c
        running = self._select(r.id).where(or_(r.finished.is_(None), r.finished >= moment))
        edits = select(c.id).where(
            c.run.in_(running), c.sent_at >= moment, c.path.like("/products/edit%"), c.status == OK
        )
        return self._db.execute(edits.limit(1)).first() is not None

    # Imports

    def begin_import(self, run: int, offers: int, now: datetime) -> int:
        """Record an import that is about to be sent and return its number; it counts as used from now on."""
        return self._insert_one(t.imports, run=run, offers=offers, started=now)

    def import_accepted(self, number: int, prom_id: str) -> None:
        """Record the id that Prom gave an import."""
        self._update(t.imports, t.imports.c.id == number, prom_id=prom_id)

    def end_import(self, number: int, end: ImportEnd) -> None:
        """Record how an import ended."""
        self._update(t.imports, t.imports.c.id == number, ended=end)

    def end_ids(self, number: int, end: ImportEnd, written: int) -> None:
        """Record how an import of external ids ended, and how many products have theirs by it."""
        self._update(t.imports, t.imports.c.id == number, ended=end, offers=written)

    def pending_ids(self) -> SentIds | None:
        """Return the newest import of external ids that is not finished, None where there is none."""
        c, w = t.imports.c, id_writes.c
        kept = exists().where(w.object == c.object, w.import_number == c.id)
        row = self._db.execute(
            self._select(c.started, c.ended)
            .join(t.runs, t.runs.c.id == c.run)
            .where(
                t.runs.c.plan.is_(None),
                or_(
                    and_(kept, or_(c.ended.is_(None), c.ended == ImportEnd.DAMAGED)),
                    and_(c.id == self._newest_import(), c.ended == ImportEnd.HANGING),
                ),
            )
            .order_by(c.id.desc())
        ).first()
        return SentIds(row.started, row.ended == ImportEnd.DAMAGED) if row else None

    def unfinished_import(self) -> SentImport | None:
        """Return the newest import of a plan that has no end, None where there is none."""
        return self._sent_import(t.imports.c.ended.is_(None))

    def hanging_import(self) -> SentImport | None:
        """Return the newest import that Prom took, if it hangs, as far as is known; else None."""
        c = t.imports.c
        return self._sent_import(c.id == self._newest_import(), c.ended == ImportEnd.HANGING)

    def hung_before(self, number: int) -> bool:
        """Return whether the import before this one hung."""
        c = t.imports.c
        before = self._select(c.ended).where(c.id < number, USED).order_by(c.id.desc()).limit(1)
        return self._db.execute(before).scalar() in (ImportEnd.HANGING, ImportEnd.CANCELLED)

    def busy(self, now: datetime) -> BusySpell | None:
        """Return since when Prom refuses each import for another one; None where it does not, or not lately.

        Refusals far apart, or one far from `now`, may be for several imports that all ended.
        """
        c = t.imports.c
        refused = (c.id > self._newest_import(), c.ended == ImportEnd.BUSY)
        spell, after = None, now
        for at in sorted(self._scalars(c.started, *refused), reverse=True):
            if after - at > NEIGHBOURS:
                break
            spell = BusySpell(at, spell.last if spell else at)
            after = at
        return spell

    def _newest_import(self) -> int:
        """Return the number of the newest import that Prom took, or may have taken, 0 where there is none."""
        c = t.imports.c
        newest = self._select(c.id).where(USED).order_by(c.id.desc()).limit(1)
        return self._db.execute(newest).scalar() or 0

    def _sent_import(self, *where: ColumnElement[bool]) -> SentImport | None:
        c = t.imports.c
        row = self._db.execute(
            self._select(c.id, c.prom_id, c.offers, c.started, t.runs.c.plan, t.runs.c.undoes)
            .join(t.runs, t.runs.c.id == c.run)
            .where(t.runs.c.plan.is_not(None), *where)
            .order_by(c.id.desc())
        ).first()
        if row is None:
            return None
        undoes = row.undoes is not None
        return SentImport(row.id, row.prom_id, row.plan, row.offers, row.started, undoes)

    def imports_since(self, start: datetime) -> int:
        """Return how many imports were used since `start`."""
        return self._count(t.imports, t.imports.c.started > start, USED)

    def oldest_import(self, start: datetime) -> datetime | None:
        """Return when the first import since `start` was used, None where there is none."""
        c = t.imports.c
        return min(self._scalars(c.started, c.started > start, USED), default=None)


def overridden(row: Row[Any]) -> Overridden:
    """Return the override of a row."""
    override = Override(row.guard, row.allowed, decode_args(row.observed))
    return Overridden(override, row.run, row.at, row.user, row.host)
