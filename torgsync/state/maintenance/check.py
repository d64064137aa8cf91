"""Checks a state: whether its database is whole and has its tables, and what is in it. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    and_,
    exists,
    func,
    inspect,
    literal_column,
    select,
)

from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import _
from torgsync.state.begin import Begin
from torgsync.state.engine import make_engine, release, transaction
from torgsync.state.schema import fleet_tables as f
from torgsync.state.schema import order_tables as o
from torgsync.state.schema import run_tables as r
from torgsync.state.schema import shop_tables as s
from torgsync.state.schema.base import metadata
from torgsync.state.schema.upgrade import MIGRATIONS, schema_of
from torgsync.state.troubles import file_of, place_of, refuse_lost

MOST = 10
"""Places of damage that are listed."""


class StateFault(StrEnum):
    """What is wrong with a state."""

    DAMAGED = "damaged"
    NEWER = "newer"
    TABLE_MISSING = "table-missing"
    COLUMN_MISSING = "column-missing"


@dataclass(frozen=True, slots=True)
class Found:
    """One fault: of which table, and what the database says or which column is missing."""

    fault: StateFault
    table: str = ""
    words: str = ""


@dataclass(slots=True)
class StateCheck:
    """What a check found.

    Args:
        schema: Its number, None where the state has none.
        size: In bytes.
        rows: How many there are, keyed by table.
        objects: Rows of each object in all tables, keyed by slug.
        pushed: The objects that were pushed to this state, also those removed since.
        orphans: Rows that belong to a row that is not there, keyed by table.
        error: Why the check ended early.
    """

    place: str
    newest: str
    schema: str | None = None
    size: int = 0
    faults: list[Found] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    objects: Counter[str] = field(default_factory=Counter)
    pushed: frozenset[str] = frozenset()
    orphans: dict[str, int] = field(default_factory=dict)
    error: TorgsyncError | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is damaged or missing."""
        return not self.faults and self.error is None


_PARENTS: tuple[tuple[Column[Any], Column[Any]], ...] = (
    (r.changes.c.plan, r.plans.c.number),
    (r.requests.c.run, r.runs.c.id),
    (r.imports.c.run, r.runs.c.id),
    (r.leases.c.run, r.runs.c.id),
    (r.held_plans.c.run, r.runs.c.id),
    (s.id_writes.c.import_number, r.imports.c.id),
    (o.order_versions.c.order_id, o.orders.c.order_id),
    (o.confirmations.c.order_id, o.orders.c.order_id),
    (o.postings.c.order_id, o.orders.c.order_id),
    (o.buyer_messages.c.order_id, o.orders.c.order_id),
    (o.choices.c.order_id, o.orders.c.order_id),
    (o.choices.c.client_id, o.clients.c.id),
    (o.contacts.c.client_id, o.clients.c.id),
    (o.orders.c.client_id, o.clients.c.id),
)
"""Columns that name a row, and the column that they name."""


def check_state(url: str) -> StateCheck:
    """Return what a check of a state finds; a database that cannot be read is part of the result.

    Raises:
        UsageError: There is no state yet.
    """
    engine = make_engine(url)
    check = StateCheck(place_of(url), MIGRATIONS.newest)
    try:
        with looking(engine) as connection:
            _check(connection, check)
    except UsageError:
        raise
    except TorgsyncError as error:
        check.error = error
    finally:
        release(engine)
    return check


@contextmanager
def looking(engine: Engine) -> Iterator[Connection]:
    """Open a state for reading only, also while another process writes. Raises UsageError where none is."""
    refuse_lost(engine.url)
    file = file_of(engine.url)
    if file is not None and _is_missing(file) and file.parent.is_dir():
        raise UsageError(
            _("there is no state yet: `{file}`", file=file),
            hint=_("check `--home` and `TORGSYNC_STATE`; the first command with an object creates it"),
        )
    with transaction(engine, Begin(looks=True, long=True)) as connection:
        yield connection


def _is_missing(file: Path) -> bool:
    """Return whether there is no file; links in a circle are something else."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def damage(connection: Connection) -> list[str]:
    """Return what a SQLite file is damaged by, in its own words; at most `MOST` lines."""
    if connection.dialect.name != "sqlite":  # pragma: no cover  # tested where PostgreSQL is installed
        return []
    lines = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars().all()
    words = [line for text_ in lines for line in text_.splitlines() if not line.startswith("***")]
    return [] if words == ["ok"] else words[:MOST]


def _check(connection: Connection, check: StateCheck) -> None:
    check.size = _size(connection)
    check.faults += [Found(StateFault.DAMAGED, words=words) for words in damage(connection)]
    check.schema = schema_of(connection)
    if check.schema and check.schema > check.newest:
        check.faults.append(Found(StateFault.NEWER, words=check.schema))
        return
    missing = missing_parts(connection)
    if check.schema == check.newest:  # an older one is brought up to date by the next command
        check.faults += missing
    incomplete = {found.table for found in missing}
    _count(connection, check, [table for table in metadata.sorted_tables if table.name not in incomplete])


def missing_parts(connection: Connection) -> list[Found]:
    """Return the tables and columns of the newest schema that a database lacks."""
    inspector = inspect(connection)
    names = set(inspector.get_table_names())
    missing = []
    for table in metadata.sorted_tables:
        if table.name not in names:
            missing.append(Found(StateFault.TABLE_MISSING, table.name))
        else:
            there = {column["name"] for column in inspector.get_columns(table.name)}
            lacks = [column.name for column in table.columns if column.name not in there]
            missing += [Found(StateFault.COLUMN_MISSING, table.name, name) for name in lacks]
    return missing


def _count(connection: Connection, check: StateCheck, tables: list[Table]) -> None:
    for table in tables:
        check.rows[table.name] = _read_all(connection, table)
        if "object" in table.c:
            rows = connection.execute(
                select(table.c.object, func.count())
                .where(table.c.object.not_like("/%"))  # that is of all shops together; no slug has a `/`
                .group_by(table.c.object)
            )
            check.objects.update({slug: count for slug, count in rows})  # noqa: C416
    for table in {f.fleet_objects} & {*tables}:
        check.pushed = frozenset(connection.execute(select(table.c.object)).scalars())
    for child, parent in _PARENTS:
        if child.table in tables and parent.table in tables:
            orphans = connection.execute(_orphans(child, parent)).scalar_one()
            if orphans:
                name = child.table.name
                check.orphans[name] = check.orphans.get(name, 0) + orphans


def _read_all(connection: Connection, table: Table) -> int:
    """Return the number of rows. PostgreSQL has no check of its own, so every row is read there."""
    query = select(func.count()).select_from(table)
    if connection.dialect.name == "postgresql":  # pragma: no cover  # tested where PostgreSQL is installed
        query = select(func.count(literal_column(f'"{table.name}"::text'))).select_from(table)
    return connection.execute(query).scalar_one()


def _orphans(child: Column[Any], parent: Column[Any]) -> Any:  # noqa: ANN401  # a statement
    same = [child == parent]
    if "object" in child.table.c and "object" in parent.table.c:
        same.append(child.table.c.object == parent.table.c.object)
    found = exists(select(1).select_from(parent.table).where(and_(*same)))
    return select(func.count()).select_from(child.table).where(child.is_not(None), ~found)


def _size(connection: Connection) -> int:
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    if connection.dialect.name == "postgresql":  # pragma: no cover  # tested where PostgreSQL is installed
        query = "SELECT pg_database_size(current_database())"
    return int(connection.exec_driver_sql(query).scalar_one())
