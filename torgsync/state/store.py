"""Opens the state and runs transactions on it.

A transaction takes the right to write when it begins, so that two processes wait for each other instead of
failing halfway: on SQLite for the whole file, on PostgreSQL for one object.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import Connection, Engine

from torgsync.core.problems import ProblemCode
from torgsync.i18n import Message
from torgsync.state.begin import Begin, contact_of
from torgsync.state.engine import make_database, make_engine, release, transaction, use_sqlite
from torgsync.state.schema.backups import copies_of, delete_copies
from torgsync.state.schema.upgrade import MIGRATIONS, Migrations, schema_of, upgrade
from torgsync.state.server import is_server
from torgsync.state.troubles import file_of, refuse_lost, trouble, troubles_reported
from torgsync.state.turns import in_turn

if TYPE_CHECKING:
    from torgsync.state.fleet.objects import FleetObjects
    from torgsync.state.fleet.shops import FleetShops
    from torgsync.state.fleet.sightings import Allowances, Sightings
    from torgsync.state.orders.clients import ClientRepository
    from torgsync.state.orders.messages import BuyerMessageRepository
    from torgsync.state.orders.order_files import (
        ConfirmationRepository,
        OrderFileRepository,
        OutboxRepository,
    )
    from torgsync.state.orders.orders import OrderedGoodRepository, OrderRepository
    from torgsync.state.orders.postings import PostingRepository
    from torgsync.state.runs.compaction import Compaction
    from torgsync.state.runs.held_plans import HeldPlans
    from torgsync.state.runs.history import History
    from torgsync.state.runs.journal import Journal
    from torgsync.state.runs.leases import Leases
    from torgsync.state.runs.plans import Plans
    from torgsync.state.runs.schedule import Schedule
    from torgsync.state.runs.situations import SituationRepository
    from torgsync.state.runs.status import StatusRepository
    from torgsync.state.shop.adoptions import AdoptionRepository
    from torgsync.state.shop.existing import ExistingProducts
    from torgsync.state.shop.goods import GoodRepository
    from torgsync.state.shop.grace_periods import GracePeriodRepository
    from torgsync.state.shop.id_writes import IdWriteRepository
    from torgsync.state.shop.object_state import ObjectState
    from torgsync.state.shop.photos import PhotoRepository
    from torgsync.state.shop.products import ProductRepository
    from torgsync.state.shop.rows import RowRepository
    from torgsync.state.shop.uploads import UploadRepository
    from torgsync.state.shop.variants import VariantRepository

_R = TypeVar("_R")
FLEET = "/fleet"
"""In the place of a slug where all shops are meant; no slug has a `/`."""


class _LazyRepository(Generic[_R]):
    """A repository of a unit of work, imported and created when it is first used.

    Args:
        place: Its module in this package, and its class.
        needs: Names of the repositories of the same unit of work that it is given.
    """

    def __init__(self, place: str, *needs: str) -> None:
        self._place = place
        self._needs = needs

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: UnitOfWork, _owner: type) -> _R:
        needed = (getattr(unit, name) for name in self._needs)
        module, _, name = self._place.partition(":")
        kind = getattr(import_module(f"torgsync.state.{module}"), name)
        repository: _R = kind(unit.connection, unit.slug, *needed)
        vars(unit)[self._name] = repository  # found there from now on
        return repository


class UnitOfWork:
    """The repositories of one object, inside one transaction."""

    object_state: _LazyRepository[ObjectState] = _LazyRepository("shop.object_state:ObjectState")
    rows: _LazyRepository[RowRepository] = _LazyRepository("shop.rows:RowRepository", "object_state")
    photos: _LazyRepository[PhotoRepository] = _LazyRepository("shop.photos:PhotoRepository", "object_state")
    uploads: _LazyRepository[UploadRepository] = _LazyRepository("shop.uploads:UploadRepository")
    existing: _LazyRepository[ExistingProducts] = _LazyRepository(
        "shop.existing:ExistingProducts", "object_state", "rows"
    )
    products: _LazyRepository[ProductRepository] = _LazyRepository(
        "shop.products:ProductRepository", "object_state", "rows"
    )
    goods: _LazyRepository[GoodRepository] = _LazyRepository("shop.goods:GoodRepository")
    adoptions: _LazyRepository[AdoptionRepository] = _LazyRepository("shop.adoptions:AdoptionRepository")
    grace_periods: _LazyRepository[GracePeriodRepository] = _LazyRepository(
        "shop.grace_periods:GracePeriodRepository"
    )
    id_writes: _LazyRepository[IdWriteRepository] = _LazyRepository("shop.id_writes:IdWriteRepository")
    variants: _LazyRepository[VariantRepository] = _LazyRepository("shop.variants:VariantRepository")
    plans: _LazyRepository[Plans] = _LazyRepository("runs.plans:Plans")
    journal: _LazyRepository[Journal] = _LazyRepository("runs.journal:Journal")
    leases: _LazyRepository[Leases] = _LazyRepository("runs.leases:Leases")
    held_plans: _LazyRepository[HeldPlans] = _LazyRepository("runs.held_plans:HeldPlans")
    history: _LazyRepository[History] = _LazyRepository("runs.history:History")
    compaction: _LazyRepository[Compaction] = _LazyRepository(
        "runs.compaction:Compaction", "plans", "journal", "history"
    )
    orders: _LazyRepository[OrderRepository] = _LazyRepository("orders.orders:OrderRepository")
    order_files: _LazyRepository[OrderFileRepository] = _LazyRepository(
        "orders.order_files:OrderFileRepository"
    )
    ordered_goods: _LazyRepository[OrderedGoodRepository] = _LazyRepository(
        "orders.orders:OrderedGoodRepository"
    )
    confirmations: _LazyRepository[ConfirmationRepository] = _LazyRepository(
        "orders.order_files:ConfirmationRepository"
    )
    buyer_messages: _LazyRepository[BuyerMessageRepository] = _LazyRepository(
        "orders.messages:BuyerMessageRepository"
    )
    outboxes: _LazyRepository[OutboxRepository] = _LazyRepository("orders.order_files:OutboxRepository")
    clients: _LazyRepository[ClientRepository] = _LazyRepository("orders.clients:ClientRepository")
    postings: _LazyRepository[PostingRepository] = _LazyRepository("orders.postings:PostingRepository")
    schedule: _LazyRepository[Schedule] = _LazyRepository("runs.schedule:Schedule")
    situations: _LazyRepository[SituationRepository] = _LazyRepository("runs.situations:SituationRepository")
    status: _LazyRepository[StatusRepository] = _LazyRepository("runs.status:StatusRepository")
    fleet_objects: _LazyRepository[FleetObjects] = _LazyRepository("fleet.objects:FleetObjects")
    fleet_shops: _LazyRepository[FleetShops] = _LazyRepository("fleet.shops:FleetShops")
    sightings: _LazyRepository[Sightings] = _LazyRepository("fleet.sightings:Sightings")
    allowances: _LazyRepository[Allowances] = _LazyRepository("fleet.sightings:Allowances")

    def __init__(self, connection: Connection, slug: str) -> None:
        self.connection = connection
        self.slug = slug


class Store:
    """The state of all objects in a home folder."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(
        self, slug: str, *, durable: bool = True, give_up: Callable[[], bool] | None = None
    ) -> Iterator[UnitOfWork]:
        """Yield the repositories of one object; commit at the end, or roll back on an error.

        Args:
            slug: The sync object's.
            durable: With False the commit may be lost in a power failure, as a whole; it is faster. Use it
                only for data that can be recomputed.
            give_up: Says whether it is not worth to wait any longer for a server that is away.

        Raises:
            Temporary: Another process holds the state for too long, or its server cannot be reached.
            StateUnusable: The disk is full or read-only, the state is damaged, or the like.
        """
        begin = Begin(slug, durable=durable)
        with in_turn(self._engine), transaction(self._engine, begin, give_up) as connection:
            yield UnitOfWork(connection, slug)

    @contextmanager
    def look(self, slug: str) -> Iterator[UnitOfWork]:
        """Yield the repositories of one object, to be read only: nothing waits, here or in a run.

        Raises:
            Temporary: The state cannot be read now.
            StateUnusable: It is damaged, or the like.
        """
        with transaction(self._engine, Begin(looks=True)) as connection:
            yield UnitOfWork(connection, slug)

    @contextmanager
    def fleet(self) -> Iterator[UnitOfWork]:
        """Yield the repositories of all shops together, as `transaction` does those of one.

        Two such transactions wait for each other. Raises what `transaction` raises.
        """
        with self.transaction(FLEET) as work:
            yield work

    @contextmanager
    def look_at_fleet(self) -> Iterator[UnitOfWork]:
        """Yield the repositories of all shops together, to be read only. Raises what `look` raises."""
        with self.look(FLEET) as work:
            yield work

    def snapshot(self, slug: str) -> Store:
        """Return a copy of the state of an object as it was last committed; nothing done to it lasts.

        Raises:
            Temporary: The state cannot be read now.
        """
        from torgsync.state.snapshot import copy_state, temporary_engine  # noqa: PLC0415  # seldom needed

        copy = temporary_engine()
        use_sqlite(copy)
        with troubles_reported(self._engine.url):
            copy_state(self._engine, copy, slug)
        return Store(copy)

    def wipe(self) -> None:
        """Overwrite in the file what was deleted from the state; PostgreSQL does so by itself.

        Raises:
            Temporary: Another process holds the state.
            StateUnusable: It cannot be written.
        """
        if self._engine.dialect.name != "sqlite":  # pragma: no cover  # tested where PostgreSQL is installed
            return
        with troubles_reported(self._engine.url), self._engine.connect() as connection:
            bare = connection.connection.driver_connection
            if bare is not None:  # pragma: no branch  # a connection that was just opened is there
                bare.execute("VACUUM")
                (busy, *_) = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if busy:
                    raise trouble(ProblemCode.STATE_BUSY, self._engine.url)

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
        return file_of(self._engine.url)

    def close(self) -> None:
        """Close all connections, but for those to a server, which this process may use again."""
        release(self._engine)


def open_store(
    url: str, notify: Callable[[Message], None] | None = None, migrations: Migrations = MIGRATIONS
) -> Store:
    """Open the state and bring its schema up to date.

    Args:
        url: A SQLAlchemy URL.
        notify: Receives one line where a SQLite file was copied before its schema changed.
        migrations: The schema to bring it up to.

    Raises:
        Temporary: Another process holds the state, or its server cannot be reached.
        TorgsyncError: The state cannot be opened or copied, or is from a newer or an unreleased program.
    """
    engine = make_engine(url)
    try:
        with troubles_reported(engine.url):
            refuse_lost(engine.url)
            if (file := file_of(engine.url)) is not None:  # pragma: no branch  # in memory, PostgreSQL
                make_database(file)
        if not _is_up_to_date(engine, migrations):
            with transaction(engine, Begin("", long=True)) as connection:
                upgrade(connection, notify, migrations)
    except BaseException:
        release(engine)
        raise
    return Store(engine)


CHECKED = 60
"""Seconds in which a process that found the schema of a state on a server the newest need not look again."""


def _is_up_to_date(engine: Engine, migrations: Migrations) -> bool:
    """Return whether the schema of a state on a server is the newest, without waiting for anybody."""
    if not is_server(engine):
        return False  # of a file, looking needs the same as migrating
    contact, now = contact_of(engine), time.monotonic()
    if migrations == MIGRATIONS and contact.checked is not None and now - contact.checked < CHECKED:
        return True
    with transaction(engine, Begin(looks=True)) as connection:
        newest = schema_of(connection) == migrations.newest
    if newest and migrations == MIGRATIONS:
        contact.checked = now
    return newest


def open_to_look(url: str, notify: Callable[[Message], None] | None = None) -> Store | None:
    """Open a state only to read it; None where none was made yet.

    One of an older schema is brought up to date first, as `open_store` does. Raises what that raises.
    """
    engine = make_engine(url)
    try:
        file = file_of(engine.url)
        with troubles_reported(engine.url):
            refuse_lost(engine.url)
            if file is not None and file.parent.is_dir() and not os.path.lexists(file):
                release(engine)
                return None
        with transaction(engine, Begin(looks=True)) as connection:
            schema = schema_of(connection)
    except BaseException:
        release(engine)
        raise
    if schema == MIGRATIONS.newest:
        return Store(engine)
    release(engine)
    return open_store(url, notify) if schema else None
