"""Moves a whole state to another database, table by table in one transaction: all of it or nothing.

The state is only read, and nothing can change it meanwhile. Rows are copied as the databases keep them, in
pages, and read back: their number and a checksum must be the same.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import msgspec
import xxhash
from sqlalchemy import Boolean, Connection, Engine, Table, func, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from torgsync.core.paging import PAGE
from torgsync.core.problems import ProblemCode
from torgsync.disk import put_new
from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import Message, _
from torgsync.state.begin import Begin
from torgsync.state.engine import make_database, make_engine, release, transaction
from torgsync.state.maintenance.backup import known_schema
from torgsync.state.maintenance.check import looking
from torgsync.state.maintenance.restore import Refuse
from torgsync.state.runs.leases import all_leases
from torgsync.state.schema.backups import open_file
from torgsync.state.schema.base import metadata
from torgsync.state.schema.run_tables import leases
from torgsync.state.schema.upgrade import schema_of, upgrade
from torgsync.state.server import is_server
from torgsync.state.store import open_store
from torgsync.state.troubles import file_of, place_of, trouble
from torgsync.system import reason

_ADDRESS = _("it looks like `sqlite:////DIR/FILE` or `postgresql://USER@SERVER/DATABASE`")
_EMPTY = _("make an empty database for the state, or move away what is there")
_ALL_OF_SUM = 2**128


@dataclass(slots=True)
class Moved:
    """A state that was moved: its old and its new place for people, its schema, and rows keyed by table.

    `address` is the new place as `TORGSYNC_STATE` has it, empty where it has a password.
    """

    source: str
    target: str
    address: str
    schema: str = ""
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Sum:
    """The number of rows, and a checksum that does not depend on their order."""

    rows: int = 0
    digest: int = 0

    def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Count rows."""
        self.rows += len(rows)
        for row in rows:
            self.digest += xxhash.xxh3_128_intdigest(msgspec.json.encode(row))
        self.digest %= _ALL_OF_SUM


def require_target(url: str, target: str) -> Moved:
    """Return what a move will be, without any row yet. Nothing is opened.

    Raises:
        UsageError: The target is no address of a database, or the state itself.
    """
    try:
        address = make_url(target)
        backend = address.get_backend_name()
    except SQLAlchemyError as error:
        raise UsageError(_("this is not the address of a database"), hint=_ADDRESS) from error
    if backend not in ("sqlite", "postgresql", "postgres") or (backend == "sqlite" and not file_of(target)):
        raise UsageError(_("a state can be in SQLite or PostgreSQL, not there"), hint=_ADDRESS)
    secret = address.password is not None or any("password" in name for name in address.query)
    file = file_of(target)
    shown = "" if secret else f"sqlite:///{file.absolute().as_posix()}" if file else target
    moved = Moved(place_of(url), str(file.absolute()) if file else place_of(target), shown)
    same_file = file is not None and (old := file_of(url)) is not None and file.resolve() == old.resolve()
    if same_file or make_url(url) == address:
        raise UsageError(_("the state is there already: `{place}`", place=moved.target), hint=_EMPTY)
    return moved


def move_state(
    url: str, target: str, refuse: Refuse, notify: Callable[[Message], None] | None = None
) -> Moved:
    """Copy a state to a database that has none, and return what was copied. The old one stays as it is.

    Args:
        url: The state's address.
        target: That of the new one.
        refuse: Called for each lease in the state.
        notify: Receives a line where the state's schema had to be brought up to date first.

    Raises:
        UsageError: There is no state yet, or the target is not empty, or is no place for one.
        Temporary: Another process works with one of the two, or a server cannot be reached.
        TorgsyncError: One of the two cannot be used; the target is as it was.
    """
    moved = require_target(url, target)
    old = make_engine(url)
    try:
        with looking(old) as connection:
            known_schema(schema_of(connection))
        open_store(url, notify).close()  # brings its schema up to date
        with _source(old) as read:
            for slug, lease in all_leases(read):
                refuse(slug, lease)
            with _target(target) as write:
                moved.schema = known_schema(schema_of(write))
                for table in metadata.sorted_tables:
                    if table is not leases:  # the process that holds one works with the old state
                        moved.rows[table.name] = _copy(read, write, table)
    finally:
        release(old)
    return moved


@contextmanager
def _source(engine: Engine) -> Iterator[Connection]:
    """Read a state that nothing changes meanwhile."""
    with transaction(engine, Begin("", long=True)) as connection:
        if is_server(engine):  # pragma: no cover  # tested where PostgreSQL is installed
            names = ", ".join(table.name for table in metadata.sorted_tables)
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        yield connection


@contextmanager
def _target(url: str) -> Iterator[Connection]:
    """Yield an empty state of the newest schema, which is there at the end of the block, or not at all."""
    file = file_of(url)
    if file is None:  # pragma: no cover  # tested where PostgreSQL is installed
        with transaction(make_engine(url), Begin("", long=True)) as connection:
            _refuse_filled(connection, place_of(url))
            upgrade(connection)
            yield connection
            _number_on(connection)
        return
    if os.path.lexists(file):
        raise UsageError(_("`{file}` exists, and a move never replaces a file", file=file), hint=_EMPTY)
    if not file.parent.is_dir():
        raise trouble(ProblemCode.STATE_NO_FOLDER, url)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}.tmp")
    engine = make_engine(make_url(url).set(database=str(temporary)).render_as_string())
    try:
        try:
            make_database(temporary)
            with transaction(engine, Begin(long=True)) as connection:
                upgrade(connection)
                yield connection
            engine.dispose()
            with closing(open_file(temporary, "rw")) as whole:
                whole.execute("PRAGMA journal_mode = DELETE")  # so that all of it is in the file
            put_new(temporary, file)
        except OSError as error:
            raise TorgsyncError(
                _("the state cannot be moved to `{file}`: {why}", file=file, why=reason(error)), hint=_EMPTY
            ) from error
    finally:
        engine.dispose()
        for path in file.parent.glob(f"{temporary.name}*"):  # its log too
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _refuse_filled(connection: Connection, place: str) -> None:  # pragma: no cover  # as above
    """Raise UsageError where a database has rows of a state, or tables of others with their names."""
    there = set(inspect(connection).get_table_names())
    ours = [table for table in metadata.sorted_tables if table.name in there]
    filled = [
        table.name for table in ours if connection.execute(select(1).select_from(table).limit(1)).first()
    ]
    if filled or (ours and schema_of(connection) is None):
        names = filled or [table.name for table in ours]
        raise UsageError(
            _("the database `{place}` is not empty: it has {names:quoted}", place=place, names=names[:10]),
            hint=_EMPTY,
        )


def _copy(read: Connection, write: Connection, table: Table) -> int:
    """Copy the rows of a table, and return their number. Raises TorgsyncError where they differ then."""
    sent, arrived = _Sum(), _Sum()
    names = [write.dialect.identifier_preparer.quote(column.name) for column in table.c]
    mark = "?" if write.dialect.paramstyle == "qmark" else "%s"
    insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
    for page in _pages(read, table):
        sent.add(page)
        write.exec_driver_sql(insert, page)
    for page in _pages(write, table):
        arrived.add(page)
    if sent != arrived:
        raise TorgsyncError(
            _("the table `{table}` did not arrive as it was sent; nothing was moved", table=table.name),
            hint=_("check both databases and their disks, then run the same command again"),
        )
    return sent.rows


def _pages(connection: Connection, table: Table) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a table as a database keeps them, with yes and no alike in all of them."""
    names = [connection.dialect.identifier_preparer.quote(column.name) for column in table.c]
    flags = [place for place, column in enumerate(table.c) if isinstance(column.type, Boolean)]
    found = connection.exec_driver_sql(
        f"SELECT {', '.join(names)} FROM {table.name}",  # noqa: S608  # names of our own tables
        execution_options={"stream_results": True, "yield_per": PAGE},
    )
    for page in found.partitions(PAGE):
        rows = [list(row) for row in page]
        for row in rows:
            for place in flags:
                row[place] = None if row[place] is None else bool(row[place])
        yield [tuple(row) for row in rows]


def _number_on(connection: Connection) -> None:  # pragma: no cover  # as above
    """Let numbers go on after the highest one: a sequence knows nothing of rows that were copied."""
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            named = func.pg_get_serial_sequence(table.name, column.name)
            sequence = connection.execute(select(named)).scalar()
            if sequence:
                highest = connection.execute(select(func.max(column))).scalar() or 0
                connection.execute(select(func.setval(sequence, highest + 1, False)))
