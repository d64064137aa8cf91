"""What goes wrong with a database becomes an error with its own message and its own way on."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders import NOON
from oddities import BROKEN
from psycopg import OperationalError as PostgresError
from psycopg.errors import DataError, InternalError, lookup
from sqlalchemy import Engine, event, insert, make_url, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from states import ME, SLUG, row

from torgsync.core.problems import ProblemCode
from torgsync.errors import Exit, StateUnusable, Temporary, TorgsyncError
from torgsync.state.maintenance.backup import back_up_state
from torgsync.state.maintenance.check import check_state
from torgsync.state.maintenance.restore import restore_state
from torgsync.state.schema.base import MachineText, metadata
from torgsync.state.store import Store, UnitOfWork, open_store
from torgsync.state.troubles import (
    code_of,
    command_to_restore,
    file_of,
    is_damaged,
    place_of,
    trouble,
    troubles_reported,
)

Break = Callable[[Path], str | None]


def filled(path: Path) -> Path:
    """Return the file of a state with enough rows for several pages."""
    with closing(open_store(f"sqlite:///{path}")) as store, store.transaction(SLUG) as work:
        work.rows.remember_rows([row(str(number), number, number) for number in range(300)])
        work.journal.begin_run(ME, NOON)
    return path


def overwrite(first: int, last: int | None = None) -> Break:
    """Return what writes over these bytes of a file; to its end, if there is no last one."""

    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        end = last or len(content)
        content[first:end] = b"\xff" * (end - first)
        path.write_bytes(content)

    return damage


def execute(*statements: str) -> Break:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as state:
            for statement in statements:
                state.execute(statement)

    return change


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def text_instead(path: Path) -> None:
    path.write_text("order 1\n" * 999)


def without_folder(path: Path) -> str:
    return f"sqlite:///{path.parent / 'nowhere' / 'state.db'}"


def read_only(path: Path) -> str:
    return f"sqlite:///file:{path}?mode=ro&uri=true"


BROKEN_STATES: dict[str, tuple[Break, ProblemCode]] = {
    "the header": (overwrite(0, 100), ProblemCode.STATE_NO_DATABASE),
    "no database at all": (text_instead, ProblemCode.STATE_NO_DATABASE),
    "all pages but the first": (overwrite(4096), ProblemCode.STATE_DAMAGED),
    "a missing table": (execute("DROP TABLE goods"), ProblemCode.STATE_SCHEMA),
    "a missing column": (execute("ALTER TABLE goods RENAME COLUMN line TO other"), ProblemCode.STATE_SCHEMA),
    "a folder in its place": (folder_instead, ProblemCode.STATE_NO_DATABASE),
    "no folder": (without_folder, ProblemCode.STATE_NO_FOLDER),
    "read-only": (read_only, ProblemCode.STATE_READ_ONLY),
}  # fmt: skip


def work_with(url: str) -> None:
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        work.object_state.begin_look()
        work.rows.row_hashes()
        work.rows.remember_rows([row("9", 9, 9)])


@pytest.mark.parametrize(("damage", "code"), BROKEN_STATES.values(), ids=BROKEN_STATES)
def test_each_trouble_has_its_own_message(tmp_path: Path, damage: Break, code: ProblemCode) -> None:
    """It is no passing trouble, names the file, and its hint is not to wait."""
    path = filled(tmp_path / "state.db")
    url = damage(path) or f"sqlite:///{path}"
    with pytest.raises(StateUnusable) as caught:
        work_with(url)
    assert caught.value.problem
    assert (caught.value.problem.codes, caught.value.exit_code) == ((code,), Exit.ERROR)
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint
    assert "wait" not in caught.value.hint


def test_a_state_that_is_lost_is_no_new_one(tmp_path: Path) -> None:
    """An empty file, and one that is gone while copies are there, stay so until a copy is put back."""
    path = filled(tmp_path / "state.db")
    url = f"sqlite:///{path}"
    copy = back_up_state(url, tmp_path / "state.db.mine.bak").path
    for lose, words in ((lambda: path.write_bytes(b""), "is empty"), (path.unlink, "is gone")):
        lose()
        seen = sorted(tmp_path.iterdir())
        assert words in (error.message if (error := check_state(url).error) else "")
        for attempt in (open_store, lambda url: back_up_state(url, tmp_path / "copy")):
            with pytest.raises(StateUnusable, match=words) as caught:
                attempt(url)
            assert f"torgsync state restore {copy}" in (caught.value.hint or "")
        assert sorted(tmp_path.iterdir()) == seen
        restore_state(url, copy, words, tmp_path, lambda *_: None)
        open_store(url).close()
        assert check_state(url).rows["goods"] == 300


@pytest.mark.parametrize("call", ["connect", "put_new", "create_file"])
def test_a_first_call_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """The next one begins again, whatever was left."""
    path = tmp_path / "state.db"

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"torgsync.state.engine.{'sqlite3.' if call == 'connect' else ''}{call}", die)
        with pytest.raises(KeyboardInterrupt):
            open_store(f"sqlite:///{path}")
    assert not path.exists()
    open_store(f"sqlite:///{path}").close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.db"]


@pytest.mark.parametrize("error", [None, FileExistsError, PermissionError])
def test_a_new_state_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError] | None
) -> None:
    """Behind a link too, on a disk without hard links, and where another process makes it at this moment."""
    target, link = tmp_path / "target.db", tmp_path / "state.db"
    link.symlink_to(target)

    def fail(source: Path, file: Path) -> None:
        if error is FileExistsError:
            shutil.copy(source, file)
        raise error or AssertionError

    if error:
        monkeypatch.setattr("torgsync.state.engine.put_new", fail)
    before = os.umask(0o022)
    open_store(f"sqlite:///{link}").close()
    os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [link, target]


def test_a_new_state_that_another_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait for it by itself; in the end it is busy."""
    monkeypatch.setattr("torgsync.state.engine.PATIENCE", 0.1)
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
        for statement in ("CREATE TABLE mine (name)", "BEGIN", "SELECT * FROM mine"):
            other.execute(statement).fetchall()
        with pytest.raises(Temporary, match="in use"):
            open_store(f"sqlite:///{tmp_path / 'state.db'}")


def test_links_in_a_circle(tmp_path: Path) -> None:
    """That is an error of its own, and not a state that is not there yet."""
    path = tmp_path / "state.db"
    path.symlink_to(path)
    url = f"sqlite:///{path}"
    with pytest.raises(StateUnusable, match="cannot be used"):
        open_store(url)
    assert "cannot be used" in (error.message if (error := check_state(url).error) else "")


def test_a_full_disk(tmp_path: Path) -> None:
    """The transaction is rolled back, and the next one works once there is space."""

    def limit(pages: int) -> Callable[[Any, Any], None]:
        return lambda connection, _entry: connection.execute(f"PRAGMA max_page_count = {pages}")

    url = f"sqlite:///{filled(tmp_path / 'state.db')}"
    full = limit(1)  # SQLite does not go below what the file has
    event.listen(Engine, "connect", full)
    try:
        with closing(open_store(url)) as store, pytest.raises(StateUnusable, match="is full") as caught:
            _fill(store)
    finally:
        event.remove(Engine, "connect", full)
    assert "free some space" in (caught.value.hint or "")
    with closing(open_store(url)) as store:
        _fill(store)


def _fill(store: Store) -> None:
    with store.transaction(SLUG) as work:
        work.rows.remember_rows([row(str(number), number, number) for number in range(1000, 2000)])


@pytest.mark.parametrize("log", [None, b"", b"left by a run"])
def test_a_look_at_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None) -> None:
    """All can be read and copied where the file is all of the state; a write says what is wrong."""
    path = filled(tmp_path / "state.db")
    if log is not None:
        path.with_name("state.db-wal").write_bytes(log)
    path.with_name("state.db-shm").symlink_to(tmp_path / "nowhere" / "shm")  # SQLite cannot make its own
    monkeypatch.setattr("torgsync.state.troubles._ALMOST_NOTHING", 2**60)
    url = f"sqlite:///{path}"
    if log:
        with pytest.raises(StateUnusable, match="is full"):
            open_store(url)
        return
    with closing(open_store(url)) as store:
        with store.transaction(SLUG) as work:
            assert len(work.rows.row_hashes()) == 299
        with pytest.raises(StateUnusable, match="is full"):
            _fill(store)
    assert check_state(url).rows["goods"] == 300
    assert back_up_state(url, tmp_path / "copy").size


def test_a_disk_that_is_full_by_other_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite calls it a disk error, or cannot open its log, where the disk has no space left."""
    url = make_url(f"sqlite:///{tmp_path / 'state.db'}")
    error = sqlite_error(sqlite3.SQLITE_IOERR_SHMSIZE)
    assert code_of(error, url) == ProblemCode.STATE_DISK
    monkeypatch.setattr("torgsync.state.troubles._ALMOST_NOTHING", 2**60)
    assert code_of(error, url) == ProblemCode.STATE_FULL
    gone = make_url(f"sqlite:///{tmp_path / 'nowhere' / 'state.db'}")
    assert code_of(error, gone) == ProblemCode.STATE_DISK


def sqlite_error(
    number: int | None, words: str = "words", kind: type[sqlite3.Error] = sqlite3.OperationalError
) -> sqlite3.Error:
    error = kind(words)
    if number is not None:
        error.sqlite_errorcode = number
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), ProblemCode.STATE_BUSY),
        (sqlite_error(sqlite3.SQLITE_LOCKED), ProblemCode.STATE_BUSY),
        (sqlite_error(sqlite3.SQLITE_PERM), ProblemCode.STATE_NO_RIGHT),
        (sqlite_error(sqlite3.SQLITE_READONLY_DIRECTORY), ProblemCode.STATE_READ_ONLY),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), ProblemCode.STATE_REPLACED),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), ProblemCode.STATE_OTHER),
        (sqlite_error(sqlite3.SQLITE_ERROR, "near X: syntax error"), ProblemCode.STATE_OTHER),
        (sqlite_error(None, "Could not decode to UTF-8 column 'doc'"), ProblemCode.STATE_DAMAGED),
        (sqlite_error(None, "Cannot operate on a closed database.", sqlite3.ProgrammingError), None),
        (sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE, kind=sqlite3.IntegrityError), None),
    ],
)  # fmt: skip
def test_errors_of_sqlite(tmp_path: Path, error: sqlite3.Error, code: ProblemCode | None) -> None:
    """Its number decides; what is no trouble of the database is a bug."""
    assert code_of(error, make_url(f"sqlite:///{tmp_path / 'state.db'}")) == code
    if error.args == ("words",) and code is not None:
        assert code_of(error, make_url("sqlite://")) == code


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such flags")
def test_a_file_without_the_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite only says that it cannot open it."""
    url = make_url(f"sqlite:///{tmp_path / 'state.db'}")
    error = sqlite_error(sqlite3.SQLITE_CANTOPEN)
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        assert code_of(error, url) == ProblemCode.STATE_NO_RIGHT
    flags = SimpleNamespace(f_flag=os.ST_RDONLY, f_bavail=2**40, f_bfree=2**40, f_blocks=2**40, f_frsize=1)
    with monkeypatch.context() as patch:
        patch.setattr("os.statvfs", lambda _: flags)
        assert code_of(error, url) == ProblemCode.STATE_READ_ONLY
    closed = tmp_path / ("x" * 300) / "state.db"  # whose folder cannot even be asked for
    assert code_of(error, make_url(f"sqlite:///{closed}")) in {
        ProblemCode.STATE_NO_RIGHT,
        ProblemCode.STATE_NO_FOLDER,
    }


def postgres_error(state: str) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, lookup(state)("words"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (postgres_error("55P03"), ProblemCode.STATE_BUSY),
        (postgres_error("40P01"), ProblemCode.STATE_BUSY),
        (postgres_error("53100"), ProblemCode.STATE_FULL),
        (postgres_error("53300"), ProblemCode.STATE_UNREACHABLE),
        (postgres_error("57P01"), ProblemCode.STATE_UNREACHABLE),
        (postgres_error("25006"), ProblemCode.STATE_READ_ONLY),
        (postgres_error("42501"), ProblemCode.STATE_NO_RIGHT),
        (postgres_error("28P01"), ProblemCode.STATE_REFUSED),
        (postgres_error("42P01"), ProblemCode.STATE_SCHEMA),
        (postgres_error("22003"), ProblemCode.STATE_VALUE),
        (postgres_error("XX001"), ProblemCode.STATE_DAMAGED),
        (postgres_error("23505"), None),
        (DBAPIError("", {}, PostgresError("connection refused")), ProblemCode.STATE_UNREACHABLE),
        (DBAPIError("", {}, PostgresError('FATAL:  role "x" does not exist')), ProblemCode.STATE_REFUSED),
        (DBAPIError("", {}, PostgresError("FATAL:  starting up")), ProblemCode.STATE_UNREACHABLE),
        (DBAPIError("", {}, DataError("no NUL")), ProblemCode.STATE_VALUE),
        (DBAPIError("", {}, InternalError("words")), None),
        (IntegrityError("", {}, InternalError("words")), None),
        (OverflowError("of no driver"), None),
    ],
)  # fmt: skip
def test_errors_of_postgresql(error: Exception, code: ProblemCode | None) -> None:
    """Its SQLSTATE decides, and where there is none, whether the server said something."""
    assert code_of(error, make_url("postgresql://shop@db/torgsync")) == code


@pytest.mark.parametrize("what", [code for code in ProblemCode if code.startswith("state-")])
def test_every_trouble_has_a_way_on(what: ProblemCode) -> None:
    """The password of an address is in no message."""
    error = trouble(what, "postgresql+psycopg://shop:secret@db/torgsync", "words")
    assert error.hint
    assert "secret" not in error.message
    assert isinstance(error, Temporary | StateUnusable)


def test_the_newest_copy_is_put_back(tmp_path: Path) -> None:
    """Links, folders, empty files and replaced states are no copies, and none of them is in the way."""
    state = tmp_path / "state[1].db"
    for age, name in enumerate(("0011", "0012", "0013", "replaced-now", "0014")):
        copy = tmp_path / f"{state.name}.{name}.bak"
        copy.write_text("" if name == "0014" else "copy")
        os.utime(copy, (age, age))
    (tmp_path / f"{state.name}.link.bak").symlink_to(tmp_path / "nowhere")
    (tmp_path / f"{state.name}.folder.bak").mkdir()
    newest = f"{state}.0013.bak"
    assert shlex.split(command_to_restore(f"sqlite:///{state}")) == ["torgsync", "state", "restore", newest]


def test_a_bug_is_a_bug_unless_the_file_is_damaged(tmp_path: Path) -> None:
    """A damaged file explains any error; otherwise it is raised unchanged."""
    path = filled(tmp_path / "state.db")
    url = f"sqlite:///{path}"

    def stumble(error: Exception) -> None:
        with troubles_reported(url):
            raise error

    for bug in (ZeroDivisionError(), sqlite3.IntegrityError("words")):
        with pytest.raises(type(bug)):
            stumble(bug)
    overwrite(8192)(path)
    for bug in (ZeroDivisionError(), sqlite3.IntegrityError("words")):
        with pytest.raises(StateUnusable, match="is damaged"):
            stumble(bug)
    path.write_text("no database " * 100)
    assert is_damaged(path)
    assert not is_damaged(tmp_path / "nowhere.db")
    with pytest.raises(TorgsyncError, match="is damaged"):
        stumble(ValueError())


def test_a_number_that_no_column_holds(state: Store) -> None:
    """It is an error of one line on both databases."""
    with pytest.raises(StateUnusable, match="cannot store a number"), state.transaction(SLUG) as work:
        work.plans.outcomes(10**25)


@pytest.mark.parametrize("text", BROKEN)
def test_a_text_of_the_machine_comes_back(work: UnitOfWork, text: str) -> None:
    """Names of files, users, computers and columns hold any character, and each stays what it was."""
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, MachineText)]
        if columns:
            others = {
                column: {"at": NOON, "sent_at": NOON}.get(column.name, _some(column))
                for column in table.columns
                if column not in columns and not column.nullable and column.name != "id"
            }
            work.connection.execute(insert(table).values(others | dict.fromkeys(columns, text)))
            found = work.connection.execute(select(*columns).where(columns[0] == text)).one()
            assert tuple(found) == (text,) * len(columns)
            longer = work.connection.execute(select(*columns).where(columns[0] == text + "x")).all()
            assert longer == []


def _some(column: Any) -> object:  # noqa: ANN401
    return {int: 1, bool: True, str: "x"}.get(column.type.python_type, NOON)


@pytest.mark.parametrize(
    ("url", "file", "place"),
    [
        ("sqlite:////home/shop/state.db", Path("/home/shop/state.db"), "/home/shop/state.db"),
        ("sqlite:///file:/shop/state.db?mode=ro&uri=true", Path("/shop/state.db"), "/shop/state.db"),
        ("sqlite://", None, "sqlite://"),
        ("postgresql://olena:secret@db/torgsync", None, "postgresql://olena:***@db/torgsync"),
        ("postgresql+psycopg://olena@db/torgsync", None, "postgresql://olena@db/torgsync"),
        ("postgresql://db/torgsync?password=secret", None, "postgresql://db/torgsync"),
        (
            "postgresql://olena@db/torgsync?sslmode=require&sslpassword=secret",
            None,
            "postgresql://olena@db/torgsync?sslmode=require",
        ),
    ],
)  # fmt: skip
def test_the_address_of_a_state(url: str, file: Path | None, place: str) -> None:
    """A state is named by its file, or without its password."""
    assert (file_of(url), place_of(url)) == (file, place)


def test_no_connection_is_free() -> None:
    """Other threads of the process use all of them: it is tried again later."""
    with pytest.raises(Temporary) as refused, troubles_reported("postgresql://server/state"):
        raise PoolTimeout("QueuePool limit reached")
    assert refused.value.problem
    assert refused.value.problem.codes == (ProblemCode.STATE_BUSY,)
