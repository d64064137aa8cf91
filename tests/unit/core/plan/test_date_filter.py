"""Tests of how far back Prom is asked for what was modified, and of what a list shows of its filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from torgsync.core.plan.date_filter import FilterZone, filter_bound, probe_bound, read_as_local

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "zone", "sent"),
    [
        ("2026-11-02T12:00", "", "2026-11-02T09:00"),
        ("2026-11-02T12:00", "utc", "2026-11-02T10:50"),
        ("2026-11-02T12:00", "local", "2026-11-02T12:50"),  # two hours ahead in winter
        ("2026-07-02T12:00", "local", "2026-07-02T13:50"),
        # The clock is put back at 01:00 UTC; 03:30 in local time comes twice, the earlier one is meant.
        ("2026-10-25T02:40", "local", "2026-10-25T03:30"),
        ("2026-10-25T03:40", "local", "2026-10-25T04:30"),
        ("2026-03-29T02:40", "local", "2026-03-29T03:30"),
    ],
)
def test_the_moment_that_is_sent(since: str, zone: str, sent: str) -> None:
    """Seventy minutes are enough in a known zone; three hours else."""
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert filter_bound(moment, FilterZone(zone)) == datetime.fromisoformat(sent).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "minutes"), [("", -180), ("utc", -10), ("local", 110)])
def test_ten_minutes_are_enough_where_prom_rounds_nothing(zone: str, minutes: int) -> None:
    """In a known zone, for the clocks may differ."""
    sent = filter_bound(NOON, FilterZone(zone), exact=True)
    assert sent == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "local"),
    [([], False), ([None], False), ([0, -60], False), ([5, -62], True), ([-200], True)],
)
def test_a_list_shows_its_zone(minutes: list[int | None], local: bool) -> None:
    """A modification may be rounded to the hour; one before that was not asked for in UTC."""
    shown = [None if after is None else NOON + timedelta(minutes=after) for after in minutes]
    assert read_as_local(NOON, shown) is local


@pytest.mark.parametrize(("age", "local"), [(1, True), (50, True), (0, False)])
def test_a_moment_to_come_shows_the_zone(age: int, local: bool) -> None:
    """In local time it is past, and what was edited shortly ago is listed."""
    edited, sent = NOON - timedelta(minutes=age), probe_bound(NOON)
    assert sent - timedelta(hours=2) <= edited
    assert read_as_local(sent, [edited]) is local
