"""Copies the state before its schema changes, so that an older program can go on with its data.

A copy is next to the state and is named by the schema it has: `state.db.0010.bak`. Copies that a person made,
and states that a backup replaced, are named by their time, and are kept however many there are.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Connection

from torgsync.disk import create_file
from torgsync.errors import TorgsyncError
from torgsync.i18n import Message, _
from torgsync.state.engine import readable
from torgsync.system import known_reason, reason

KEPT = 3
"""Copies that are kept, the newest ones."""
_SCHEMA = "[0-9][0-9][0-9][0-9]"


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
        copy_database(state, temporary)
        temporary.replace(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise TorgsyncError(
            _("the state was left as it is, because no copy of it could be made: {why}", why=_reason(error)),
            hint=space_hint(state.parent),
        ) from error
    _delete_oldest(state, copy)
    return copy


def space_hint(folder: Path) -> Message:
    """Return what to do where no file could be written in a folder."""
    return _(
        "free some space on the disk and allow writing in `{folder}`, then run the same command again",
        folder=folder,
    )


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file to a new one that only its owner may read, also while others write to it.

    SQLite's own backup includes what only the write-ahead log has. The copy is one file, without a log.

    Raises:
        OSError: The new file is there already, or cannot be made.
        sqlite3.Error: One of the two cannot be read or written.
    """
    os.close(create_file(target))
    with closing(readable(open_file(source, "ro"), source)) as old, closing(open_file(target, "rw")) as copy:
        old.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def open_file(path: Path, mode: str) -> sqlite3.Connection:
    """Connect to a SQLite file that exists: `ro` reads it, `rw` writes to it too."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)


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
                _("the copy of the state `{file}` cannot be deleted: {why}", file=copy, why=_reason(error)),
                hint=_("delete it by hand, then run the same command again"),
            ) from error
    return len(copies)


def _file_of(connection: Connection) -> Path | None:
    """Return the file of a SQLite state, None for one in memory and for other databases."""
    if connection.dialect.name != "sqlite":  # pragma: no cover  # tested where PostgreSQL is installed
        return None
    file = connection.exec_driver_sql("PRAGMA database_list").one().file
    return Path(file) if file else None


def _reason(error: OSError | sqlite3.Error) -> Message:
    return reason(error) if isinstance(error, OSError) else known_reason(str(error))


def _delete_oldest(state: Path, newest: Path) -> None:
    """Delete all copies but the newest ones; one that cannot be deleted does no harm."""
    copies = [path for path in state.parent.glob(f"{state.name}.{_SCHEMA}.bak") if path != newest]
    copies.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    for path in copies[KEPT - 1 :]:
        with suppress(OSError):
            path.unlink()
