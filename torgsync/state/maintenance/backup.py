"""Copies the whole state to a file, also under a run: by the backup of SQLite, or by `pg_dump`."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from torgsync.core.problems import ProblemCode
from torgsync.disk import put_new
from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import _
from torgsync.state.engine import make_engine, release
from torgsync.state.maintenance import dumps
from torgsync.state.maintenance.check import looking
from torgsync.state.schema.backups import copy_database, open_file, space_hint
from torgsync.state.schema.upgrade import MIGRATIONS, UPDATE, schema_of
from torgsync.state.schema.version import FIRST
from torgsync.state.troubles import code_of, file_of, reason_of, trouble
from torgsync.system import reason

_OF_THE_STATE = (
    ProblemCode.STATE_BUSY,
    ProblemCode.STATE_DAMAGED,
    ProblemCode.STATE_NO_DATABASE,
    ProblemCode.STATE_SCHEMA,
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a state: its file, the size in bytes, and the schema."""

    path: Path
    size: int
    schema: str


def back_up_state(url: str, target: Path) -> Backup:
    """Copy the state to a new file that only its owner may read.

    Raises:
        UsageError: The file exists or cannot be made there, or there is no state yet.
        TorgsyncError: The state cannot be read, or no copy of it could be made.
    """
    if os.path.lexists(target):  # also for a name that no file can have
        raise UsageError(
            _("`{file}` exists, and a backup never replaces a file", file=target), hint=_("name another file")
        )
    engine, file = make_engine(url), file_of(url)
    try:
        # Open all the time: the last process that closes a state must be able to write its log into it.
        with looking(engine) as connection, _new(target) as temporary:
            schema = known_schema(schema_of(connection))
            if file is None:  # pragma: no cover  # tested where PostgreSQL is installed
                dumps.dump(url, temporary)
            else:
                _copy(url, file, temporary)
    finally:
        release(engine)
    return Backup(target, target.stat().st_size, schema)


def known_schema(schema: object) -> str:
    """Return the number of a schema that this program can work with. Raises TorgsyncError for others."""
    newest = MIGRATIONS.newest
    if not isinstance(schema, str) or schema < FIRST:
        if isinstance(schema, str):
            raise TorgsyncError(_("it is not a state of torgsync (schema {schema})", schema=schema))
        raise TorgsyncError(_("it is not a state of torgsync"))
    if schema > newest:
        raise TorgsyncError(
            _(
                "it was written by a newer torgsync (schema {schema}, this one supports {newest})",
                schema=schema,
                newest=newest,
            ),
            hint=UPDATE,
        )
    return schema


def _copy(url: str, file: Path, temporary: Path) -> None:
    try:
        copy_database(file, temporary)
        with closing(open_file(temporary, "ro")) as copy:
            (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        what = code_of(error, make_url(url))
        if what in _OF_THE_STATE:
            raise trouble(what, url, reason_of(error)) from error
        raise TorgsyncError(
            _("no copy of the state could be made: {why}", why=reason_of(error)),
            hint=space_hint(temporary.parent),
        ) from error
    if found != "ok":
        raise trouble(ProblemCode.STATE_DAMAGED, url, found.splitlines()[-1])


@contextmanager
def _new(target: Path) -> Iterator[Path]:
    """Yield the name of a file to write; complete, it becomes the target, and never replaces one."""
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        try:
            yield temporary
            put_new(temporary, target)
        except OSError as error:
            raise UsageError(
                _("the backup `{file}` cannot be written: {why}", file=target, why=reason(error)),
                hint=_("name a file in a folder that exists and can be written"),
            ) from error
    finally:
        with suppress(OSError):  # on a disk that is read-only, even of a file that is not there
            temporary.unlink(missing_ok=True)
