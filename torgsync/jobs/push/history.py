"""Tells what runs did: in sums, or one of them whole. It asks Prom nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from torgsync.errors import UsageError
from torgsync.jobs.context import Desk
from torgsync.jobs.run import lives
from torgsync.state.runs.history import Record
from torgsync.state.runs.journal import Lease, Request
from torgsync.state.store import Memory


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


def runs(desk: Desk, most: int | None = None) -> tuple[list[Past], int]:
    """Return the last runs, newest first, so many at most or all; and how many there were ever."""
    with desk.memory(lasting=False) as memory:
        lease = memory.journal.lease()
        found = [_past(desk, memory, record, lease) for record in memory.history.runs(most)]
        return found, memory.history.count()


def run_of(desk: Desk, number: int) -> Past:
    """Return one run. Raises UsageError where the object had none of that number."""
    with desk.memory(lasting=False) as memory:
        record = memory.history.run(number)
        if record is not None:
            return _past(desk, memory, record, memory.journal.lease())
    raise UsageError(
        f"there is no run {number} of `{desk.object.name}`",
        hint=f"see which there are: torgsync history -o {desk.file.called}",
    )


def requests_of(desk: Desk, number: int) -> Sequence[Request]:
    """Return what a run asked of Prom, in order."""
    with desk.memory(lasting=False) as memory:
        return memory.journal.requests(number)


def _past(desk: Desk, memory: Memory, record: Record, lease: Lease | None) -> Past:
    if record.finished is not None:
        going = Going.FINISHED if record.exit_code is not None else Going.DIED
    elif lease is not None and lease.run == record.number and lives(desk, lease):
        going = Going.RUNNING
    else:
        going = Going.DIED
    return Past(record, going, tuple(memory.history.undone_by(record.number)))
