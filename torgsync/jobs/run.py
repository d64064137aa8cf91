"""One run of one object: it holds the object, and everything it sends is written down first.

Source: docs/developers/architecture.md §6.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from torgsync.core.clock import SHOP_ZONE
from torgsync.errors import Busy, Exit, TorgsyncError
from torgsync.files.config.logs import note_run
from torgsync.files.config.settings import alive, who
from torgsync.jobs.context import JobContext, Progress
from torgsync.state.runs.journal import Holder, Lease
from torgsync.state.store import UnitOfWork

RENEW_EVERY = timedelta(minutes=1)

_log = logging.getLogger(__name__)


@dataclass
class Run:
    """A run that has begun. `exit_code` is what it will be remembered by.

    `context` is the one to work with: with every unit of work, the run's lease is renewed when it is time,
    and wherever progress is told, a person may stop it.
    """

    context: JobContext
    number: int
    renewed: datetime
    exit_code: Exit = Exit.ERROR

    def __post_init__(self) -> None:
        looks_on = self.context.report
        stop = self.context.stop

        def tell(progress: Progress) -> None:
            looks_on(progress)
            stop.check()

        self.context = replace(self.context, report=tell, keep=self._keep)

    def _keep(self, work: UnitOfWork) -> None:
        """Renew the lease if it is time. That it was lost is noticed before the next request."""
        now = self.context.now()
        if now - self.renewed >= RENEW_EVERY:
            work.journal.renew(self.number, now)
            self.renewed = now

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Write down a request that is about to be sent; return its number.

        Raises Interrupted where somebody asked for a stop, Busy where another run holds the object by now:
        then nothing is sent.
        """
        self.context.stop.check()
        with self.context.transaction() as work:
            if not work.journal.renew(self.number, self.context.now()):
                raise _taken(self.context, work.journal.lease())
            if method != "GET" and path.lstrip("/").startswith("products/"):
                work.object_state.note_first_write(self.context.now())
            return work.journal.before(self.number, method, path, items, digest, self.context.now())

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Write down how it was answered."""
        with self.context.transaction() as work:
            work.journal.after(entry, status, outcome, self.context.now())


@contextmanager
def running(context: JobContext) -> Iterator[Run]:
    """Hold the object for one run. Raises Busy where another run holds it.

    A holder on this host whose process is gone is taken over at once, any other when its lease has expired.
    """
    me = Holder(*who())
    with context.transaction() as work:
        refuse_lease(context, work.journal.lease())
        number = work.journal.begin_run(me, context.now())
        work.journal.take_lease(number, me, context.now())
    run = Run(context, number, context.now())
    note_run(number)
    _log.info("the run begins")
    try:
        yield run
    except TorgsyncError as error:
        run.exit_code = error.exit_code
        _end(context, run)
        raise
    except Exception:
        # Whatever it was, nobody noted what became of the work in hand: the next run looks that up.
        with context.transaction() as work:
            work.journal.release(number)
        raise
    _end(context, run)


def _end(context: JobContext, run: Run) -> None:
    with context.transaction() as work:
        work.journal.end_run(run.number, run.exit_code, context.now())
        work.journal.release(run.number)
    _log.info("the run ended with exit code %d", run.exit_code)


def refuse_held(context: JobContext) -> None:
    """Raise Busy where a run holds the object: a look would change what that run is working on."""
    with context.transaction() as work:
        refuse_lease(context, work.journal.lease())


def refuse_lease(context: JobContext, lease: Lease | None) -> None:
    """Raise Busy where a lease is that of a run that lives."""
    if lease and lives(context, lease):
        raise Busy(
            f"`{context.object.name}` is held by another run: {_who(lease)}",
            hint="wait until it has finished, then run the same command again",
        )


def lives(context: JobContext, lease: Lease) -> bool:
    """Tell whether the run that holds the object goes on, as far as can be known here."""
    return lease.expires > context.now() and not _crashed(lease, Holder(*who()))


def _taken(context: JobContext, lease: Lease | None) -> Busy:
    """Return the error for a run that lost its lease: it was not renewed in time."""
    by = f"by another run: {_who(lease)}" if lease else "and let go by another run"
    return Busy(
        f"`{context.object.name}` was taken over {by}; this run was silent for too long and sends no more",
        hint="wait until the other run has finished, then run the same command again",
    )


def _who(lease: Lease) -> str:
    holder = lease.holder
    since = f", since {lease.since.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}" if lease.since else ""
    return f"{holder.user} on {holder.host}, process {holder.pid}{since}"


def _crashed(lease: Lease, me: Holder) -> bool:
    """Tell whether the holder is a process of this host that is gone."""
    return lease.holder.host == me.host and lease.holder.pid != me.pid and not alive(lease.holder.pid)
