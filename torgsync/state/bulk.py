"""Writes many rows by one statement, whose text is made once.

SQLAlchemy prepares each row by itself, which costs more than the database needs to store it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

_Processor = Callable[[Any], Any]
_Names = tuple[str, ...]


class _Statement(Struct, frozen=True):
    """A statement of the driver: its text, the columns of its values, and what the driver gets for them."""

    text: str
    names: _Names
    processors: tuple[tuple[int, _Processor], ...]
    defaults: tuple[object, ...] = ()

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
        """Execute it for each row."""
        values = list(map(self._values, rows))
        connection.exec_driver_sql(self.text, values if len(values) > 1 else values[0])

    def _values(self, row: Mapping[str, object]) -> tuple[object, ...]:
        values = [row[name] for name in self.names]
        for place, processor in self.processors:
            values[place] = processor(values[place])
        return (*values, *self.defaults)


_statements: dict[tuple[object, ...], _Statement] = {}
"""All that were made, by the kind of the database and what they do."""


def insert_rows(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, object]], *, replace: bool = False
) -> None:
    """Insert rows that have the same columns; columns that are not given get their defaults.

    With `replace` the columns given are replaced where the primary key is there already.
    """
    if rows := list(rows):
        names = tuple(rows[0])
        key = (connection.dialect.name, table.name, names, replace)
        if key not in _statements:
            _statements[key] = _insertion(connection.dialect, table, names, replace=replace)
        _statements[key].execute(connection, rows)


def update_rows(
    connection: Connection, table: Table, keys: _Names, rows: Sequence[Mapping[str, object]]
) -> None:
    """Set columns in the rows that have the same values in the columns `keys`."""
    if rows:
        names = tuple(name for name in rows[0] if name not in keys)
        key = (connection.dialect.name, table.name, names, keys)
        if key not in _statements:
            _statements[key] = _change(connection.dialect, table, names, keys)
        _statements[key].execute(connection, rows)


def _insertion(dialect: Dialect, table: Table, names: _Names, *, replace: bool) -> _Statement:
    defaults = {
        column.name: column.default.arg
        for column in table.c
        if column.name not in names and isinstance(column.default, ScalarElementColumnDefault)
    }
    quoted = [dialect.identifier_preparer.quote(name) for name in (*names, *defaults)]
    text = (
        f"INSERT INTO {table.name} ({', '.join(quoted)}) "  # noqa: S608  # names of our own tables
        f"VALUES ({', '.join([_mark(dialect)] * len(quoted))})"
    )
    if replace:
        keys = [column.name for column in table.primary_key]
        moved = [name for name in quoted[: len(names)] if name not in keys]
        changes = ", ".join(f"{name} = excluded.{name}" for name in moved)
        text += f" ON CONFLICT ({', '.join(keys)}) DO {f'UPDATE SET {changes}' if moved else 'NOTHING'}"
    return _Statement(text, names, _processors(dialect, table, names), tuple(defaults.values()))


def _change(dialect: Dialect, table: Table, names: _Names, keys: _Names) -> _Statement:
    quote, mark = dialect.identifier_preparer.quote, _mark(dialect)
    set_, where = ([f"{quote(name)} = {mark}" for name in some] for some in (names, keys))
    text = f"UPDATE {table.name} SET {', '.join(set_)} WHERE {' AND '.join(where)}"  # noqa: S608  # as above
    return _Statement(text, (*names, *keys), _processors(dialect, table, (*names, *keys)))


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


def _processors(dialect: Dialect, table: Table, names: _Names) -> tuple[tuple[int, _Processor], ...]:
    found = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    return tuple((place, processor) for place, processor in enumerate(found) if processor is not None)
