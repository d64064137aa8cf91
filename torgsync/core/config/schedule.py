"""When an object is synchronised unattended: the times of a rhythm, and which of them are due.

Hours are in the shop's zone, whatever zone the computer is set to. A rhythm restarts at its first hour of
each day and continues in real time, so that a change of clocks neither doubles a time nor skips one. A time
that was missed is caught up once, and only within the hours of the rhythm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from msgspec import Struct

from torgsync.core.clock import SHOP_ZONE
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, joined

GRACE = timedelta(minutes=10)
"""How long after its last hour the last time of a rhythm is still performed: callers are not punctual."""
PAUSE = timedelta(minutes=15)
"""How long after an attempt that failed a time is tried again."""
WORKER_PAUSES = (timedelta(minutes=1), timedelta(minutes=5))
"""The same where a worker of a fleet performs it: they grow."""
TRIES = 3
"""How often a time is tried."""
RETRIED = (None, Exit.TEMPORARY, Exit.INVALID, Exit.INTERRUPTED)
"""Exit codes after which a time is tried again; None where the attempt was killed, or still runs.

An invalid export may be one that Torgsoft is just writing.
"""
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Caller(StrEnum):
    """What calls the program by the clock."""

    CRON = "cron"
    SYSTEMD = "systemd"
    WINDOWS = "windows"


def read_step(text: str) -> timedelta:
    """Return the duration of `30m`, `2h` or `1d`. Raises ValueError for any other text."""
    if not re.fullmatch(r"[1-9]\d{0,3}[mhd]", text):
        raise ValueError(_('"{given}" is not an interval such as `30m`, `2h` or `1d`', given=text))
    step = int(text[:-1]) * _UNITS[text[-1]]
    if step > _DAY and step % _DAY:
        raise ValueError(
            _('"{given}" is longer than a day and not whole days; write `1d` or `2d`', given=text)
        )
    return step


def interval_words(step: str) -> Message:
    """Return how often something is done: `every 30 minutes` of `30m`."""
    count, unit = int(step[:-1]), step[-1]
    if count == 1:
        return _EVERY_ONE[unit]
    return _EVERY[unit].filled(count=count)


_EVERY_ONE = {"m": _("every minute"), "h": _("every hour"), "d": _("once a day")}
_EVERY = {
    "m": _n("every {count} minute", "every {count} minutes"),
    "h": _n("every {count} hour", "every {count} hours"),
    "d": _n("every {count} day", "every {count} days"),
}


def weekday_words(days: str) -> Message:
    """Return weekdays such as `mon-sat` in words."""
    return joined("", [_WEEKDAYS.get(part, part) for part in re.split(r"([-,])", days)])


_WEEKDAYS = {
    "mon": _("mon"),
    "tue": _("tue"),
    "wed": _("wed"),
    "thu": _("thu"),
    "fri": _("fri"),
    "sat": _("sat"),
    "sun": _("sun"),
}


def read_days(text: str) -> frozenset[int]:
    """Return the weekdays of `mon-sat` or `mon,wed,fri-sun`, 0 for Monday. Raises ValueError."""
    days: set[int] = set()
    for part in text.split(","):
        ends = [end.strip().lower() for end in part.split("-")]
        if not 1 <= len(ends) <= 2 or any(end not in WEEK for end in ends):  # noqa: PLR2004  # from, to
            raise ValueError(_('"{given}" is not weekdays such as `mon-sat` or `mon,wed,fri`', given=text))
        first, last = WEEK.index(ends[0]), WEEK.index(ends[-1])
        days.update(day % len(WEEK) for day in range(first, last + 1 + (len(WEEK) if last < first else 0)))
    return frozenset(days)


def read_hour(text: str) -> time:
    """Return the time of `08:00`. Raises ValueError where it is none."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(_('"{given}" is not an hour such as `08:00`', given=text))
    return time.fromisoformat(text)


class Rhythm(Struct, frozen=True):
    """The moments of a day, and the days (0 for Monday), at which something is done.

    `step` is at most a day, or whole days. `end` is None for the end of the day; before `start` it is on the
    next day, whose hours then belong to the day on which they began. Hours are those of `zone`.
    """

    step: timedelta
    start: time = time(0)
    end: time | None = None
    days: frozenset[int] = frozenset(range(len(WEEK)))
    zone: tzinfo = SHOP_ZONE

    def __post_init__(self) -> None:
        if self.end == self.start:
            raise ValueError(
                _("the hours begin and end at the same time; for the whole day leave out `between`")
            )
        if self.step > _DAY and len(self.days) < len(WEEK):
            raise ValueError(_("with `days`, `every` must be `1d` or shorter"))

    def latest(self, now: datetime) -> datetime | None:
        """Return the last time that has come, in UTC; None where its hours are over, or have not begun."""
        hours = self._begun(now)
        if hours is None:
            return None
        begin, end = hours
        return begin + (min(now, end) - begin) // self.step * self.step

    def first_missed(self, last: datetime, now: datetime) -> datetime | None:
        """Return the first time after one that has come and can still be caught up, in UTC; None for none."""
        hours = self._begun(now)
        if hours is None:
            return None
        missed = next(self.after(max(last, hours[0] - _INSTANT) if self.end else last))
        return missed if missed <= now else None

    def after(self, now: datetime) -> Iterator[datetime]:
        """Yield the times that are still to come, in UTC, without end."""
        day = now.astimezone(self.zone).date() - _DAY
        while True:
            if self._has(day):
                moment, end = self._hours(day)
                while moment <= end:
                    if moment > now:
                        yield moment
                    moment += self.step
            day += _DAY

    def _begun(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Return the newest hours with times that have begun; None where they are over, or have not begun."""
        today = now.astimezone(self.zone).date()
        if not any(self._open(day, now) for day in (today, today - _DAY)):
            return None
        for back in range(max(self.step // _DAY, len(WEEK)) + 2):
            day = today - back * _DAY
            begin, end = self._hours(day)
            if self._has(day) and begin <= now:
                return begin, end
        return None  # pragma: no cover  # one of these days has times

    def _has(self, day: date) -> bool:
        """Return whether times begin on a day; steps of several days are counted from a Monday."""
        return day.weekday() in self.days and (day.toordinal() - 1) % max(self.step // _DAY, 1) == 0

    def _open(self, day: date, now: datetime) -> bool:
        begin, end = self._hours(day)
        return day.weekday() in self.days and begin <= now <= end + (GRACE if self.end else timedelta(0))

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """Return when the hours of a day begin and the last moment that belongs to them, in UTC."""
        begin = self._utc(day, self.start)
        if self.end is None:
            return begin, self._utc(day + _DAY, self.start) - _INSTANT
        return begin, self._utc(day if self.end > self.start else day + _DAY, self.end)

    def _utc(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)


class Attempt(Struct, frozen=True):
    """The last attempt at a time: its moment, its start, its number from 1, and its exit code.

    The code is None while it runs, and where it was killed.
    """

    moment: datetime
    started: datetime
    tries: int = 1
    exit_code: Exit | None = None


def due(rhythm: Rhythm, now: datetime, last: Attempt | None, *, by_worker: bool = False) -> Attempt | None:
    """Return the attempt that is to be made now, None where nothing is due.

    Of several missed times only the last counts. A time in the future was tried when the clock was wrong.
    Where it is performed `by_worker`, an attempt that was interrupted is repeated at once: no person stopped
    it.
    """
    moment = rhythm.latest(now)
    if moment is None:
        return None
    if last is None or last.moment != moment:
        missed = last is None or last.moment < moment or last.moment > now
        return Attempt(moment, now) if missed else None
    if last.tries >= TRIES or last.exit_code not in RETRIED:
        return None
    pause = WORKER_PAUSES[last.tries - 1] if by_worker else PAUSE
    at_once = by_worker and last.exit_code is Exit.INTERRUPTED
    if at_once or not last.started <= now < last.started + pause:
        return Attempt(moment, now, last.tries + 1)
    return None


def due_since(rhythm: Rhythm, now: datetime, last: Attempt | None, known: datetime) -> datetime | None:
    """Return the moment of the first time that was missed since the last attempt, None where none was.

    `known` is since when there has been this rhythm; the time before that counts where nothing was tried yet.
    """
    tried = last.moment if last and last.moment <= now else known - rhythm.step
    return rhythm.first_missed(tried, now)


FLEET = "fleet"
"""The user of times that workers perform."""


def is_fleet(user: str) -> bool:
    r"""Return whether a time is of workers; a user who is called so is `OFFICE-PC\fleet`."""
    return user.casefold() == FLEET


def is_for(user: str, name: str, hosts: frozenset[str]) -> bool:
    r"""Return whether a time is of a user on one of the names of a host: `OFFICE-PC\olena`, or `olena`."""
    if is_fleet(user):
        return False
    host, _, wanted = user.rpartition("\\")
    known = {known.casefold() for known in hosts}
    return wanted.casefold() == name.casefold() and (not host or host.casefold() in known)
