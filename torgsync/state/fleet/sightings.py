"""Which kinds of violations each shop shows, and the kinds that a person allows for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select

from torgsync.core.fleet.guard import Sighting
from torgsync.state.bulk import insert_rows
from torgsync.state.repository import Repository
from torgsync.state.schema.fleet_tables import fleet_allowances, fleet_sightings
from torgsync.state.schema.run_tables import runs
from torgsync.state.server import take_turn


class Sightings(Repository):
    """The kinds of violations that shops show."""

    def wait(self) -> None:
        """Wait until no other shop decides: of two at the same time none would see the other."""
        take_turn(self._db, "guard of the fleet")

    def own(self) -> dict[str, Sighting]:
        """Return what this object shows, keyed by kind."""
        rows = self._db.execute(self._select(fleet_sightings))
        return {row.kind: Sighting(row.since, row.at, row.size) for row in rows}

    def replace(self, shown: Mapping[str, Sighting]) -> None:
        """Record what this object shows, keyed by kind, and nothing else."""
        self._delete(fleet_sightings)
        self._insert(
            fleet_sightings,
            [
                {"kind": kind, "since": one.since, "at": one.at, "size": one.size}
                for kind, one in shown.items()
            ],
        )

    def of_all(self, since: datetime) -> dict[str, dict[str, Sighting]]:
        """Return what all objects showed at this moment or later, keyed by kind, then by slug."""
        found: dict[str, dict[str, Sighting]] = {}
        c = fleet_sightings.c
        for row in self._db.execute(select(fleet_sightings).where(c.at >= since).order_by(c.kind, c.object)):
            found.setdefault(row.kind, {})[row.object] = Sighting(row.since, row.at, row.size)
        return found

    def shops(self, since: datetime) -> int:
        """Return how many objects had a run that began at this moment or later."""
        query = select(func.count(func.distinct(runs.c.object))).where(runs.c.started >= since)
        return self._db.execute(query).scalar_one()


class Allowance(Struct, frozen=True):
    """A kind of violation that the fleet guard lets through for a while, and who decided it."""

    kind: str
    until: datetime
    user: str
    host: str
    at: datetime


class Allowances(Repository):
    """The kinds that a person lets through for a while, in all shops."""

    def allow(self, allowance: Allowance) -> None:
        """Record one, in the place of an earlier one of the same kind."""
        insert_rows(self._db, fleet_allowances, [asdict(allowance)], replace=True)

    def valid(self, now: datetime) -> dict[str, Allowance]:
        """Return the allowances that have not ended, keyed by kind."""
        c = fleet_allowances.c
        rows = self._db.execute(select(fleet_allowances).where(c.until > now).order_by(c.kind))
        return {row.kind: Allowance(row.kind, row.until, row.user, row.host, row.at) for row in rows}
