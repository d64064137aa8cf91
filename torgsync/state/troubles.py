"""Turns the errors of both databases into errors that a person can understand: the one place for that.

SQLite has numbers for what went wrong, PostgreSQL has SQLSTATE. What neither of them counts as trouble of the
database itself, such as a value without its zone, is a bug and passes unchanged.
"""

from __future__ import annotations

import glob
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from traceback import walk_tb

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.shell import command
from torgsync.errors import StateUnusable, Temporary, TorgsyncError
from torgsync.i18n import _, composed

_TEMPORARY = frozenset(
    {
        ProblemCode.STATE_BUSY,
        ProblemCode.STATE_REPLACED,
        ProblemCode.STATE_UNREACHABLE,
        ProblemCode.STATE_LOST,
    }
)
_BACKUP = _("see what is damaged: `torgsync state check`; go back to a backup: {restore}")
_HINTS = {
    ProblemCode.STATE_BUSY: _("wait until the other run has finished, then run the same command again"),
    ProblemCode.STATE_REPLACED: _("run the same command again"),
    ProblemCode.STATE_FULL: _(
        "free some space on that disk, then run the same command again: it first looks up what was under way"
    ),
    ProblemCode.STATE_READ_ONLY: _(
        "mount the disk for writing, or give this user the right to write the file and its folder, then run "
        "the same command again: it first looks up what was under way"
    ),
    ProblemCode.STATE_NO_RIGHT: _(
        "give this user the right to read and write it and its folder, then run the same command again: it "
        "first looks up what was under way"
    ),
    ProblemCode.STATE_NO_FOLDER: _(
        "check whether its disk is mounted, and check `--home` and `TORGSYNC_STATE`: the folder must exist"
    ),
    ProblemCode.STATE_DISK: _(
        "check the disk or the share, and the system's log, then run the same command again: it first looks "
        "up what was under way"
    ),
    ProblemCode.STATE_DAMAGED: _BACKUP,
    ProblemCode.STATE_SCHEMA: _BACKUP,
    ProblemCode.STATE_NO_DATABASE: _(
        "check `--home` and `TORGSYNC_STATE`; if it was the state, something wrote over it; "
        "go back to a backup: {restore}"
    ),
    ProblemCode.STATE_UNREACHABLE: _(
        "check whether the server runs, and check `TORGSYNC_STATE`, then run the same command again"
    ),
    ProblemCode.STATE_LOST: _("run the same command again: it first looks up what was under way"),
    ProblemCode.STATE_ENCRYPTION: _(
        "check `sslmode` and `sslrootcert` in `TORGSYNC_STATE`, such as `?sslmode=require` at its end"
    ),
    ProblemCode.STATE_REFUSED: _(
        "check the user, the password and the database in the address (`TORGSYNC_STATE`)"
    ),
    ProblemCode.STATE_EMPTY: _(
        "go back to a backup: `{restore}`; only if the shop is new, or there is no backup, "
        "delete the empty file, and the next command begins again"
    ),
    ProblemCode.STATE_GONE: _(
        "check `--home` and `TORGSYNC_STATE`; go back to the newest copy: `{restore}`; "
        "to begin again without it, move the copies away (`*.bak`)"
    ),
    ProblemCode.STATE_VALUE: _("check the numbers and texts of the command; nothing was stored"),
    ProblemCode.STATE_OTHER: _("check `--home` and `TORGSYNC_STATE`"),
}

_HINTS_ON_SERVERS = {
    ProblemCode.STATE_FULL: _(
        "free some space on the server's disk, then run the same command again: it first looks up what was "
        "under way"
    ),
    ProblemCode.STATE_READ_ONLY: _(
        "check whether `TORGSYNC_STATE` names the server that takes writes, not a copy of it, then run the "
        "same command again: it first looks up what was under way"
    ),
    ProblemCode.STATE_NO_RIGHT: _(
        "give the user in `TORGSYNC_STATE` the right to make and to write tables in this database, then run "
        "the same command again"
    ),
}
"""What is said otherwise where the state is no file."""

_SQLITE = {
    sqlite3.SQLITE_BUSY: ProblemCode.STATE_BUSY,
    sqlite3.SQLITE_LOCKED: ProblemCode.STATE_BUSY,
    sqlite3.SQLITE_PROTOCOL: ProblemCode.STATE_BUSY,
    sqlite3.SQLITE_FULL: ProblemCode.STATE_FULL,
    sqlite3.SQLITE_READONLY: ProblemCode.STATE_READ_ONLY,
    sqlite3.SQLITE_PERM: ProblemCode.STATE_NO_RIGHT,
    sqlite3.SQLITE_AUTH: ProblemCode.STATE_NO_RIGHT,
    sqlite3.SQLITE_IOERR: ProblemCode.STATE_DISK,
    sqlite3.SQLITE_CORRUPT: ProblemCode.STATE_DAMAGED,
    sqlite3.SQLITE_NOTADB: ProblemCode.STATE_NO_DATABASE,
    sqlite3.SQLITE_TOOBIG: ProblemCode.STATE_VALUE,
}
"""Keyed by the kind of SQLite's error, see `kind_of`."""
_NO_SUCH = ("no such table", "no such column", "no such index")

_POSTGRESQL = {
    "55P03": ProblemCode.STATE_BUSY,  # lock not available
    "57014": ProblemCode.STATE_BUSY,  # the statement took too long
    "40": ProblemCode.STATE_BUSY,  # deadlock, serialization
    "53100": ProblemCode.STATE_FULL,
    "53": ProblemCode.STATE_UNREACHABLE,  # too many connections, out of memory
    "57": ProblemCode.STATE_UNREACHABLE,  # the server is shut down, or starts
    "08": ProblemCode.STATE_UNREACHABLE,
    "25006": ProblemCode.STATE_READ_ONLY,
    "25P03": ProblemCode.STATE_UNREACHABLE,  # the transaction was open for too long without a statement
    "25P04": ProblemCode.STATE_BUSY,  # the transaction took too long
    "42501": ProblemCode.STATE_NO_RIGHT,
    "28": ProblemCode.STATE_REFUSED,
    "3D": ProblemCode.STATE_REFUSED,
    "42": ProblemCode.STATE_SCHEMA,
    "3F": ProblemCode.STATE_SCHEMA,
    "22": ProblemCode.STATE_VALUE,
    "54": ProblemCode.STATE_VALUE,
    "58": ProblemCode.STATE_DISK,
    "XX": ProblemCode.STATE_DAMAGED,
}
"""Keyed by SQLSTATE, or by its class where all of it means the same."""

_ON_A_FULL_DISK = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""What SQLite also says of a disk without space; of the last, where the state was opened to be read."""
_ALMOST_NOTHING = 1_000_000
"""Bytes left on a disk that is as good as full."""


@contextmanager
def troubles_reported(address: URL | str, *, opening: bool = False, begun: bool = False) -> Iterator[None]:
    """Raise what goes wrong with the database of a block as an error that is printed.

    Args:
        address: The state's.
        opening: Whether the block only connects and begins, so that whatever a driver says is about that.
        begun: Whether a transaction has begun, of which it is unknown what became where the connection broke.

    Raises:
        Temporary: The same command can be run again later.
        StateUnusable: A person has to do something first.
    """
    try:
        yield
    except TorgsyncError:
        raise
    except NoConnectionFree as error:
        raise trouble(ProblemCode.STATE_BUSY, address) from error
    except (DBAPIError, sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
        what = code_of(error, make_url(address))
        if what is None and opening and file_of(address) is None:
            what = ProblemCode.STATE_OTHER  # such as an option of the address that there is not
        if what == ProblemCode.STATE_UNREACHABLE and begun:
            what = ProblemCode.STATE_LOST
        if what is None and not is_damaged(file_of(address)):
            raise  # a bug
        raise trouble(what or ProblemCode.STATE_DAMAGED, address, reason_of(error)) from error
    except Exception as error:
        if not is_damaged(file_of(address)):
            raise  # a bug
        raise trouble(ProblemCode.STATE_DAMAGED, address, reason_of(error)) from error


def trouble(what: ProblemCode, address: URL | str, words: str = "") -> TorgsyncError:
    """Return the error of one kind of trouble, with the way on."""
    kind = Temporary if what in _TEMPORARY else StateUnusable
    hints = _HINTS if file_of(address) else {**_HINTS, **_HINTS_ON_SERVERS}
    hint = hints[what].filled(restore=command_to_restore(address))
    return error_of(kind, problem(what, place=place_of(address), words=words), hint)


def command_to_restore(address: URL | str) -> str:
    """Return the command that puts the newest copy of a state back, or one whose file a person must name."""
    copies = copies_to_restore(address)
    if not copies:
        return composed("{restore} {file}", restore="torgsync state restore", file=_("FILE"))
    return command("state restore", str(copies[0]))


def copies_to_restore(address: URL | str, *, replaced: bool = False) -> list[Path]:
    """Return the copies of a state that are files, no links, the newest first.

    Args:
        address: The state's.
        replaced: Include the states that a backup replaced.
    """
    file = file_of(address)
    found: list[tuple[int, Path]] = []
    for path in file.parent.glob(f"{glob.escape(file.name)}.*.bak") if file else ():
        with suppress(OSError):  # another process deleted it at this moment
            seen = path.lstat()
            if stat.S_ISREG(seen.st_mode) and seen.st_size and (replaced or ".replaced-" not in path.name):
                found.append((seen.st_mtime_ns, path))
    return [path for _time, path in sorted(found, reverse=True)]


def refuse_lost(address: URL | str) -> None:
    """Refuse a state whose file is empty, or is not there although copies of it are.

    SQLite would make a new state of either, which knows nothing of what is in the shop and which orders were
    written. torgsync itself never leaves an empty file.

    Raises:
        StateUnusable: It is so.
    """
    file = file_of(address)
    if file is None:
        return
    try:
        seen = file.stat()
    except FileNotFoundError:
        if copies_to_restore(address):
            raise trouble(ProblemCode.STATE_GONE, address) from None
    except (OSError, ValueError):  # SQLite reports why it cannot be opened
        return
    else:
        if stat.S_ISREG(seen.st_mode) and not seen.st_size:
            raise trouble(ProblemCode.STATE_EMPTY, address)


def code_of(error: Exception, address: URL) -> ProblemCode | None:
    """Return what an error means, None for a bug."""
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return ProblemCode.STATE_VALUE if _of_driver(error) else None
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _code_of_sqlite(cause, file_of(address))
    state: str | None = getattr(cause, "sqlstate", None)
    if state:
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if isinstance(error, IntegrityError):
        return None
    # Without SQLSTATE the driver could not connect, or lost the connection: what the server itself said to
    # that is only in the text.
    name = type(cause).__name__
    if name == "DataError":
        return ProblemCode.STATE_VALUE
    if name != "OperationalError":
        return None
    words = str(cause)
    plain = address.query.get("sslmode") == "disable" and "no encryption" in words
    if plain or any(word in words for word in _ENCRYPTION):
        return ProblemCode.STATE_ENCRYPTION
    if any(word in words for word in _OPTION):
        return ProblemCode.STATE_OTHER
    refused = any(word in words for word in _REFUSED) and not passes(error)
    return ProblemCode.STATE_REFUSED if refused else ProblemCode.STATE_UNREACHABLE


def passes(error: Exception) -> bool:
    """Return whether PostgreSQL itself says that it cannot be used just now: it is there."""
    cause = getattr(error, "orig", None) or error
    return any(word in str(cause) for word in _PASSES)


def _of_driver(error: Exception) -> bool:
    """Return whether an error of Python itself was raised by a database's driver."""
    names = [str(frame.f_globals.get("__name__")) for frame, _line in walk_tb(error.__traceback__)]
    return bool(names) and names[-1].startswith(("sqlalchemy.", "psycopg"))


_PASSES = ("starting up", "shutting down", "recovery", "too many", "remaining connection")
"""Words of PostgreSQL about a refusal that passes by itself."""
_REFUSED = ("FATAL:", "no password supplied")
"""Words of PostgreSQL, and of the driver, about a connection that a person has to do something about."""
_ENCRYPTION = ("does not support SSL", "SSL error", "certificate")
"""Words of the driver about a connection that is not encrypted as one of the two sides wants."""
_OPTION = ("invalid sslmode", "invalid connection option", "invalid integer value", "invalid port number")
"""Words of the driver about an address that is wrong."""


def kind_of(error: Exception) -> int:
    """Return the kind of an error of SQLite: the last byte of its number, 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _code_of_sqlite(error: sqlite3.Error, file: Path | None) -> ProblemCode | None:
    number = getattr(error, "sqlite_errorcode", None)
    if number is None:  # the driver's own
        unreadable = isinstance(error, sqlite3.OperationalError) and "decode" in str(error)
        return ProblemCode.STATE_DAMAGED if unreadable else None
    if number == sqlite3.SQLITE_READONLY_DBMOVED:
        return ProblemCode.STATE_REPLACED
    kind = kind_of(error)
    if kind in _ON_A_FULL_DISK and file and _is_full(file):
        return ProblemCode.STATE_FULL
    if kind == sqlite3.SQLITE_CANTOPEN:
        return _why_not_opened(file) if file else ProblemCode.STATE_OTHER
    if kind == sqlite3.SQLITE_ERROR:
        missing = str(error).startswith(_NO_SUCH) or "has no column" in str(error)
        return ProblemCode.STATE_SCHEMA if missing else ProblemCode.STATE_OTHER
    return _SQLITE.get(kind)


def _why_not_opened(file: Path) -> ProblemCode:
    """Return why SQLite cannot open a file: it does not say."""
    try:
        if not file.parent.is_dir():
            return ProblemCode.STATE_NO_FOLDER
        if file.exists() and not file.is_file():
            return ProblemCode.STATE_NO_DATABASE
        if _is_read_only(file):
            return ProblemCode.STATE_READ_ONLY
    except OSError:
        return ProblemCode.STATE_NO_RIGHT
    may = os.access(file.parent, os.R_OK | os.W_OK | os.X_OK)
    may = may and (not file.exists() or os.access(file, os.R_OK | os.W_OK))
    return ProblemCode.STATE_OTHER if may else ProblemCode.STATE_NO_RIGHT


def _is_full(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _ALMOST_NOTHING and not _is_read_only(file)
    except OSError:
        return False


def _is_read_only(file: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)


def is_damaged(file: Path | None) -> bool:
    """Return whether SQLite finds a file damaged; only asked where something else is wrong already."""
    if file is None or not file.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return _code_of_sqlite(error, file) in (ProblemCode.STATE_DAMAGED, ProblemCode.STATE_NO_DATABASE)
    return found != "ok"


def reason_of(error: Exception) -> str:
    """Return what the driver says, without SQLAlchemy's lines about the statement."""
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]


# The address of a state


def file_of(address: URL | str) -> Path | None:
    """Return the file of a SQLite state, None for one in memory and for other databases."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    name = url.database.removeprefix("file:") if "uri" in url.query else url.database
    return Path(name)


def place_of(address: URL | str) -> str:
    """Return the address of a state for people: a file's path, or a URL without its password."""
    file = file_of(address)
    if file:
        return str(file)
    url = make_url(address)
    secrets = [name for name in url.query if "password" in name]
    url = url.difference_update_query(secrets).set(drivername=url.get_backend_name())
    return url.render_as_string(hide_password=True)
