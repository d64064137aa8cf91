"""In which shops a kind of violation was seen last, and the kinds that a person allows for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, insert, select

from torgsync.state.repository import Repository
from torgsync.state.schema.fleet_tables import fleet_allowances, fleet_sightings


class Sightings(Repository):
    """When each kind of violation was seen last, by shop."""

    def note(self, kinds: Iterable[str], run: int | None, now: datetime) -> None:
        """Record kinds of violations that this object shows now."""
        self._upsert(fleet_sightings, [{"kind": kind, "run": run, "at": now} for kind in kinds])

    def shops(self, since: datetime) -> dict[str, frozenset[str]]:
        """Return the slugs of all objects that showed a violation at this moment or later, keyed by kind."""
        c = fleet_sightings.c
        seen: dict[str, set[str]] = {}
        for kind, slug in self._db.execute(select(c.kind, c.object).where(c.at >= since)):
            seen.setdefault(kind, set()).add(slug)
        return {kind: frozenset(slugs) for kind, slugs in sorted(seen.items())}


class Allowance(Struct, frozen=True):
    """A kind of violation that the fleet guard lets through for a while, and who decided it."""

    kind: str
    until: datetime
    user: str
    host: str
    at: datetime


class Allowances(Repository):
    """The kinds that a person allows for a while, in all shops."""

    def allow(self, allowance: Allowance) -> None:
        """Record one, in the place of an earlier one of the same kind."""
        c = fleet_allowances.c
        self._db.execute(delete(fleet_allowances).where(c.kind == allowance.kind))
        values = {name: getattr(allowance, name) for name in allowance.__struct_fields__}
        self._db.execute(insert(fleet_allowances).values(**values))

    def valid(self, now: datetime) -> dict[str, Allowance]:
        """Return the allowances that have not ended, keyed by kind."""
        c = fleet_allowances.c
        rows = self._db.execute(select(fleet_allowances).where(c.until > now).order_by(c.kind))
        return {row.kind: Allowance(row.kind, row.until, row.user, row.host, row.at) for row in rows}
