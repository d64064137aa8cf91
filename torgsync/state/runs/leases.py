"""The lease: the right to run one sync object, held by one process at a time (architecture §6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from torgsync.state.repository import Repository
from torgsync.state.runs.journal import Holder
from torgsync.state.schema.run_tables import leases, runs

LEASE = timedelta(minutes=10)
"""How long a lease lasts without being renewed."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The holder of an object, its run, and the times in UTC when the lease expires and the run began."""

    holder: Holder
    run: int
    expires: datetime
    since: datetime | None = None


class Leases(Repository):
    """The lease of one object. Reading it and taking it belong into one transaction."""

    def lease(self) -> Lease | None:
        """Return the lease of the object, expired or not."""
        row = self._db.execute(
            select(leases, runs.c.started).outerjoin(runs, runs.c.id == leases.c.run).where(self._own(leases))
        ).one_or_none()
        if row is None:
            return None
        return Lease(Holder(row.user, row.host, row.pid), row.run, row.expires, row.started)

    def renew(self, run: int, now: datetime) -> bool:
        """Renew the lease; return False where this run does not hold it any more."""
        renewed = update(leases).where(self._own(leases), leases.c.run == run).values(expires=now + LEASE)
        return bool(self._db.execute(renewed).rowcount)

    def take(self, run: int, holder: Holder, now: datetime) -> None:
        """Give the lease to this run, whichever holds it; the caller has checked that."""
        who = {"user": holder.user, "host": holder.host, "pid": holder.pid}
        self._upsert(leases, [{"run": run, "expires": now + LEASE, **who}])

    def release(self, run: int) -> None:
        """Give up the lease, if this run still holds it."""
        self._delete(leases, leases.c.run == run)
