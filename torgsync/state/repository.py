"""The base of all repositories: the rows of one object, inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from torgsync.core.paging import IDS, pages
from torgsync.state.bulk import insert_rows, update_rows

HIGHEST = 2**31 - 1
"""The highest number of a row. Databases answer a larger one with an error, SQLite not even with its own."""


class Repository:
    """Reads and writes rows of one object.

    Args:
        connection: One with an open transaction, which `Store.transaction()` commits.
        slug: The sync object's slug; the column `object` of all tables but those of a run or a plan.
    """

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def _own(self, table: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column's table has no type
        """Return the condition that a row belongs to this object."""
        own: ColumnElement[bool] = table.c.object == self._slug
        return own

    def _select(self, first: Table | Column[Any], *more: ColumnElement[Any]) -> Select[Any]:
        """Ask for a table or some columns; only rows of this object, as the first one's table has it."""
        return select(first, *more).where(self._own(first if isinstance(first, Table) else first.table))

    def _first(self, table: Table, *where: ColumnElement[bool]) -> Row[Any] | None:
        """Return one of this object's rows that fulfil all conditions, None where there is none."""
        return self._db.execute(self._select(table).where(*where)).first()

    def _scalars(self, column: Column[Any], *where: ColumnElement[bool]) -> list[Any]:
        """Return one column of this object's rows that fulfil all conditions."""
        return list(self._db.execute(self._select(column).where(*where)).scalars())

    def _scalar(self, column: Column[Any], *where: ColumnElement[bool]) -> Any:  # noqa: ANN401  # a column's value
        """Return one column of the first such row, None where there is no row."""
        return self._db.execute(self._select(column).where(*where)).scalar()

    def _pairs(self, query: Executable) -> dict[Any, Any]:
        """Return the rows of a query for two columns, the second keyed by the first."""
        return {key: value for key, value in self._db.execute(query)}  # noqa: C416  # a row is no pair to mypy

    def _count(self, table: Table, *where: ColumnElement[bool]) -> int:
        """Return how many of this object's rows fulfil all conditions."""
        query = select(func.count()).select_from(table).where(self._own(table), *where)
        return self._db.execute(query).scalar_one()

    def _in_pages(
        self, query: Select[Any], column: ColumnElement[Any], values: Sequence[object]
    ) -> Iterator[Row[Any]]:
        """Yield the rows whose column has one of many values, one statement a page of values."""
        for page in pages(values, IDS):
            yield from self._db.execute(query.where(column.in_(page)))

    def _insert(self, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of this object; `object` is added to each."""
        insert_rows(self._db, table, ({"object": self._slug, **row} for row in rows))

    def _insert_one(self, table: Table, **values: object) -> int:
        """Insert a row, of this object where the table knows objects, and return its number."""
        own = {"object": self._slug} if "object" in table.c else {}
        key = self._db.execute(insert(table).values(**own, **values)).inserted_primary_key
        return int(key[0]) if key else 0

    def _upsert(self, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of this object, or replace the columns given where the primary key exists."""
        insert_rows(self._db, table, ({"object": self._slug, **row} for row in rows), replace=True)

    def _update(self, table: Table, *where: ColumnElement[bool], **values: object) -> int:
        """Set columns in this object's rows that fulfil all conditions; return how many these are."""
        return self._db.execute(update(table).where(self._own(table), *where).values(**values)).rowcount

    def _update_goods(self, table: Table, rows: Mapping[str, Mapping[str, object]]) -> None:
        """Set the same columns of many goods, each its own values, keyed by good."""
        keys = ("object", "good_id")
        given = [{**row, "object": self._slug, "good_id": good_id} for good_id, row in rows.items()]
        update_rows(self._db, table, keys, given)

    def _delete(self, table: Table, *where: ColumnElement[bool]) -> None:
        """Delete this object's rows that fulfil all conditions."""
        self._db.execute(delete(table).where(self._own(table), *where))

    def _delete_in_pages(self, table: Table, column: ColumnElement[Any], values: Sequence[object]) -> None:
        """Delete this object's rows whose column has one of many values, one statement a page of values."""
        for page in pages(values, IDS):
            self._delete(table, column.in_(page))
