"""The zone of a shop's hours and dates, whatever zone the computer is set to: Ukraine has one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Europe/Kyiv")


def bounds(first: date | None, last: date | None, clock: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return the moments, in UTC, at which a stretch of days begins and has ended; None where it is open.

    Days are those of a clock: one on which it is put forward or back has 23 or 25 hours.
    """
    since = datetime.combine(first, time.min, clock).astimezone(UTC) if first else None
    until = datetime.combine(last + timedelta(days=1), time.min, clock).astimezone(UTC) if last else None
    return since, until


def shop_time(moment: datetime) -> str:
    """Return a moment as it is shown: to the minute, by the shop's clock."""
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"


def shop_iso(moment: datetime, clock: tzinfo = SHOP_ZONE) -> str:
    """Return a moment as ISO 8601 with the offset of a clock: the shop's, if not given."""
    return moment.astimezone(clock).isoformat()
