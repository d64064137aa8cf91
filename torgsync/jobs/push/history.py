"""Report what runs did: their sums, or one of them whole. Sends no request and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torgsync.errors import UsageError
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import is_alive
from torgsync.state.runs.history import RunRecord
from torgsync.state.runs.journal import Request
from torgsync.state.runs.leases import Lease
from torgsync.state.store import UnitOfWork


class RunState(StrEnum):
    """How far a run is."""

    FINISHED = "finished"
    RUNNING = "running"
    DIED = "died"  # it was killed, or its computer went down


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run, how far it is, and the runs that undid some of it, oldest first."""

    record: RunRecord
    state: RunState
    undone_by: tuple[int, ...] = ()


def runs(context: JobContext, most: int | None = None) -> tuple[list[PastRun], int]:
    """Return the last runs, newest first, at most so many or all; and how many there were ever."""
    with context.transaction(durable=False) as work:
        lease = work.leases.lease()
        records = work.history.runs(most)
        return [_past_run(context, work, record, lease) for record in records], work.history.count()


def run_of(context: JobContext, number: int) -> PastRun:
    """Return one run. Raises UsageError where the object had none of that number."""
    with context.transaction(durable=False) as work:
        record = work.history.run(number)
        if record is not None:
            return _past_run(context, work, record, work.leases.lease())
    raise UsageError(
        f"there is no run {number} of `{context.object.name}`",
        hint=f"see which there are: torgsync history -o {context.file.called}",
    )


def requests_of(context: JobContext, number: int) -> Sequence[Request]:
    """Return the requests of a run, in order."""
    with context.transaction(durable=False) as work:
        return work.journal.requests(number)


def _past_run(context: JobContext, work: UnitOfWork, record: RunRecord, lease: Lease | None) -> PastRun:
    if record.finished is not None:
        state = RunState.FINISHED if record.exit_code is not None else RunState.DIED
    elif lease is not None and lease.run == record.number and is_alive(context, lease):
        state = RunState.RUNNING
    else:
        state = RunState.DIED
    return PastRun(record, state, tuple(work.history.undone_by(record.number)))
