"""Moments have one form for people and one for documents."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import torgsync
from torgsync.core.clock import SHOP_ZONE, shop_day, shop_second, shop_time, show_times_in, utc_iso

NIGHT = datetime(2026, 1, 5, 22, 30, 15, 250000, UTC)
ELSEWHERE = {
    "core/clock.py",  # the one place
    "core/config/synchronization_time.py",  # the hours of a schedule, as they are written in the file
    "core/orders/decide.py",  # the day from which orders count, as it is written in the file
    "jobs/state.py",  # the names of copies
}
"""Modules that may write a part of a time, and why."""


def test_people_read_the_shop_s_clock() -> None:
    """Also in winter and summer, and in another zone once the shop has one; documents are in UTC."""
    assert (shop_time(NIGHT), shop_day(NIGHT), shop_second(NIGHT)) == (
        *("2026-01-06 00:30", "2026-01-06"),
        "00:30:15",
    )
    assert shop_time(NIGHT.replace(month=7).isoformat()) == "2026-07-06 01:30"
    assert utc_iso(NIGHT.astimezone(SHOP_ZONE)) == "2026-01-05T22:30:15+00:00"
    try:
        show_times_in(ZoneInfo("Asia/Tokyo"))
        assert (shop_time(NIGHT), utc_iso(NIGHT)) == ("2026-01-06 07:30", "2026-01-05T22:30:15+00:00")
    finally:
        show_times_in(SHOP_ZONE)


def test_nothing_else_writes_times_for_people() -> None:
    """No other module of core, jobs and CLI knows a form of a date or a time."""
    package = Path(torgsync.__file__).parent
    form = re.compile(r":%[A-Za-z]|strftime")
    found = {
        path.relative_to(package).as_posix()
        for layer in ("core", "jobs", "cli")
        for path in (package / layer).rglob("*.py")
        if form.search(path.read_text("utf-8"))
    }
    assert found == ELSEWHERE
