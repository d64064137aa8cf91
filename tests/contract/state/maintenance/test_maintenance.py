"""A state is checked, copied and put back, on SQLite and on PostgreSQL."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import NOON
from postgres import Cluster
from sqlalchemy import create_engine, text
from states import ME, SLUG, row, rows

from torgsync.errors import Busy, StateUnusable, Temporary, TorgsyncError, UsageError
from torgsync.i18n import verbatim
from torgsync.state import engine
from torgsync.state.maintenance import restore
from torgsync.state.maintenance.backup import back_up_state
from torgsync.state.maintenance.check import StateFault, check_state
from torgsync.state.maintenance.restore import Restored, restore_state
from torgsync.state.maintenance.upkeep import LEAST, Space, SpaceKept, give_back
from torgsync.state.runs.leases import Lease
from torgsync.state.schema.upgrade import MIGRATIONS
from torgsync.state.store import open_store
from torgsync.state.troubles import file_of

SCHEMA = "UPDATE alembic_version SET version_num = "


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A state of the test's own with three goods and a run that holds a lease."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    if request.param == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        postgres.empty("state")
        url = postgres.create("own", "state")
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        work.rows.remember_rows(rows("1", "2", "3"))
        run = work.journal.begin_run(ME, NOON)
        work.leases.take(run, ME, NOON)
        work.object_state.end_look(NOON, full=True)
    return url


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """A state on SQLite alone."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    open_store(url).close()
    return url


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def goods(url: str) -> int:
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        return len(work.rows.row_hashes())


def add_good(url: str) -> None:
    with closing(open_store(url)) as store, store.transaction(SLUG) as work:
        work.rows.remember_rows([row("4", 4, 4)])


def allow(_slug: str, _lease: Lease) -> None:
    """Take every lease for one that expired."""


def put_back(url: str, backup: Path) -> Restored:
    return restore_state(url, backup, "then", backup.parent, allow)


# Check


def test_a_whole_state(filled: str) -> None:
    """Its rows are counted by table and by object, and nothing is changed."""
    check = check_state(filled)
    assert check.whole
    assert (check.schema, check.newest) == (MIGRATIONS.newest, MIGRATIONS.newest)
    assert (check.rows["goods"], check.rows["runs"], check.orphans) == (3, 1, {})
    assert check.objects[SLUG] == sum(check.rows.values())
    assert check.size > 0


def test_rows_that_belong_to_nothing(filled: str) -> None:
    """They are counted; those of another object do not count as what they belong to."""
    execute(
        filled,
        "INSERT INTO clients (object, name, phone, email, made) VALUES ('other', '', '', '', '')",
        "INSERT INTO contacts (object, kind, key, client_id) VALUES ('my-prom', 'phone', 'x', 1)",
        "DELETE FROM runs",
    )
    check = check_state(filled)
    assert (check.whole, check.orphans) == (True, {"leases": 1, "contacts": 1})


def test_a_schema_that_lacks_something(filled: str) -> None:
    """Tables and columns are named; the rest is counted all the same."""
    execute(filled, "DROP TABLE choices", "ALTER TABLE photos RENAME COLUMN digest TO other")
    check = check_state(filled)
    assert [(found.fault, found.table, found.words) for found in check.faults] == [
        (StateFault.TABLE_MISSING, "choices", ""),
        (StateFault.COLUMN_MISSING, "photos", "digest"),
    ]
    assert check.rows["goods"] == 3


def test_a_newer_and_an_older_schema(filled: str) -> None:
    """A newer one is a fault and no table of it is judged; what an older one lacks comes with the update."""
    execute(filled, "DROP TABLE choices", "UPDATE alembic_version SET version_num = '0010'")
    assert check_state(filled).whole
    execute(filled, f"{SCHEMA}'9999'")
    check = check_state(filled)
    assert ([found.fault for found in check.faults], check.rows) == ([StateFault.NEWER], {})
    with pytest.raises(TorgsyncError, match="newer torgsync"):
        back_up_state(filled, Path("never-made"))
    execute(filled, "DROP TABLE alembic_version")
    assert check_state(filled).schema is None


def test_a_damaged_file(sqlite: str, tmp_path: Path) -> None:
    """What SQLite finds is listed; a file that is no database ends the check with its error."""
    add_good(sqlite)
    state = tmp_path / "state.db"
    execute(sqlite, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = state.read_bytes()
    state.write_bytes(content[: 4096 * 3] + b"\xff" * 4096 + content[4096 * 4 :])
    check = check_state(sqlite)
    assert not check.whole
    assert check.error or check.faults[0].fault == StateFault.DAMAGED
    with pytest.raises(StateUnusable, match="is damaged"):
        back_up_state(sqlite, tmp_path / "copy")
    state.write_bytes(b"order 1 " * 1000)
    check = check_state(sqlite)
    assert check.error is not None
    assert "is not a database" in check.error.message


def test_no_state_yet(tmp_path: Path) -> None:
    """Looking makes no file."""
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with pytest.raises(UsageError, match="there is no state yet"):
        check_state(url)
    with pytest.raises(UsageError, match="there is no state yet"):
        back_up_state(url, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


# Backup


def test_a_backup_under_a_run(filled: str, tmp_path: Path) -> None:
    """It has what was committed when it began, is the owner's alone, and nothing is left next to it."""
    target = tmp_path / "copies" / "state.copy"
    target.parent.mkdir()
    with closing(open_store(filled)) as store, store.transaction(SLUG) as work:
        work.rows.remember_rows([row("4", 4, 4)])
        backup = back_up_state(filled, target)
    assert (backup.path, backup.size, backup.schema) == (target, target.stat().st_size, MIGRATIONS.newest)
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(target.parent.iterdir()) == [target]
    assert not list(tmp_path.glob("state.db-*"))
    assert goods(filled) == 4
    put_back(filled, target)
    assert goods(filled) == 3


def test_a_backup_replaces_nothing(sqlite: str, tmp_path: Path) -> None:
    """Neither a file nor a link is written over, and a folder that is missing is not made."""
    taken, link = tmp_path / "taken", tmp_path / "link"
    taken.write_text("mine")
    link.symlink_to(tmp_path / "elsewhere")
    for target in (taken, link):
        with pytest.raises(UsageError, match="exists"):
            back_up_state(sqlite, target)
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        back_up_state(sqlite, tmp_path / "nowhere" / "copy")
    assert (taken.read_text(), (tmp_path / "elsewhere").exists()) == ("mine", False)


@pytest.mark.parametrize(
    ("number", "message"),
    [(sqlite3.SQLITE_FULL, "no copy of the state could be made: full"), (sqlite3.SQLITE_BUSY, "in use")],
)
def test_a_backup_that_fails(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    """A disk without space is that of the copy; nothing is left of it."""

    def fail(_source: Path, target: Path) -> None:
        target.write_text("half")
        error = sqlite3.OperationalError("full")
        error.sqlite_errorcode = number
        raise error

    monkeypatch.setattr("torgsync.state.maintenance.backup.copy_database", fail)
    with pytest.raises(TorgsyncError, match=message):
        back_up_state(sqlite, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


# Restore


def test_a_backup_is_put_back(filled: str, tmp_path: Path) -> None:
    """Rows are those of the backup; the replaced state is kept and can be put back; no lease is left."""
    backup = back_up_state(filled, tmp_path / "copy").path
    bytes_before = backup.read_bytes()
    add_good(filled)
    seen: list[str] = []
    done = restore_state(
        filled, backup, "now", tmp_path, lambda slug, lease: seen.append(slug + lease.holder.user)
    )
    assert (goods(filled), seen, done.schema) == (3, ["my-promolena"], MIGRATIONS.newest)
    with closing(open_store(filled)) as store, store.transaction(SLUG) as work:
        assert work.leases.lease() is None
        assert work.object_state.looks().full is None
        assert work.journal.begin_run(ME, NOON) == 2
    assert done.replaced is not None
    assert put_back(filled, done.replaced).replaced is not None
    assert goods(filled) == 4
    assert backup.read_bytes() == bytes_before
    assert check_state(filled).whole


def test_a_run_keeps_its_state(filled: str, tmp_path: Path) -> None:
    """Nothing is replaced where the caller refuses a lease."""
    backup = back_up_state(filled, tmp_path / "copy").path
    add_good(filled)

    def refuse(slug: str, lease: Lease) -> None:
        assert (slug, lease.holder, lease.expired(NOON)) == (SLUG, ME, False)
        raise Busy(verbatim("it is held"))

    with pytest.raises(Busy):
        restore_state(filled, backup, "now", tmp_path, refuse)
    assert goods(filled) == 4
    assert not [path for path in tmp_path.iterdir() if "replaced" in path.name or path.name.endswith("tmp")]


@pytest.mark.parametrize("writes", [False, True])
def test_another_process_keeps_its_state(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: bool
) -> None:
    """A state that another process has open is not replaced under it, even when that does nothing now."""
    monkeypatch.setattr(restore, "_PATIENCE", 0)
    backup = back_up_state(sqlite, tmp_path / "copy").path
    with closing(open_store(sqlite)) as store, store.transaction(SLUG) as work:
        if writes:
            work.object_state.begin_look()
        with pytest.raises(Temporary, match="in use by another process"):
            put_back(sqlite, backup)
    put_back(sqlite, backup)


@pytest.mark.parametrize("damage", [b"no database " * 1000, b""])
def test_a_damaged_state_is_replaced(sqlite: str, tmp_path: Path, damage: bytes) -> None:
    """What is left of it is kept with its log, which does not become that of the backup."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    state, log = tmp_path / "state.db", tmp_path / "state.db-wal"
    state.write_bytes(damage)
    log.write_bytes(b"left of a log")
    done = put_back(sqlite, backup)
    assert check_state(sqlite).whole
    assert done.replaced is not None
    assert done.replaced.read_bytes() == damage
    if damage:
        assert done.replaced.with_name(f"{done.replaced.name}-wal").read_bytes() == b"left of a log"


def test_where_there_was_no_state(sqlite: str, tmp_path: Path) -> None:
    """A backup is put where a new home has none yet."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    (tmp_path / "state.db").unlink()
    assert put_back(sqlite, backup).replaced is None
    assert check_state(sqlite).whole


def test_what_is_no_backup(filled: str, tmp_path: Path) -> None:
    """It is refused by what it is, and the state stays as it was."""
    backup = back_up_state(filled, tmp_path / "copy").path
    content = backup.read_bytes()
    wrong = {
        "there is no file": tmp_path / "nowhere",
        "not a backup of a state": tmp_path / "text",
        "is a folder, not a file": tmp_path,
        "is a named pipe, not a file": tmp_path / "pipe",
    }
    os.mkfifo(tmp_path / "pipe")
    wrong["not a backup of a state"].write_text("order 1\n" * 500)
    for message, path in wrong.items():
        with pytest.raises(UsageError, match=message):
            put_back(filled, path)
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    with pytest.raises(TorgsyncError):
        put_back(filled, tmp_path / "cut")
    assert goods(filled) == 3


def test_backups_of_other_programs(sqlite: str, tmp_path: Path) -> None:
    """A newer schema, an unreleased one and another program's database are refused, and a damaged page."""
    backup = back_up_state(sqlite, tmp_path / "copy").path

    def refused(message: str, *statements: str) -> None:
        other = tmp_path / "other"
        shutil.copyfile(backup, other)
        execute(f"sqlite:///{other}", *statements)
        with pytest.raises(UsageError, match=message):
            put_back(sqlite, other)

    refused("newer torgsync", f"{SCHEMA}'9999'")
    refused("not a state of torgsync", "UPDATE alembic_version SET version_num = '0009'")
    refused("not a state of torgsync", "DELETE FROM alembic_version")
    refused("not a state of torgsync", "DROP TABLE alembic_version")
    refused(r"not a state of torgsync$", f"{SCHEMA}x'0000'")
    refused("it lacks `leases`", "DROP TABLE leases")
    refused(
        "it lacks `orders`, `photos.digest`", "DROP TABLE orders", "ALTER TABLE photos DROP COLUMN digest"
    )
    refused("not a backup of a state", f"{SCHEMA}'0013'", "DROP TABLE leases")
    content = bytearray(backup.read_bytes())
    content[8192 + 100 : 12288] = b"\xff" * (4096 - 100)
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(UsageError, match=r"is damaged|no backup"):
        put_back(sqlite, tmp_path / "other")


def test_an_older_backup(sqlite: str, tmp_path: Path) -> None:
    """The copy that was made before an update can be put back; the next opening updates it."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    execute(f"sqlite:///{backup}", "UPDATE alembic_version SET version_num = '0013'")
    assert put_back(sqlite, backup).schema == "0013"


def test_a_backup_that_is_not_as_its_schema_says(sqlite: str, tmp_path: Path) -> None:
    """The update names the copy that it made, and the state that the backup replaced brings all back."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    execute(f"sqlite:///{backup}", f"{SCHEMA}'0013'")
    replaced = put_back(sqlite, backup).replaced
    with pytest.raises(StateUnusable, match=r"state\.db\.0013\.bak` is a copy") as caught:
        open_store(sqlite)
    assert caught.value.hint == f"go back to another backup: `torgsync state restore {replaced}`"
    execute(sqlite, f"{SCHEMA}x'0000'")
    with pytest.raises(StateUnusable, match="part of its schema is missing"):
        open_store(sqlite)
    assert not check_state(sqlite).whole


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "for writing"), (0, "allow writing")],
)
def test_a_folder_that_takes_no_backup(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    """The way on is that of the reason."""
    backup = back_up_state(sqlite, tmp_path / "copy").path

    def fail(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(restore, "copy_database", fail)
    with pytest.raises(TorgsyncError, match="the state is as it was") as caught:
        put_back(sqlite, backup)
    assert hint in (caught.value.hint or "")


def test_a_replacement_that_fails(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is as it was; on a disk without hard links the replaced state is copied."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    replaced = tmp_path / "state.db.replaced-then.bak"
    replaced.write_text("taken")
    with pytest.raises(TorgsyncError, match="the state is as it was"):
        put_back(sqlite, backup)
    replaced.unlink()

    def no_links(_path: Path, _target: Path) -> None:
        raise PermissionError

    planted = tmp_path / "planted"
    replaced.symlink_to(planted)
    for links in (Path.hardlink_to, no_links):
        monkeypatch.setattr(Path, "hardlink_to", links)
        with pytest.raises(TorgsyncError, match="the state is as it was"):
            put_back(sqlite, backup)
        assert not planted.exists()
    replaced.unlink()
    assert put_back(sqlite, backup).replaced == replaced
    assert check_state(f"sqlite:///{replaced}").whole


def test_a_disk_that_is_full_while_restoring(
    sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no fault of the backup, nor is one of the state that SQLite cannot lock for another reason."""
    backup = back_up_state(sqlite, tmp_path / "copy").path
    full = sqlite3.OperationalError("full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    class Full(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise full

    def fail(*_: object) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(restore, "copy_database", fail)
        with pytest.raises(StateUnusable, match="is full"):
            put_back(sqlite, backup)
    with monkeypatch.context() as patch:
        patch.setattr(restore, "_checked_copy", lambda *_: SCHEMA)
        patch.setattr(restore, "open_file", lambda *_: Full(":memory:"))
        with pytest.raises(StateUnusable, match="is full"):
            put_back(sqlite, backup)
    assert check_state(sqlite).whole


# Space that is given back


def half_empty(url: str) -> int:
    """Fill a state, delete most of it, and return the size of its file."""
    execute(url, "CREATE TABLE ballast (text TEXT)")
    for _ in range(40):
        execute(url, "INSERT INTO ballast VALUES (hex(zeroblob(50000)))")
    execute(url, "DROP TABLE ballast")
    with closing(sqlite3.connect(str(file_of(url)))) as state:
        state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size_of(url)


def size_of(url: str) -> int:
    file = file_of(url)
    assert file
    return file.stat().st_size


def test_unused_space_is_given_back(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is much, the disk has space for it, and nothing works with the state."""
    assert give_back(sqlite, lambda _: False) == Space()
    before = half_empty(sqlite)
    with closing(open_store(sqlite)) as store, store.transaction(SLUG) as work:
        work.leases.take(1, ME, NOON)
    held = give_back(sqlite, lambda lease: lease.holder == ME)
    assert (held.kept, held.given_back, held.unused > LEAST) == (SpaceKept.IN_USE, 0, True)
    usage = shutil.disk_usage("/")
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
        kept = give_back(sqlite, lambda _: False)
    assert (kept.kept, 2 * (before - kept.unused)) == (SpaceKept.DISK_FULL, kept.needed)
    monkeypatch.setattr(engine, "PATIENCE", 0)
    with closing(sqlite3.connect(str(file_of(sqlite)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert give_back(sqlite, lambda _: False).kept is SpaceKept.IN_USE
        other.execute("ROLLBACK")
    assert size_of(sqlite) == before
    space = give_back(sqlite, lambda _: False)
    assert (space.kept, space.given_back) == (None, before - size_of(sqlite))
    assert space.given_back > LEAST
    assert give_back(sqlite, lambda _: False).unused < LEAST
