"""How an object stands: its last runs and what its last plan left, as far as that is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, case, exists, func, or_, select

from torgsync.core.plan.outcomes import Outcome
from torgsync.errors import Exit
from torgsync.state.repository import Repository
from torgsync.state.runs.history import BECAME, HELD, OPEN
from torgsync.state.schema import run_tables as t

SUCCESSES = (Exit.DONE, Exit.HELD)
"""Exit codes of a run that did all that it may do by itself."""
_LEFT = (OPEN, Outcome.DEFERRED, Outcome.UNCLEAR)
"""What a change that is still pending has become."""

_ORDERS = "/orders/list"
_NO_RUN = (int(Exit.DONE), int(Exit.STALE))
"""Exit codes of runs that say nothing of the synchronisation; a plan is stale where a person was late."""


class LastRun(Struct, frozen=True):
    """A run, or an attempt that ended before its run began: then `number` is None.

    `finished` and `exit_code` are None while it goes on, and where it died.
    """

    number: int | None
    started: datetime
    finished: datetime | None
    exit_code: int | None
    requests: int = 0
    imports: int = 0


class LastPlan(Struct, frozen=True):
    """The newest plan of the export, and what became of its changes.

    `made` is when it was made, `run` performed it or a part of it (None for none), `left_out` are goods with
    changes that were not chosen to be in it. `changes` are counted by verb and what became of them
    (`OUTCOMES` of the history). Those of the newest plan are never compacted.
    """

    made: datetime
    run: int | None
    changes: Mapping[tuple[str, str], int]
    left_out: int = 0

    @property
    def pending(self) -> int:
        """How many changes are still to be sent."""
        left = sum(count for (_verb, became), count in self.changes.items() if became in _LEFT)
        return left + self.left_out

    @property
    def held(self) -> int:
        """How many changes wait for a person."""
        return sum(count for (_verb, became), count in self.changes.items() if became == HELD)


class StatusRepository(Repository):
    """The newest of everything that runs of one object left; nothing is written."""

    def last_success(self) -> datetime | None:
        """Return when a run last brought the shop in step with the export, as far as it may by itself."""
        c = t.runs.c
        ended = self._newest_run(
            c.plan.is_not(None), c.undoes.is_(None), c.exit.in_(list(map(int, SUCCESSES)))
        )
        return ended.finished if ended else None

    def last_run(self) -> LastRun | None:
        """Return the newest run that made a plan, fetched orders, or did not end well.

        Others, such as one that confirmed an order, say nothing of the synchronisation.
        """
        c, r = t.runs.c, t.requests.c
        orders = exists(select(r.id).where(r.run == c.id, r.path == _ORDERS))
        row = self._newest_run(or_(c.plan.is_not(None), c.exit.is_(None), c.exit.not_in(_NO_RUN), orders))
        if row is None:
            return None
        requests = self._db.execute(select(func.count()).where(r.run == row.id)).scalar_one()
        imports = self._count(t.imports, t.imports.c.run == row.id)
        return LastRun(row.id, row.started, row.finished, row.exit, requests, imports)

    def orders_fetched(self) -> datetime | None:
        """Return when the newest run began that was shown the orders; None where none is known."""
        c, r = t.runs.c, t.requests.c
        answers = select(r.outcome).where(r.run == c.id, r.path == _ORDERS).order_by(r.id.desc()).limit(1)
        fetched = self._newest_run(answers.scalar_subquery() == "done")
        return fetched.started if fetched else None

    def ended(self) -> dict[int, int]:
        """Return how many runs there were ever, keyed by exit code."""
        c = t.runs.c
        by_code = self._select(c.exit, func.count()).where(c.exit.is_not(None))
        return self._pairs(by_code.group_by(c.exit).order_by(c.exit))

    def last_plan(self) -> LastPlan | None:
        """Return the newest plan of the export, None where none was ever made.

        Where a run then sent a part of it, such as one that a person approved, that part is done.
        """
        c, runs = t.changes.c, t.runs.c
        newest = self._newest_plan(t.plans.c.undoes.is_(False))
        if newest is None:
            return None
        whole = self._newest_plan(t.plans.c.number == newest.part_of) or newest
        sent = t.changes.alias("sent")
        done = exists(
            select(sent.c.seq).where(
                *(sent.c.plan == newest.number, sent.c.outcome == Outcome.DONE, c.outcome.is_(None)),
                *(sent.c[name] == c[name] for name in ("good_id", "prom_id", "verb")),
            )
        )
        became = case((done, str(Outcome.DONE)), else_=BECAME).label("became")
        rows = self._db.execute(
            select(c.verb, became, func.count().label("number"))
            .where(c.plan == whole.number, c.seq > 0)
            .group_by(c.verb, became)
        )
        changes = {(row.verb, row.became): row.number for row in rows}
        run = self._newest_run(runs.plan == newest.number)
        return LastPlan(whole.made, run.id if run else None, changes, whole.left_out)

    def _newest_plan(self, *where: ColumnElement[bool]) -> Row[Any] | None:
        query = self._select(t.plans).where(*where).order_by(t.plans.c.number.desc()).limit(1)
        return self._db.execute(query).first()

    def _newest_run(self, *where: ColumnElement[bool]) -> Row[Any] | None:
        query = self._select(t.runs).where(*where).order_by(t.runs.c.id.desc()).limit(1)
        return self._db.execute(query).first()
