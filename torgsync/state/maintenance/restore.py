"""Puts a backup in the place of the state: checked first, never under a run; the replaced state is kept."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from errno import EEXIST, ENOSPC, EROFS
from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect

from torgsync import disk
from torgsync.core.problems import ProblemCode
from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import Message, _
from torgsync.state.engine import make_engine
from torgsync.state.maintenance import dumps
from torgsync.state.maintenance.backup import back_up_state, known_schema
from torgsync.state.maintenance.check import MOST, looking, missing_parts
from torgsync.state.runs.journal import Holder
from torgsync.state.runs.leases import Lease, all_leases
from torgsync.state.schema.backups import copy_database, open_file
from torgsync.state.schema.base import metadata
from torgsync.state.schema.run_tables import leases
from torgsync.state.schema.upgrade import MIGRATIONS
from torgsync.state.troubles import file_of, kind_of, reason_of, trouble, troubles_reported
from torgsync.system import reason

Refuse = Callable[[str, Lease], None]
"""Raises an error where the lease of an object, named by its slug, belongs to a run that goes on."""

_PATIENCE = 5
"""Seconds to wait for a process that works with the state."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_ERROR)
_HINT = _("name a file that `torgsync state backup` wrote, or a copy of the state from before an update")


@dataclass(frozen=True, slots=True)
class Restored:
    """What took the place of the state, its schema, and where the replaced state is; None where none was."""

    backup: Path
    schema: str
    replaced: Path | None


def require_file(backup: Path) -> None:
    """Raise UsageError where a backup is no file."""
    try:
        disk.stat_file(backup)
    except disk.NotAFile as error:
        what = _("`{file}` is {what}, not a file", file=backup, what=error.what)
        raise UsageError(what, hint=_HINT) from error
    except OSError as error:
        raise UsageError(_("there is no file `{file}`", file=backup), hint=_HINT) from error


def restore_state(url: str, backup: Path, stamp: str, folder: Path, refuse: Refuse) -> Restored:
    """Put a backup in the place of the state.

    Args:
        url: The state's address.
        backup: The file of the backup; it stays as it is.
        stamp: The time, for the name of the replaced state.
        folder: Where a replaced state that is no file is kept.
        refuse: Called for each lease in the state that is replaced.

    Raises:
        UsageError: The file is no backup, is damaged, or was written by a newer program.
        Temporary: Another process works with the state.
        TorgsyncError: The state cannot be replaced; it is as it was.
    """
    require_file(backup)
    state = file_of(url)
    if state is None:  # pragma: no cover  # likewise
        return _restore_dump(url, backup, folder / f"state.replaced-{stamp}.dump", refuse)
    temporary = state.with_name(f".{state.name}.{secrets.token_hex(8)}.tmp")
    with troubles_reported(url):
        try:
            schema = _checked_copy(backup, temporary)
            replaced = state.with_name(f"{state.name}.replaced-{stamp}.bak") if state.exists() else None
            with _alone(url, state, refuse) as damaged:
                if replaced is not None:
                    _keep(state, replaced, damaged=damaged)
                temporary.replace(state)
        except OSError as error:
            raise TorgsyncError(
                _("the state is as it was; the backup cannot replace it: {why}", why=reason(error)),
                hint=_way_on(error, state.parent),
            ) from error
        finally:
            with suppress(OSError):  # on a disk that is read-only, even of a file that is not there
                temporary.unlink(missing_ok=True)
    return Restored(backup, schema, replaced)


_WAYS_ON = {
    ENOSPC: _("free some space on the disk of `{folder}`, then run the same command again"),
    EROFS: _("mount the disk of `{folder}` for writing, then run the same command again"),
    EEXIST: _("run the same command again: the replaced state gets another name then"),
}
_ALLOW = _("allow writing in `{folder}`, then run the same command again")


def _way_on(error: OSError, folder: Path) -> Message:
    return _WAYS_ON.get(error.errno or 0, _ALLOW).filled(folder=folder)


def _checked_copy(backup: Path, temporary: Path) -> str:
    """Copy a backup, check the copy, and make it ready to be the state; return its schema."""
    try:
        copy_database(backup, temporary)
        with closing(open_file(temporary, "rw")) as copy:
            damage = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = ()
            if "alembic_version" in tables:
                found = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            schema = _known(backup, found[0] if found else None)
            if schema == MIGRATIONS.newest and damage == "ok":
                _refuse_incomplete(backup, temporary)
            copy.execute("BEGIN")
            copy.execute("DELETE FROM leases")  # no process holds one any more
            copy.execute("UPDATE objects SET full_look_at = NULL, noop_plan = ''")  # Prom has moved on
            copy.execute("COMMIT")
    except sqlite3.Error as error:
        if kind_of(error) not in _DAMAGE:
            raise
        why = _("`{file}` is not a backup of a state: {why}", file=backup, why=reason_of(error))
        raise UsageError(why, hint=_HINT) from error
    if damage != "ok":
        words = damage.splitlines()[-1]
        raise UsageError(_("the backup `{file}` is damaged ({words})", file=backup, words=words), hint=_HINT)
    return schema


def _refuse_incomplete(backup: Path, copy: Path) -> None:
    engine = create_engine("sqlite://", creator=lambda: open_file(copy, "ro"), poolclass=NullPool)
    with engine.connect() as connection:
        missing = missing_parts(connection)
    if missing:
        names = [".".join(filter(None, (it.table, it.words))) for it in missing[:MOST]]
        raise UsageError(
            _("the backup `{file}` is incomplete: it lacks {names:quoted}", file=backup, names=names),
            hint=_HINT,
        )


def _known(backup: Path, schema: object) -> str:
    try:
        return known_schema(schema)
    except TorgsyncError as error:
        why = _("`{file}` cannot be used: {why}", file=backup, why=error.message)
        raise UsageError(why, hint=error.hint or _HINT) from error


@contextmanager
def _alone(url: str, state: Path, refuse: Refuse) -> Iterator[bool]:
    """Keep all other processes off a state; yield whether it is so damaged that this is not possible.

    Its log is written into the file first, so that the file is all of it.
    """
    if not state.is_file():
        yield False
        return
    with closing(open_file(state, "rw")) as connection:
        try:
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            rows = connection.execute("SELECT object, user, host, pid, run, expires FROM leases").fetchall()
        except sqlite3.Error as error:
            kind = kind_of(error)
            if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise trouble(ProblemCode.STATE_BUSY, url) from error
            if kind not in _DAMAGE:
                raise
            rows, damaged = [], True
        else:
            damaged = False
        for slug, user, host, pid, run, expires in rows:
            refuse(slug, Lease(Holder(user, host, pid), run, datetime.fromisoformat(expires), None))
        yield damaged


def _keep(state: Path, replaced: Path, *, damaged: bool) -> None:
    """Give the state a second name, so that there is a state at every moment."""
    log = state.with_name(f"{state.name}-wal")
    if damaged and log.exists() and log.stat().st_size:  # it must not become the log of the backup
        log.replace(replaced.with_name(f"{replaced.name}-wal"))
    for side in (log, state.with_name(f"{state.name}-shm")):
        with suppress(OSError):
            side.unlink(missing_ok=True)
    try:
        replaced.hardlink_to(state)
    except FileExistsError:  # also a link, which is never followed
        raise
    except OSError:  # a disk without hard links
        with os.fdopen(disk.create_file(replaced), "wb") as copy, disk.open_file(state) as old:
            shutil.copyfileobj(old, copy)


def _restore_dump(  # pragma: no cover  # tested where PostgreSQL is installed
    url: str, backup: Path, replaced: Path, refuse: Refuse
) -> Restored:
    schema = _known(backup, dumps.schema_in(url, backup))
    engine = make_engine(url)
    try:
        with looking(engine) as connection:
            there = set(inspect(connection).get_table_names()) & {*metadata.tables, "alembic_version"}
            for slug, lease in all_leases(connection) if leases.name in there else ():
                refuse(slug, lease)
    finally:
        engine.dispose()  # what this process knows of the tables is not true any more
    kept = back_up_state(url, replaced).path if "alembic_version" in there else None
    dumps.load(url, backup, sorted(there), replaced.parent)
    return Restored(backup, schema, kept)
