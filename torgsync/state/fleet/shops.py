"""What runs of all shops left: one query for all shops, however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select

from torgsync.core.config.schedule import Attempt
from torgsync.state.repository import Repository
from torgsync.state.runs.leases import Lease, lease_of, lease_query
from torgsync.state.runs.schedule import attempt_of
from torgsync.state.runs.status import SUCCESSES, LastRun
from torgsync.state.schema import run_tables as t
from torgsync.state.schema.fleet_tables import fleet_objects


class FleetPace(Struct, frozen=True):
    """How runs of all shops went: how many ended since a time, and how those of a longer time ended.

    `codes` are keyed by exit code; `died` counts those that came to no end and hold no lease.
    """

    ended: int
    codes: Mapping[int, int]
    died: int


class FleetShops(Repository):
    """What is known of all shops; used in `Store.look_at_fleet()`."""

    def attempts(self) -> dict[str, dict[str, Attempt]]:
        """Return the last attempt at each time, keyed by slug and by the identity of the time."""
        known: dict[str, dict[str, Attempt]] = {}
        for row in self._db.execute(select(t.attempts)):
            known.setdefault(row.object, {})[row.time] = attempt_of(row)
        return known

    def leases(self) -> dict[str, Lease]:
        """Return the lease of each shop that has one, expired or not, keyed by slug."""
        return {row.object: lease_of(row) for row in self._db.execute(lease_query(self._db))}

    def last_runs(self) -> dict[str, LastRun]:
        """Return the newest run of each pushed shop, keyed by slug; its requests are not counted."""
        return self._newest()

    def last_successes(self) -> dict[str, datetime]:
        """Return when a run last brought each pushed shop in step, as far as it may by itself, by slug."""
        c = t.runs.c
        ended = self._newest(c.plan.is_not(None), c.undoes.is_(None), c.exit.in_(list(map(int, SUCCESSES))))
        return {slug: run.finished for slug, run in ended.items() if run.finished}

    def pace(self, since: datetime, longer: datetime) -> FleetPace:
        """Return how many runs ended since a time, and how those ended that began at a `longer` ago."""
        c = t.runs.c
        ended = select(func.count()).select_from(t.runs).where(c.started >= longer, c.finished >= since)
        codes = select(c.exit, func.count()).where(c.started >= longer, c.exit.is_not(None)).group_by(c.exit)
        held = select(t.leases.c.run)
        died = (
            select(func.count())
            .select_from(t.runs)
            .where(c.started >= longer, c.exit.is_(None), c.id.not_in(held))
        )
        return FleetPace(
            self._db.execute(ended).scalar_one(), self._pairs(codes), self._db.execute(died).scalar_one()
        )

    def _newest(self, *where: ColumnElement[bool]) -> dict[str, LastRun]:
        """Return the newest run of each pushed shop that fulfils all conditions, keyed by slug.

        Each is found from the newest on, so that a long history costs nothing.
        """
        c, shops = t.runs.c, fleet_objects.c
        newest = (
            select(c.id)
            .where(c.object == shops.object, *where)
            .order_by(c.id.desc())
            .limit(1)
            .correlate(fleet_objects)
            .scalar_subquery()
        )
        found = select(newest.label("run")).where(shops.removed_at.is_(None)).subquery()
        rows = self._db.execute(select(t.runs).join(found, found.c.run == c.id))
        return {row.object: LastRun(row.id, row.started, row.finished, row.exit) for row in rows}
