"""The tables of the queue, in a schema of their own on the server of the state.

Their first version and each later one are SQL files of Procrastinate. Which of them were applied is noted in
the schema itself, because Procrastinate notes it nowhere.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql

from torgsync.errors import StateUnusable
from torgsync.i18n import _
from torgsync.jobs.fleet.queue_troubles import SCHEMA, troubles_reported

PATIENCE = 30
"""Seconds to wait for another worker that makes or changes them."""
_LOCK = "SELECT pg_advisory_lock(hashtextextended('torgsync/queue', 0))"
_FOUND = f"SELECT to_regclass('{SCHEMA}.torgsync_schema'), to_regclass('{SCHEMA}.procrastinate_jobs')"
_NOTED = f"SELECT migration FROM {SCHEMA}.torgsync_schema"  # noqa: S608  # nothing is filled in


def prepare(address: str, application: str) -> None:
    """Make the tables of the queue where they are missing, and bring them up to date.

    Workers that begin at the same time wait for each other.

    Args:
        address: The server's, as libpq takes it.
        application: The name of the connection for who looks at the server.

    Raises:
        Temporary: The server cannot be reached.
        StateUnusable: The user may not make a schema, or the tables are of a newer program.
    """
    with troubles_reported(), _connected(address, application) as connection:
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        connection.execute(_LOCK)  # until the connection ends
        known = _known(connection)
        if known == _newest():
            return
        if known > _newest():
            raise StateUnusable(
                _("the queue of the fleet was made by a newer program"),
                hint=_("update this program and Procrastinate on this computer, as on the others"),
            )
        connection.execute(f"SET search_path = {SCHEMA}")
        if not known:
            with connection.transaction():
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                connection.execute(sql.SQL(SchemaManager.get_schema()))
                connection.execute("CREATE TABLE torgsync_schema (migration text NOT NULL)")
                connection.execute("INSERT INTO torgsync_schema VALUES (%s)", (_newest(),))
            return
        for path in _migrations():
            if path.name > known:  # each by itself: one uses what the one before committed
                with connection.transaction():
                    connection.execute(path.read_bytes())
                    connection.execute("UPDATE torgsync_schema SET migration = %s", (path.name,))


def _connected(address: str, application: str) -> psycopg.Connection:
    return psycopg.connect(address, application_name=application, autocommit=True)


def _known(connection: psycopg.Connection) -> str:
    """Return the last migration that was applied, "" where there are no tables."""
    noted, jobs = connection.execute(_FOUND).fetchone() or (None, None)
    if noted is None and jobs is not None:
        raise StateUnusable(
            _("the schema `{schema}` has a queue that this program did not make", schema=SCHEMA),
            hint=_("rename that schema: ALTER SCHEMA {schema} RENAME TO other_name", schema=SCHEMA),
        )
    row = connection.execute(_NOTED).fetchone() if noted is not None else None
    return str(row[0]) if row else ""


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _newest() -> str:
    return _migrations()[-1].name
