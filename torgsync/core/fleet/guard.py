"""Decide which kinds of changes are held in many shops at once: an export format changed, not the shops.

A kind is the guard that stops something in a plan. A shop shows a kind as long as its plans do. Where the
kind appeared in many shops within an hour, everything of it is held in each shop that shows it, also what is
within the limits of that shop, until the shops show it no more or a person lets it through.

Source: docs/developers/architecture.md §5.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from torgsync.core.counts import grew_by_much

LEAST = 3
"""Fewer shops are no fleet, whatever share of all they are."""
PART = 10
"""A kind must appear in more than one of so many shops."""
WINDOW = timedelta(hours=1)
"""The time within which a kind must have appeared in these shops."""
REMEMBERED = timedelta(days=1)
"""For how long a shop shows a kind without another run."""
KNOWN = timedelta(days=7)
"""Within this time a shop must have had a run to be one of all shops."""


class Sighting(Struct, frozen=True):
    """That a shop shows a kind: since when, when that was seen last, and how many changes it stopped then.

    `size` is the smallest number since it appeared. What grows by much has appeared again: a price that was
    mistyped last week says nothing of today's column.
    """

    since: datetime
    at: datetime
    size: int


def seen(before: Sighting | None, size: int, now: datetime) -> Sighting:
    """Return the sighting of a kind whose guard stops `size` changes now; `before` is the one known."""
    if before is None or now - before.at >= REMEMBERED or grew_by_much(before.size, size):
        return Sighting(now, now, size)
    return Sighting(before.since, now, min(before.size, size))


class Spread(Struct, frozen=True):
    """In how many of the known shops a kind appeared within an hour, and when it began."""

    shops: int
    known: int
    since: datetime


def closed_kinds(sightings: Mapping[str, Iterable[Sighting]], known: int, now: datetime) -> dict[str, Spread]:
    """Return the kinds that appeared in too many shops within an hour.

    Args:
        sightings: One for each shop that shows a kind, keyed by kind.
        known: How many shops there are.
        now: The time of the decision.
    """
    closed: dict[str, Spread] = {}
    for kind, of_shops in sightings.items():
        begun = sorted(one.since for one in of_shops if now - one.at < REMEMBERED)
        most, since = _most_within(begun)
        if most >= LEAST and most * PART > known:
            closed[kind] = Spread(most, max(known, most), since or now)
    return closed


def _most_within(begun: list[datetime]) -> tuple[int, datetime | None]:
    """Return how many of these moments, in order, lie within one hour at most, and the first of them."""
    most, first, start = 0, None, 0
    for end, moment in enumerate(begun):
        while moment - begun[start] > WINDOW:
            start += 1
        if end - start + 1 > most:
            most, first = end - start + 1, begun[start]
    return most, first
