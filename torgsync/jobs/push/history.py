"""Tells what runs did: in sums, or one of them whole. It asks Prom nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torgsync.errors import UsageError
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import lives
from torgsync.state.runs.history import Record
from torgsync.state.runs.journal import Lease, Request
from torgsync.state.store import UnitOfWork


class Going(StrEnum):
    """How far a run is."""

    FINISHED = "finished"
    RUNNING = "running"
    DIED = "died"  # it was killed, or its computer went down


@dataclass(frozen=True, slots=True)
class Past:
    """One run, how far it is, and the runs that turned it back, oldest first."""

    record: Record
    going: Going
    undone_by: tuple[int, ...] = ()


def runs(context: JobContext, most: int | None = None) -> tuple[list[Past], int]:
    """Return the last runs, newest first, so many at most or all; and how many there were ever."""
    with context.transaction(durable=False) as work:
        lease = work.journal.lease()
        found = [_past(context, work, record, lease) for record in work.history.runs(most)]
        return found, work.history.count()


def run_of(context: JobContext, number: int) -> Past:
    """Return one run. Raises UsageError where the object had none of that number."""
    with context.transaction(durable=False) as work:
        record = work.history.run(number)
        if record is not None:
            return _past(context, work, record, work.journal.lease())
    raise UsageError(
        f"there is no run {number} of `{context.object.name}`",
        hint=f"see which there are: torgsync history -o {context.file.called}",
    )


def requests_of(context: JobContext, number: int) -> Sequence[Request]:
    """Return what a run asked of Prom, in order."""
    with context.transaction(durable=False) as work:
        return work.journal.requests(number)


def _past(context: JobContext, work: UnitOfWork, record: Record, lease: Lease | None) -> Past:
    if record.finished is not None:
        going = Going.FINISHED if record.exit_code is not None else Going.DIED
    elif lease is not None and lease.run == record.number and lives(context, lease):
        going = Going.RUNNING
    else:
        going = Going.DIED
    return Past(record, going, tuple(work.history.undone_by(record.number)))
