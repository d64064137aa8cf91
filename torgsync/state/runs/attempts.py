"""Reads the attempts at synchronization times from a SQLite file, without opening the state for work.

`sync --due` is called every few minutes, and nearly always nothing is due. Only that is decided by what is
read here: the attempts are read again in the transaction that takes a time up.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.schema.version import NEWEST

_ATTEMPTS = "SELECT time, moment, started, tries, exit FROM attempts WHERE object = ?"


def read_attempts(file: Path, slug: str) -> dict[str, Attempt] | None:
    """Return the last attempt at each time by its identity; None where the state must be opened to know.

    That is so for a file that is not there, not of this schema or in any trouble: opening it mends or
    reports that.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", timeout=0, uri=True)) as database:
            database.execute("PRAGMA query_only = 1")
            if database.execute("SELECT version_num FROM alembic_version").fetchall() != [(NEWEST,)]:
                return None
            rows = database.execute(_ATTEMPTS, (slug,)).fetchall()
    except sqlite3.Error:
        return None
    return {
        time: Attempt(
            datetime.fromisoformat(moment),
            datetime.fromisoformat(started),
            tries,
            None if code is None else Exit(code),
        )
        for time, moment, started, tries, code in rows
    }
