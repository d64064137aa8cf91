"""Whether nothing ran for twice the interval of a synchronization time, of any object of a state.

That is looked at when some run has taken place, never by a call that has nothing to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from torgsync.core.config.schedule import is_fleet
from torgsync.core.notices.situations import FoundSituation
from torgsync.files.config.objects import ObjectFile
from torgsync.state.store import UnitOfWork

LATE = timedelta(minutes=20)
"""How much later than its moment a run still counts as punctual; callers look every few minutes."""


def beginnings(work: UnitOfWork, run: int) -> tuple[datetime | None, datetime | None]:
    """Return when the run before a run began, and when that run itself did, None where there is none."""
    starts = work.history.starts(2)
    before = next((began for number, began in starts if number != run), None)
    return before, dict(starts).get(run)


def last_work(work: UnitOfWork) -> datetime | None:
    """Return when something last began to work with an object, None where nothing ever did."""
    attempts = [attempt.started for attempt in work.schedule.attempts().values()]
    return max([*attempts, *(began for _number, began in work.history.starts(1))], default=None)


def missed(file: ObjectFile, since: datetime | None, now: datetime) -> FoundSituation | None:
    """Return that nothing ran since a time although a synchronization time came twice; else None.

    Before its file was changed last an object may have had no such times. Those of workers are theirs to
    watch.
    """
    changed = file.changed_at.astimezone(now.tzinfo)
    since = max(since, changed) if since else changed
    for time in file.settings.synchronization_times:
        if file.settings.passes_over(time) or is_fleet(time.user) is (file.pushed is None):
            continue
        _first, second = islice(time.rhythm.after(since), 2)
        if second + LATE < now:
            return FoundSituation({"missed": 1}, since)
    return None
