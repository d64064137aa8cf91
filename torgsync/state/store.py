"""Opens the state and runs transactions on it.

A transaction takes the right to write when it begins, so that two processes wait for each other instead of
failing halfway: on SQLite for the whole file, on PostgreSQL for one object.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from torgsync.disk import make_file
from torgsync.errors import Temporary, TorgsyncError
from torgsync.state.orders.clients import ClientRepository
from torgsync.state.orders.messages import BuyerMessageRepository
from torgsync.state.orders.order_files import ConfirmationRepository, OrderFileRepository, OutboxRepository
from torgsync.state.orders.orders import OrderedGoodRepository, OrderRepository
from torgsync.state.orders.postings import PostingRepository
from torgsync.state.runs.history import History
from torgsync.state.runs.journal import Journal
from torgsync.state.runs.leases import Leases
from torgsync.state.runs.plans import Plans
from torgsync.state.runs.schedule import Schedule
from torgsync.state.schema.backups import copies_of, delete_copies
from torgsync.state.schema.upgrade import MIGRATIONS, Migrations, upgrade
from torgsync.state.shop.adoptions import AdoptionRepository
from torgsync.state.shop.existing import ExistingProducts
from torgsync.state.shop.goods import GoodRepository
from torgsync.state.shop.grace_periods import GracePeriodRepository
from torgsync.state.shop.id_writes import IdWriteRepository
from torgsync.state.shop.object_state import ObjectState
from torgsync.state.shop.photos import PhotoRepository
from torgsync.state.shop.products import ProductRepository
from torgsync.state.shop.rows import RowRepository
from torgsync.state.shop.variants import VariantRepository

PATIENCE = 30
"""Seconds to wait for another process that writes."""
_DURABLE = "torgsync.durable"
"""Whether a transaction must survive a power failure, as the journal's must."""

_R = TypeVar("_R")


class _LazyRepository(Generic[_R]):
    """A repository of a unit of work, created when it is first used.

    Args:
        repository: Its class.
        needs: Names of the repositories of the same unit of work that it is given.
    """

    def __init__(self, repository: Callable[..., _R], *needs: str) -> None:
        self._repository = repository
        self._needs = needs

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: UnitOfWork, _owner: type) -> _R:
        needed = (getattr(unit, name) for name in self._needs)
        repository = self._repository(unit.connection, unit.slug, *needed)
        vars(unit)[self._name] = repository  # found there from now on
        return repository


class UnitOfWork:
    """The repositories of one object, inside one transaction."""

    object_state = _LazyRepository(ObjectState)
    rows = _LazyRepository(RowRepository, "object_state")
    photos = _LazyRepository(PhotoRepository, "object_state")
    existing = _LazyRepository(ExistingProducts, "object_state", "rows")
    products = _LazyRepository(ProductRepository, "object_state", "rows")
    goods = _LazyRepository(GoodRepository)
    adoptions = _LazyRepository(AdoptionRepository)
    grace_periods = _LazyRepository(GracePeriodRepository)
    id_writes = _LazyRepository(IdWriteRepository)
    variants = _LazyRepository(VariantRepository)
    plans = _LazyRepository(Plans)
    journal = _LazyRepository(Journal)
    leases = _LazyRepository(Leases)
    history = _LazyRepository(History)
    orders = _LazyRepository(OrderRepository)
    order_files = _LazyRepository(OrderFileRepository)
    ordered_goods = _LazyRepository(OrderedGoodRepository)
    confirmations = _LazyRepository(ConfirmationRepository)
    buyer_messages = _LazyRepository(BuyerMessageRepository)
    outboxes = _LazyRepository(OutboxRepository)
    clients = _LazyRepository(ClientRepository)
    postings = _LazyRepository(PostingRepository)
    schedule = _LazyRepository(Schedule)

    def __init__(self, connection: Connection, slug: str) -> None:
        self.connection = connection
        self.slug = slug


class Store:
    """The state of all objects in a home folder."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self, slug: str, *, durable: bool = True) -> Iterator[UnitOfWork]:
        """Yield the repositories of one object; commit at the end, or roll back on an error.

        Args:
            slug: The sync object's.
            durable: With False the commit may be lost in a power failure, as a whole; it is faster. Use it
                only for data that can be recomputed.

        Raises:
            Temporary: Another process holds the state for too long.
        """
        with _busy_reported(), self._engine.connect() as connection:
            connection.info[_DURABLE] = durable
            with connection.begin():
                _wait_for_turn(connection, slug)
                yield UnitOfWork(connection, slug)

    def wipe(self) -> None:
        """Overwrite in the file what was deleted from the state; PostgreSQL does so by itself.

        Raises:
            Temporary: Another process holds the state.
        """
        if self._engine.dialect.name != "sqlite":  # pragma: no cover  # needs TORGSYNC_TEST_POSTGRES
            return
        with _busy_reported(), self._engine.connect() as connection:
            bare = connection.connection.driver_connection
            if bare is not None:  # pragma: no branch  # a connection that was just opened is there
                bare.execute("VACUUM")
                (busy, *_) = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if busy:
                    raise sqlite3.OperationalError("somebody is reading it")

    def copies(self) -> list[Path]:
        """Return the copies of the state from before its schema changed."""
        return copies_of(self._file) if self._file else []

    def delete_copies(self) -> int:
        """Delete these copies, and return how many files that were.

        Raises:
            TorgsyncError: One cannot be deleted.
        """
        return delete_copies(self._file) if self._file else 0

    @property
    def _file(self) -> Path | None:
        return _file_of(self._engine.url)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(
    url: str, notify: Callable[[str], None] | None = None, migrations: Migrations = MIGRATIONS
) -> Store:
    """Open the state and bring its schema up to date.

    Args:
        url: A SQLAlchemy URL.
        notify: Receives one line where a SQLite file was copied before its schema changed.
        migrations: The schema to bring it up to.

    Raises:
        TorgsyncError: The state cannot be opened or copied, or is from a newer or an unreleased program.
    """
    engine = _engine(url)
    if (file := _file_of(engine.url)) is not None:
        with suppress(OSError):  # SQLite reports why it cannot be made; the files next to it get its mode
            make_file(file)
    try:
        with engine.begin() as connection:
            _wait_for_turn(connection, "")
            upgrade(connection, notify, migrations)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _not_opened(error) from error
    except TorgsyncError:
        engine.dispose()
        raise
    return Store(engine)


def _file_of(url: URL) -> Path | None:
    """Return the file of a SQLite state, None for other databases and one in memory."""
    file = str(url.database or "") if url.get_backend_name() == "sqlite" else ""
    return Path(file) if file and not file.startswith((":memory:", "file:")) else None


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")  # one driver, whatever SQLAlchemy prefers
        engine = create_engine(address, hide_parameters=True)  # people must not get into messages
    except ImportError as error:
        raise TorgsyncError(
            f"the state cannot be opened: {error}",
            hint='install the driver: `pip install "torgsync[postgresql]"`',
        ) from error
    except SQLAlchemyError as error:
        raise _not_opened(error) from error
    if engine.dialect.name == "sqlite":  # pragma: no branch  # PostgreSQL needs TORGSYNC_TEST_POSTGRES
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _not_opened(error: SQLAlchemyError) -> TorgsyncError:
    return TorgsyncError(
        f"the state cannot be opened: {_reason(error)}",
        hint="look at `--home` and `TORGSYNC_STATE`; the folder must exist and be writable",
    )


@contextmanager
def _busy_reported() -> Iterator[None]:
    """Turn the error of a database that cannot be used now into one that is printed and repeated."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        raise Temporary(
            f"the state cannot be used now: {_reason(error)}",
            hint="wait until the other run has finished, then run the same command again",
        ) from error


def _reason(error: Exception) -> str:
    """Return what the driver says, without SQLAlchemy's lines about the statement."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _wait_for_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction of this name is open; SQLite's `BEGIN IMMEDIATE` has done so.

    PostgreSQL would show two transactions the same free lease, so that both would take it.
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

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # this short wait is not worth a line
    for attempt in stamina.retry_context(sqlite3.OperationalError, attempts=None, timeout=PATIENCE):
        with attempt:
            cursor.execute("PRAGMA journal_mode = WAL")


def _begin_immediate(connection: Connection) -> None:
    level = "FULL" if connection.info.get(_DURABLE, True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def place_of(url: str) -> str:
    """Return the address of a state for people: a file's path, or a URL without its password."""
    address = make_url(url)
    if address.drivername == "sqlite" and address.database:
        return address.database
    return address.render_as_string(hide_password=True)
