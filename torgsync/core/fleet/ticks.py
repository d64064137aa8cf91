"""What a worker asks for at a tick: the runs that are due, each at its own moment.

All shops of a fleet have the same few rhythms, so that without more all would begin at the same minute. Each
shop begins a little later than its schedule says: always by the same, which its name decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zlib import crc32

from msgspec import Struct

from torgsync.core.config.schedule import GRACE, Attempt, Rhythm, due, due_since
from torgsync.core.config.settings import SynchronizationTime
from torgsync.core.fleet.lanes import Lane, lanes_of

TICK = timedelta(minutes=1)
"""How often a worker looks what is due."""
LONGEST_DELAY = timedelta(hours=1)
"""How much later than its moment a shop begins at most."""
LAST_DELAY = GRACE - 2 * TICK
"""The same where the hours of a rhythm end: after that its last moment is not due any more."""
_PARTS = 2**32


class Ask(Struct, frozen=True):
    """A run that is asked for: the shop, its lane, and when it is to begin, in UTC."""

    slug: str
    lane: Lane
    begin: datetime


def delay(slug: str, rhythm: Rhythm) -> timedelta:
    """Return how much later than the moments of a rhythm a shop begins: less than half its interval."""
    longest = min(rhythm.step / 2, LAST_DELAY if rhythm.end else LONGEST_DELAY)
    return longest * (crc32(slug.encode("utf-8", "surrogatepass")) / _PARTS)


def begins(slug: str, rhythm: Rhythm, attempt: Attempt) -> datetime:
    """Return when an attempt that is due begins: a first one with the delay of the shop, others at once."""
    return attempt.moment + delay(slug, rhythm) if attempt.tries == 1 else attempt.started


def due_times(
    slug: str, times: Iterable[SynchronizationTime], attempts: Mapping[str, Attempt], now: datetime
) -> Iterator[tuple[SynchronizationTime, datetime]]:
    """Yield the times of a shop that are due, each with the moment at which its run is to begin."""
    for time in times:
        attempt = due(time.rhythm, now, attempts.get(time.identity), by_worker=True)
        if attempt:
            yield time, begins(slug, time.rhythm, attempt)


def waiting(
    slug: str,
    times: Iterable[SynchronizationTime],
    attempts: Mapping[str, Attempt],
    known: datetime,
    now: datetime,
) -> timedelta:
    """Return for how long a shop has been waiting for a run: since the first of its times that was missed.

    `known` is when its times were pushed; it does not wait for what came before. A run that is repeated after
    a failure waits since its pause is over.
    """
    late = timedelta()
    for time, begin in due_times(slug, times, attempts, now):
        last = attempts.get(time.identity)
        first = due_since(time.rhythm, now, last, known)
        since = min(begin, first + delay(slug, time.rhythm)) if first else begin
        late = max(late, now - max(since, known))
    return late


def asks(
    slug: str,
    times: Iterable[SynchronizationTime],
    attempts: Mapping[str, Attempt],
    waiting: Collection[tuple[str, Lane]],
    now: datetime,
) -> list[Ask]:
    """Return the runs of a shop that begin before the next tick, one a lane.

    Args:
        slug: The shop's.
        times: Its synchronization times that workers perform.
        attempts: The last attempt at each, keyed by its identity.
        waiting: What is asked for already, or being performed.
        now: The moment of the tick.
    """
    first: dict[Lane, datetime] = {}
    for time, begin in due_times(slug, times, attempts, now):
        if begin < now + TICK:
            (lane,) = lanes_of([time])
            first[lane] = min(first.get(lane, begin), begin)
    return [Ask(slug, lane, max(begin, now)) for lane, begin in first.items() if (slug, lane) not in waiting]
