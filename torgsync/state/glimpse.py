"""Read what is newest in a state for a shell that completes a word: quickly, writing nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

MOST = 100
"""Rows that are read at most."""
_QUERIES = {
    "runs": "SELECT id, started FROM runs WHERE object = ? ORDER BY id DESC LIMIT ?",
    "plans": "SELECT name, max(at) FROM held_plans WHERE object = ? "
    "GROUP BY name ORDER BY max(run) DESC LIMIT ?",
    "orders": "SELECT order_id, created FROM orders WHERE object = ? ORDER BY created DESC LIMIT ?",
}


def newest(file: Path, slug: str, what: str) -> Sequence[tuple[str, str]]:
    """Return the newest `runs`, `orders` or `plans` of an object by number or name, with times in UTC.

    Raises sqlite3.Error where the state cannot be read.
    """
    log = file.with_name(f"{file.name}-wal")
    # Without a log the file is all of the state, and reading leaves no file next to it.
    still = "" if log.exists() and log.stat().st_size else "&immutable=1"
    with closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro{still}", uri=True, timeout=0.1)
    ) as state:
        rows = state.execute(_QUERIES[what], (slug, MOST)).fetchall()
    return [(str(number), str(at)) for number, at in rows]
