"""Whether nothing ran for twice the interval of a synchronization time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import EXAMPLE

from torgsync.core.clock import SHOP_ZONE
from torgsync.files.config.objects import ObjectFile, load_object
from torgsync.jobs.missed import missed


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHOP_ZONE).astimezone(UTC)


def shop(folder: Path, *times: str, changed: datetime) -> ObjectFile:
    """Return the example shop with other synchronization times."""
    text = (EXAMPLE / "my-prom.toml").read_text("utf-8")
    begin, end = text.index("[[synchronization_times]]"), text.index("[[fields]]")
    path = folder / "my-prom.toml"
    tables = "".join(f'[[synchronization_times]]\nuser = "PC\\\\olena"\n{keys}\n' for keys in times)
    path.write_text(text[:begin] + tables + text[end:], "utf-8")
    os.utime(path, (changed.timestamp(),) * 2)
    return load_object(path)


DAYTIME = 'every = "30m"\nbetween = ["08:00", "21:00"]'
WORKDAYS = 'every = "2h"\nbetween = ["09:00", "17:00"]\ndays = "mon-fri"'
ALWAYS = 'every = "1h"'


@pytest.mark.parametrize(
    ("times", "last", "now", "found"),
    [
        ([DAYTIME], "02 10:00", "02 11:15", False),  # 10:30 and 11:00 passed, the latter not long ago
        ([DAYTIME], "02 10:00", "02 11:21", True),
        ([DAYTIME], "02 21:00", "03 08:45", False),  # a night is no gap
        ([DAYTIME], "02 21:00", "03 08:51", True),
        ([WORKDAYS], "06 17:00", "09 10:00", False),  # neither is a weekend
        ([WORKDAYS], "06 17:00", "09 11:21", True),
        ([ALWAYS], "02 20:00", "03 08:00", True),
        ([], "02 10:00", "09 10:00", False),
        ([WORKDAYS, DAYTIME], "02 10:00", "02 11:21", True),
    ],
)
def test_two_moments_passed(tmp_path: Path, times: list[str], last: str, now: str, found: bool) -> None:
    """Hours and days in which nothing is due do not count."""
    file = shop(tmp_path, *times, changed=kyiv("01 10:00"))
    gap = missed(file, kyiv(last), kyiv(now))
    assert (gap is not None) is found
    assert gap is None or gap.since == kyiv(last)


def test_what_was_before_the_settings_changed(tmp_path: Path) -> None:
    """Before that the object may have had no times; one that never ran counts from then on as well."""
    file = shop(tmp_path, ALWAYS, changed=kyiv("02 10:00"))
    assert missed(file, kyiv("01 10:00"), kyiv("02 12:15")) is None
    for since in (kyiv("01 10:00"), None):
        gap = missed(file, since, kyiv("02 12:21"))
        assert gap is not None
        assert gap.since == kyiv("02 10:00")
