"""The zone of a shop's hours and dates, whatever zone the computer is set to: Ukraine has one.

People read a moment in one form, by the shop's clock; documents and the log have it in UTC.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from torgsync.i18n import FORMATS

SHOP_ZONE = ZoneInfo("Europe/Kyiv")
_zone: ContextVar[tzinfo] = ContextVar("zone", default=SHOP_ZONE)
"""Whose clock moments are shown by."""


def bounds(first: date | None, last: date | None, clock: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return the moments, in UTC, at which a stretch of days begins and has ended; None where it is open.

    Days are those of a clock: one on which it is put forward or back has 23 or 25 hours.
    """
    since = datetime.combine(first, time.min, clock).astimezone(UTC) if first else None
    until = datetime.combine(last + timedelta(days=1), time.min, clock).astimezone(UTC) if last else None
    return since, until


def show_times_in(zone: tzinfo) -> None:
    """Show moments by the clock of a shop from now on: of the one that is worked with."""
    _zone.set(zone)


def shop_time(moment: datetime | str) -> str:
    """Return a moment, or one that is stored as ISO 8601, as people read it: to the minute."""
    return f"{_local(moment):%Y-%m-%d %H:%M}"


FORMATS["time"] = shop_time


def shop_day(moment: datetime) -> str:
    """Return the day of a moment as people read it."""
    return f"{_local(moment):%Y-%m-%d}"


def shop_second(moment: datetime) -> str:
    """Return the time of day of a moment to the second, where the day is known."""
    return f"{_local(moment):%H:%M:%S}"


def _local(moment: datetime | str) -> datetime:
    return (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(_zone.get())


def utc_iso(moment: datetime) -> str:
    """Return a moment as documents have it: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def iso_or_none(moment: datetime | None) -> str | None:
    """Return a moment as `utc_iso` does, where there is one."""
    return utc_iso(moment) if moment else None
