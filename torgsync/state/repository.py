"""The base of all repositories: the rows of one object, inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, insert, select, update

from torgsync.core.paging import pages
from torgsync.state.schema.base import upsert


class Repository:
    """Reads and writes rows of one object.

    Args:
        connection: One with an open transaction, which `Store.transaction()` commits.
        slug: The sync object's slug; the column `object` of all tables but those of a run or a plan.
    """

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def _own(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that a row belongs to this object."""
        return table.c.object == self._slug

    def _scalars(self, column: Column[Any], *where: ColumnElement[bool]) -> list[Any]:
        """Return one column of this object's rows that fulfil all conditions."""
        query = select(column).where(column.table.c.object == self._slug, *where)
        return list(self._db.execute(query).scalars())

    def _scalar(self, column: Column[Any], *where: ColumnElement[bool]) -> Any:  # noqa: ANN401  # a column's value
        """Return one column of the first such row, None where there is no row."""
        query = select(column).where(column.table.c.object == self._slug, *where)
        return self._db.execute(query).scalar()

    def _insert(self, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of this object; `object` is added to each."""
        values = [{"object": self._slug, **row} for row in rows]
        if values:
            self._db.execute(insert(table), values)

    def _upsert(self, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows of this object, or replace the columns given where the primary key exists."""
        upsert(self._db, table, [{"object": self._slug, **row} for row in rows])

    def _update(self, table: Table, *where: ColumnElement[bool], **values: object) -> None:
        """Set columns in this object's rows that fulfil all conditions."""
        self._db.execute(update(table).where(self._own(table), *where).values(**values))

    def _delete(self, table: Table, *where: ColumnElement[bool]) -> None:
        """Delete this object's rows that fulfil all conditions."""
        self._db.execute(delete(table).where(self._own(table), *where))

    def _delete_in_pages(self, table: Table, column: ColumnElement[Any], values: Sequence[object]) -> None:
        """Delete this object's rows whose column has one of many values, one statement a page of values."""
        for page in pages(values):
            self._delete(table, column.in_(page))
