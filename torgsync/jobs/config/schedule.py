"""Change the synchronization times of an object, and say what a timer needs to know of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pydantic import ValidationError

from torgsync.core.config.settings import FromEnvironment, FromKeyring, SynchronizationTime
from torgsync.core.config.validation import reasons_of
from torgsync.errors import UsageError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import ADDRESSES, Settings, variable, who
from torgsync.files.config.timers import Job
from torgsync.files.config.toml_edit import add_time, remove_time
from torgsync.i18n import NOTHING, Message, _, _n
from torgsync.jobs.orders.access import require_orders

LOOK = timedelta(minutes=5)
"""How often the program is called to see whether a time is due, where no interval is shorter."""


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
        hint = _(
            "for example: torgsync schedule add --every 30m --between 08:00-21:00 --days mon-sat -o {called}",
            called=file.called,
        )
        raise UsageError(reasons_of(wrong), hint=hint) from wrong
    if time.only == "orders":
        require_orders(file)
    for number, other in enumerate(file.settings.synchronization_times, 1):
        if other.identity == time.identity:
            message = _(
                "`{object}` already has this synchronization time as number {number}: {time}",
                object=file.settings.name,
                number=number,
                time=other.words,
            )
            raise UsageError(message, hint=_see_times(file))
    add_time(file, time)
    return time


def remove(file: ObjectFile, number: int) -> SynchronizationTime:
    """Remove a time of an object by its number from 1. Raises UsageError where there is none."""
    times = file.settings.synchronization_times
    if not 1 <= number <= len(times):
        raise UsageError(
            _n(
                "`{object}` has {count} synchronization time, and no number {number}",
                "`{object}` has {count} synchronization times, and no number {number}",
                len(times),
                object=file.settings.name,
                number=number,
            ),
            hint=_see_times(file),
        )
    remove_time(file, times[number - 1])
    return times[number - 1]


def _see_times(file: ObjectFile) -> Message:
    return _("see them: torgsync schedule list -o {called}", called=file.called)


def job_of(settings: Settings, files: Iterable[ObjectFile]) -> Job:
    """Return the timer's job, often enough for all times of these objects."""
    steps = [time.rhythm.step for file in files for time in file.settings.synchronization_times]
    look = LOOK if min(steps, default=LOOK) >= LOOK else timedelta(minutes=1)
    return Job(settings.home, int(look.total_seconds()) // 60, myself())


def unknown_to_timers(files: Iterable[ObjectFile]) -> list[tuple[Message, Message]]:
    """Return settings of this session that a timer may not have, each with a hint, empty if there is none."""
    lost: list[tuple[Message, Message]] = [
        (_ENVIRONMENT.filled(name=name), NOTHING) for name in ADDRESSES if variable(name)
    ]
    for file in files:
        match file.settings.api_key:
            case FromEnvironment(env=name):
                cure = _(
                    "keep the token in a file: torgsync object edit {called} --api-key -", called=file.called
                )
                lost.append((_ENVIRONMENT.filled(name=name), cure))
            case FromKeyring(keyring=name):
                lost.append((_("the token `{name}` of the keyring", name=name), NOTHING))
        notify = file.settings.notify
        for way in (*notify.to, *([notify.heartbeat] if notify.heartbeat else [])):
            if isinstance(way, FromEnvironment):
                cure = _("keep the address in a file: `{way}`", way='{ file = "path" }')
                lost.append((_ENVIRONMENT.filled(name=way.env), cure))
    return lost


_ENVIRONMENT = _("the environment variable `{name}`")
