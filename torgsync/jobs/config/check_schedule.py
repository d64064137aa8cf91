"""Check the synchronization times of an object: which are passed over, which nothing calls, which failed.

A time is in order only where it was performed, or where what was installed here will call it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from torgsync.core.config.schedule import is_fleet
from torgsync.core.config.settings import SynchronizationTime
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.files.config.timers import installed_caller
from torgsync.i18n import Message, _, _n, verbatim
from torgsync.jobs.config.check_view import CheckLine, ok, warning
from torgsync.jobs.config.schedule import job_of
from torgsync.jobs.context import JobContext
from torgsync.jobs.timetable import Timed, own_times, timetable

LATELY = timedelta(days=7)
"""How long ago a time may have been performed to show that something calls it."""

_FAILED = frozenset(Exit) - {Exit.DONE, Exit.HELD, Exit.BUSY}
"""Exit codes of unattended runs that a person should look at."""

_INSTALL = verbatim("torgsync schedule install")


def idle_times(file: ObjectFile) -> Iterator[CheckLine]:
    """Report times that `sync --due` passes over."""
    for number, time in enumerate(file.settings.synchronization_times, 1):
        if file.settings.passes_over(time):
            message = _(
                "{time}: skipped, because no orders are fetched (`enabled = false`)", time=_called(time)
            )
            hint = verbatim(f"torgsync schedule remove {number} -o {file.called}")
            yield warning(_("schedule"), message, hint)


def installed_times(file: ObjectFile, home: Settings) -> Iterator[CheckLine]:
    """Report, without the state, whether the times of an object are called."""
    mine = own_times(file)
    if mine and (caller := installed_caller(job_of(home, [file]))):
        message = _n(
            "{count} synchronization time of this user, called by {caller}",
            "{count} synchronization times of this user, called by {caller}",
            len(mine),
            caller=str(caller),
        )
        yield ok(_("schedule"), message)
    elif mine:
        message = _n(
            "nothing on this computer calls `sync --due`: {count} synchronization time waits for it",
            "nothing on this computer calls `sync --due`: {count} synchronization times wait for it",
            len(mine),
        )
        yield warning(_("schedule"), message, _INSTALL)
    for time in file.settings.synchronization_times:
        if time not in mine and not file.settings.passes_over(time):
            yield _elsewhere(time, file)


def performed_times(context: JobContext) -> Iterator[CheckLine]:
    """Report when the times of an object come next, which were not called, and which failed.

    Where the state cannot be used, only whether they are called is known.
    """
    try:
        times = timetable(context)
    except TorgsyncError:
        yield from installed_times(context.file, context.settings)
        raise
    mine, now = own_times(context.file), context.now()
    caller = installed_caller(job_of(context.settings, [context.file])) if mine else None
    for timed in times:
        if context.object.passes_over(timed.time):
            continue  # the check reports it
        time, overdue, last = _called(timed.time), timed.overdue(now), timed.last
        if timed.time in mine and overdue:
            message = _(
                "{time}: not done at {moment:time}; does anything call `sync --due`?",
                time=time,
                moment=overdue,
            )
            yield warning(_("schedule"), message, _INSTALL)
        elif last and last.exit_code in _FAILED:
            message = _(
                "{time}: the run of {moment:time} ended with exit code {code}",
                time=time,
                moment=last.moment,
                code=int(last.exit_code),
            )
            yield warning(_("schedule"), message, verbatim(f"torgsync sync -o {context.file.called}"))
        elif _performed(timed, now) or (timed.time in mine and caller):
            yield ok(_("schedule"), _("{time}; next {moment:time}", time=time, moment=timed.coming[0]))
        elif timed.time in mine:
            message = _("{time}: nothing on this computer calls `sync --due`", time=time)
            yield warning(_("schedule"), message, _INSTALL)
        elif is_fleet(timed.time.user) and context.settings.state_file is not None:
            message = _(
                "{time}: no worker performs it: this state is the file `{file}`",
                time=time,
                file=context.settings.state_file,
            )
            yield warning(_("schedule"), message, _("name the database of the fleet in `TORGSYNC_STATE`"))
        else:
            yield _elsewhere(timed.time, context.file)
    if not times:
        yield ok(_("schedule"), _("no synchronization times: it is synchronized only when you run it"))


def _performed(timed: Timed, now: datetime) -> bool:
    """Return whether the last attempt at a time shows that something calls it."""
    return timed.last is not None and not timed.overdue(now) and now - timed.last.started <= LATELY


def _elsewhere(time: SynchronizationTime, file: ObjectFile) -> CheckLine:
    if is_fleet(time.user):
        return ok(_("schedule"), _("{time}: performed by workers, once it is pushed", time=_called(time)))
    message = _(
        "{time}: of another user or computer; this computer does not know whether anything calls it",
        time=_called(time),
    )
    return warning(_("schedule"), message, _("run there: torgsync doctor -o {called}", called=file.called))


def _called(time: SynchronizationTime) -> Message:
    return _("{time} by `{user}`", time=time.words, user=time.user)
