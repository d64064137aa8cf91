"""How far back a list of Prom is asked for what was modified, and how Prom reads the moment that it is given.

The zone of the filter is not documented. It is learned from the modifications that a list shows: one that
lies before the moment that was sent, by more than the hour to which Prom may round it, shows that the moment
was read as the shop's local time, which is ahead of UTC. Whether Prom rounds is seen likewise: a modification
between full hours is exact. Source: docs/developers/prom-api.md §2.1, §11 Q9.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from torgsync.core.clock import SHOP_ZONE

OVERLAP = timedelta(hours=3)
"""How far back a look reaches behind the last one while the zone is unknown, and always for orders."""
SHORT_OVERLAP = timedelta(minutes=70)
"""The same for products in a known zone: the hour to which Prom may round, and the difference of clocks."""
EXACT_OVERLAP = timedelta(minutes=10)
"""The same where Prom was just seen to round nothing: the difference of clocks."""
ROUNDED = timedelta(minutes=61)
"""By how much the modification that Prom shows may differ from the true one."""
RECENT = timedelta(minutes=50)
"""How old an edit may be that still shows the zone: local time is at least two hours ahead."""


class FilterZone(StrEnum):
    """How Prom reads a moment without an offset."""

    UNKNOWN = ""
    UTC = "utc"
    LOCAL = "local"


def filter_bound(since: datetime, zone: FilterZone, *, exact: bool = False) -> datetime:
    """Return the moment to send, as if it were in UTC, so that all products modified `since` are listed.

    `exact` is whether Prom was just seen to round no modification.
    """
    if zone is FilterZone.UNKNOWN:
        return since - OVERLAP
    bound = since - (EXACT_OVERLAP if exact else SHORT_OVERLAP)
    if zone is FilterZone.UTC:
        return bound
    # Where the clock is put back, an hour of it means two moments: the earlier one is asked for.
    hour = timedelta(hours=1)
    ahead = [(bound + shift).astimezone(SHOP_ZONE).utcoffset() or hour for shift in (-hour, hour)]
    return bound + min(ahead)


def probe_bound(now: datetime) -> datetime:
    """Return a moment since which only a filter in local time lists an edit that is at most `RECENT` old."""
    return now + ROUNDED


def read_as_local(sent: datetime, modified: Iterable[datetime | None]) -> bool:
    """Return whether products modified then show that a moment, sent in UTC, was read as local time."""
    return any(moment is not None and moment < sent.astimezone(UTC) - ROUNDED for moment in modified)
