"""The attempts at synchronization times and their ends.

A due time is read and its attempt recorded in one transaction, so that only one of two processes performs it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.repository import Repository
from torgsync.state.schema import run_tables as t


def attempt_of(row: Row[Any]) -> Attempt:
    """Return the attempt that a row has."""
    return Attempt(row.moment, row.started, row.tries, None if row.exit is None else Exit(row.exit))


class Schedule(Repository):
    """The last attempt at each synchronization time of one object."""

    def attempts(self) -> dict[str, Attempt]:
        """Return the last attempt at each time, by its identity."""
        return {row.time: attempt_of(row) for row in self._db.execute(self._select(t.attempts))}

    def take_up(self, time: str, attempt: Attempt) -> None:
        """Record that an attempt begins."""
        row = {
            "time": time,
            "moment": attempt.moment,
            "started": attempt.started,
            "tries": attempt.tries,
            "exit": None if attempt.exit_code is None else int(attempt.exit_code),
        }
        self._upsert(t.attempts, [row])

    def ended(self, time: str, attempt: Attempt, exit_code: Exit) -> None:
        """Record how an attempt ended, if no later one has begun."""
        c = t.attempts.c
        self._update(t.attempts, c.time == time, c.started == attempt.started, exit=int(exit_code))

    def interrupt(self) -> None:
        """Record attempts without an end as interrupted: what made them died."""
        self._update(t.attempts, t.attempts.c.exit.is_(None), exit=int(Exit.INTERRUPTED))

    def give_back(self, time: str, before: Attempt | None) -> None:
        """Replace an attempt that did nothing by the one before it."""
        if before:
            self.take_up(time, before)
        else:
            self._delete(t.attempts, t.attempts.c.time == time)
