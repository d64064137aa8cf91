"""Connects to the database of a state, SQLite or PostgreSQL, with the transactions that the state needs."""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from torgsync.core.problems import ProblemCode
from torgsync.disk import create_file, put_new
from torgsync.errors import StateUnusable
from torgsync.extras import install_command
from torgsync.i18n import _
from torgsync.state.begin import BEGIN, Begin, begun
from torgsync.state.server import is_server, server_engine
from torgsync.state.troubles import code_of, file_of, kind_of, reason_of, troubles_reported

PATIENCE = 30
"""Seconds to wait for another process that writes."""


def make_engine(url: str) -> Engine:
    """Return the engine of a state; nothing is opened yet.

    That of a server is the same for the whole process, so that its connections are few.

    Raises:
        StateUnusable: The address means no database, or its driver is not installed.
    """
    if url.startswith("postgres") and url.partition("?")[0].count("@") > 1:
        raise StateUnusable(
            _("the address of the state has more than one `@`"),
            hint=_("in a user or a password, write `@` as `%40`, `/` as `%2F` and `:` as `%3A`"),
        )  # as it is, a part of the password would be taken for the server, and shown
    try:
        address = make_url(url)
        if address.get_backend_name() in ("postgresql", "postgres"):  # the latter is how others spell it
            # One driver, whatever SQLAlchemy prefers.
            return server_engine(address.set(drivername="postgresql+psycopg"), PATIENCE)
        engine = create_engine(address, hide_parameters=True)  # people must not get into messages
    except ImportError as error:
        raise StateUnusable(
            _("the state cannot be opened: {why}", why=str(error)),
            hint=_("install the driver: {command}", command=install_command("postgresql")),
        ) from error
    except SQLAlchemyError as error:
        raise StateUnusable(
            _("the state cannot be opened: {why}", why=reason_of(error)),
            hint=_(
                "check `TORGSYNC_STATE`: it looks like `sqlite:////DIR/FILE` or "
                "`postgresql://USER@SERVER/DATABASE`"
            ),
        ) from error
    if engine.dialect.name == "sqlite":  # pragma: no branch  # no other driver is an extra of this program
        use_sqlite(engine)
    return engine


def release(engine: Engine) -> None:
    """Close what a state has open, but for the few connections to a server: the process uses them again."""
    if not is_server(engine):
        engine.dispose()


@contextmanager
def transaction(
    engine: Engine, begin: Begin, give_up: Callable[[], bool] | None = None
) -> Iterator[Connection]:
    """Yield a connection with an open transaction; commit at the end, or roll back on an error.

    Args:
        engine: The state's.
        begin: How it begins.
        give_up: Says whether it is not worth to wait any longer for a server that is away.

    Raises:
        Temporary: Another process holds the state for too long, or its server is away. Where the connection
            broke in the middle, it is unknown whether the transaction was committed: nothing repeats it.
        StateUnusable: The disk is full or read-only, the state is damaged, or the like.
    """
    with troubles_reported(engine.url, opening=True):
        connection, unit = begun(engine, replace(begin, patience=PATIENCE), give_up)
    with troubles_reported(engine.url, begun=True), connection, unit:
        yield connection


def make_database(file: Path) -> None:
    """Make the file of a new state, which only its owner may read, where there is none, behind a link too.

    It appears whole, so that an empty file is never ours: a process that is killed at any moment leaves no
    file, or one that the next call goes on with. What SQLite makes next to it gets its mode.

    Raises:
        sqlite3.Error: The database cannot be written.
    """
    with suppress(OSError, RuntimeError):  # SQLite reports why not; RuntimeError: a circle of links
        file = file.resolve()
        if os.path.lexists(file):
            return
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}.tmp")
        os.close(create_file(temporary))
        try:
            with closing(sqlite3.connect(temporary)) as database:
                database.execute("PRAGMA user_version = 0")  # writes the first page
            try:
                put_new(temporary, file)
            except FileExistsError:  # another process made it at this moment
                return
            except OSError:  # a disk without hard links
                with os.fdopen(create_file(file), "wb") as new:
                    new.write(temporary.read_bytes())
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def use_sqlite(engine: Engine) -> None:
    """Have an engine of SQLite begin and end transactions as the state needs them."""
    if (file := file_of(engine.url)) is not None:
        event.listen(
            engine,
            "do_connect",
            lambda dialect, _record, given, options: readable(dialect.connect(*given, **options), file),
        )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediate)


class _Unchanging(sqlite3.Connection):
    """A connection to a file that nothing changes meanwhile: it is only read, without a log."""


def readable(connection: sqlite3.Connection, file: Path) -> sqlite3.Connection:
    """Return a connection, or one that reads the file as it is where the disk is full.

    SQLite needs a file for its shared memory even to read, so a full disk would be the end of `history` and
    of a backup to another disk. The file is all of the state only where the write-ahead log is empty.
    """
    try:
        connection.execute("PRAGMA journal_mode")
    except sqlite3.Error as error:
        log = file.with_name(f"{file.name}-wal")
        full = code_of(error, URL.create("sqlite", database=str(file))) == ProblemCode.STATE_FULL
        if full and not (log.exists() and log.stat().st_size):
            connection.close()
            address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False, factory=_Unchanging
            )
    return connection


def _set_up_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401
    # The driver's own transaction handling sends no BEGIN before DDL, so it is switched off and ours is used.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    mode = cursor.execute("PRAGMA journal_mode").fetchone()
    if mode != ("wal",) and not isinstance(connection, _Unchanging):
        _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:  # noqa: ANN401
    """Switch a new state to its write-ahead log.

    Where another process does the same at this moment, SQLite does not wait by itself.
    """
    import stamina  # noqa: PLC0415  # only a new state needs it

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # this short wait is not worth a line
    for attempt in stamina.retry_context(_is_busy, attempts=None, timeout=PATIENCE):
        with attempt:
            cursor.execute("PRAGMA journal_mode = WAL")


def _is_busy(error: Exception) -> bool:
    return kind_of(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _begin_immediate(connection: Connection) -> None:
    begin: Begin = connection.info.get(BEGIN, Begin())
    if begin.looks:
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if begin.durable else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
