"""What the tables of the state share: column types and the metadata.

Tables are in SQLAlchemy Core, portable between SQLite and PostgreSQL. Times are ISO 8601 texts in UTC, money
is exact text, documents are JSON texts in normal form, so that equal texts are equal values. `object` is the
sync object's slug everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Dialect, Integer, MetaData, String, Table, Text, TypeDecorator
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as ISO 8601 text in UTC with microseconds: it sorts as text."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a time; a naive one is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, ANN401
        """Read a time."""
        return None if value is None else datetime.fromisoformat(value)


class Amount(TypeDecorator[Decimal]):
    """Exact money, kept as text."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write an amount."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002, ANN401
        """Read an amount."""
        return None if value is None else Decimal(value)


class MachineText(TypeDecorator[str]):
    """The name of a file, a user, a computer or a column: a text that no door has cleaned.

    Bytes that are no letters come as lone surrogates, which no database takes, and PostgreSQL takes neither
    NUL nor more letters than a column has. They are kept as characters for private use, and come back as they
    were, so that two names stay two.
    """

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column."""
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a text."""
        return value if value is None else value[: self.length].translate(_PRIVATE)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002, ANN401
        """Read a text."""
        return None if value is None else value.translate(_NOT_TAKEN)


_PRIVATE = {0: 0x10D7FF} | {code: code + 0x100000 for code in range(0xD800, 0xE000)}
_NOT_TAKEN = {private: code for code, private in _PRIVATE.items()}

_Type = TypeEngine[Any] | type[TypeEngine[Any]]


def object_table(name: str, *items: SchemaItem) -> Table:
    """Return a table of which `object` is the first column and part of the primary key."""
    return Table(name, metadata, key("object", String(200)), *items)


def numbered_table(name: str, *items: SchemaItem) -> Table:
    """Return a table whose rows have a number that counts up, and belong to an object."""
    return Table(
        name, metadata, Column("id", Integer, primary_key=True), required("object", String(200)), *items
    )


def key(name: str, type_: _Type = Text) -> Column[Any]:
    """Return a column of the primary key."""
    return Column(name, type_, primary_key=True)


def required(name: str, type_: _Type = Text, **options: Any) -> Column[Any]:  # noqa: ANN401
    """Return a column that is never NULL."""
    return Column(name, type_, nullable=False, **options)


def blank(name: str, type_: _Type = Text) -> Column[Any]:
    """Return a column that is never NULL, and empty where nothing is given, by this program or another."""
    return required(name, type_, default="", server_default="")
