"""Takes up the synchronization times of an object that are due for the current user, each of them once.

Reading and taking up are one transaction: of two calls in the same second one performs a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from torgsync.core.config.schedule import Attempt, due, is_for
from torgsync.core.config.settings import SynchronizationTime, SyncObject
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.settings import hosts, who
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import refuse_lease


@dataclass(slots=True)
class Due:
    """The times that one call performs, each with its moment in UTC.

    `exit_code` is that of a bug until the work has ended.
    """

    times: list[tuple[SynchronizationTime, datetime]]
    exit_code: Exit = Exit.ERROR

    @property
    def only(self) -> str | None:
        """`goods` or `orders`, where every time is for the same half; None for both."""
        halves = {time.only for time, _ in self.times}
        return next(iter(halves)) if len(halves) == 1 else None


def own_times(settings: SyncObject) -> list[SynchronizationTime]:
    """Return the times of an object that belong to this user on this host."""
    name, _, _ = who()
    names = hosts()
    return [time for time in settings.synchronization_times if is_for(time.user, name, names)]


@contextmanager
def taking_up(context: JobContext) -> Iterator[Due | None]:
    """Take up the times that are due now and yield them, None where none is; the exit code is stored.

    Raises Busy where something is due and another run holds the object: then nothing is taken up.
    """
    now = context.now()
    mine = {time.identity: time for time in own_times(context.object)}
    attempts: dict[str, Attempt] = {}
    with context.transaction() as work:
        before = work.schedule.attempts()
        for identity, time in mine.items():
            if attempt := due(time.rhythm, now, before.get(identity)):
                attempts[identity] = attempt
        if attempts:
            refuse_lease(context, work.leases.lease())
        for identity, attempt in attempts.items():
            work.schedule.take_up(identity, attempt)
    if not attempts:
        yield None
        return
    taken = Due([(mine[identity], attempt.moment) for identity, attempt in attempts.items()])
    try:
        yield taken
    except TorgsyncError as error:
        taken.exit_code = error.exit_code
        raise
    except KeyboardInterrupt:
        taken.exit_code = Exit.INTERRUPTED
        raise
    finally:
        with context.transaction() as work:
            for identity, attempt in attempts.items():
                if taken.exit_code is Exit.BUSY:
                    work.schedule.give_back(identity, before.get(identity))
                else:
                    work.schedule.ended(identity, attempt, taken.exit_code)
