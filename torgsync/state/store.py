"""Opens the state and hands out one unit of work at a time.

A unit of work is one transaction: all of it is remembered, or nothing. It begins at once with the right to
write, so that two processes queue up instead of failing halfway: on SQLite for the whole file, on PostgreSQL
for one object.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from torgsync.errors import Temporary, TorgsyncError
from torgsync.state.orders.clients import ClientRepository
from torgsync.state.orders.confirmations import ConfirmationRepository
from torgsync.state.orders.goods import OrderedGoodRepository
from torgsync.state.orders.order_files import OrderFileRepository
from torgsync.state.orders.orders import OrderRepository
from torgsync.state.orders.outboxes import OutboxRepository
from torgsync.state.orders.postings import PostingRepository
from torgsync.state.runs.history import History
from torgsync.state.runs.journal import Journal
from torgsync.state.runs.plans import Plans
from torgsync.state.runs.schedule import Schedule
from torgsync.state.schema.backups import back_up, copies_of, delete_copies
from torgsync.state.shop.adoptions import Adoptions
from torgsync.state.shop.existing import ExistingProducts
from torgsync.state.shop.object_state import ObjectState
from torgsync.state.shop.photos import Photos
from torgsync.state.shop.products import ProductRepository
from torgsync.state.shop.rows import Rows
from torgsync.state.shop.variants import Models

SCHEMA = "0010"
"""The newest migration; a test holds it equal to the folder's."""

MIGRATIONS = Path(__file__).parent / "schema" / "migrations"
_DURABLE = "torgsync.durable"
"""Whether a transaction must outlive a pulled plug, as what the journal says must."""
PATIENCE = 30
"""Seconds to wait for another process that writes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What one object remembers, inside one transaction."""

    object_state: ObjectState
    rows: Rows
    photos: Photos
    existing: ExistingProducts
    products: ProductRepository
    adoptions: Adoptions
    variants: Models
    plans: Plans
    journal: Journal
    history: History
    orders: OrderRepository
    order_files: OrderFileRepository
    ordered_goods: OrderedGoodRepository
    confirmations: ConfirmationRepository
    outboxes: OutboxRepository
    clients: ClientRepository
    postings: PostingRepository
    schedule: Schedule


class Store:
    """The state of all objects of one home."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self, slug: str, *, durable: bool = True) -> Iterator[UnitOfWork]:
        """Yield the memory of one object; commit at the end, or take everything back on an error.

        Without `durable` a pulled plug may take back the last of it, whole: good for what can be found out
        again, and faster. Raises `Temporary` where another process holds the state for too long.
        """
        try:
            with self._engine.connect() as connection:
                connection.info[_DURABLE] = durable
                with connection.begin():
                    _queue_up(connection, slug)
                    whole = ObjectState(connection, slug)
                    rows = Rows(connection, slug, whole)
                    yield UnitOfWork(
                        whole,
                        rows,
                        Photos(connection, slug, whole),
                        ExistingProducts(connection, slug, whole, rows),
                        ProductRepository(connection, slug, whole, rows),
                        Adoptions(connection, slug),
                        Models(connection, slug),
                        Plans(connection, slug),
                        Journal(connection, slug),
                        History(connection, slug),
                        OrderRepository(connection, slug),
                        OrderFileRepository(connection, slug),
                        OrderedGoodRepository(connection, slug),
                        ConfirmationRepository(connection, slug),
                        OutboxRepository(connection, slug),
                        ClientRepository(connection, slug),
                        PostingRepository(connection, slug),
                        Schedule(connection, slug),
                    )
        except OperationalError as trouble:
            raise Temporary(
                f"the state cannot be used now: {str(trouble.orig).splitlines()[0]}",
                hint="wait until the other run has finished, then run the same command again",
            ) from trouble

    def wipe(self) -> None:
        """Overwrite what was taken out of the state: until then its bytes lie in the file.

        PostgreSQL does so by itself. Raises `Temporary` where another process holds the state.
        """
        if self._engine.dialect.name != "sqlite":  # pragma: no cover  # needs TORGSYNC_TEST_POSTGRES
            return
        try:
            with self._engine.connect() as connection:
                bare = connection.connection.driver_connection
                if bare is not None:  # pragma: no branch  # a connection that was just opened is there
                    bare.execute("VACUUM")
                    (busy, *_) = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                    if busy:
                        raise sqlite3.OperationalError("somebody is reading it")  # noqa: TRY301
        except sqlite3.OperationalError as trouble:
            raise Temporary(
                f"the state cannot be used now: {trouble}",
                hint="wait until the other run has finished, then run the same command again",
            ) from trouble

    def copies(self) -> list[Path]:
        """Return the copies of the state that lie beside it, from before its schema changed."""
        return copies_of(self._file) if self._file else []

    def delete_copies(self) -> int:
        """Delete these copies, and return how many files that were.

        Raises TorgsyncError where one cannot be deleted.
        """
        return delete_copies(self._file) if self._file else 0

    @property
    def _file(self) -> Path | None:
        url = self._engine.url
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(url: str, tell: Callable[[str], None] | None = None) -> Store:
    """Open the state at a SQLAlchemy URL, bringing its schema up to date.

    A SQLite file is copied before; `tell` hears of the copy. Raises TorgsyncError where the state cannot be
    opened or copied, or was written by a newer program.
    """
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")  # one driver, whatever SQLAlchemy prefers
        engine = create_engine(address, hide_parameters=True)  # people must not get into messages
    except ImportError as missing:
        raise TorgsyncError(
            f"the state cannot be opened: {missing}",
            hint='install the driver: `pip install "torgsync[postgresql]"`',
        ) from missing
    except SQLAlchemyError as wrong:
        raise _not_opened(wrong) from wrong
    if engine.dialect.name == "sqlite":  # pragma: no branch  # PostgreSQL needs TORGSYNC_TEST_POSTGRES
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_at_once)
    try:
        with engine.begin() as connection:
            _queue_up(connection, "")
            _migrate(connection, tell)
    except SQLAlchemyError as trouble:
        engine.dispose()
        raise _not_opened(trouble) from trouble
    except TorgsyncError:
        engine.dispose()
        raise
    return Store(engine)


def _not_opened(trouble: SQLAlchemyError) -> TorgsyncError:
    reason = str(getattr(trouble, "orig", None) or trouble).splitlines()[0]
    return TorgsyncError(
        f"the state cannot be opened: {reason}",
        hint="look at `--home` and `TORGSYNC_STATE`; the folder must exist and be writable",
    )


def _queue_up(connection: Connection, name: str) -> None:
    """Wait until no other transaction works under this name; SQLite's `BEGIN IMMEDIATE` has done so.

    PostgreSQL shows two transactions the same lease to take, so that both would take it.
    """
    if connection.dialect.name == "postgresql":  # pragma: no cover  # needs TORGSYNC_TEST_POSTGRES
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"torgsync/{name}", 0))))


def _set_up_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401
    # The driver's own transaction handling sends no BEGIN before DDL, so it is switched off and ours is used.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:  # noqa: ANN401
    """Switch a new state to its write-ahead log.

    Where another process does the same at this moment, SQLite does not wait by itself.
    """
    import stamina  # noqa: PLC0415  # only a new state needs it

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # nobody need know of this pause
    for attempt in stamina.retry_context(sqlite3.OperationalError, attempts=None, timeout=PATIENCE):
        with attempt:
            cursor.execute("PRAGMA journal_mode = WAL")


def _begin_at_once(connection: Connection) -> None:
    level = "FULL" if connection.info.get(_DURABLE, True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection, tell: Callable[[str], None] | None) -> None:
    """Bring the schema up to date. Alembic is loaded only where there is something to do."""
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found == SCHEMA:
        return
    if found is not None and found > SCHEMA:
        raise TorgsyncError(
            f"the state was written by a newer torgsync (schema {found}, this one knows {SCHEMA})",
            hint="update this program: `pip install --upgrade torgsync`",
        )
    if found is not None:
        copy = back_up(connection, found)
        if copy is None:
            _log.info("the state is brought from schema %s to %s; no copy of it was made", found, SCHEMA)
        else:
            said = f"the state is brought from schema {found} to {SCHEMA}; the old one is `{copy.name}`"
            _log.info(said)
            if tell:
                tell(said)
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def place_of(url: str) -> str:
    """Return where a state lies, as people may read it: without a password."""
    address = make_url(url)
    if address.drivername == "sqlite" and address.database:
        return address.database
    return address.render_as_string(hide_password=True)
