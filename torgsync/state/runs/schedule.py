"""Which synchronization times were taken up, and how that ended.

A time is taken up in one transaction with the look at it, so that of two processes one performs it.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.schema import tables as t


class Schedule:
    """The last attempts at an object's times, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def attempts(self) -> dict[str, Attempt]:
        """Return the last attempt at each time, by its identity."""
        rows = self._db.execute(select(t.attempts).where(t.attempts.c.object == self._slug))
        return {
            row.time: Attempt(
                row.moment, row.started, row.tries, None if row.exit is None else Exit(row.exit)
            )
            for row in rows
        }

    def take_up(self, time: str, attempt: Attempt) -> None:
        """Remember that an attempt begins."""
        row = {
            "object": self._slug,
            "time": time,
            "moment": attempt.moment,
            "started": attempt.started,
            "tries": attempt.tries,
            "exit": None if attempt.exit_code is None else int(attempt.exit_code),
        }
        t.upsert(self._db, t.attempts, [row])

    def ended(self, time: str, attempt: Attempt, exit_code: Exit) -> None:
        """Remember how an attempt ended, if no later one has begun."""
        c = t.attempts.c
        self._db.execute(
            update(t.attempts)
            .where(c.object == self._slug, c.time == time, c.started == attempt.started)
            .values(exit=int(exit_code))
        )

    def give_back(self, time: str, before: Attempt | None) -> None:
        """Forget an attempt that did nothing: the one before it counts again."""
        if before:
            self.take_up(time, before)
            return
        c = t.attempts.c
        self._db.execute(delete(t.attempts).where(c.object == self._slug, c.time == time))
