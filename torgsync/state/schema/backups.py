"""Copies the state before its schema changes, so that an older program can go on with its data.

A copy is next to the state and is named by the schema it has: `state.db.0010.bak`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection

from torgsync.disk import make_file
from torgsync.errors import TorgsyncError

KEPT = 3
"""Copies that are kept, the newest ones."""


def back_up(connection: Connection, schema: str) -> Path | None:
    """Copy the state before a migration.

    The connection may write, so no other process does meanwhile. SQLite's own backup includes what only its
    write-ahead log has.

    Returns:
        The copy, None where the state has no file.

    Raises:
        TorgsyncError: The copy cannot be written.
    """
    state = _file_of(connection)
    if state is None:
        return None
    copy = state.with_name(f"{state.name}.{schema}.bak")
    temporary = state.with_name(f".{copy.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        make_file(temporary)
        with closing(sqlite3.connect(state)) as source, closing(sqlite3.connect(temporary)) as target:
            source.backup(target)
        temporary.replace(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise TorgsyncError(
            f"the state was left as it is, because no copy of it could be made: {_reason(error)}",
            hint=f"make room and let files be written in `{state.parent}`, then run the same command again",
        ) from error
    _delete_oldest(state, copy)
    return copy


def copies_of(state: Path) -> list[Path]:
    """Return the copies of the state, with temporary and `-wal` files that were left of them."""
    patterns = (f"{state.name}.*.bak*", f".{state.name}.*.bak.tmp*")
    return sorted(path for pattern in patterns for path in state.parent.glob(pattern))


def delete_copies(state: Path) -> int:
    """Delete all copies of the state, and return how many files that were.

    Raises:
        TorgsyncError: One cannot be deleted.
    """
    copies = copies_of(state)
    for copy in copies:
        try:
            copy.unlink(missing_ok=True)
        except OSError as error:
            raise TorgsyncError(
                f"the copy of the state `{copy}` cannot be deleted: {_reason(error)}",
                hint="delete it by hand, then run the same command again",
            ) from error
    return len(copies)


def _file_of(connection: Connection) -> Path | None:
    """Return the file of a SQLite state, None for one in memory and for other databases."""
    if connection.dialect.name != "sqlite":  # pragma: no cover  # needs TORGSYNC_TEST_POSTGRES
        return None
    file = connection.exec_driver_sql("PRAGMA database_list").one().file
    return Path(file) if file else None


def _reason(error: OSError | sqlite3.Error) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _delete_oldest(state: Path, newest: Path) -> None:
    """Delete all copies but the newest ones; one that cannot be deleted does no harm."""
    copies = [path for path in state.parent.glob(f"{state.name}.*.bak") if path != newest]
    copies.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    for path in copies[KEPT - 1 :]:
        with suppress(OSError):
            path.unlink()
