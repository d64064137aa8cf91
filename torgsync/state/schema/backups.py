"""Copies the state before its schema changes, so that an older program can go on with what it knew.

A copy lies beside the state and is named by the schema it has: `state.db.0006.bak`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection

from torgsync.errors import TorgsyncError

KEPT = 3
"""Copies that are kept, the newest ones."""


def back_up(connection: Connection, schema: str) -> Path | None:
    """Copy the state as it stands before a migration; return the copy, None where the state has no file.

    The connection holds the right to write, so nothing moves meanwhile. SQLite's own way of copying takes
    along what only its write-ahead log has. Raises TorgsyncError where there can be no copy.
    """
    place = _file_of(connection)
    if place is None:
        return None
    copy = place.with_name(f"{place.name}.{schema}.bak")
    temporary = place.with_name(f".{copy.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(place)) as state, closing(sqlite3.connect(temporary)) as target:
            state.backup(target)
        temporary.replace(copy)
    except (OSError, sqlite3.Error) as trouble:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise TorgsyncError(
            f"the state was left as it is, because no copy of it could be made: {_reason(trouble)}",
            hint=f"make room and let files be written in `{place.parent}`, then run the same command again",
        ) from trouble
    _forget_old(place, copy)
    return copy


def copies_of(place: Path) -> list[Path]:
    """Return the copies of the state, with what a copying that died or somebody's look left beside them."""
    names = (f"{place.name}.*.bak*", f".{place.name}.*.bak.tmp*")
    return sorted(found for name in names for found in place.parent.glob(name))


def delete_copies(place: Path) -> int:
    """Delete all copies of the state, and return how many files that were.

    Raises TorgsyncError where one cannot be deleted.
    """
    copies = copies_of(place)
    for copy in copies:
        try:
            copy.unlink(missing_ok=True)
        except OSError as trouble:
            raise TorgsyncError(
                f"the copy of the state `{copy}` cannot be deleted: {_reason(trouble)}",
                hint="delete it by hand, then run the same command again",
            ) from trouble
    return len(copies)


def _file_of(connection: Connection) -> Path | None:
    """Return the file of a SQLite state, None for one in memory and for other databases."""
    if connection.dialect.name != "sqlite":  # pragma: no cover  # needs TORGSYNC_TEST_POSTGRES
        return None
    file = connection.exec_driver_sql("PRAGMA database_list").one().file
    return Path(file) if file else None


def _reason(trouble: OSError | sqlite3.Error) -> str:
    return (isinstance(trouble, OSError) and trouble.strerror) or str(trouble)


def _forget_old(place: Path, newest: Path) -> None:
    """Delete all copies but the newest ones. One that cannot be deleted harms nobody."""
    copies = [path for path in place.parent.glob(f"{place.name}.*.bak") if path != newest]
    copies.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    for path in copies[KEPT - 1 :]:
        with suppress(OSError):
            path.unlink()
