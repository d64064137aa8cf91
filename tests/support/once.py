"""Does once in a process what costs much and gives the same result in every test.

A test that looks at one of these things itself still can: they are the program's own, kept.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from spoken import recording
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from typer.main import get_command

from torgsync.i18n import Message
from torgsync.state.schema.upgrade import MIGRATIONS

command_line = cache(get_command)
"""The program's tree of commands; to build it takes as long as a small test."""
_compiled: dict[Any, Any] = {}
_schema: list[tuple[str, tuple[str, ...]]] = []
_upgrade = command.upgrade


class _Shared:
    """A dialect with the statements that any engine of this process compiled for it."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Have a new engine use the statements that are compiled."""
        engine.update_execution_options(compiled_cache=_compiled)


class SharedSQLite(_Shared, SQLiteDialect_pysqlite):
    """SQLite; it waits for no disk."""

    supports_statement_cache = True

    def do_execute(self, cursor: Any, statement: str, *given: Any) -> None:  # noqa: ANN401
        """Leave out what only a power failure needs."""
        if statement.startswith("PRAGMA synchronous"):
            statement = "PRAGMA synchronous = OFF"
        super().do_execute(cursor, statement, *given)  # type: ignore[no-untyped-call]


class SharedPostgreSQL(_Shared, PGDialect_psycopg):
    """PostgreSQL."""

    supports_statement_cache = True


def _upgrade_from_copy(config: Config, revision: str) -> None:
    """Run the program's migrations; for a new SQLite file, write the tables that they made the first time."""
    connection: Connection = config.attributes["connection"]
    if (
        revision != "head"
        or config.get_main_option("script_location") != str(MIGRATIONS.folder)
        or connection.dialect.name != "sqlite"
        or inspect(connection).get_table_names()
    ):
        _upgrade(config, revision)
        return
    if _schema:
        for statement, values in _schema:
            connection.exec_driver_sql(statement, values)
        return
    _upgrade(config, revision)
    statements = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars()
    _schema.extend((statement, ()) for statement in statements.all())
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    _schema.append(("INSERT INTO alembic_version VALUES (?)", (version,)))


def install(patch: pytest.MonkeyPatch) -> None:
    """Keep the command line, the certificates, the compiled statements and the tables of a new state."""
    patch.setattr("typer.testing._get_command", command_line)
    patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
    patch.setattr(command, "upgrade", _upgrade_from_copy)
    patch.setattr(Message, "translated", recording)
    patch.setattr("torgsync.sandbox.server.POLL_SECONDS", 0.01)  # most tests stop a server
    registry.register("sqlite", __name__, SharedSQLite.__name__)
    registry.register("postgresql.psycopg", __name__, SharedPostgreSQL.__name__)
