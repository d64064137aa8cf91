"""Change the synchronization times of an object, and return the next moments and last attempts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import ValidationError

from torgsync.core.config.schedule import Attempt, due, is_for
from torgsync.core.config.settings import FromEnvironment, FromKeyring, SynchronizationTime, SyncObject
from torgsync.core.text import counted
from torgsync.errors import Exit, TorgsyncError, UsageError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import ADDRESSES, Settings, hosts, variable, who
from torgsync.files.config.timers import Job
from torgsync.files.config.toml_edit import add_time, remove_time
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.access import require_orders
from torgsync.jobs.run import refuse_lease

LOOK = timedelta(minutes=5)
"""How often the program is called to see whether a time is due, where no interval is shorter."""
OVERDUE = timedelta(minutes=20)
"""How long after its moment a time counts as passed over; retries come sooner."""
SHOWN = 3
"""How many of the next moments are shown."""
_EXAMPLE = "for example: torgsync schedule add --every 30m --between 08:00-21:00 --days mon-sat"


@dataclass(frozen=True, slots=True)
class Timed:
    """One time of an object: its number from 1, its next moments in UTC, and the last attempt at it.

    Where it is `due`, the next call of `sync --due` by its user performs it. One that is passed over is never
    due and has no moments.
    """

    number: int
    time: SynchronizationTime
    due: bool
    coming: tuple[datetime, ...]
    last: Attempt | None

    def overdue(self, now: datetime) -> datetime | None:
        """Return the moment that was passed over within its hours, if there is one."""
        moment = self.time.rhythm.latest(now)
        return moment if self.due and moment and now - moment > OVERDUE else None


def myself() -> str:
    """Return this user on this computer, in the notation of a synchronization time."""
    user, host, _ = who()
    return f"{host}\\{user}"


def settings_of(
    *, user: str, every: str, between: str | None, days: str | None, only: str | None
) -> dict[str, object]:
    """Return options of a command line as the table of a synchronization time."""
    hours = [hour.strip() for hour in between.split("-")] if between is not None else None
    given = {"user": user, "every": every, "between": hours, "days": days, "only": only}
    return {key: value for key, value in given.items() if value is not None}


def add(
    file: ObjectFile, *, user: str, every: str, between: str | None, days: str | None, only: str | None
) -> SynchronizationTime:
    """Add a time to an object. Raises UsageError where it cannot be, or is there already."""
    try:
        time = SynchronizationTime.model_validate(
            settings_of(user=user, every=every, between=between, days=days, only=only)
        )
    except ValidationError as wrong:
        reasons = (str(error["msg"]).removeprefix("Value error, ") for error in wrong.errors())
        raise UsageError("; ".join(reasons), hint=f"{_EXAMPLE} -o {file.called}") from wrong
    if time.only == "orders":
        require_orders(file)
    for number, other in enumerate(file.settings.synchronization_times, 1):
        if other.identity == time.identity:
            hint = f"see them: torgsync schedule list -o {file.called}"
            raise UsageError(f"time {number} of `{file.settings.name}` says so already: {other}", hint=hint)
    add_time(file, time)
    return time


def remove(file: ObjectFile, number: int) -> SynchronizationTime:
    """Remove a time of an object by its number from 1. Raises UsageError where there is none."""
    times = file.settings.synchronization_times
    if not 1 <= number <= len(times):
        raise UsageError(
            f"`{file.settings.name}` has {counted(len(times), 'synchronization time')}, and none is {number}",
            hint=f"see them: torgsync schedule list -o {file.called}",
        )
    remove_time(file, times[number - 1])
    return times[number - 1]


def timetable(context: JobContext) -> list[Timed]:
    """Return the times of an object with their next moments."""
    now = context.now()
    with context.transaction() as work:
        attempts = work.schedule.attempts()
    times = []
    for number, time in enumerate(context.object.synchronization_times, 1):
        last = attempts.get(time.identity)
        idle = context.object.passes_over(time)
        coming = () if idle else tuple(islice(time.rhythm.after(now), SHOWN))
        is_due = not idle and due(time.rhythm, now, last) is not None
        times.append(Timed(number, time, is_due, coming, last))
    return times


def timed(context: JobContext, time: SynchronizationTime) -> Timed:
    """Return one time of an object with its next moments."""
    return next(timed for timed in timetable(context) if timed.time.identity == time.identity)


def job_of(settings: Settings, files: Iterable[ObjectFile]) -> Job:
    """Return the timer's job, often enough for all times of these objects."""
    steps = [time.rhythm.step for file in files for time in file.settings.synchronization_times]
    look = LOOK if min(steps, default=LOOK) >= LOOK else timedelta(minutes=1)
    return Job(settings.home, int(look.total_seconds()) // 60, myself())


def lost(files: Iterable[ObjectFile]) -> list[tuple[str, str]]:
    """Return settings of this session that a timer may not have, each with a hint, empty if there is none."""
    settings = [(f"the environment variable `{name}`", "") for name in ADDRESSES if variable(name)]
    for file in files:
        cure = f"keep the token in a file: torgsync object edit {file.called} --api-key -"
        match file.settings.api_key:
            case FromEnvironment(env=name):
                settings.append((f"the environment variable `{name}`", cure))
            case FromKeyring(keyring=name):
                settings.append((f"the keyring's token `{name}`", ""))
    return settings


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
    """Return the times of an object that belong to this user on this host and are not passed over."""
    name, _, _ = who()
    names = hosts()
    times = (time for time in settings.synchronization_times if not settings.passes_over(time))
    return [time for time in times if is_for(time.user, name, names)]


@contextmanager
def taking_up(context: JobContext) -> Iterator[Due | None]:
    """Take up the times that are due now and yield them, None where none is; the exit code is stored.

    Raises Busy where something is due and another run holds the object: then nothing is taken up.
    """
    now = context.now()
    mine = {time.identity: time for time in own_times(context.object)}
    with context.transaction() as work:
        before = work.schedule.attempts()
        attempts = {
            identity: attempt
            for identity, time in mine.items()
            if (attempt := due(time.rhythm, now, before.get(identity)))
        }
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
