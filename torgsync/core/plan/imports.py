"""How long a run waits for an import, and what refusals and states of imports mean.

A run waits for nothing that it cannot influence longer than it must: the next run goes on where it ended
(architecture §6.6). Source: docs/developers/prom-api.md §4.3, §4.4, §11 Q5, Q11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct


class Wait(Struct, frozen=True):
    """A wait: the first pauses in seconds, the pause after them, and the seconds of all pauses together."""

    first: tuple[int, ...]
    then: int
    limit: int

    def pauses(self) -> Iterator[int]:
        """Yield the pauses, the last one cut, until the limit is reached."""
        left = self.limit
        for pause in self.first:
            yield min(pause, left)
            left -= min(pause, left)
            if not left:
                return
        while left:
            yield min(self.then, left)
            left -= min(self.then, left)


ACCEPTED = Wait((1, 2, 4, 8, 15), 30, 15 * 60)
"""For the end of an import that Prom accepted: it takes three minutes to ten (prom-api §4.4)."""
LOST = Wait((15, 30, 45), 60, 270)
"""For products of an import whose answer was lost: five minutes, with the requests that read them back."""
TURN = Wait((20, 40), 60, 5 * 60)
"""Until Prom takes an import that it refused because another one is running."""
HANGS_AFTER = timedelta(minutes=30)
"""After this time an import without any counters hangs, and one without its end is unclear."""


NEIGHBOURS = timedelta(minutes=70)
"""Refusals for another import further apart may be for two of them; an hourly schedule stays below."""


def is_late(sent: datetime, now: datetime) -> bool:
    """Return whether an import that was sent then should have come to its end long ago."""
    return now - sent >= HANGS_AFTER


# Refusals are rare: these are compiled when there is one.
_SURE = r"(?i)одновремен|одночасн"
_LIKELY = (
    r"(?i)ограничение на запуск|обмеження на запуск|\banother import\b"
    r"|\bimport\b[^.:;]{0,30}\b(?:already running|in progress)\b"
)
_OF_THE_DAY = r"(?i)limit|л[іи]м[іи]т|day|доб[іу]|сут|к[іо]л[ьи]ч|кільк|превыш|перевищ|на день"


def says_another_runs(words: str) -> bool:
    """Return whether Prom takes no import because another one is running, by the words of its refusal.

    The Russian words are recorded, Ukrainian ones are expected (prom-api §4.3, §11 Q5). Any other refusal is
    shown and not repeated: it may be about the file, or the day's number of imports (prom-api §4.6).
    """
    surely, likely = re.search(_SURE, words), re.search(_LIKELY, words)
    return bool(surely or (likely and not re.search(_OF_THE_DAY, words)))
