"""One run of one object: it holds the object, and everything it sends is written down first.

Source: design §6.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torgsync.errors import Busy, Exit, TorgsyncError
from torgsync.files.logs import note_run
from torgsync.files.settings import alive, who
from torgsync.jobs.desk import Desk
from torgsync.state.journal import Holder, Lease

_log = logging.getLogger(__name__)


@dataclass
class Run:
    """A run that has begun. `exit_code` is what it will be remembered by."""

    desk: Desk
    number: int
    exit_code: Exit = Exit.ERROR

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Write down a request that is about to be sent; return its number."""
        with self.desk.memory() as memory:
            if method != "GET" and path.lstrip("/").startswith("products/"):
                memory.catalog.note_first_write(self.desk.now())
            return memory.journal.before(self.number, method, path, items, digest, self.desk.now())

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Write down how it was answered."""
        with self.desk.memory() as memory:
            memory.journal.after(entry, status, outcome, self.desk.now())


@contextmanager
def running(desk: Desk) -> Iterator[Run]:
    """Hold the object for one run. Raises Busy where another run holds it.

    A holder on this host whose process is gone is taken over at once, any other when its lease has expired.
    """
    me = Holder(*who())
    with desk.memory() as memory:
        refuse_lease(desk, memory.journal.lease())
        number = memory.journal.begin_run(me, desk.now())
        memory.journal.take_lease(number, me, desk.now())
    run = Run(desk, number)
    note_run(number)
    _log.info("the run begins")
    try:
        yield run
    except TorgsyncError as error:
        run.exit_code = error.exit_code
        raise
    except KeyboardInterrupt:
        run.exit_code = Exit.INTERRUPTED
        raise
    finally:
        with desk.memory() as memory:
            memory.journal.end_run(number, run.exit_code, desk.now())
            memory.journal.release(number)
        _log.info("the run ended with exit code %d", run.exit_code)


def refuse_held(desk: Desk) -> None:
    """Raise Busy where a run holds the object: a look would change what that run is working on."""
    with desk.memory() as memory:
        refuse_lease(desk, memory.journal.lease())


def refuse_lease(desk: Desk, lease: Lease | None) -> None:
    """Raise Busy where a lease is that of a run that lives."""
    if lease and lives(desk, lease):
        holder = lease.holder
        raise Busy(
            f"`{desk.object.name}` is held by another run: {holder.user} on {holder.host}, "
            f"process {holder.pid}",
            hint="wait until it has finished, then run the same command again",
        )


def lives(desk: Desk, lease: Lease) -> bool:
    """Tell whether the run that holds the object goes on, as far as can be known here."""
    return lease.expires > desk.now() and not _crashed(lease, Holder(*who()))


def _crashed(lease: Lease, me: Holder) -> bool:
    """Tell whether the holder is a process of this host that is gone."""
    return lease.holder.host == me.host and lease.holder.pid != me.pid and not alive(lease.holder.pid)
