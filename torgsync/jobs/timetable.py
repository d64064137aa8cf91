"""The times of an object: which come next, how they ended last, and which are due now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from torgsync.core.config.schedule import Attempt, due, due_since, is_fleet, is_for
from torgsync.core.config.settings import SynchronizationTime, SyncObject
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings, hosts, who
from torgsync.state.runs.attempts import read_attempts

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext

OVERDUE = timedelta(minutes=20)
"""How long after its moment a time counts as passed over; retries come sooner."""
SHOWN = 3
"""How many of the next moments are shown."""


class Timed(Struct, frozen=True):
    """One time of an object: its number from 1, its next moments in UTC, and the last attempt at it.

    Where it is `due`, the next call of `sync --due` by its user performs it. One that is passed over is never
    due and has no moments.
    """

    number: int
    time: SynchronizationTime
    due: bool
    coming: tuple[datetime, ...]
    last: Attempt | None

    def due_since(self, known: datetime, now: datetime) -> datetime | None:
        """Return the first moment since which it is due; it has been `known` for some time."""
        return due_since(self.time.rhythm, now, self.last, known) or self.time.rhythm.latest(now)

    def overdue(self, now: datetime) -> datetime | None:
        """Return the first moment that was passed over within its hours, if there is one."""
        moment = self.due_since(now, now)
        return moment if self.due and moment and now - moment > OVERDUE else None


def timetable(context: JobContext) -> list[Timed]:
    """Return the times of an object with their next moments."""
    with context.transaction() as work:
        attempts = work.schedule.attempts()
    return times_of(context.object, attempts, context.now())


def known_timetable(settings: Settings, file: ObjectFile, now: datetime) -> list[Timed] | None:
    """Return the same without opening the state, None where it must be opened to know."""
    attempts = _known_attempts(settings, file)
    return None if attempts is None else times_of(file.settings, attempts, now)


def nothing_due(settings: Settings, file: ObjectFile, now: datetime) -> bool:
    """Return whether it is known without opening the state that no time of this user is due now."""
    attempts = _known_attempts(settings, file)
    return attempts is not None and not _due(file, attempts, now)


def _known_attempts(settings: Settings, file: ObjectFile) -> dict[str, Attempt] | None:
    plain = settings.state_file if "?" not in settings.state_url else None  # options are the driver's
    return read_attempts(plain, file.slug) if plain else None


def _due(file: ObjectFile, attempts: Mapping[str, Attempt], now: datetime) -> dict[str, Attempt]:
    """Return the attempts that this process is to make now, by the identity of the time."""
    times = {time.identity: time for time in own_times(file)}
    by_worker = file.pushed is not None
    return {
        identity: attempt
        for identity, time in times.items()
        if (attempt := due(time.rhythm, now, attempts.get(identity), by_worker=by_worker))
    }


def times_of(settings: SyncObject, attempts: Mapping[str, Attempt], now: datetime) -> list[Timed]:
    """Return the times of an object with their next moments, by the last attempt at each."""
    times = []
    for number, time in enumerate(settings.synchronization_times, 1):
        last = attempts.get(time.identity)
        idle = settings.passes_over(time)
        coming = () if idle else tuple(islice(time.rhythm.after(now), SHOWN))
        is_due = not idle and due(time.rhythm, now, last) is not None
        times.append(Timed(number, time, is_due, coming, last))
    return times


def timed(context: JobContext, time: SynchronizationTime) -> Timed:
    """Return one time of an object with its next moments."""
    return next(timed for timed in timetable(context) if timed.time.identity == time.identity)


class Due(Struct):
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


def own_times(file: ObjectFile) -> list[SynchronizationTime]:
    """Return the times of an object that this process performs and that are not passed over.

    Those of a pushed object are its workers', of any other one those of this user on this host.
    """
    settings = file.settings
    times = [time for time in settings.synchronization_times if not settings.passes_over(time)]
    if file.pushed:
        return [time for time in times if is_fleet(time.user)]
    name, _, _ = who()
    names = hosts()
    return [time for time in times if is_for(time.user, name, names)]


@contextmanager
def taking_up(
    context: JobContext, takes: Callable[[SynchronizationTime], bool] = lambda _: True
) -> Iterator[Due | None]:
    """Take up the times that are due now and yield them, None where none is; the exit code is stored.

    `takes` may choose some of them. Raises Busy where something is due and another run holds the object: then
    nothing is taken up.
    """
    now = context.now()
    mine = {time.identity: time for time in own_times(context.file) if takes(time)}
    with context.transaction() as work:
        before = work.schedule.attempts()
        wanted = _due(context.file, before, now)
        attempts = {identity: attempt for identity, attempt in wanted.items() if identity in mine}
        if attempts:
            from torgsync.jobs.run import refuse_lease  # noqa: PLC0415  # only a run needs it

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
