"""Brings the schema of a state up to date, and refuses states that it must not touch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from torgsync.core import shell
from torgsync.core.problems import ProblemCode
from torgsync.errors import StateUnusable, TorgsyncError
from torgsync.i18n import Message, _
from torgsync.state.schema.backups import back_up
from torgsync.state.schema.version import FIRST, NEWEST
from torgsync.state.troubles import code_of, copies_to_restore, reason_of, trouble

_OF_THE_SCHEMA = (ProblemCode.STATE_OTHER, ProblemCode.STATE_SCHEMA)
"""Errors of a migration that finds other tables or columns than the number of the schema promises."""

_log = logging.getLogger(__name__)

UPDATE = _("update this program: `pip install --upgrade torgsync`")
"""What to do about a state that only a newer program can use."""


class Migrations(Struct, frozen=True):
    """An Alembic folder of migrations, and the newest revision in it."""

    folder: Path
    newest: str


MIGRATIONS = Migrations(Path(__file__).parent / "migrations", NEWEST)
"""Those of this program."""


def upgrade(
    connection: Connection,
    notify: Callable[[Message], None] | None = None,
    migrations: Migrations = MIGRATIONS,
) -> None:
    """Perform the migrations that are missing, after copying a state that has data.

    Args:
        connection: One with an open transaction that may write.
        notify: Receives one line about the copy.
        migrations: What to bring the state up to.

    Raises:
        TorgsyncError: The state is from an unreleased or a newer program, or cannot be copied.
    """
    schema, copy = schema_of(connection), None
    if schema == migrations.newest:
        return
    if schema is not None:
        _refuse_unknown(schema, migrations.newest)
        copy = _back_up(connection, schema, migrations.newest, notify)
    from alembic import command  # noqa: PLC0415  # slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations.folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except DBAPIError as error:
        if copy is None or code_of(error, connection.engine.url) not in _OF_THE_SCHEMA:
            raise
        raise _not_as_it_says(connection, schema, copy, reason_of(error)) from error


def schema_of(connection: Connection) -> str | None:
    """Return the number of a state's schema, None where it has none.

    Raises:
        StateUnusable: What is in its place is no text.
    """
    if not _is_numbered(connection):
        return None
    number = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if not isinstance(number, str | None):
        raise trouble(ProblemCode.STATE_SCHEMA, connection.engine.url, "alembic_version.version_num")
    return number


def _is_numbered(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":  # pragma: no branch  # PostgreSQL is tested where it is installed
        found = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        return connection.exec_driver_sql(found).scalar() is not None
    found = "SELECT to_regclass('alembic_version')"  # pragma: no cover  # as above
    return connection.exec_driver_sql(found).scalar() is not None  # pragma: no cover


def _not_as_it_says(connection: Connection, schema: str | None, copy: Path, words: str) -> StateUnusable:
    others = (path for path in copies_to_restore(connection.engine.url, replaced=True) if path != copy)
    file = str(next(others, "FILE"))
    return StateUnusable(
        _(
            "the state is not as its schema {schema} says ({words}); it was not changed, `{copy}` is a copy",
            schema=schema,
            words=words,
            copy=copy,
        ),
        hint=_("go back to another backup: `{restore}`", restore=shell.command("state restore", file)),
    )


def _refuse_unknown(schema: str, newest: str) -> None:
    if schema > newest:
        raise TorgsyncError(
            _(
                "the state was written by a newer torgsync (schema {schema}, this one supports {newest})",
                schema=schema,
                newest=newest,
            ),
            hint=UPDATE,
        )
    if schema < FIRST:
        raise TorgsyncError(
            _(
                "the state was made by an unreleased version of torgsync (schema {schema}); it was not "
                "changed",
                schema=schema,
            ),
            hint=_("move it away and start again with `torgsync object adopt`, or choose another `--home`"),
        )


def _back_up(
    connection: Connection, schema: str, newest: str, notify: Callable[[Message], None] | None
) -> Path | None:
    copy = back_up(connection, schema)
    if copy is None:
        line = _(
            "the state is updated from schema {schema} to {newest}; no copy of it was made",
            schema=schema,
            newest=newest,
        )
        _log.info("%s", line)
        return None
    line = _(
        "the state is updated from schema {schema} to {newest}; the old one is kept as `{copy}`",
        schema=schema,
        newest=newest,
        copy=copy.name,
    )
    _log.info("%s", line)
    if notify:
        notify(line)
    return copy
